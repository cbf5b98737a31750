//! `hard_sigmoid`: a sigmoid of three straight lines.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

const THREE: Real = Real::new(3.0);
const SIX: Real = Real::new(6.0);
const SIXTH: Real = Real::new(1.0 / 6.0);

/// `y = min(max(x + 3, 0), 6) / 6` (PyTorch's `Hardsigmoid`; Howard et al., *MobileNetV3*, 2019).
///
/// Backward: `dx = dy / 6` where `0 < y < 1`, otherwise 0, as at both kinks. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::HardSigmoid, InPlace, Pass};
/// let mut y = [[-4.0_f32], [0.0], [3.0]];
/// HardSigmoid.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.0], [0.5], [1.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardSigmoid;

impl<S: Scalar> Elementwise<S> for HardSigmoid {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        (x + S::real(THREE)).clamp(S::ZERO, S::real(SIX)) / x.real(SIX)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let outside = y.less_equal(y.constant(S::ZERO)) | y.constant(S::ONE).less_equal(y);
        F::select(outside, y.constant(S::ZERO), dy * S::real(SIXTH))
    }
}
elementwise!(HardSigmoid, in place);
