//! How what is pending grows, batch by batch, and becomes an update.

use super::Trainer;
use super::batch::{Batch, check_samples, check_targets, declared};
use super::tiles::Site;
use super::update::{Updating, update};
use crate::calls::Calls;
use crate::losses::Sum;
use crate::network::{Network, Passes as _, Trainable, Training};
use crate::optimizers::Optimizer;
use crate::{AsTarget, Error, Flat, Loss, Scalar};

impl<N: Network, O: Optimizer> Trainer<N, O> {
    #[inline(always)]
    pub(super) fn update_by<C: Calls>(&mut self, calls: C, net: &mut N) -> Result<(), Error> {
        if self.pending.weight <= N::Scalar::ZERO {
            // Samples that count nothing, as all ignored ones, leave no trace in the next step either.
            if self.samples > 0 {
                self.discard();
            }
            return Err(Error::EmptyBatch);
        }
        let scale = N::Scalar::ONE / self.pending.weight;
        // Weights whose sum is infinite are no better: their mean would be zero.
        if !scale.is_finite() || scale == N::Scalar::ZERO {
            self.discard();
            return Err(Error::WeightsTooSmall);
        }
        self.sum_over_ranks()?;
        let result = match self.samples > 0 && !self.workspace.measured_is_finite() {
            true => Err(Error::NonFiniteStatistics),
            false => update(
                calls,
                net,
                Updating {
                    optimizer: &self.optimizer,
                    state: &mut self.state,
                    settings: &self.settings,
                    groups: &self.groups,
                    gradients: self.gradients.0.flat_mut(),
                    scale,
                    risk: &mut self.risk,
                },
            ),
        };
        if result.is_ok() {
            // Given gradients come without samples: what the workspace holds then was measured for something else.
            if self.samples > 0 {
                self.workspace.commit(net.core_mut());
            }
            net.core_mut().settle();
            self.step += 1;
            // The first tile of the next step writes over the gradients.
            (self.pending, self.samples) = (Sum::default(), 0);
        } else {
            self.discard();
        }
        result
    }

    /// A batch that adds to what is pending.
    #[inline(always)]
    pub(super) fn batch<'a>(&self, net: &'a N, xs: &'a [N::Sample]) -> Batch<'a, N> {
        let (seed, step, frozen) = (self.seed, self.step, self.frozen_statistics);
        Batch { net, xs, seed, step, first: self.samples, carried: false, frozen }
    }

    /// Where batches are worked on.
    #[inline(always)]
    pub(super) fn site(&mut self) -> Site<'_, N> {
        Site {
            gradients: self.gradients.0.flat_mut(),
            workspace: &mut self.workspace,
            #[cfg(feature = "rayon")]
            threads: &mut self.threads,
        }
    }

    /// Takes over the losses of a batch whose gradients have been added; returns their mean. `divisor` is
    /// [`Loss::divisor`].
    #[inline(always)]
    pub(super) fn finish(
        &mut self,
        sum: Result<Sum<N::Scalar>, Error>,
        samples: usize,
        divisor: impl Fn(N::Scalar) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        let total = match sum {
            // The losses of tiles are finite, their sum need not be.
            Ok(total) if !total.loss.is_finite() => Err(Error::NonFiniteLoss { sample: 0 }),
            Ok(total) if total.weight <= N::Scalar::ZERO => Err(Error::NothingCounts),
            sum => sum,
        };
        let total = match total {
            Ok(total) => total,
            Err(error) => {
                // What counts nothing has added zeros, to what was accumulated before.
                if error != Error::NothingCounts {
                    self.discard();
                }
                return Err(error);
            }
        };
        self.samples += samples;
        self.pending.loss += total.loss;
        self.pending.weight = divisor(self.pending.weight + total.weight);
        Ok(total.loss / divisor(total.weight))
    }

    #[inline(always)]
    pub(super) fn accumulate_batch<C: Calls, Y>(
        &mut self,
        calls: C,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        weights: Option<&[N::Scalar]>,
    ) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        #[cfg(feature = "distributed")]
        if self.ranks.is_some() {
            return self.accumulate_over_ranks(net, xs, ys, weights);
        }
        check_targets::<N, Y>(xs, ys, weights)?;
        check_samples::<N>(xs)?;
        let factors = &N::LOSS.factors(ys, weights);
        let batch = self.batch(net, xs);
        let sum = self.site().run(calls, &batch, declared::<N, Y>(factors, ys, weights));
        self.finish(sum, xs.len(), |weight| N::LOSS.divisor(weight))
    }
}
