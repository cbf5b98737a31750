//! [`Reduction`]: from the losses of outputs and samples to one number.

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
