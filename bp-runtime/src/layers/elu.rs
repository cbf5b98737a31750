//! `elu`: negative numbers approach −α exponentially.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = x` where `x > 0`, otherwise `α (eˣ − 1)` (PyTorch's `ELU`, where α is 1 by default; Clevert, Unterthiner
/// and Hochreiter, 2015).
///
/// Backward: `dx = dy` where `y > 0`, otherwise `(y + α) dy`, as at 0. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Elu, InPlace, Pass};
/// let mut y = [[f32::NEG_INFINITY], [2.0]];
/// Elu::new(1.5).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-1.5], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// The limit of negative numbers, with the sign changed; at least 0.
    pub alpha: Real,
}

impl Elu {
    /// With the limit −α.
    pub const fn new(alpha: f64) -> Self {
        assert!(alpha >= 0.0, "the alpha of elu is at least 0");
        Self { alpha: Real::new(alpha) }
    }
}

impl<S: Scalar> Elementwise<S> for Elu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        F::select(x.constant(S::ZERO).less(x), x, x.exp_m1() * S::real(self.alpha))
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        F::select(y.constant(S::ZERO).less(y), dy, (y + S::real(self.alpha)) * dy)
    }
}
elementwise!(Elu, in place);
