//! `soft_margin`: the logistic loss on signs.

use super::numeric::{is_sign, logistic, same_sign};
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::Scalar;
use crate::math::Float;

/// `ln(1 + e^(−t y))`, the mean over outputs and samples (PyTorch's `SoftMarginLoss`).
///
/// Outputs are `O` scores, targets `[S; O]` of 1 and −1. The derivative is `−t σ(−t y)`.
///
/// ```
/// use backprop_runtime::{losses::SoftMargin, Loss};
/// let mut dy = [0.0_f64];
/// let sum = SoftMargin::<1>::new().sample(&[0.0], &[-1.0], &mut dy);
/// assert!((sum.loss - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoftMargin<const O: usize> {
    counting: Counting,
}

impl<const O: usize> SoftMargin<O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN }
    }
}

impl<S: Scalar, const O: usize> Element<S> for SoftMargin<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let wrong = logistic(-(t * y));
        (wrong.softplus, -(t * wrong.sigmoid))
    }
}

per_output!(SoftMargin,
    expects is_sign, "1 or -1 for each output",
    right same_sign);
