//! `softsign`: a saturating curve without exponentials.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = x / (1 + |x|)` (PyTorch's `Softsign`).
///
/// Backward: `dx = (1 − |y|)² dy`, which is `dy / (1 + |x|)²`. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Softsign, InPlace, Pass};
/// let mut y = [[-1.0_f32], [3.0]];
/// Softsign.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-0.5], [0.75]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softsign;

impl<S: Scalar> Elementwise<S> for Softsign {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x / (x.abs() + S::ONE)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let rest = y.constant(S::ONE) - y.abs();
        rest * rest * dy
    }
}
elementwise!(Softsign, in place);
