//! `hard_swish`: silu with a sigmoid of straight lines.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

const HALF: Real = Real::new(0.5);
const THREE: Real = Real::new(3.0);
const SIX: Real = Real::new(6.0);

/// `y = x min(max(x + 3, 0), 6) / 6` (PyTorch's `Hardswish`; Howard et al., *MobileNetV3*, 2019).
///
/// Backward: `dx = 0` where `x ≤ −3`, `dx = dy` where `x ≥ 3`, `dx = (x/3 + ½) dy` between. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::HardSwish, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 3];
/// HardSwish.forward(Forward { x: &[[-4.0], [1.5], [5.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[0.0], [1.125], [5.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardSwish;

impl<S: Scalar> Elementwise<S> for HardSwish {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x * (x + S::real(THREE)).clamp(S::ZERO, S::real(SIX)) / x.real(SIX)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let three = x.real(THREE);
        let inner = (x / three + S::real(HALF)) * dy;
        let dx = F::select(three.less_equal(x), dy, inner);
        F::select(x.less_equal(-three), x.constant(S::ZERO), dx)
    }
}
elementwise!(HardSwish);
