//! `poisson_nll`: the likelihood of counts.

use super::numeric::HALF;
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
use crate::{Real, Scalar};

/// `eʸ − t y`, the mean over outputs and samples (PyTorch's `PoissonNLLLoss`).
///
/// The negative log-likelihood of counts `t` under a Poisson distribution. Outputs are `O` logarithms of its
/// mean; targets are `[S; O]`.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`log_input`](Self::log_input) | `true` | `false`: outputs are the mean itself, `y − t ln(y + ε)` |
/// | [`full`](Self::full) | `false` | `true`: plus Stirling's `t ln t − t + ½ ln(2πt)` where `t > 1` |
/// | [`eps`](Self::eps) | 1e-8 | ε |
///
/// The derivative is `eʸ − t`, or `1 − t / (y + ε)`.
///
/// ```
/// use backprop_runtime::{losses::PoissonNll, Loss};
/// let mut dy = [0.0_f64];
/// let sum = PoissonNll::<1>::new().sample(&[0.0], &[3.0], &mut dy);
/// assert_eq!((sum.loss, dy), (1.0, [-2.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoissonNll<const O: usize> {
    log_input: bool,
    full: bool,
    eps: Real,
    counting: Counting,
}

const TWO_PI: Real = Real::new(core::f64::consts::TAU);

impl<const O: usize> PoissonNll<O> {
    /// Outputs are logarithms, without Stirling's term; the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { log_input: true, full: false, eps: Real::new(1e-8), counting: Counting::MEAN }
    }

    /// Whether outputs are logarithms of the mean; `true` unless set.
    pub const fn log_input(self, log_input: bool) -> Self {
        Self { log_input, ..self }
    }

    /// Whether to add Stirling's approximation of `ln t!`, which has no influence on gradients; `false`
    /// unless set.
    pub const fn full(self, full: bool) -> Self {
        Self { full, ..self }
    }

    /// What keeps the logarithm of an output finite; 10⁻⁸ unless set.
    pub const fn eps(self, eps: f64) -> Self {
        Self { eps: Real::new(eps), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for PoissonNll<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let one = y.constant(S::ONE);
        let (loss, derivative) = if self.log_input {
            let mean = y.exp();
            (mean - t * y, mean - t)
        } else {
            let mean = y + S::real(self.eps);
            (y - t * mean.ln(), one - t / mean)
        };
        if !self.full {
            return (loss, derivative);
        }
        let stirling = t * t.ln() - t + (t * S::real(TWO_PI)).ln() * S::real(HALF);
        (F::select(one.less(t), loss + stirling, loss), derivative)
    }
}

per_output!(PoissonNll);
