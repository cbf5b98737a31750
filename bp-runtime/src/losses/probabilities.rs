//! `binary_cross_entropy` on probabilities.

use super::numeric::{at_least, is_likely, is_probability, one_of, reals};
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
use crate::{Real, Scalar};

/// `−(t ln y + (1 − t) ln(1 − y))`, the mean over outputs and samples (PyTorch's `BCELoss`).
///
/// Outputs are `O` probabilities (the last layer is `sigmoid`), targets `[S; O]` between 0 and 1. On
/// scores, [`BinaryCrossEntropy`](super::BinaryCrossEntropy) is the same and more accurate.
///
/// As in PyTorch no logarithm is below −100, and the derivative is `(y − t) / max(y (1 − y), 1e-12)`. An
/// output that is no probability gives NaN.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`weight`](Self::weight) | 1 | multiplies the loss of each output; the type counts them |
///
/// ```
/// use backprop_runtime::{losses::BinaryCrossEntropyOfProbabilities, Loss};
/// let loss = BinaryCrossEntropyOfProbabilities::<1>::new();
/// let mut dy = [0.0_f64];
/// assert!((loss.sample(&[0.25], &[1.0], &mut dy).loss - 4_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [-4.0]);
/// assert_eq!(loss.sample(&[0.0], &[1.0], &mut dy).loss, 100.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropyOfProbabilities<const O: usize, const W: usize = 0> {
    weight: [Real; W],
    counting: Counting,
}

const LEAST_LOGARITHM: Real = Real::new(-100.0);
const LEAST_VARIANCE: Real = Real::new(1e-12);

impl<const O: usize> BinaryCrossEntropyOfProbabilities<O> {
    /// All weights 1; the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { weight: [], counting: Counting::MEAN }
    }

    /// The weight of each output; 1 unless set. The mean is still divided by the number of outputs, as in PyTorch.
    pub const fn weight(self, weight: [f64; O]) -> BinaryCrossEntropyOfProbabilities<O, O> {
        BinaryCrossEntropyOfProbabilities { weight: reals(weight), counting: self.counting }
    }
}

impl<S: Scalar, const O: usize, const W: usize> Element<S> for BinaryCrossEntropyOfProbabilities<O, W> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, output: usize, y: F, t: F) -> (F, F) {
        let one = y.constant(S::ONE);
        let (no, rest) = (one - t, one - y);
        let least = S::real(LEAST_LOGARITHM);
        let loss = -(t * at_least(y.ln(), least) + no * at_least((-y).ln_1p(), least));
        let derivative = (y - t) / at_least(y * rest, S::real(LEAST_VARIANCE));
        match one_of::<S>(&self.weight, output) {
            Some(weight) => (loss * weight, derivative * weight),
            None => (loss, derivative),
        }
    }
}

per_output!(BinaryCrossEntropyOfProbabilities behind [W],
    expects is_probability, "a probability for each output",
    right |y: S, t: S| is_likely(y) == is_likely(t));
