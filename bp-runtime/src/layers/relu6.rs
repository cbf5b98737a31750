//! `relu6`: numbers are limited to between 0 and 6.

use super::HardTanh;
use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = min(max(x, 0), 6)` (PyTorch's `ReLU6`; Krizhevsky, *Convolutional deep belief networks on CIFAR-10*).
///
/// Backward: `dx = dy` where `0 < y < 6`, otherwise 0, as at both kinks. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Relu6, InPlace, Pass};
/// let mut y = [[-1.0_f32], [2.0], [7.0]];
/// Relu6.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.0], [2.0], [6.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relu6;

const LIMITS: HardTanh = HardTanh::new(0.0, 6.0);

impl<S: Scalar> Elementwise<S> for Relu6 {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        LIMITS.value(x)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        LIMITS.gradient(y, dy)
    }
}
elementwise!(Relu6, in place);
