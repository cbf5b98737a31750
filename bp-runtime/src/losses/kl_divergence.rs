//! `kl_divergence`: how far a distribution is from the one that the outputs are logarithms of.

use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::Scalar;
use crate::math::Float;

/// `t (ln t − y)`, the mean over outputs and samples (PyTorch's `KLDivLoss`).
///
/// Outputs are `O` logarithms of probabilities (the last layer is `log_softmax`), targets `[S; O]`
/// probabilities, or their logarithms with [`log_target`](Self::log_target): `eᵗ (t − y)`. An output whose
/// target is 0 loses nothing. The derivative is `−t`, or `−eᵗ`.
///
/// As in PyTorch the default reduction is `Mean`, which also divides by `O`;
/// [`BatchMean`](super::Reduction::BatchMean) is the divergence of mathematics.
///
/// ```
/// use backprop_runtime::{losses::{KlDivergence, Reduction}, Loss};
/// let y = [0.5_f64.ln(), 0.5_f64.ln()];
/// let mut dy = [0.0; 2];
/// let loss = KlDivergence::<2>::new().reduction(Reduction::BatchMean);
/// assert!((loss.sample(&y, &[1.0, 0.0], &mut dy).loss - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [-1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KlDivergence<const O: usize> {
    log_target: bool,
    counting: Counting,
}

impl<const O: usize> KlDivergence<O> {
    /// Targets are probabilities; the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { log_target: false, counting: Counting::MEAN }
    }

    /// Whether targets are logarithms of probabilities; `false` unless set.
    pub const fn log_target(self, log_target: bool) -> Self {
        Self { log_target, ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for KlDivergence<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        if self.log_target {
            let probability = t.exp();
            return (probability * (t - y), -probability);
        }
        // 0 ln 0 = 0; the product keeps NaN.
        let nothing = t.equal(y.constant(S::ZERO));
        (F::select(nothing, -(t * y), t * (t.ln() - y)), -t)
    }
}

per_output!(KlDivergence);
