//! `soft_shrink`: numbers come nearer to 0, and small ones become 0.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x − λ` for `x > λ`, `x + λ` for `x < −λ`, 0 between (PyTorch's `Softshrink`, where λ is ½ by default). NaN stays NaN.
///
/// The proximal operator of `λ |x|`. Backward: `dx = dy` where `y` is not 0, otherwise 0. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::SoftShrink, InPlace, Pass};
/// let mut y = [[-3.0_f32], [0.5], [0.75]];
/// SoftShrink::new(0.5).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-2.5], [0.0], [0.25]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftShrink {
    /// By how much magnitudes shrink.
    pub lambda: Real,
}

impl SoftShrink {
    /// With that λ.
    pub const fn new(lambda: f64) -> Self {
        assert!(lambda >= 0.0, "the lambda of soft_shrink is not negative");
        Self { lambda: Real::new(lambda) }
    }
}

impl<S: Scalar> Elementwise<S> for SoftShrink {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let lambda = x.real(self.lambda);
        let magnitude = x.abs() - lambda;
        let shrunk = F::select(magnitude.less_equal(x.constant(S::ZERO)), x.constant(S::ZERO), magnitude);
        shrunk.copysign(x)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let zero = y.constant(S::ZERO);
        F::select(y.equal(zero), zero, dy)
    }
}
elementwise!(SoftShrink, in place);
