//! `softplus`: a smooth relu.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = ln(1 + e^(β x)) / β`, and `y = x` where `β x > threshold` (PyTorch's `Softplus`, where β is 1 and the
/// threshold 20 by default).
///
/// Backward: `dx = σ(β x) dy`, and `dx = dy` beyond the threshold. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Softplus, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 2];
/// let softplus = Softplus::new(1.0, 20.0);
/// softplus.forward(Forward { x: &[[0.0], [30.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[0][0] - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(y[1], [30.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus {
    /// How sharp the bend at 0 is.
    pub beta: Real,
    /// From which `β x` on the function is `x` itself.
    pub threshold: Real,
}

impl Softplus {
    /// With a sharpness, and the place from which it is linear.
    pub const fn new(beta: f64, threshold: f64) -> Self {
        assert!(beta != 0.0, "the beta of softplus is not 0");
        Self { beta: Real::new(beta), threshold: Real::new(threshold) }
    }
}

impl<S: Scalar> Elementwise<S> for Softplus {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let beta = S::real(self.beta);
        let scaled = x * beta;
        let y = scaled.exp().ln_1p() * (S::ONE / beta);
        F::select(x.real(self.threshold).less(scaled), x, y)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let scaled = x * S::real(self.beta);
        F::select(x.real(self.threshold).less(scaled), dy, scaled.sigmoid() * dy)
    }
}
elementwise!(Softplus);
