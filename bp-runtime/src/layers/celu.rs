//! `celu`: the exponential linear unit whose derivative is continuous.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x` where `x > 0`, otherwise `α (e^(x/α) − 1)` (PyTorch's `CELU`, where α is 1 by default; Barron, 2017).
///
/// Backward: `dx = dy` where `y > 0`, otherwise `(y/α + 1) dy`. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Celu, InPlace, Pass};
/// let mut y = [[f32::NEG_INFINITY], [2.0]];
/// Celu::new(1.5).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-1.5], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Celu {
    /// The limit of negative numbers, with the sign changed; more than 0.
    pub alpha: Real,
}

impl Celu {
    /// With the limit −α.
    pub const fn new(alpha: f64) -> Self {
        assert!(alpha > 0.0, "the alpha of celu is more than 0");
        Self { alpha: Real::new(alpha) }
    }
}

impl<S: Scalar> Elementwise<S> for Celu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let alpha = S::real(self.alpha);
        F::select(x.constant(S::ZERO).less(x), x, (x * (S::ONE / alpha)).exp_m1() * alpha)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        let slope = y * (S::ONE / S::real(self.alpha)) + S::ONE;
        F::select(y.constant(S::ZERO).less(y), dy, slope * dy)
    }
}
elementwise!(Celu, in place);
