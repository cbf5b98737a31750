//! The losses: how far an output is from its target, and the gradient of that.

mod cross_entropy;
mod mse;

pub use cross_entropy::CrossEntropy;
pub use mse::Mse;

use crate::{AsTarget, Scalar};
use core::ops::AddAssign;
use generic_array::{ArrayLength, GenericArray};

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

/// Why a target cannot be compared with any output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// A class index beyond the number of outputs.
    OutOfRange,
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
pub trait Loss<S: Scalar> {
    /// What an output is compared with.
    type Target;

    /// The loss of one sample with its weight, and `dy`, the gradient of the loss (times that weight) with
    /// respect to `y`.
    fn sample(&self, y: &[S], target: &Self::Target, dy: &mut [S]) -> Sum<S>;

    /// Whether the loss is defined for a target and this number of outputs.
    ///
    /// # Errors
    /// What is wrong with the target.
    fn check(&self, outputs: usize, target: &Self::Target) -> Result<(), TargetError> {
        let _ = (outputs, target);
        Ok(())
    }

    /// Whether the output names the right class; `None` where the loss is not one of classification.
    fn is_correct(&self, y: &[S], target: &Self::Target) -> Option<bool> {
        let _ = (y, target);
        None
    }

    /// The loss of a tile of `tile` samples, stored `[feature][sample]`, of which the first `targets.len()`
    /// are real; sample `i` counts `weights[i]` times, or once where there are no weights. Writes all of
    /// `dy`, zero for the samples that are not real.
    fn tile<O: ArrayLength, Y: AsTarget<Self::Target>>(
        &self,
        tile: usize,
        y: &[S],
        targets: &[Y],
        weights: Option<&[S]>,
        dy: &mut [S],
    ) -> Sum<S> {
        dy.fill(S::ZERO);
        let mut sum = Sum::default();
        for (lane, target) in targets.iter().enumerate() {
            let mut output: GenericArray<S, O> = crate::flat::zero();
            let mut gradient: GenericArray<S, O> = crate::flat::zero();
            crate::network::store(&mut output, y, tile, lane);
            let one = target.with(|target| self.sample(&output, target, &mut gradient));
            let weight = weights.and_then(|weights| weights.get(lane)).copied().unwrap_or(S::ONE);
            sum += Sum { loss: one.loss * weight, weight: one.weight * weight };
            for (place, value) in dy.iter_mut().skip(lane).step_by(tile).zip(&gradient) {
                *place = *value * weight;
            }
        }
        sum
    }
}
