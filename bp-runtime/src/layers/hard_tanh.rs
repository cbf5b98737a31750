//! `hard_tanh`: numbers are limited to an interval.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = min(max(x, min), max)` (PyTorch's `Hardtanh`, where the limits are −1 and 1 by default).
///
/// Backward: `dx = dy` where `min < y < max`, otherwise 0, as at both kinks. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::HardTanh, InPlace, Pass};
/// let mut y = [[-3.0_f32], [0.5], [3.0]];
/// HardTanh::new(-1.0, 1.0).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-1.0], [0.5], [1.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardTanh {
    /// The smallest output.
    pub min: Real,
    /// The largest output.
    pub max: Real,
}

impl HardTanh {
    /// Limits to between `min` and `max`.
    pub const fn new(min: f64, max: f64) -> Self {
        assert!(min < max, "hard_tanh limits to an interval: min is less than max");
        Self { min: Real::new(min), max: Real::new(max) }
    }
}

impl<S: Scalar> Elementwise<S> for HardTanh {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.clamp(S::real(self.min), S::real(self.max))
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let outside = y.less_equal(y.real(self.min)) | y.real(self.max).less_equal(y);
        F::select(outside, y.constant(S::ZERO), dy)
    }
}
elementwise!(HardTanh, in place);
