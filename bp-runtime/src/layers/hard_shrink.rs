//! `hard_shrink`: small numbers become 0.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x` where `|x| > λ`, otherwise 0 (PyTorch's `Hardshrink`, where λ is ½ by default). NaN stays NaN.
///
/// Backward: `dx = dy` where `|y| > λ`, otherwise 0. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::HardShrink, InPlace, Pass};
/// let mut y = [[-3.0_f32], [0.5], [0.75]];
/// HardShrink::new(0.5).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-3.0], [0.0], [0.75]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardShrink {
    /// Up to which magnitude numbers become 0.
    pub lambda: Real,
}

impl HardShrink {
    /// With that λ.
    pub const fn new(lambda: f64) -> Self {
        assert!(lambda >= 0.0, "the lambda of hard_shrink is not negative");
        Self { lambda: Real::new(lambda) }
    }
}

impl<S: Scalar> Elementwise<S> for HardShrink {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        F::select(x.abs().less_equal(x.real(self.lambda)), x.constant(S::ZERO), x)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        F::select(y.abs().less_equal(y.real(self.lambda)), y.constant(S::ZERO), dy)
    }
}
elementwise!(HardShrink, in place);
