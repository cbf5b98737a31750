//! `tanh`: the hyperbolic tangent.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = tanh(x)` (PyTorch's `Tanh`).
///
/// Backward: `dx = (1 − y²) dy`. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Tanh, InPlace, Pass};
/// let mut y = [[0.0_f32], [f32::NEG_INFINITY]];
/// Tanh.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.0], [-1.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tanh;

impl<S: Scalar> Elementwise<S> for Tanh {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.tanh()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        (-y).mul_add(y, y.constant(S::ONE)) * dy
    }
}
elementwise!(Tanh, in place);
