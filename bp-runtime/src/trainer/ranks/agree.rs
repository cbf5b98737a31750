//! What ranks tell each other, and what they make of it: the same on all of them.

use super::Ranks;
use crate::losses::Totals;
use crate::network::Network;
use crate::optimizers::Optimizer;
use crate::permutation::mix;
use crate::ranks::{Sums, number, part, word};
use crate::trainer::Trainer;
use crate::{Block, Error, Scalar, losses::Sum};

/// The call that a rank has come to.
#[derive(Clone, Copy)]
enum Kind {
    /// A batch has been worked through.
    Batch = 1,
    /// A run of `fit` begins.
    Run = 2,
    /// Something is asked of all ranks.
    Any = 3,
}

/// What all ranks have found in a batch.
pub(super) struct Agreed<S> {
    pub(super) samples: usize,
    pub(super) sum: Sum<S>,
}

/// Words before those of the shards: what must be the same, in the order of [`DIFFERENCES`], and what a rank has found.
const HEADER: usize = 7;
/// Where among them stands what a rank has [refused](refusal).
const REFUSAL: usize = 4;
/// What of a step must be the same on all ranks.
const DIFFERENCES: [&str; 4] = [
    "the call that it has come to, or the samples that are pending",
    "the number of steps taken",
    "learning rate, clipping, or parameter groups",
    "the network's parameters",
];
/// What must be the same before any step.
const BEGINNINGS: [&str; 6] = [
    "the declaration of the network",
    "the optimizer",
    "how gradients are added up",
    "the seed of dropout",
    "the number of steps taken",
    "the processor's arithmetic: with fused multiplication and addition here, without it there",
];

/// What the words of [`BEGINNINGS`] are.
pub(super) fn fingerprint<N: Network, O: Optimizer>(sums: Sums, seed: u64, step: u64) -> [u64; 6] {
    let sums = match sums {
        Sums::Fixed { shards } => shards as u64,
        Sums::Fast => 0,
    };
    let arithmetic = crate::simd::level();
    #[cfg(target_arch = "x86_64")]
    let arithmetic = u64::from(arithmetic.as_avx2().is_some());
    #[cfg(not(target_arch = "x86_64"))]
    let arithmetic = {
        let _ = arithmetic;
        2
    };
    [declaration::<N>(), hash_bytes(0, core::any::type_name::<O>().as_bytes()), sums, seed, step, arithmetic]
}

/// A number that follows from layers, settings, names, scalar and tile of a network.
fn declaration<N: Network>() -> u64 {
    let sizes = [N::TILE, size_of::<N::Scalar>()].map(|size| size as u64);
    hash(hash_bytes(N::Core::FINGERPRINT, N::NAME.as_bytes()), sizes)
}

/// What is wrong on a rank, in words: 0 for nothing.
fn refusal(wrong: Option<&Error>) -> [u64; 2] {
    let (problem, sample) = wrong.map(Error::problem).unzip();
    [problem, sample.flatten()].map(|number| number.map_or(0, |number| number as u64 + 1))
}

fn hash_bytes(state: u64, bytes: &[u8]) -> u64 {
    hash(hash(state, [bytes.len() as u64]), bytes.iter().copied().map(u64::from))
}

fn hash(state: u64, words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(state, |state, word| mix(state.rotate_left(5) ^ word).wrapping_add(word))
}

impl<N: Network> Ranks<N> {
    /// Sends this rank's words to all, and receives theirs.
    pub(super) fn gather(&mut self) -> Result<(), Error> {
        self.all_words.resize(self.words.len() * self.communicator.size(), 0);
        self.communicator.gather(&self.words, &mut self.all_words)
    }

    /// An error on all ranks if one differs from the first in one of the leading words.
    fn compare(&self, differences: &[&'static str]) -> Result<(), Error> {
        let first = self.each().next().unwrap_or(&[]);
        for (place, what) in differences.iter().enumerate() {
            let differs = |words: &[u64]| words.get(place) != first.get(place);
            if let Some(rank) = self.each().position(differs) {
                return Err(Error::RanksDiffer { rank, what });
            }
        }
        Ok(())
    }

    /// Compares what must be the same before any step.
    pub(super) fn compare_beginnings(&mut self, words: &[u64; BEGINNINGS.len()]) -> Result<(), Error> {
        self.words.clear();
        self.words.extend(words);
        self.gather()?;
        self.compare(&BEGINNINGS)
    }

    /// The words of each rank.
    fn each(&self) -> impl Iterator<Item = &[u64]> {
        self.all_words.chunks_exact(self.words.len().max(1))
    }

    /// Tells all ranks a word beside the call that this one has come to, and what is wrong here.
    fn tell(&mut self, kind: Kind, pending: u64, word: u64, wrong: Option<&Error>) -> Result<(), Error> {
        self.words.clear();
        self.words.extend([hash(kind as u64, [pending]), word, 0, 0]);
        self.words.extend(refusal(wrong));
        self.gather()
    }

    /// An error for the first rank that has refused. One that has refused itself knows better.
    fn first_refusal(&self) -> Result<(), Error> {
        for (rank, words) in self.each().enumerate() {
            let [problem, sample] =
                [0, 1].map(|place| words.get(REFUSAL + place).copied().unwrap_or(0) as usize);
            if let Some(problem) = problem.checked_sub(1) {
                let problem = Error::PROBLEMS.get(problem).copied().unwrap_or_default();
                return Err(Error::OnRank { rank, sample: sample.checked_sub(1), problem });
            }
        }
        Ok(())
    }

    /// The samples of all ranks, if each has its part of them.
    fn whole_batch(&self) -> Result<usize, Error> {
        let samples =
            || self.each().map(|words| words.get(HEADER - 1).map_or(0, |samples| *samples as usize));
        let batch = samples().sum();
        if batch == 0 {
            return Err(Error::EmptyBatch);
        }
        let ranks = self.communicator.size();
        let wrong = |(rank, found): &(usize, usize)| part(batch, *rank, ranks).len() != *found;
        match samples().enumerate().find(wrong) {
            Some((rank, found)) if self.sums != Sums::Fast => {
                let expected = part(batch, rank, ranks).len();
                Err(Error::NotThePart { rank, found, expected, batch })
            }
            _ => Ok(batch),
        }
    }
}

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Whether batches are those of several ranks.
    pub(in crate::trainer) fn is_distributed(&self) -> bool {
        self.ranks.is_some()
    }

    /// An error on all ranks if one begins a run of [`fit`](Trainer::fit) with other settings, or with data that are wrong.
    pub(in crate::trainer) fn begin_run<T>(
        &mut self,
        settings: [u64; 8],
        data: Result<T, Error>,
    ) -> Result<T, Error> {
        const WHAT: &str = "the settings of the run, or how many samples it has";
        self.agreed(data, WHAT, |_| hash(0, settings))
    }

    /// Whether this rank writes what is written once.
    #[cfg(feature = "std")]
    pub(in crate::trainer) fn is_first_rank(&self) -> bool {
        self.ranks.as_ref().is_none_or(|ranks| ranks.communicator.rank() == 0)
    }

    /// Waits until all ranks have done something, or one has failed to.
    #[cfg(feature = "std")]
    pub(in crate::trainer) fn all_have(&mut self, done: Result<(), Error>) -> Result<(), Error> {
        self.agreed(done, "", |()| 0)
    }

    /// An error on all ranks unless they have read the same checkpoint, or have all found none.
    #[cfg(feature = "std")]
    pub(in crate::trainer) fn same_checkpoint(
        &mut self,
        read: Result<Option<Vec<u8>>, Error>,
    ) -> Result<Option<Vec<u8>>, Error> {
        const WHAT: &str = "the checkpoint that it has read, or found missing, at the run's path";
        self.agreed(read, WHAT, |bytes| bytes.as_ref().map_or(0, |bytes| hash_bytes(2, bytes)))
    }

    /// What was found here, if all ranks have found the same by a word of it.
    fn agreed<T>(
        &mut self,
        found: Result<T, Error>,
        what: &'static str,
        word: impl FnOnce(&T) -> u64,
    ) -> Result<T, Error> {
        let pending = self.samples as u64;
        let Some(ranks) = &mut self.ranks else { return found };
        let word = found.as_ref().map_or(0, word);
        ranks.tell(Kind::Run, pending, word, found.as_ref().err())?;
        let found = found?;
        ranks.first_refusal()?;
        ranks.compare(&[DIFFERENCES[0], what])?;
        Ok(found)
    }

    /// Has the next batch compare the parameters of all ranks.
    pub(in crate::trainer) fn compare_parameters(&mut self) {
        if let Some(ranks) = &mut self.ranks {
            ranks.compares = true;
        }
    }

    /// Whether something holds on any rank.
    pub(in crate::trainer) fn any_rank(&mut self, holds: bool) -> Result<bool, Error> {
        let pending = self.samples as u64;
        let Some(ranks) = &mut self.ranks else { return Ok(holds) };
        ranks.tell(Kind::Any, pending, u64::from(holds), None)?;
        ranks.compare(DIFFERENCES.get(..1).unwrap_or(&[]))?;
        Ok(ranks.each().any(|words| words.get(1) != Some(&0)))
    }

    /// A number that follows from all settings.
    fn settings_of_step(&self) -> u64 {
        let rate = N::Scalar::real(self.optimizer.learning_rate());
        let limits = [self.settings.clip_norm, self.settings.clip_value];
        let limits = limits.into_iter().flat_map(|limit| [u64::from(limit.is_some()), limit.map_or(0, word)]);
        let groups =
            self.groups.iter().flat_map(|group| [word(group.learning_rate), word(group.weight_decay)]);
        hash(word(rate), limits.chain(groups))
    }

    /// Tells all ranks what this one has found in its samples, and agrees on what that is for the whole batch.
    pub(super) fn agree(
        &mut self,
        net: &N,
        samples: usize,
        found: Result<(), Error>,
    ) -> Result<Agreed<N::Scalar>, Error> {
        let settings = self.settings_of_step();
        let (pending, step) = (self.samples as u64, self.step);
        let Some(ranks) = &mut self.ranks else { return Err(Error::RankLost) };
        let parameters = match core::mem::take(&mut ranks.compares) {
            true => hash(1, net.parameters().as_ref().iter().copied().map(word)),
            false => 0,
        };
        ranks.words.clear();
        ranks.words.extend([hash(Kind::Batch as u64, [pending]), step, settings, parameters]);
        ranks.words.extend(refusal(found.err().as_ref()));
        ranks.words.push(samples as u64);
        for shard in &ranks.shards {
            ranks.words.extend([word(shard.sum.loss), word(shard.sum.weight)]);
        }
        ranks.gather()?;
        ranks.compare(&DIFFERENCES)?;
        found?;
        ranks.first_refusal()?;
        let samples = ranks.whole_batch()?;
        let mut total = Totals::default();
        for words in ranks.each() {
            for shard in words.get(HEADER..).unwrap_or(&[]).as_chunks().0 {
                let [loss, weight] = shard.map(number);
                total.add(Sum { loss, weight });
            }
        }
        Ok(Agreed { samples, sum: total.value() })
    }
}
