//! `relu`: negative numbers become zero.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = max(x, 0)` (PyTorch's `ReLU`). NaN stays NaN.
///
/// Backward: `dx = dy` where `y > 0`, otherwise 0; the derivative at 0 is 0. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Relu, InPlace, Pass};
/// let mut y = [[-1.0_f32], [2.0]];
/// Relu.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relu;

impl<S: Scalar> Elementwise<S> for Relu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let zero = x.constant(S::ZERO);
        F::select(x.less_equal(zero), zero, x)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let zero = y.constant(S::ZERO);
        F::select(y.less_equal(zero), zero, dy)
    }
}
elementwise!(Relu, in place);
