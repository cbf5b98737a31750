//! `threshold`: numbers up to a threshold are replaced.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x` where `x > threshold`, otherwise `value` (PyTorch's `Threshold`). NaN stays NaN.
///
/// Backward: `dx = dy` where `x > threshold`, otherwise 0. Needs `x`. The value is 0 unless set.
///
/// ```
/// use backprop_runtime::{layers::Threshold, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// let layer = Threshold::new(0.5, -1.0);
/// layer.forward(Forward { x: &[[0.5], [0.75]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[-1.0], [0.75]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Up to which numbers are replaced.
    pub threshold: Real,
    /// What they are replaced by.
    pub value: Real,
}

impl Threshold {
    /// Replaces numbers up to `threshold` by `value`.
    pub const fn new(threshold: f64, value: f64) -> Self {
        Self { threshold: Real::new(threshold), value: Real::new(value) }
    }
}

impl<S: Scalar> Elementwise<S> for Threshold {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        F::select(x.less_equal(x.real(self.threshold)), x.real(self.value), x)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        F::select(x.less_equal(x.real(self.threshold)), x.constant(S::ZERO), dy)
    }
}
elementwise!(Threshold);
