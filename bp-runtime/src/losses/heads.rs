//! The sum of the losses of several heads, one after the other.

use super::{Loss, Sum, weight_of};
use crate::total::Total;
use crate::{AsTarget, Real, Scalar};

/// The loss of a sample with several heads in the making: each takes its part of `y` and `dy`.
///
/// `Σ weight × loss` over the heads, each head's loss reduced as it says over the batch: a head's [factor](HeadFactors) is the
/// number of samples, divided by what the head divides by. What `#[network]` writes for
/// `loss = { policy: cross_entropy, value: 0.5 * mse }`.
///
/// ```
/// use backprop_runtime::losses::{HeadFactors, Heads, Mse};
/// let mut dy = [9.0_f32; 3];
/// let factors = HeadFactors::default();
/// let mut heads = Heads::new(&factors, &[1.0, 5.0, 3.0], &mut dy);
/// heads.loss(1, 0.5, &Mse::<1>::new(), &[0.0]);
/// heads.skip(2);
/// assert_eq!(heads.sum().loss, 0.5);
/// assert_eq!(dy, [1.0, 0.0, 0.0]);
/// ```
#[derive(Debug)]
pub struct Heads<'a, S> {
    y: &'a [S],
    dy: &'a mut [S],
    factors: &'a HeadFactors<S>,
    /// Number of the next head with a loss.
    head: usize,
    loss: S,
    counts: bool,
}

impl<'a, S: Scalar> Heads<'a, S> {
    /// Begins with the first head of an output.
    pub fn new(factors: &'a HeadFactors<S>, y: &'a [S], dy: &'a mut [S]) -> Self {
        dy.fill(S::ZERO);
        Self { y, dy, factors, head: 0, loss: S::ZERO, counts: false }
    }

    /// Adds the loss of the next `outputs` outputs.
    pub fn loss<L: Loss<S>>(
        &mut self,
        outputs: usize,
        weight: impl Into<Real>,
        loss: &L,
        target: &L::Target,
    ) {
        let (y, dy) = self.next(outputs);
        let of_batch = self.factors.of(self.head);
        self.head += 1;
        self.counts |= of_batch > S::ZERO;
        let Sum { loss, weight: own } = loss.sample(y, target, dy);
        if own == S::ZERO || of_batch == S::ZERO {
            dy.fill(S::ZERO);
            return;
        }
        let factor = S::real(weight.into()) * of_batch;
        for dy in dy {
            *dy *= factor;
        }
        self.loss += loss * factor;
    }

    /// Leaves out the next `outputs` outputs.
    pub fn skip(&mut self, outputs: usize) {
        self.next(outputs);
    }

    /// The sum, with weight 1; with 0 where no sample of the batch counts for any head.
    pub fn sum(self) -> Sum<S> {
        Sum { loss: self.loss, weight: if self.counts { S::ONE } else { S::ZERO } }
    }

    fn next(&mut self, outputs: usize) -> (&'a [S], &'a mut [S]) {
        let (y, rest) = self.y.split_at_checked(outputs).unwrap_or((self.y, &[]));
        self.y = rest;
        let all = core::mem::take(&mut self.dy);
        let (dy, rest) = all.split_at_mut(outputs.min(all.len()));
        self.dy = rest;
        (y, dy)
    }
}

/// What the losses of heads are multiplied by in one batch, head by head: each head divides by its own weight of the
/// batch, not by that of a sample or of a tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadFactors<S> {
    of: [S; MOST],
    /// What they are made of, to find those of a batch from those of its parts.
    #[cfg(feature = "distributed")]
    parts: [HeadParts<S>; MOST],
    #[cfg(feature = "distributed")]
    heads: usize,
}

/// What the factor of a head is made of.
#[cfg(feature = "distributed")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct HeadParts<S> {
    /// The weight of all samples.
    pub(crate) all: S,
    /// The weight of those that count for the head.
    pub(crate) own: S,
    /// What the head's loss divides by, where that is not its weight.
    divisor: Option<S>,
}

/// The most heads with a loss that a network has; the macro refuses more.
pub(crate) const MOST: usize = 16;

impl<S: Scalar> Default for HeadFactors<S> {
    /// 1 for each head: those of a batch of one sample that counts once.
    fn default() -> Self {
        Self {
            of: [S::ONE; MOST],
            #[cfg(feature = "distributed")]
            parts: [HeadParts::default(); MOST],
            #[cfg(feature = "distributed")]
            heads: 0,
        }
    }
}

impl<S: Scalar> HeadFactors<S> {
    /// The factor of a head; 0 where none of the batch's samples counts for it.
    #[inline(always)]
    pub fn of(&self, head: usize) -> S {
        self.of.get(head).copied().unwrap_or(S::ONE)
    }

    /// Sets the factor of a head: the weight of all samples, over what the head's loss divides by. `part` finds the
    /// head's target in that of a sample.
    pub fn set<T, Y: AsTarget<T>, L: Loss<S>>(
        &mut self,
        head: usize,
        loss: &L,
        targets: &[Y],
        weights: Option<&[S]>,
        part: impl Fn(&T) -> &L::Target,
    ) {
        let (mut all, mut own) = (Total::default(), Total::default());
        for (sample, target) in targets.iter().enumerate() {
            let weight = weight_of(weights, sample);
            all.add(weight);
            own.add(weight * target.with(|target| loss.weight(part(target))));
        }
        let (all, own) = (all.value(), own.value());
        if let Some(factor) = self.of.get_mut(head) {
            *factor = if own > S::ZERO { all / loss.divisor(own) } else { S::ZERO };
        }
        #[cfg(feature = "distributed")]
        if let Some(parts) = self.parts.get_mut(head) {
            let two = S::ONE + S::ONE;
            let divisor = loss.divisor(two);
            *parts = HeadParts { all, own, divisor: (divisor != two).then_some(divisor) };
            self.heads = self.heads.max(head + 1);
        }
    }

    /// Of each head with a loss, what its factor is made of.
    #[cfg(feature = "distributed")]
    pub(crate) fn parts(&self) -> &[HeadParts<S>] {
        self.parts.get(..self.heads).unwrap_or(&[])
    }

    /// Sets the factor of a head to that of a larger batch, of which this knows a part.
    #[cfg(feature = "distributed")]
    pub(crate) fn pool(&mut self, head: usize, all: S, own: S) {
        if let (Some(factor), Some(parts)) = (self.of.get_mut(head), self.parts.get(head)) {
            *factor = if own > S::ZERO { all / parts.divisor.unwrap_or(own) } else { S::ZERO };
        }
    }
}
