//! `quantile`: the error that a quantile of the target minimises.

use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
use crate::{Real, Scalar};

/// `τ (t − y)` where `t > y`, else `(1 − τ) (y − t)`; the mean over outputs and samples.
///
/// Also called pinball loss; Koenker and Bassett, *Regression quantiles* (1978). The output that minimises it
/// is the τ-quantile of the target: τ = 0.9 is exceeded by a tenth of the targets. Outputs are `O`
/// numbers, targets `[S; O]`. The derivative is `−τ` below the target, `1 − τ` above it, 0 at it. τ is ½, the
/// median, unless set.
///
/// ```
/// use backprop_runtime::{losses::Quantile, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Quantile::<2>::new().tau(0.75).sample(&[0.0, 4.0], &[4.0, 0.0], &mut dy);
/// assert_eq!((sum.loss, dy), (2.0, [-0.375, 0.125]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile<const O: usize> {
    tau: Real,
    rest: Real,
    counting: Counting,
}

impl<const O: usize> Quantile<O> {
    /// τ = ½, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { tau: Real::new(0.5), rest: Real::new(0.5), counting: Counting::MEAN }
    }

    /// The quantile to find, between 0 and 1; ½ unless set.
    pub const fn tau(self, tau: f64) -> Self {
        assert!(tau > 0.0 && tau < 1.0, "tau is between 0 and 1");
        Self { tau: Real::new(tau), rest: Real::new(1.0 - tau), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Quantile<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let zero = y.constant(S::ZERO);
        let difference = y - t;
        let (tau, rest) = (y.constant(-S::real(self.tau)), y.constant(S::real(self.rest)));
        let (above, below) = (zero.less(difference), difference.less(zero));
        let slope = F::select(above, rest, F::select(below, tau, difference));
        (slope * difference, slope)
    }
}

per_output!(Quantile);
