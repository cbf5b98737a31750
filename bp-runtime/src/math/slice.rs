//! Formulas over slices: the instruction set is chosen once for each call.

use super::Float;
use crate::Scalar;
use crate::dispatch;
use crate::simd::{Simd, SimdBase};

/// A formula of one variable, applied to slices by [`map`].
///
/// ```
/// use backprop_runtime::math::{Float, Function, map};
///
/// /// exp(−x²)
/// struct Bell;
///
/// impl<S> Function<S> for Bell {
///     #[inline(always)]
///     fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
///         (-(x * x)).exp()
///     }
/// }
///
/// let mut x = [0.0_f64, 1.0, 2.0];
/// map(&Bell, &mut x);
/// assert_eq!(x[0], 1.0);
/// assert!((x[1] - 0.367_879).abs() < 1e-6);
/// ```
pub trait Function<S> {
    /// The formula. Mark it `#[inline(always)]`: otherwise it is not compiled for the instruction set.
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F;
}

/// A formula of two variables, applied to slices by [`map2`].
pub trait Function2<S> {
    /// The formula. Mark it `#[inline(always)]`: otherwise it is not compiled for the instruction set.
    fn apply<F: Float<Scalar = S>>(&self, a: F, b: F) -> F;
}

/// `x[i] = f(x[i])` for a whole slice.
///
/// The same number gives the same bits at every place and length: what is left over after whole vectors is
/// computed in a vector too.
#[inline]
pub fn map<S: Scalar>(f: &impl Function<S>, x: &mut [S]) {
    dispatch!(v => map_with(v, f, x));
}

/// [`map`] inside a kernel, whose instruction set is known.
#[inline(always)]
pub fn map_with<S: Scalar, V: Simd>(v: V, f: &impl Function<S>, x: &mut [S]) {
    let mut vectors = x.chunks_exact_mut(S::LANES);
    for x in &mut vectors {
        f.apply(S::Vector::<V>::from_slice(v, x)).store_slice(x);
    }
    let rest = vectors.into_remainder();
    if !rest.is_empty() {
        store_part(f.apply(load_part::<S, V>(v, rest)), rest);
    }
}

/// `y[i] = f(x[i])`, up to the shorter of the slices, with the bits of [`map`].
#[inline]
pub fn map_into<S: Scalar>(f: &impl Function<S>, x: &[S], y: &mut [S]) {
    #[inline(always)]
    fn kernel<S: Scalar, V: Simd>(v: V, f: &impl Function<S>, x: &[S], y: &mut [S]) {
        let length = x.len().min(y.len());
        let (x, y) = (x.get(..length).unwrap_or_default(), y.get_mut(..length).unwrap_or_default());
        let (x, mut y) = (x.chunks_exact(S::LANES), y.chunks_exact_mut(S::LANES));
        let rest = x.remainder();
        for (x, y) in x.zip(&mut y) {
            f.apply(S::Vector::<V>::from_slice(v, x)).store_slice(y);
        }
        if !rest.is_empty() {
            store_part(f.apply(load_part::<S, V>(v, rest)), y.into_remainder());
        }
    }
    dispatch!(v => kernel(v, f, x, y));
}

/// `b[i] = f(a[i], b[i])`, up to the shorter of the slices.
#[inline]
pub fn map2<S: Scalar>(f: &impl Function2<S>, a: &[S], b: &mut [S]) {
    #[inline(always)]
    fn kernel<S: Scalar, V: Simd>(v: V, f: &impl Function2<S>, a: &[S], b: &mut [S]) {
        let length = a.len().min(b.len());
        let (a, b) = (a.get(..length).unwrap_or_default(), b.get_mut(..length).unwrap_or_default());
        let (a, mut b) = (a.chunks_exact(S::LANES), b.chunks_exact_mut(S::LANES));
        let rest = a.remainder();
        for (a, b) in a.zip(&mut b) {
            f.apply(S::Vector::<V>::from_slice(v, a), S::Vector::<V>::from_slice(v, b)).store_slice(b);
        }
        let last = b.into_remainder();
        if !last.is_empty() {
            store_part(f.apply(load_part::<S, V>(v, rest), load_part::<S, V>(v, last)), last);
        }
    }
    dispatch!(v => kernel(v, f, a, b));
}

/// `y[i] = f(a[i], b[i])`, up to the shortest of the slices, with the bits of [`map2`].
#[inline]
pub fn map2_into<S: Scalar>(f: &impl Function2<S>, a: &[S], b: &[S], y: &mut [S]) {
    #[inline(always)]
    fn kernel<S: Scalar, V: Simd>(v: V, f: &impl Function2<S>, a: &[S], b: &[S], y: &mut [S]) {
        let length = a.len().min(b.len()).min(y.len());
        let (a, b) = (a.get(..length).unwrap_or_default(), b.get(..length).unwrap_or_default());
        let y = y.get_mut(..length).unwrap_or_default();
        let (a, b, mut y) =
            (a.chunks_exact(S::LANES), b.chunks_exact(S::LANES), y.chunks_exact_mut(S::LANES));
        let (rest_a, rest_b) = (a.remainder(), b.remainder());
        for ((a, b), y) in a.zip(b).zip(&mut y) {
            f.apply(S::Vector::<V>::from_slice(v, a), S::Vector::<V>::from_slice(v, b)).store_slice(y);
        }
        if !rest_a.is_empty() {
            let last = f.apply(load_part::<S, V>(v, rest_a), load_part::<S, V>(v, rest_b));
            store_part(last, y.into_remainder());
        }
    }
    dispatch!(v => kernel(v, f, a, b, y));
}

/// Less than a vector, the other places zero.
#[inline(always)]
fn load_part<S: Scalar, V: Simd>(v: V, part: &[S]) -> S::Vector<V> {
    let mut memory = S::Vector::<V>::splat(v, S::ZERO).to_array();
    for (place, value) in memory.as_mut().iter_mut().zip(part) {
        *place = *value;
    }
    S::Vector::<V>::load_array(v, memory)
}

/// The first places of a vector.
#[inline(always)]
fn store_part<S: Scalar, V: Simd, F: SimdBase<V, Element = S>>(vector: F, part: &mut [S]) {
    for (place, value) in part.iter_mut().zip(vector.as_slice()) {
        *place = *value;
    }
}
