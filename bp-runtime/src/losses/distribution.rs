//! `cross_entropy` with distributions as targets.

use super::cross_entropy::Smoothing;
use super::numeric::{argmax, one_of, reals, shifted_exponentials};
use super::reduction::Counting;
use super::{Loss, Reduction, Sum, TargetError};
use crate::{Real, Scalar};

/// `−Σ w t ln softmax(y)` over classes, the mean over samples (PyTorch's `CrossEntropyLoss` on class
/// probabilities).
///
/// Outputs are `O` scores (logits), targets `[S; O]`: for each class its probability. Used for soft labels,
/// mixed samples and distillation. The gradient is `softmax(y) Σ w t − w t`, which is `softmax(y) − t` for
/// targets of sum 1 without weights.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`class_weights`](Self::class_weights) | 1 | `w`, one for each class; the type counts them, and the mean still divides by the number of samples |
/// | [`label_smoothing`](Self::label_smoothing) | 0 | ε: `t` becomes `(1 − ε) t + ε / O` |
///
/// ```
/// use backprop_runtime::{losses::CrossEntropyDistribution, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = CrossEntropyDistribution::<2>::new().sample(&[3.0, 3.0], &[0.75, 0.25], &mut dy);
/// assert!((sum.loss - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [-0.25, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossEntropyDistribution<const O: usize, const W: usize = 0> {
    weights: [Real; W],
    smoothing: Option<Smoothing>,
    counting: Counting,
}

impl<const O: usize> CrossEntropyDistribution<O> {
    /// All classes alike, no smoothing; the mean over samples.
    pub const fn new() -> Self {
        Self { weights: [], smoothing: None, counting: Counting::MEAN }
    }
}

impl<const O: usize, const W: usize> CrossEntropyDistribution<O, W> {
    /// The weight of each class; 1 unless set.
    pub const fn class_weights(self, weights: [f64; O]) -> CrossEntropyDistribution<O, O> {
        CrossEntropyDistribution {
            weights: reals(weights),
            smoothing: self.smoothing,
            counting: self.counting,
        }
    }

    /// The part of every target that is spread over all classes, from 0 to 1; 0 unless set.
    pub const fn label_smoothing(self, smoothing: f64) -> Self {
        Self { smoothing: Smoothing::new(smoothing), ..self }
    }

    /// What the loss of a batch is divided by; the mean over samples unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { counting: self.counting.reduced(reduction), ..self }
    }

    /// Whether NaN in a target stands for a number that is missing: such a sample counts nothing, since the rest of a target
    /// is not a distribution. `false` unless set.
    pub const fn missing(self, missing: bool) -> Self {
        Self { counting: self.counting.with_missing(missing), ..self }
    }

    /// What the logarithm of a class is multiplied by.
    #[inline(always)]
    fn factor<S: Scalar>(&self, class: usize, t: S) -> S {
        let t = match self.smoothing {
            Some(Smoothing { spread, kept }) => S::real(kept) * t + S::real(spread) / S::from_usize(O),
            None => t,
        };
        match one_of::<S>(&self.weights, class) {
            Some(weight) => weight * t,
            None => t,
        }
    }
}

impl<const O: usize> Default for CrossEntropyDistribution<O> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Scalar, const O: usize, const W: usize> Loss<S> for CrossEntropyDistribution<O, W> {
    type Target = [S; O];

    fn check(&self, outputs: usize, target: &[S; O]) -> Result<(), TargetError> {
        if outputs == O && target.iter().all(|t| *t >= S::ZERO || self.counting.is_missing(*t)) {
            Ok(())
        } else {
            Err(TargetError::Invalid("one probability for each class"))
        }
    }

    fn is_correct(&self, y: &[S], target: &[S; O]) -> Option<bool> {
        (!self.counting.lacks_one(target)).then(|| argmax(y) == argmax(target))
    }

    fn weight(&self, target: &[S; O]) -> S {
        self.counting.weight_of_all(target)
    }

    fn divisor(&self, weight: S) -> S {
        self.counting.divisor(weight)
    }

    fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> Sum<S> {
        if self.counting.lacks_one(target) {
            dy.fill(S::ZERO);
            return Sum::default();
        }
        let (largest, total) = shifted_exponentials(y, dy);
        let logarithm = total.ln();
        let (mut loss, mut scale) = (S::ZERO, S::ZERO);
        for (class, (y, t)) in y.iter().zip(target).enumerate() {
            let factor = self.factor(class, *t);
            loss += factor * (logarithm + (largest - *y));
            scale += factor;
        }
        scale /= total;
        for (class, (dy, t)) in dy.iter_mut().zip(target).enumerate() {
            *dy = *dy * scale - self.factor(class, *t);
        }
        Sum { loss, weight: S::ONE }
    }
}
