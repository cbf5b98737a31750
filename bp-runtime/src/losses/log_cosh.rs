//! `log_cosh`: a smooth absolute error.

use super::numeric::HALF;
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
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
    counting: Counting,
}

const LN_2: Real = Real::new(core::f64::consts::LN_2);

impl<const O: usize> LogCosh<O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN }
    }
}

impl<S: Scalar, const O: usize> Element<S> for LogCosh<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let difference = y - t;
        let distance = difference.abs();
        let tanh = difference.tanh();
        // Of two forms the one that does not cancel: cosh² (1 − tanh²) = 1, and cosh = e^d (1 + e^−2d) / 2.
        let near = -((-(tanh * tanh)).ln_1p() * S::real(HALF));
        let far = distance + (-(distance + distance)).exp().ln_1p() - S::real(LN_2);
        (F::select(distance.less(y.constant(S::ONE)), near, far), tanh)
    }
}

per_output!(LogCosh);
