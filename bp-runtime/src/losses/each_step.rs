//! A loss at every step of a sequence that may be shorter than its window.

use super::{Hits, Loss, Sum, TargetError, Totals};
use crate::parts::Parts as _;
use crate::total::Total;
use crate::{Scalar, Sequence};
use core::marker::PhantomData;
use generic_array::ArrayLength;

/// Loss `L` of each step of a [`Sequence`] of up to `P` steps of `N` numbers: the loss of a network whose input is declared
/// as `[..=P, features]`, and whose output still has the time axis.
///
/// | | |
/// |---|---|
/// | Output | `[P, N]` |
/// | Targets | `Sequence<target of L, P>`, with as many steps as the sample |
///
/// The loss of a sample is `Σ L(step)` over the steps that are there and its weight the sum of their weights, so that `mean` is
/// over all steps of the batch, whatever the lengths (PyTorch's loss on `PackedSequence.data`). The gradient behind the end is
/// 0. Accuracy is over the steps that are there; a sample is correct where all of them are.
///
/// ```
/// use backprop_runtime::{Loss, Sequence, length, losses::{CrossEntropy, EachStep}, sample::Class};
/// // One step of two classes, where there could be two.
/// let loss = EachStep::<_, length!(2), 2>::new(CrossEntropy::new());
/// let mut dy = [9.0_f64; 4];
/// let target = Sequence::new(&[Class(1)])?;
/// let sum = loss.sample(&[0.0; 4], &target, &mut dy);
/// assert!((sum.loss - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!((sum.weight, dy), (1.0, [0.5, -0.5, 0.0, 0.0]));
/// # Ok::<(), backprop_runtime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EachStep<L, N, const P: usize> {
    loss: L,
    numbers: PhantomData<fn() -> N>,
}

impl<L, N: ArrayLength, const P: usize> EachStep<L, N, P> {
    /// Of each step that is there.
    pub const fn new(loss: L) -> Self {
        Self { loss, numbers: PhantomData }
    }

    /// The numbers of each step.
    fn steps<S>(y: &[S]) -> impl Iterator<Item = &[S]> {
        y.pieces(N::USIZE)
    }
}

impl<S: Scalar, L: Loss<S>, N: ArrayLength, const P: usize> Loss<S> for EachStep<L, N, P>
where
    L::Target: Copy,
{
    type Target = Sequence<L::Target, P>;

    fn check(&self, outputs: usize, target: &Self::Target) -> Result<(), TargetError> {
        if outputs != P * N::USIZE {
            return Err(TargetError::Invalid("one for each step"));
        }
        target.steps().iter().try_for_each(|target| self.loss.check(N::USIZE, target))
    }

    fn fits(&self, target: &Self::Target, length: Option<usize>) -> bool {
        length.is_none_or(|length| length == target.steps().len())
    }

    fn is_correct(&self, y: &[S], target: &Self::Target) -> Option<bool> {
        let Hits { right, of } = self.hits(y, target);
        (of > 0).then_some(right == of)
    }

    fn hits(&self, y: &[S], target: &Self::Target) -> Hits {
        let mut hits = Hits::default();
        Self::steps(y).zip(target.steps()).for_each(|(y, target)| hits += self.loss.hits(y, target));
        hits
    }

    fn weight(&self, target: &Self::Target) -> S {
        let mut weight = Total::default();
        target.steps().iter().for_each(|target| weight.add(self.loss.weight(target)));
        weight.value()
    }

    fn divisor(&self, weight: S) -> S {
        self.loss.divisor(weight)
    }

    fn sample(&self, y: &[S], target: &Self::Target, dy: &mut [S]) -> Sum<S> {
        dy.fill(S::ZERO);
        let mut sum = Totals::default();
        let steps = Self::steps(y).zip(dy.pieces_mut(N::USIZE));
        for ((y, dy), target) in steps.zip(target.steps()) {
            sum.add(self.loss.sample(y, target, dy));
        }
        sum.value()
    }
}
