//! `binary_cross_entropy` on scores: yes or no for every output.

use super::numeric::{is_likely, is_probability, logistic, one_of, reals};
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
use crate::{Real, Scalar};

/// `−(p t ln σ(y) + (1 − t) ln(1 − σ(y)))`, the mean over outputs and samples (PyTorch's
/// `BCEWithLogitsLoss`).
///
/// Outputs are `O` scores (logits), not probabilities; targets are `[S; O]` between 0 and 1. Computed as
/// `(1 − t) softplus(y) + p t softplus(−y)`, which is finite for every finite score.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`positive_weight`](Self::positive_weight) | 1 | `p`, one for each output: above 1 it favours recall |
/// | [`weight`](Self::weight) | 1 | multiplies the loss of each output |
///
/// The type counts the weights, `P` and `W`: without them the loss has no size that grows with the outputs.
///
/// The derivative is `(1 − t) σ(y) − p t σ(−y)`: `σ(y) − t` where `p` is 1.
///
/// ```
/// use backprop_runtime::{losses::BinaryCrossEntropy, Loss};
/// const LOSS: BinaryCrossEntropy<2, 2> = BinaryCrossEntropy::new().positive_weight([3.0, 1.0]);
/// let mut dy = [0.0_f64; 2];
/// let sum = LOSS.sample(&[0.0, 0.0], &[1.0, 0.0], &mut dy);
/// assert!((sum.loss - 2.0 * 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [-0.75, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropy<const O: usize, const P: usize = 0, const W: usize = 0> {
    positive_weight: [Real; P],
    weight: [Real; W],
    counting: Counting,
}

impl<const O: usize> BinaryCrossEntropy<O> {
    /// All weights 1; the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { positive_weight: [], weight: [], counting: Counting::MEAN }
    }
}

impl<const O: usize, const P: usize, const W: usize> BinaryCrossEntropy<O, P, W> {
    /// The weight of a yes, for each output; 1 unless set.
    pub const fn positive_weight(self, weight: [f64; O]) -> BinaryCrossEntropy<O, O, W> {
        BinaryCrossEntropy { positive_weight: reals(weight), weight: self.weight, counting: self.counting }
    }

    /// The weight of each output; 1 unless set. The mean is still divided by the number of outputs, as in PyTorch.
    pub const fn weight(self, weight: [f64; O]) -> BinaryCrossEntropy<O, P, O> {
        BinaryCrossEntropy {
            positive_weight: self.positive_weight,
            weight: reals(weight),
            counting: self.counting,
        }
    }
}

impl<S: Scalar, const O: usize, const P: usize, const W: usize> Element<S> for BinaryCrossEntropy<O, P, W> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, output: usize, y: F, t: F) -> (F, F) {
        let yes = match one_of::<S>(&self.positive_weight, output) {
            Some(positive) => t * positive,
            None => t,
        };
        let no = y.constant(S::ONE) - t;
        let (above, below) = (logistic(y), logistic(-y));
        let loss = no * above.softplus + yes * below.softplus;
        let derivative = no * above.sigmoid - yes * below.sigmoid;
        match one_of::<S>(&self.weight, output) {
            Some(weight) => (loss * weight, derivative * weight),
            None => (loss, derivative),
        }
    }
}

per_output!(BinaryCrossEntropy behind [P, W],
    expects is_probability, "a probability for each output",
    right |score: S, t| (score > S::ZERO) == is_likely(t));
