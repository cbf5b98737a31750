//! [`Trainer::evaluate`]: how good a network is on a data set.

use super::Trainer;
use super::batch::{check_samples, check_targets, culprit, load, samples_of, tiles};
use crate::calls::Apart;
use crate::losses::{HeadSums, Hits, MOST_HEADS, MeasuredHeads, Outputs, Totals};
use crate::network::{Network, Trainable, Training};
use crate::optimizers::Optimizer;
use crate::{AsTarget, Error, Loss, Pass, Scalar};

/// What [`Trainer::evaluate`] finds over a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation<S> {
    /// The mean loss; of a network with heads the weighted sum of their losses.
    pub loss: S,
    /// The fraction of choices that are right, where the loss is one of classification: of samples, or of the steps or
    /// pixels that count for a loss at each. `None` for other losses, and for a network with heads, which have one each.
    pub accuracy: Option<S>,
    /// How many samples there were.
    pub samples: usize,
    heads: [HeadEvaluation<S>; MOST_HEADS],
    count: usize,
}

/// What [`Trainer::evaluate`] finds of one head.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct HeadEvaluation<S> {
    /// The head's name in the declaration.
    pub name: &'static str,
    /// The head's own loss, without the factor that it has in the sum. NaN where no sample counts for the head.
    pub loss: S,
    /// The fraction of choices that are right, where the head's loss is one of classification.
    pub accuracy: Option<S>,
}

impl<S> Evaluation<S> {
    /// What was found of each head with a loss, in the order of the declaration; none for a network with one output.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(
    ///     input = 2,
    ///     layers = [dense(4), tanh, heads { kind: [dense(3)], size: [dense(1)] }],
    ///     loss = { kind: cross_entropy, size: 0.5 * mse },
    /// )]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let target = |kind, size| NetTarget { kind: Class(kind), size: [size] };
    /// let (xs, ys) = ([[0.0, 1.0], [1.0, 0.0]], [target(0, 1.0), target(2, 0.5)]);
    /// let found = Trainer::new(Sgd::new(0.1)).evaluate(&Net::zeroed(), &xs, &ys)?;
    /// let [kind, size] = found.heads() else { unreachable!() };
    /// assert_eq!((kind.name, size.name), ("kind", "size"));
    /// assert!(kind.accuracy.is_some() && size.accuracy.is_none());
    /// assert_eq!(size.loss, (1.0 + 0.25) / 2.0);
    /// assert!((found.loss - (kind.loss + 0.5 * size.loss)).abs() < 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn heads(&self) -> &[HeadEvaluation<S>] {
        self.heads.get(..self.count).unwrap_or_default()
    }

    /// What was found of the head of that name.
    pub fn head(&self, name: &str) -> Option<&HeadEvaluation<S>> {
        self.heads().iter().find(|head| head.name == name)
    }
}

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// The mean loss, and for classification the accuracy, over a data set, with both for each head of a network that has
    /// several; nothing is changed.
    ///
    /// # Errors
    /// Lengths that differ, an empty data set, an index that the embedding has no row for, a target the loss is not defined for.
    pub fn evaluate<Y>(&mut self, net: &N, xs: &[N::Sample], ys: &[Y]) -> Result<Evaluation<N::Scalar>, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        check_targets::<N, Y>(xs, ys, None)?;
        check_samples::<N>(xs)?;
        let tile = N::Workspace::tile(xs.len());
        let factors = &N::LOSS.factors(ys, None);
        let mut total = Totals::default();
        let (mut hits, mut heads) = (Hits::default(), HeadSums::default());
        let count = tiles(xs.len(), tile);
        self.workspace.fit(xs.len().div_ceil(count));
        let width = self.workspace.width();
        for index in 0..count {
            let range = samples_of(index, xs.len(), tile);
            let samples = &xs[range.clone()];
            *self.workspace.pass_mut() =
                Pass { first_sample: range.start, samples: samples.len(), ..Pass::PREDICTION };
            load(samples, self.workspace.input_mut(), width);
            self.workspace.forward(Apart, net.core());
            let mut outputs = self.workspace.outputs();
            let sum = N::LOSS.tile::<N::Outputs, Y>(factors, outputs.reborrow(), &ys[range.clone()], None);
            if !sum.loss.is_finite() {
                let Outputs { y, dy, .. } = outputs;
                return Err(Error::NonFiniteLoss { sample: culprit(y, dy, width, range) });
            }
            total.add(sum);
            for (lane, target) in ys[range].iter().enumerate() {
                outputs.sample::<N::Outputs, _>(lane, |y, dy| {
                    hits += N::LOSS.hits_with(y, target);
                    if const { !N::Loss::HEADS.is_empty() } {
                        let mut sample = MeasuredHeads::new(y, dy, &mut heads);
                        target.with(|target| N::LOSS.measure(&mut sample, target));
                    }
                });
            }
        }
        let total = total.value();
        if total.weight <= N::Scalar::ZERO {
            return Err(Error::NothingCounts);
        }
        let mut found = Evaluation {
            loss: total.loss / N::LOSS.divisor(total.weight),
            accuracy: hits.accuracy(),
            samples: xs.len(),
            heads: [HeadEvaluation { name: "", loss: N::Scalar::NAN, accuracy: None }; MOST_HEADS],
            count: N::Loss::HEADS.len(),
        };
        for ((place, name), (loss, hits)) in found.heads.iter_mut().zip(N::Loss::HEADS).zip(heads.iter()) {
            *place = HeadEvaluation { name, loss, accuracy: hits.accuracy() };
        }
        Ok(found)
    }
}
