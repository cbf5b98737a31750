//! An activation whose formula the user wrote: what `activation(|x| …)` in a declaration becomes.

use super::elementwise::{Elementwise, Gradient, Value};
use crate::math::{Float, map_into, map2_into};
use crate::{Backward, Forward, Layer, Scalar};
use core::fmt;
use core::marker::PhantomData;

/// A formula of one variable with its derivative, number `I` of those of a network.
///
/// `#[network]` implements it with the derivative that it has worked out; see [`FromFormula`].
pub trait ActivationFormula<const I: usize> {
    /// The value at `x`, and the derivative there. Mark it `#[inline(always)]`: otherwise it is not compiled for
    /// the instruction set.
    fn value_and_derivative<F: Float>(x: F) -> (F, F);
}

/// `y = f(x)` for each number, where `f` is formula `I` of `K`.
///
/// Backward: `dx = f′(x) dy`, with the derivative that PyTorch's autograd would find anew in each step. Needs `x`. What is not used, the value in backward and the derivative in forward,
/// an optimising compiler removes.
///
/// ```
/// use backprop_runtime::layers::{ActivationFormula, FromFormula};
/// use backprop_runtime::{Backward, Forward, Layer, Pass, math::Float};
///
/// struct Square;
///
/// impl ActivationFormula<0> for Square {
///     #[inline(always)]
///     fn value_and_derivative<F: Float>(x: F) -> (F, F) {
///         (x * x, x + x)
///     }
/// }
///
/// let layer = FromFormula::<Square, 0>::new();
/// let (pass, x, mut y, mut dx) = (Pass::PREDICTION, [[3.0_f32]], [[0.0]], [[0.0]]);
/// layer.forward(Forward { x: &x, y: &mut y, ..Forward::of(&pass) });
/// layer.backward(Backward { x: &x, dy: &mut [[0.5]], dx: &mut dx, ..Backward::of(&pass) });
/// assert_eq!((y, dx), ([[9.0]], [[3.0]]));
/// ```
pub struct FromFormula<K, const I: usize>(PhantomData<fn() -> K>);

impl<K, const I: usize> FromFormula<K, I> {
    /// The layer; it holds nothing.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

// Written out, because a derive would ask the same of `K`.
impl<K, const I: usize> Default for FromFormula<K, I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, const I: usize> Clone for FromFormula<K, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, const I: usize> Copy for FromFormula<K, I> {}

impl<K, const I: usize> fmt::Debug for FromFormula<K, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromFormula<{I}>")
    }
}

impl<S: Scalar, K: ActivationFormula<I>, const I: usize> Elementwise<S> for FromFormula<K, I> {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        K::value_and_derivative(x).0
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        K::value_and_derivative(x).1 * dy
    }
}

impl<S: Scalar, K: ActivationFormula<I>, const I: usize> Layer<S> for FromFormula<K, I> {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        map_into(&Value(self), io.x.as_flattened(), io.y.as_flattened_mut());
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let (x, dy) = (io.x.as_flattened(), io.dy.as_flattened());
        map2_into(&Gradient(self), x, dy, io.dx.as_flattened_mut());
    }
}
