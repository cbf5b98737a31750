//! Steps over several ranks, each with a part of the batch.
//!
//! A rank adds the gradients of each of its shards into a buffer of the shard's own, over all batches of an update. Only
//! when the update comes are they added up: those of the rank first, then those of all ranks. After each batch the ranks
//! agree on what they have found, so that all take the step or none.

mod agree;

use super::batch::{Batch, check_indices, check_targets, check_weights, declared, written_on_the_spot};
use super::tiles::Site;
use super::{Aligned, Trainer};
use crate::calls::Apart;
use crate::layers::BatchNorm;
use crate::losses::{HeadFactors, Sum};
use crate::network::{Network, Passes as _, Trainable, Training};
use crate::optimizers::Optimizer;
use crate::parts::Parts as _;
use crate::permutation::mix;
use crate::ranks::{Communicator, Sums, add, number, part, sum_in_tree, word};
use crate::total::Total;
use crate::{AsTarget, Error, Flat, Loss, Scalar, Zeroed};
use agree::fingerprint;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// What a trainer over ranks has beside others.
pub(super) struct Ranks<N: Network> {
    communicator: Box<dyn Communicator<N::Scalar>>,
    sums: Sums,
    /// Shards of this rank.
    shards: Vec<Shard<N::Scalar>>,
    /// Gradients of all of them but the first, whose are the trainer's.
    gradients: Vec<Box<Aligned<N::Gradients>>>,
    /// Where gradients of other ranks arrive.
    arrived: Box<Aligned<N::Gradients>>,
    /// What a batch norm has measured elsewhere.
    measured: Vec<N::Scalar>,
    words: Vec<u64>,
    all_words: Vec<u64>,
    /// Whether the next batch compares the parameters of all ranks.
    compares: bool,
}

/// What is pending of a shard beside gradients.
struct Shard<S> {
    /// Samples since the last update.
    samples: usize,
    /// Losses and weights of the batch that is worked on.
    sum: Sum<S>,
    /// What batch norms have measured since the last update.
    measured: Vec<S>,
}

impl<N: Network> Ranks<N> {
    /// Number of the first shard of this rank among all.
    fn first_shard(&self) -> usize {
        self.communicator.rank() * self.shards.len()
    }

    /// The samples of one of the shards, among those of this rank.
    fn samples_of(&self, shard: usize, samples: usize) -> Range<usize> {
        part(samples, shard, self.shards.len())
    }
}

/// Training over several ranks: processes, on one machine or many.
///
/// The same program runs on each; every rank has a copy of the network and the trainer, and takes the same steps. What differs
/// is the samples that it is given.
impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// From now on each batch is that of all ranks together: [`step`](Self::step) and the like are given this rank's
    /// [`part`](Self::part) of it and return the mean loss over all of it, and the network is updated alike on all ranks.
    ///
    /// What holds on one machine holds over ranks: an error of one rank is an error on all, and nothing has changed
    /// anywhere, except that any error also discards what was accumulated. Weights of samples, threads of each rank, clipping,
    /// accumulation and what `batch_norm` measures are those of the whole batch. [`fit`](Trainer::fit) is given all data on
    /// every rank. Dropout draws for each shard by itself, so the bits differ from those of a trainer without ranks, also
    /// where there is one. [`evaluate`](Self::evaluate) and [`apply`](Self::apply) are this rank's own, and
    /// [`gradients`](Self::gradients) are those of its first shard until the update.
    ///
    /// A rank keeps a buffer for the gradients of each of its shards but the first, and one for those that arrive. After the
    /// first step nothing is allocated. See [`ranks`](crate::ranks) for what is sent, and [`local`](crate::ranks::local)
    /// for an example.
    ///
    /// # Errors
    /// [`Error::RanksDiffer`] on all ranks if declaration, optimizer, seed or sums are not the same everywhere (parameters are
    /// compared in the first step, and at the beginning of each epoch of `fit`); [`Error::RanksAndShards`].
    pub fn distribute(
        &mut self,
        communicator: impl Communicator<N::Scalar> + 'static,
        sums: Sums,
    ) -> Result<(), Error> {
        self.discard();
        self.ranks = None;
        let ranks = communicator.size();
        let shards = match sums {
            Sums::Fast => 1,
            Sums::Fixed { shards }
                if shards.is_power_of_two() && ranks.is_power_of_two() && ranks <= shards =>
            {
                shards / ranks
            }
            Sums::Fixed { shards } => return Err(Error::RanksAndShards { ranks, shards }),
        };
        let measured = N::Core::MEASURED;
        let shard = || Shard { samples: 0, sum: Sum::default(), measured: vec![N::Scalar::ZERO; measured] };
        let mut ranks = Box::new(Ranks {
            communicator: Box::new(communicator),
            sums,
            shards: (0..shards).map(|_| shard()).collect(),
            gradients: (1..shards).map(|_| Aligned::zeroed_box()).collect(),
            arrived: Aligned::zeroed_box(),
            measured: Vec::with_capacity(measured),
            words: Vec::new(),
            all_words: Vec::new(),
            compares: true,
        });
        ranks.compare_beginnings(&fingerprint::<N, O>(sums, self.seed, self.step))?;
        self.ranks = Some(ranks);
        Ok(())
    }

    /// The samples of a batch that this rank is given: all of them, unless the trainer is
    /// [distributed](Self::distribute).
    pub fn part(&self, samples: usize) -> Range<usize> {
        match &self.ranks {
            Some(ranks) => part(samples, ranks.communicator.rank(), ranks.communicator.size()),
            None => 0..samples,
        }
    }

    /// [`accumulate_weighted`](Self::accumulate_weighted) where this rank has a part of the batch.
    #[inline(never)]
    pub(super) fn accumulate_over_ranks<Y>(
        &mut self,
        net: &N,
        xs: &[N::Sample],
        ys: &[Y],
        weights: Option<&[N::Scalar]>,
    ) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        let checked = check_part::<N, Y>(xs, ys, weights);
        let factors_of = |range: Range<usize>| {
            let weights = weights.and_then(|weights| weights.get(range.clone()));
            N::LOSS.factors(ys.get(range).unwrap_or(&[]), weights)
        };
        let factors = &self.factors_over_ranks(factors_of, xs.len(), checked.is_ok())?;
        let sums = checked.and_then(|()| {
            self.run_shards(net, xs, |site, batch, range| {
                let weights = weights.and_then(|weights| weights.get(range.clone()));
                site.run(Apart, batch, declared::<N, Y>(factors, ys.get(range).unwrap_or(&[]), weights))
            })
        });
        self.finish_over_ranks(net, xs.len(), sums, |weight| N::LOSS.divisor(weight))
    }

    /// [`accumulate_with`](Self::accumulate_with) where this rank has a part of the batch.
    #[inline(never)]
    pub(super) fn accumulate_over_ranks_with(
        &mut self,
        net: &N,
        xs: &[N::Sample],
        mut loss: impl FnMut(usize, &N::Output, &mut N::Output) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        let sums = check_indices::<N>(xs).and_then(|()| {
            self.run_shards(net, xs, |site, batch, range| {
                site.run_tiles(Apart, batch, written_on_the_spot::<N>(&mut loss, range.start))
            })
        });
        self.finish_over_ranks(net, xs.len(), sums, |weight| weight)
    }

    /// Forward, loss and backward over this rank's shards: `run` is given where to work, the shard's samples, and where
    /// among the rank's they are.
    fn run_shards(
        &mut self,
        net: &N,
        xs: &[N::Sample],
        mut run: impl FnMut(Site<'_, N>, &Batch<'_, N>, Range<usize>) -> Result<Sum<N::Scalar>, Error>,
    ) -> Result<(), Error> {
        let (seed, step, frozen) = (self.seed, self.step, self.frozen_statistics);
        let Some(ranks) = &mut self.ranks else { return Ok(()) };
        if self.samples == 0 {
            // A shard that gets no samples keeps nothing of an earlier update.
            for shard in &mut ranks.shards {
                shard.samples = 0;
                shard.measured.fill(N::Scalar::ZERO);
            }
        }
        for index in 0..ranks.shards.len() {
            let range = ranks.samples_of(index, xs.len());
            let number = ranks.first_shard() + index;
            let Some(shard) = ranks.shards.get_mut(index) else { continue };
            shard.sum = Sum::default();
            if range.is_empty() {
                continue;
            }
            let mut measured = shard.measured.iter();
            self.workspace.measured_mut(&mut |state| {
                state.iter_mut().zip(&mut measured).for_each(|(to, from)| *to = *from)
            });
            let other = index.checked_sub(1).and_then(|other| ranks.gradients.get_mut(other));
            let site = Site {
                gradients: other.map_or(&mut self.gradients, |other| other).0.flat_mut(),
                workspace: &mut self.workspace,
                #[cfg(feature = "rayon")]
                threads: &mut self.threads,
            };
            let seed = mix(seed ^ mix(number as u64 + 1));
            let xs = xs.get(range.clone()).unwrap_or(&[]);
            let batch = Batch { net, xs, seed, step, first: shard.samples, carried: false, frozen };
            let start = range.start;
            shard.sum = run(site, &batch, range).map_err(|error| error.in_data(|sample| start + sample))?;
            shard.samples += xs.len();
            let mut measured = shard.measured.iter_mut();
            self.workspace
                .measured(&mut |state| state.iter().zip(&mut measured).for_each(|(from, to)| *to = *from));
        }
        Ok(())
    }

    /// What the losses of heads are multiplied by, over the whole batch. `of` gives that of some of this rank's samples.
    fn factors_over_ranks(
        &mut self,
        of: impl Fn(Range<usize>) -> HeadFactors<N::Scalar>,
        samples: usize,
        valid: bool,
    ) -> Result<HeadFactors<N::Scalar>, Error> {
        let mut factors = of(0..0);
        let heads = factors.parts().len();
        let Some(ranks) = self.ranks.as_mut().filter(|_| heads > 0) else { return Ok(factors) };
        ranks.words.clear();
        for shard in 0..ranks.shards.len() {
            let range = if valid { ranks.samples_of(shard, samples) } else { 0..0 };
            let words = of(range);
            ranks.words.extend(words.parts().iter().flat_map(|parts| [word(parts.all), word(parts.own)]));
        }
        if let Err(error) = ranks.gather() {
            self.discard();
            return Err(error);
        }
        for head in 0..heads {
            let (mut all, mut own) = (Total::default(), Total::default());
            for words in ranks.all_words.chunks_exact(2 * heads) {
                if let [of_all, of_own] = words.get(2 * head..2 * head + 2).unwrap_or(&[]) {
                    all.add(number::<N::Scalar>(*of_all));
                    own.add(number::<N::Scalar>(*of_own));
                }
            }
            factors.pool(head, all.value(), own.value());
        }
        Ok(factors)
    }

    /// Agrees on what all ranks have found in their parts of a batch, and takes it over.
    fn finish_over_ranks(
        &mut self,
        net: &N,
        samples: usize,
        found: Result<(), Error>,
        divisor: impl Fn(N::Scalar) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        let agreed = self.agree(net, samples, found);
        if let (Some(ranks), Err(_)) = (&mut self.ranks, &agreed) {
            ranks.compares = true;
        }
        let samples = agreed.as_ref().map_or(0, |agreed| agreed.samples);
        self.finish(agreed.map(|agreed| agreed.sum), samples, divisor)
    }

    /// Adds up all that is pending over shards and ranks: gradients, and what batch norms have measured.
    #[inline(never)]
    fn sum_pending(&mut self) -> Result<(), Error> {
        let Some(ranks) = &mut self.ranks else { return Ok(()) };
        let Ranks { communicator, sums, shards, gradients, arrived, .. } = &mut **ranks;
        let mut buffers =
            [&mut self.gradients].into_iter().chain(gradients.iter_mut().map(|buffer| &mut **buffer));
        for shard in &*shards {
            if let Some(buffer) = buffers.next().filter(|_| shard.samples == 0) {
                buffer.0.set_zero();
            }
        }
        drop(buffers);
        let mut distance = 1;
        while distance < shards.len() {
            for shard in (0..shards.len()).step_by((2 * distance).max(1)) {
                // The buffer of shard `i` stands at place `i - 1`.
                let (before, from) = gradients.divided_mut(shard + distance - 1);
                let to = match shard.checked_sub(1) {
                    Some(place) => before.get_mut(place).map(|buffer| &mut **buffer),
                    None => Some(&mut self.gradients),
                };
                if let (Some(to), Some(from)) = (to, from.first()) {
                    add(to.0.flat_mut(), from.0.flat());
                }
            }
            distance *= 2;
        }
        shards.iter_mut().for_each(|shard| shard.samples = 0);
        let sum = self.gradients.0.flat_mut();
        let room = arrived.0.flat_mut();
        match sums {
            Sums::Fixed { .. } => sum_in_tree(&mut **communicator, sum, room)?,
            Sums::Fast => communicator.sum(sum, room)?,
        }
        self.pool_measured()
    }

    /// Brings together what batch norms have measured in all shards of all ranks, one after the other.
    fn pool_measured(&mut self) -> Result<(), Error> {
        let Some(ranks) = &mut self.ranks else { return Ok(()) };
        let length = ranks.shards.first().map_or(0, |shard| shard.measured.len());
        if length == 0 {
            return Ok(());
        }
        ranks.words.clear();
        for shard in &ranks.shards {
            ranks.words.extend(shard.measured.iter().copied().map(word));
        }
        ranks.gather()?;
        for (shard, words) in ranks.all_words.chunks_exact(length).enumerate() {
            ranks.measured.clear();
            ranks.measured.extend(words.iter().copied().map(number::<N::Scalar>));
            let mut rest = ranks.measured.as_mut_slice();
            self.workspace.measured_mut(&mut |state| {
                let (own, others) = core::mem::take(&mut rest).split_at_mut(state.len());
                rest = others;
                match shard {
                    0 => state.copy_from_slice(own),
                    _ => BatchNorm::pool(state, own),
                }
            });
        }
        Ok(())
    }
}

/// The part that a trainer plays in steps that know nothing of ranks.
impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// What is pending has just been read on every rank: it counts once, as the first shard's. Ranks must have read the same.
    pub(super) fn pending_of_one(&mut self) {
        let Some(ranks) = &mut self.ranks else { return };
        ranks.compares = true;
        let first = ranks.communicator.rank() == 0;
        for (index, shard) in ranks.shards.iter_mut().enumerate() {
            shard.samples = if first && index == 0 { self.samples } else { 0 };
            shard.measured.fill(N::Scalar::ZERO);
            if shard.samples > 0 {
                let mut measured = shard.measured.iter_mut();
                self.workspace.measured(&mut |state| {
                    state.iter().zip(&mut measured).for_each(|(from, to)| *to = *from);
                });
            }
        }
    }

    /// What [`update`](Trainer::update) does first.
    #[inline(always)]
    pub(super) fn sum_over_ranks(&mut self) -> Result<(), Error> {
        // Given gradients come without samples.
        if self.ranks.is_none() || self.samples == 0 {
            return Ok(());
        }
        let summed = self.sum_pending();
        if summed.is_err() {
            self.discard();
        }
        summed
    }
}

/// As on one rank, but that this part of a batch may be empty, or count nothing.
fn check_part<N: Trainable, Y: AsTarget<N::Target>>(
    xs: &[N::Sample],
    ys: &[Y],
    weights: Option<&[N::Scalar]>,
) -> Result<(), Error> {
    if let Some(weights) = weights {
        check_weights(xs.len(), weights)?;
    }
    match check_targets::<N, Y>(xs, ys, weights) {
        Ok(()) | Err(Error::NothingCounts) => check_indices::<N>(xs),
        error => error,
    }
}
