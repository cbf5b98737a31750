//! [`Reduction`]: from the losses of outputs and samples to one number, and which of them count.

use crate::Scalar;

/// What the sum of losses over all outputs and samples is divided by (PyTorch's `reduction`).
///
/// | | Divided by | PyTorch |
/// |---|---|---|
/// | `Mean` | samples × outputs (or the weights of all samples, where the loss weighs classes) | `'mean'`, the default |
/// | `BatchMean` | samples | `'batchmean'` |
/// | `Sum` | nothing | `'sum'` |
///
/// Losses over classes have one number for a sample, so that `Mean` and `BatchMean` are the same there.
/// Sample weights multiply the losses; the mean is then divided by their sum in place of the number of samples.
///
/// ```
/// use backprop_runtime::{losses::{Mse, Reduction}, Loss};
/// let (y, t) = ([1.0_f32, 5.0], [0.0, 2.0]);
/// let loss = |reduction| {
///     let mse = Mse::<2>::new().reduction(reduction);
///     let sum = mse.sample(&y, &t, &mut [0.0; 2]);
///     sum.loss / mse.divisor(sum.weight)
/// };
/// assert_eq!(loss(Reduction::Mean), 5.0);
/// assert_eq!(loss(Reduction::Sum), 10.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The mean over samples and outputs.
    #[default]
    Mean,
    /// The sum over outputs, the mean over samples.
    BatchMean,
    /// The sum over samples and outputs.
    Sum,
}

impl Reduction {
    /// What the sum over one sample's outputs is multiplied by.
    #[inline(always)]
    pub(super) fn scale<S: Scalar>(self, outputs: usize) -> S {
        match self {
            Self::Mean => S::ONE / S::from_usize(outputs),
            Self::BatchMean | Self::Sum => S::ONE,
        }
    }

    /// What the sum over samples is divided by.
    #[inline(always)]
    pub(super) fn divisor<S: Scalar>(self, weight: S) -> S {
        match self {
            Self::Mean | Self::BatchMean => weight,
            Self::Sum => S::ONE,
        }
    }
}

/// What a sum is divided by, and which targets count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counting {
    reduction: Reduction,
    /// Whether NaN stands for a target that is missing.
    missing: bool,
}

impl Counting {
    /// The mean over all targets.
    pub(super) const MEAN: Self = Self { reduction: Reduction::Mean, missing: false };

    pub(super) const fn reduced(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    pub(super) const fn with_missing(self, missing: bool) -> Self {
        Self { missing, ..self }
    }

    #[inline(always)]
    pub(super) fn scale<S: Scalar>(self, outputs: usize) -> S {
        self.reduction.scale(outputs)
    }

    #[inline(always)]
    pub(super) fn divisor<S: Scalar>(self, weight: S) -> S {
        self.reduction.divisor(weight)
    }

    /// Whether targets may be missing.
    #[inline(always)]
    pub(super) fn allows_missing(self) -> bool {
        self.missing
    }

    /// Whether this target is missing.
    #[inline(always)]
    #[expect(clippy::eq_op, reason = "only NaN differs from itself")]
    pub(super) fn is_missing<S: Scalar>(self, t: S) -> bool {
        self.missing && t != t
    }

    /// Whether one of these targets is missing.
    #[inline(always)]
    pub(super) fn lacks_one<S: Scalar>(self, targets: &[S]) -> bool {
        self.missing && targets.iter().any(|t| self.is_missing(*t))
    }

    /// The weight of a sample with these targets, each of which counts by itself: so that the mean is over those that are
    /// there, `Mean` divides by how many they are, and `BatchMean` by the samples that have one.
    #[inline(always)]
    pub(super) fn weight<S: Scalar>(self, targets: &[S]) -> S {
        if !self.missing {
            return S::ONE;
        }
        let there = targets.iter().filter(|t| !self.is_missing(**t)).count();
        match self.reduction {
            Reduction::Mean => S::from_usize(there) / S::from_usize(targets.len()),
            Reduction::BatchMean | Reduction::Sum => S::from_usize(there.min(1)),
        }
    }

    /// The weight of a sample whose targets count together or not at all.
    #[inline(always)]
    pub(super) fn weight_of_all<S: Scalar>(self, targets: &[S]) -> S {
        if self.lacks_one(targets) { S::ZERO } else { S::ONE }
    }
}
