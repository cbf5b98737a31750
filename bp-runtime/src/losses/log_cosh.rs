//! `log_cosh`: a smooth absolute error.

use super::Reduction;
use super::numeric::{HALF, exp_m1, ln_1p, with_sign_of};
use super::per_output::{Element, per_output};
use crate::{Real, Scalar};

/// `ln cosh(y − t)`, the mean over outputs and samples (Keras' `LogCosh`).
///
/// About `½ d²` near the target and `|d| − ln 2` far from it. Outputs are `O` numbers, targets `[S; O]`. The
/// derivative is `tanh(y − t)`.
///
/// ```
/// use backprop_runtime::{losses::LogCosh, Loss};
/// let mut dy = [0.0_f64];
/// let sum = LogCosh::<1>::new().sample(&[1.5], &[0.5], &mut dy);
/// assert!((sum.loss - 1_f64.cosh().ln()).abs() < 1e-15);
/// assert!((dy[0] - 1_f64.tanh()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCosh<const O: usize> {
    reduction: Reduction,
}

const LN_2: Real = Real::new(core::f64::consts::LN_2);

impl<const O: usize> LogCosh<O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { reduction: Reduction::Mean }
    }
}

impl<S: Scalar, const O: usize> Element<S> for LogCosh<O> {
    #[inline(always)]
    fn element(&self, _: usize, y: S, t: S) -> (S, S) {
        let difference = y - t;
        let distance = difference.abs();
        let q = -exp_m1(-(distance + distance));
        let two = S::ONE + S::ONE;
        let tanh = q / (two - q);
        let loss = if distance < S::ONE {
            // Of the two forms the one that does not cancel: cosh² (1 − tanh²) = 1.
            -(S::real(HALF) * ln_1p(-(tanh * tanh)))
        } else {
            distance + ln_1p(S::ONE - q) - S::real(LN_2)
        };
        (loss, with_sign_of(tanh, difference))
    }
}

per_output!(LogCosh);
