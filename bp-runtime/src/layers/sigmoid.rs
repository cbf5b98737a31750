//! `sigmoid`: numbers become probabilities.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = σ(x) = 1 / (1 + e⁻ˣ)` (PyTorch's `Sigmoid`).
///
/// Backward: `dx = y (1 − y) dy`. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Sigmoid, InPlace, Pass};
/// let mut y = [[0.0_f32], [f32::INFINITY]];
/// Sigmoid.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.5], [1.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sigmoid;

impl<S: Scalar> Elementwise<S> for Sigmoid {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.sigmoid()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        (y.constant(S::ONE) - y) * y * dy
    }
}
elementwise!(Sigmoid, in place);
