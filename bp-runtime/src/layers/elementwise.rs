//! What activations have in common that compute each number from one number.
//!
//! Their files hold two formulas; the loops, the instruction sets and the traits stand here. Kernels are
//! functions of one scalar type and of slices, without generic parameters, so that they are compiled in this
//! crate, with its optimisation, and once for all networks. That is why [`Layer`](crate::Layer) is
//! implemented for `f32` and for `f64`, not for every scalar at once.

use crate::Scalar;
use crate::math::{Float, Function, Function2};

/// The formulas of an activation.
pub(super) trait Elementwise<S: Scalar> {
    /// `y` from `x`.
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F;
    /// `dx` from `dy`, at `y` for the kinds that work in place, at `x` for the others.
    fn gradient<F: Float<Scalar = S>>(&self, at: F, dy: F) -> F;
}

/// [`Elementwise::value`] as a function.
pub(super) struct Value<'a, A>(pub(super) &'a A);

impl<S: Scalar, A: Elementwise<S>> Function<S> for Value<'_, A> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
        self.0.value(x)
    }
}

/// [`Elementwise::gradient`] as a function.
pub(super) struct Gradient<'a, A>(pub(super) &'a A);

impl<S: Scalar, A: Elementwise<S>> Function2<S> for Gradient<'_, A> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, at: F, dy: F) -> F {
        self.0.gradient(at, dy)
    }
}

/// Copies what fits.
#[inline(always)]
pub(super) fn copy<S: Scalar>(from: &[S], to: &mut [S]) {
    let length = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..length), to.get_mut(..length)) {
        to.copy_from_slice(from);
    }
}

/// Makes a layer of an [`Elementwise`] kind: `elementwise!(Relu, in place)`, `elementwise!(Gelu)`.
macro_rules! elementwise {
    ($kind:ident) => {
        elementwise!(@layer f32, $kind);
        elementwise!(@layer f64, $kind);
    };
    ($kind:ident, in place) => {
        elementwise!(@in_place f32, $kind);
        elementwise!(@in_place f64, $kind);
    };
    (@layer $scalar:ident, $kind:ident) => {
        impl $crate::Layer<$scalar> for $kind {
            fn forward<const T: usize>(&self, io: $crate::Forward<'_, $scalar, T>) {
                fn kernel(kind: &$kind, x: &[$scalar], y: &mut [$scalar]) {
                    $crate::math::map_into(&super::elementwise::Value(kind), x, y);
                }
                kernel(self, io.x.as_flattened(), io.y.as_flattened_mut());
            }

            fn backward<const T: usize>(&self, io: $crate::Backward<'_, $scalar, T>) {
                fn kernel(kind: &$kind, at: &[$scalar], dy: &[$scalar], dx: &mut [$scalar]) {
                    $crate::math::map2_into(&super::elementwise::Gradient(kind), at, dy, dx);
                }
                kernel(self, io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
            }

            #[inline(always)]
            fn forward_within<V: $crate::simd::Simd, const T: usize>(
                &self,
                v: V,
                io: $crate::Forward<'_, $scalar, T>,
            ) {
                let (x, y) = (io.x.as_flattened(), io.y.as_flattened_mut());
                super::elementwise::copy(x, y);
                $crate::math::map_constant(v, &super::elementwise::Value(self), y);
            }

            #[inline(always)]
            fn backward_within<V: $crate::simd::Simd, const T: usize>(
                &self,
                v: V,
                io: $crate::Backward<'_, $scalar, T>,
            ) {
                let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
                super::elementwise::copy(dy, dx);
                $crate::math::map2_constant(v, &super::elementwise::Gradient(self), x, dx);
            }
        }
    };
    // One kernel for both forms: a copy is cheaper than compiling each formula twice.
    (@in_place $scalar:ident, $kind:ident) => {
        impl $crate::Layer<$scalar> for $kind {
            fn forward<const T: usize>(&self, io: $crate::Forward<'_, $scalar, T>) {
                super::elementwise::copy(io.x.as_flattened(), io.y.as_flattened_mut());
                $crate::InPlace::forward_in_place(self, io.pass, io.y);
            }

            fn backward<const T: usize>(&self, io: $crate::Backward<'_, $scalar, T>) {
                super::elementwise::copy(io.dy.as_flattened(), io.dx.as_flattened_mut());
                $crate::InPlace::backward_in_place(self, io.pass, io.y, io.dx);
            }
        }

        impl $crate::InPlace<$scalar> for $kind {
            fn forward_in_place<const T: usize>(&self, _: &$crate::Pass, y: &mut [[$scalar; T]]) {
                fn kernel(kind: &$kind, y: &mut [$scalar]) {
                    $crate::math::map(&super::elementwise::Value(kind), y);
                }
                kernel(self, y.as_flattened_mut());
            }

            fn backward_in_place<const T: usize>(
                &self,
                _: &$crate::Pass,
                y: &[[$scalar; T]],
                d: &mut [[$scalar; T]],
            ) {
                fn kernel(kind: &$kind, y: &[$scalar], d: &mut [$scalar]) {
                    $crate::math::map2(&super::elementwise::Gradient(kind), y, d);
                }
                kernel(self, y.as_flattened(), d.as_flattened_mut());
            }

            #[inline(always)]
            fn forward_in_place_within<V: $crate::simd::Simd, const T: usize>(
                &self,
                v: V,
                _: &$crate::Pass,
                y: &mut [[$scalar; T]],
            ) {
                $crate::math::map_constant(v, &super::elementwise::Value(self), y.as_flattened_mut());
            }

            #[inline(always)]
            fn backward_in_place_within<V: $crate::simd::Simd, const T: usize>(
                &self,
                v: V,
                _: &$crate::Pass,
                y: &[[$scalar; T]],
                d: &mut [[$scalar; T]],
            ) {
                let (y, d) = (y.as_flattened(), d.as_flattened_mut());
                $crate::math::map2_constant(v, &super::elementwise::Gradient(self), y, d);
            }
        }
    };
}
pub(super) use elementwise;
