//! `leaky_relu`: negative numbers become small.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x` where `x > 0`, otherwise `slope × x` (PyTorch's `LeakyReLU`, where the slope is 0.01 by default).
///
/// Backward: `dx = dy` where `y > 0`, otherwise `slope × dy`, as at 0. Works in place: needs `y`, whose sign
/// is that of `x` because the slope is not negative.
///
/// ```
/// use backprop_runtime::{layers::LeakyRelu, InPlace, Pass};
/// let mut y = [[-4.0_f32], [2.0]];
/// LeakyRelu::new(0.25).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-1.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// The factor of negative numbers, at least 0.
    pub slope: Real,
}

impl LeakyRelu {
    /// With a slope for negative numbers.
    pub const fn new(slope: f64) -> Self {
        assert!(slope >= 0.0, "the slope of leaky_relu is at least 0");
        Self { slope: Real::new(slope) }
    }
}

impl<S: Scalar> Elementwise<S> for LeakyRelu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        F::select(x.constant(S::ZERO).less(x), x, x * S::real(self.slope))
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        F::select(y.constant(S::ZERO).less(y), dy, dy * S::real(self.slope))
    }
}
elementwise!(LeakyRelu, in place);
