//! The losses: how far an output is from its target, and the gradient of that.
//!
//! | Loss | Target | Of one output `y` and its target `t` |
//! |---|---|---|
//! | [`Mse`] | `[S; O]` | (y − t)² |
//! | [`Mae`] | `[S; O]` | \|y − t\| |
//! | [`Huber`], [`SmoothL1`] | `[S; O]` | squared near 0, absolute beyond |
//! | [`LogCosh`] | `[S; O]` | ln cosh(y − t) |
//! | [`Quantile`] | `[S; O]` | τ (t − y), or (1 − τ) (y − t) |
//! | [`CrossEntropy`] | [`Class`] | −ln softmax(y)\[class\] |
//! | [`CrossEntropyDistribution`] | `[S; O]` | −Σ t ln softmax(y) |
//! | [`Nll`] | [`Class`] | −y\[class\] |
//! | [`BinaryCrossEntropy`] | `[S; O]` | −t ln σ(y) − (1 − t) ln(1 − σ(y)) |
//! | [`BinaryCrossEntropyOfProbabilities`] | `[S; O]` | −t ln y − (1 − t) ln(1 − y) |
//! | [`KlDivergence`] | `[S; O]` | t (ln t − y) |
//! | [`PoissonNll`] | `[S; O]` | eʸ − t y |
//! | [`GaussianNll`] | `[S; O]` | ½ (ln v + (y − t)²/v) |
//! | [`Hinge`], [`HingeEmbedding`] | `[S; O]` of ±1 | max(0, margin − t y); y, or max(0, margin − y) |
//! | [`SoftMargin`] | `[S; O]` of ±1 | ln(1 + e^(−t y)) |
//! | [`Cosine`] | `[S; O]` | 1 − cos(y, t) |
//! | [`Each`] | `[target; P]` | another loss at each step, or at each position |
//! | [`EachStep`] | `Sequence<target, P>` | another loss at each step that is there |
//! | [`FromFormula`] | `[S; O]` | a formula of the user's |
//!
//! A description is a constant: `const LOSS: Huber<3> = Huber::new().delta(0.5)`. [`Reduction`] says what
//! the losses of outputs and samples are divided by.
//!
//! **Targets that are missing.** A loss over numbers with `missing = true` takes NaN in a target for a number that is not
//! known: it has neither a loss nor a gradient, and the mean is over the numbers that are there. Without the setting NaN is
//! an error. Losses over classes have `ignore_index` for that; a sample whose weight is 0 counts nothing whatever its target.
//!
//! ```
//! use backprop::prelude::*;
//!
//! #[network(input = 2, layers = [bias], loss = mse(missing = true))]
//! struct Net;
//!
//! // Three of the four numbers are known: (1² + 2² + 3²) / 3.
//! let targets = [[1.0, f32::NAN], [2.0, 3.0]];
//! let loss = Trainer::new(Sgd::new(0.1)).step(&mut Net::zeroed(), &[[0.0; 2]; 2], &targets);
//! assert_eq!(loss, Ok(14.0 / 3.0));
//! ```

mod binary_cross_entropy;
mod classes;
mod cosine;
mod cross_entropy;
mod distribution;
mod each;
mod each_step;
mod from_formula;
mod gaussian_nll;
mod heads;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod mae;
mod measured;
mod mse;
mod multi_margin;
mod nll;
mod numeric;
mod outputs;
mod per_output;
mod poisson_nll;
mod probabilities;
mod quantile;
mod reduction;
mod samples;
mod soft_margin;
#[cfg(test)]
mod tests;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cosine::Cosine;
pub use cross_entropy::CrossEntropy;
pub use distribution::CrossEntropyDistribution;
pub use each::Each;
pub use each_step::EachStep;
pub use from_formula::{FromFormula, LossFormula};
pub use gaussian_nll::GaussianNll;
pub(crate) use heads::MOST as MOST_HEADS;
pub use heads::{HeadFactors, Heads};
pub use hinge::{Hinge, HingeEmbedding};
pub use huber::{Huber, SmoothL1};
pub use kl_divergence::KlDivergence;
pub use log_cosh::LogCosh;
pub use mae::Mae;
pub(crate) use measured::HeadSums;
pub use measured::MeasuredHeads;
pub use mse::Mse;
pub use multi_margin::MultiMargin;
pub use nll::Nll;
pub use outputs::{LARGEST_COPY, Outputs, room};
pub use poisson_nll::PoissonNll;
pub use probabilities::BinaryCrossEntropyOfProbabilities;
pub use quantile::Quantile;
pub use reduction::Reduction;
pub use soft_margin::SoftMargin;

use crate::sample::Class;
use crate::total::Total;
use crate::{AsTarget, Scalar};
use core::ops::AddAssign;
use generic_array::ArrayLength;
use outputs::sample_by_sample;

/// A loss summed over samples, and the weight to divide it by.
///
/// The mean is taken once, over the whole batch, whatever the tiles were: `loss / weight`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum<S> {
    /// Σ loss of a sample × its weight.
    pub loss: S,
    /// Σ weights.
    pub weight: S,
}

impl<S: Scalar> AddAssign for Sum<S> {
    fn add_assign(&mut self, other: Self) {
        self.loss += other.loss;
        self.weight += other.weight;
    }
}

/// Losses and weights, added up without loss of precision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals<S> {
    loss: Total<S>,
    weight: Total<S>,
}

impl<S: Scalar> Totals<S> {
    #[inline(always)]
    pub(crate) fn add(&mut self, Sum { loss, weight }: Sum<S>) {
        self.loss.add(loss);
        self.weight.add(weight);
    }

    #[inline(always)]
    pub(crate) fn value(self) -> Sum<S> {
        Sum { loss: self.loss.value(), weight: self.weight.value() }
    }
}

/// Choices, and how many of them are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// How many are right.
    pub right: usize,
    /// How many there are.
    pub of: usize,
}

impl AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.right += other.right;
        self.of += other.of;
    }
}

impl Hits {
    /// The part that is right; `None` of no choices.
    pub fn accuracy<S: Scalar>(self) -> Option<S> {
        (self.of > 0).then(|| S::from_usize(self.right) / S::from_usize(self.of))
    }
}

/// Why a target cannot be compared with any output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// A class index beyond the number of outputs.
    OutOfRange {
        /// The index; the largest `usize` stands for all negative numbers.
        label: usize,
        /// How many classes there are: at one step, or of one head.
        classes: usize,
    },
    /// Another value the loss is not defined for: what it must be.
    Invalid(&'static str),
}

/// A loss. Implement [`sample`](Self::sample) for one of your own; the rest follows.
///
/// ```
/// use backprop_runtime::{losses::Sum, Loss};
///
/// /// Half the squared distance.
/// struct Half;
///
/// impl Loss<f32> for Half {
///     type Target = [f32; 2];
///     fn sample(&self, y: &[f32], target: &[f32; 2], dy: &mut [f32]) -> Sum<f32> {
///         let mut loss = 0.0;
///         for ((y, t), dy) in y.iter().zip(target).zip(dy) {
///             *dy = y - t;
///             loss += 0.5 * (y - t) * (y - t);
///         }
///         Sum { loss, weight: 1.0 }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss of outputs of type `{S}`",
    note = "one of your own implements `Loss<{S}>` with a `Target` and `sample`"
)]
pub trait Loss<S: Scalar> {
    /// What an output is compared with.
    type Target: Sync;

    /// The loss of one sample with its weight, and `dy`, the gradient of the loss (times that weight) with
    /// respect to `y`. Writes all of `dy`.
    fn sample(&self, y: &[S], target: &Self::Target, dy: &mut [S]) -> Sum<S>;

    /// What the loss and the gradients of a batch are divided by, given the weight of all its samples: that
    /// weight, for the mean; 1, for the sum.
    fn divisor(&self, weight: S) -> S {
        weight
    }

    /// The weight of a sample with that target, as [`sample`](Self::sample) gives it: 1, unless the loss weighs targets.
    fn weight(&self, target: &Self::Target) -> S {
        let _ = target;
        S::ONE
    }

    /// What the losses of heads are multiplied by in a batch. Only for a loss that is a sum over heads.
    #[doc(hidden)]
    #[inline(always)]
    fn factors<Y: AsTarget<Self::Target>>(&self, targets: &[Y], weights: Option<&[S]>) -> HeadFactors<S> {
        let _ = (targets, weights);
        HeadFactors::default()
    }

    /// [`sample`](Self::sample) in a batch with those factors. Only for a loss that is a sum over heads.
    #[doc(hidden)]
    #[inline(always)]
    fn sample_of(&self, factors: &HeadFactors<S>, y: &[S], target: &Self::Target, dy: &mut [S]) -> Sum<S> {
        let _ = factors;
        self.sample(y, target, dy)
    }

    /// [`sample_of`](Self::sample_of) with what stands for a target.
    #[doc(hidden)]
    #[inline(always)]
    fn sample_with<Y: AsTarget<Self::Target>>(
        &self,
        factors: &HeadFactors<S>,
        y: &[S],
        target: &Y,
        dy: &mut [S],
    ) -> Sum<S> {
        target.with(|target| self.sample_of(factors, y, target, dy))
    }

    /// The target that a class stands for. Only for a loss over classes.
    #[doc(hidden)]
    #[inline(always)]
    fn class(class: Class) -> Option<Self::Target> {
        let _ = class;
        None
    }

    /// [`weight`](Self::weight) of what stands for a target.
    #[doc(hidden)]
    #[inline(always)]
    fn weight_with<Y: AsTarget<Self::Target>>(&self, target: &Y) -> S {
        target.with(|target| self.weight(target))
    }

    /// [`check`](Self::check) of what stands for a target.
    ///
    /// # Errors
    /// What is wrong with the target.
    #[doc(hidden)]
    #[inline(always)]
    fn check_with<Y: AsTarget<Self::Target>>(&self, outputs: usize, target: &Y) -> Result<(), TargetError> {
        target.with(|target| self.check(outputs, target))
    }

    /// Whether the loss is defined for a target and this number of outputs.
    ///
    /// # Errors
    /// What is wrong with the target.
    fn check(&self, outputs: usize, target: &Self::Target) -> Result<(), TargetError> {
        let _ = (outputs, target);
        Ok(())
    }

    /// Whether a target is one of a sample of so many steps, where that has a number of its own. Only for a loss over steps.
    #[doc(hidden)]
    fn fits(&self, target: &Self::Target, length: Option<usize>) -> bool {
        let _ = (target, length);
        true
    }

    /// Whether the output names the right class; `None` where the loss is not one of classification.
    fn is_correct(&self, y: &[S], target: &Self::Target) -> Option<bool> {
        let _ = (y, target);
        None
    }

    /// How many choices the target asks for, and how many of them the output gets right: one for a sample that is
    /// classified, as [`is_correct`](Self::is_correct) says; more for a loss at each step or pixel.
    fn hits(&self, y: &[S], target: &Self::Target) -> Hits {
        match self.is_correct(y, target) {
            Some(right) => Hits { right: usize::from(right), of: 1 },
            None => Hits::default(),
        }
    }

    /// [`hits`](Self::hits) of what stands for a target.
    #[doc(hidden)]
    #[inline(always)]
    fn hits_with<Y: AsTarget<Self::Target>>(&self, y: &[S], target: &Y) -> Hits {
        target.with(|target| self.hits(y, target))
    }

    /// Names of the heads with a loss. Only for a loss that is a sum over heads.
    #[doc(hidden)]
    const HEADS: &'static [&'static str] = &[];

    /// Takes a sample into what is measured of each head. Only for a loss that is a sum over heads.
    #[doc(hidden)]
    fn measure(&self, heads: &mut MeasuredHeads<'_, S>, target: &Self::Target) {
        let _ = (heads, target);
    }

    /// The loss of a tile of samples, of which the first `targets.len()` are real; sample `i` counts `weights[i]`
    /// times, or once where there are no weights. Writes all of `dy`, zero for the samples that are not real.
    #[inline(always)]
    fn tile<O: ArrayLength, Y: AsTarget<Self::Target>>(
        &self,
        factors: &HeadFactors<S>,
        outputs: Outputs<'_, S>,
        targets: &[Y],
        weights: Option<&[S]>,
    ) -> Sum<S> {
        sample_by_sample::<S, Self, O, Y>(self, factors, outputs, targets, weights)
    }
}

/// How often a sample counts.
#[inline(always)]
fn weight_of<S: Scalar>(weights: Option<&[S]>, lane: usize) -> S {
    weights.and_then(|weights| weights.get(lane)).copied().unwrap_or(S::ONE)
}
