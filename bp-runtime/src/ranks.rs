//! Ranks: the processes that train one network together, each with a part of every batch.
//!
//! [`Communicator`] is what training asks of the engine between them. MPI's is in the package `backprop-mpi`; [`local`]
//! gives one between threads of one process, for tests. [`Trainer::distribute`](crate::Trainer::distribute) takes either.
//!
//! **The same bits for any number of ranks.** Floating-point sums depend on their order. So a batch is cut into a
//! fixed number of shards ([`Sums::Fixed`]), each with a sum of its own, and these are added in a fixed binary tree. A rank has
//! one shard or several that are neighbours, so that the lower part of the tree is its own and the upper part is
//! exchanged: which rank adds a pair makes no difference.
//!
//! | Step | Messages of a rank, each way |
//! |---|---|
//! | agree: lengths, settings, losses, errors | one gather of `7 + 2 shards / ranks` words |
//! | add up `n` gradients over `R` ranks | up to 4096: `log₂ R` of `n`; beyond: `2 log₂ R`, together `2 n (R − 1) / R` (Rabenseifner's algorithm: Thakur, Rabenseifner and Gropp, *Optimization of collective communication operations in MPICH*, 2005) |

#[cfg(feature = "std")]
mod local;

#[cfg(feature = "std")]
pub use local::{Local, local};

use crate::{Error, Scalar};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Gradients up to which whole buffers are exchanged: fewer messages, of more numbers.
const SHORT: usize = 4096;

/// How gradients are added up over ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sums {
    /// In a fixed tree over so many shards of each batch: the bits do not depend on the number of ranks, which is a
    /// power of two up to that of shards, as it is.
    ///
    /// The price: a shard of fewer samples than a tile ([`Network::TILE`](crate::Network::TILE)) takes as long as a tile, so
    /// batches should have at least `shards × TILE` samples; and each shard of a rank but the first takes a buffer for
    /// gradients, and the time to add it up.
    Fixed {
        /// How many shards a batch is cut into.
        shards: usize,
    },
    /// As the engine likes it best, over any number of ranks ([`Communicator::sum`]; MPI's `MPI_Allreduce`). Bits depend on the
    /// number of ranks and on the engine.
    Fast,
}

impl Default for Sums {
    /// Eight shards.
    fn default() -> Self {
        Self::Fixed { shards: 8 }
    }
}

/// What training asks of the engine that connects ranks. All ranks make the same calls in the same order.
///
/// An error is one that all ranks learn of sooner or later; [`Error::RankLost`] as a rule. An engine that ends the program
/// instead, as MPI does unless told otherwise, returns none.
pub trait Communicator<S>: Send {
    /// This rank, from 0.
    fn rank(&self) -> usize;
    /// How many ranks there are.
    fn size(&self) -> usize;
    /// Gives each rank the words of all, `all[r * own.len()..]` those of rank `r`.
    ///
    /// # Errors
    /// A rank that cannot be reached.
    fn gather(&mut self, own: &[u64], all: &mut [u64]) -> Result<(), Error>;
    /// Sends numbers to another rank while it sends some to this one. The two lengths may differ.
    ///
    /// # Errors
    /// A rank that cannot be reached.
    fn exchange(&mut self, other: usize, own: &[S], theirs: &mut [S]) -> Result<(), Error>;
    /// Replaces the numbers by their sums over all ranks, in any order, but to the same bits on all of them. `room` has as
    /// many places, to work in.
    ///
    /// # Errors
    /// A rank that cannot be reached.
    fn sum(&mut self, values: &mut [S], room: &mut [S]) -> Result<(), Error>;
}

/// The samples of a batch that belong to part `index` of `parts`: neighbours, in order, as evenly as it goes.
///
/// A batch is halved again and again, the first half being the longer one. So the parts of a part are parts of the whole:
/// a rank that knows its own samples alone cuts them into the same shards.
///
/// ```
/// use backprop_runtime::ranks::part;
/// assert_eq!(part(100, 1, 4), 25..50);
/// assert_eq!([0, 1, 2, 3].map(|rank| part(7, rank, 4)), [0..2, 2..4, 4..6, 6..7]);
/// ```
pub const fn part(samples: usize, index: usize, parts: usize) -> Range<usize> {
    let (mut start, mut length, mut parts, mut index) = (0, samples, parts, index);
    while parts > 1 {
        let left = parts.div_ceil(2);
        // Without overflow: length * left / parts, rounded up.
        let first = length / parts * left + (length % parts * left).div_ceil(parts);
        if index < left {
            (length, parts) = (first, left);
        } else {
            (start, length, parts, index) = (start + first, length - first, parts - left, index - left);
        }
    }
    start..start + length
}

/// Adds numbers up over all ranks, a power of two, in a binary tree: neighbours first. `room` has as many places.
///
/// The bits are those of `((v₀ + v₁) + (v₂ + v₃)) + …`, on every rank.
///
/// # Errors
/// Those of [`Communicator::exchange`].
pub fn sum_in_tree<S: Scalar>(
    communicator: &mut dyn Communicator<S>,
    values: &mut [S],
    room: &mut [S],
) -> Result<(), Error> {
    let (rank, size) = (communicator.rank(), communicator.size());
    let distances = || (0..size.checked_ilog2().unwrap_or(0)).map(|level| 1_usize << level);
    if values.len() <= SHORT {
        let room = room.get_mut(..values.len()).unwrap_or(&mut []);
        for distance in distances() {
            communicator.exchange(rank ^ distance, values, room)?;
            add(values, room);
        }
        return Ok(());
    }
    // Each level halves what a rank adds up, and sends the other half away. Then the halves come back, the last first.
    for distance in distances() {
        let (own, theirs) = halves(values, rank, distance);
        let room = room.get_mut(..own.len()).unwrap_or(&mut []);
        communicator.exchange(rank ^ distance, theirs, room)?;
        add(own, room);
    }
    for distance in distances().rev() {
        let (own, theirs) = halves(values, rank, distance);
        communicator.exchange(rank ^ distance, own, theirs)?;
    }
    Ok(())
}

/// The half that a rank keeps where it meets the rank at a distance, and the one that it gives away.
fn halves<S>(values: &mut [S], rank: usize, distance: usize) -> (&mut [S], &mut [S]) {
    let mut values = values;
    let mut level = 1;
    loop {
        let (low, high) = values.split_at_mut(values.len() / 2);
        let (own, theirs) = if rank & level == 0 { (low, high) } else { (high, low) };
        if level >= distance {
            return (own, theirs);
        }
        values = own;
        level *= 2;
    }
}

/// What `f` returns for each number up to `count`, computed on the rank that the number belongs to ([`part`]) and told to
/// all: for populations, ensembles, sweeps. The results do not depend on the number of ranks if those of `f` depend on
/// its number alone.
///
/// ```
/// use backprop_runtime::ranks::{each, local};
///
/// let mut rank = local::<f32>(1).remove(0);
/// assert_eq!(each(&mut rank, 3, |member| member as f32 * 0.5)?, [0.0, 0.5, 1.0]);
/// # Ok::<(), backprop_runtime::Error>(())
/// ```
///
/// # Errors
/// Those of [`Communicator::gather`].
pub fn each<S: Scalar>(
    communicator: &mut dyn Communicator<S>,
    count: usize,
    f: impl FnMut(usize) -> S,
) -> Result<Vec<S>, Error> {
    let (rank, size) = (communicator.rank(), communicator.size());
    let mut own: Vec<u64> = part(count, rank, size).map(f).map(word).collect();
    // Each sends as much as the one with the most.
    own.resize(count.div_ceil(size.max(1)), 0);
    let mut all = vec![0; own.len() * size];
    communicator.gather(&own, &mut all)?;
    let of_rank = |(rank, words): (usize, &[u64])| {
        words.iter().take(part(count, rank, size).len()).copied().map(number).collect::<Vec<S>>()
    };
    Ok(all.chunks(own.len().max(1)).enumerate().flat_map(of_rank).collect())
}

/// Gives all ranks the numbers that one of them has: the parameters of the best member of a population.
///
/// # Errors
/// Those of [`Communicator::exchange`].
pub fn broadcast<S: Scalar>(
    communicator: &mut dyn Communicator<S>,
    from: usize,
    values: &mut [S],
) -> Result<(), Error> {
    let (rank, size) = (communicator.rank(), communicator.size());
    if rank != from {
        return communicator.exchange(from, &[], values);
    }
    (0..size).filter(|rank| *rank != from).try_for_each(|rank| communicator.exchange(rank, values, &mut []))
}

/// `to += from`
pub(crate) fn add<S: Scalar>(to: &mut [S], from: &[S]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from;
    }
}

/// A number in a word.
pub(crate) fn word<S: Scalar>(number: S) -> u64 {
    number.to_le_bytes().as_ref().iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The number in a word.
pub(crate) fn number<S: Scalar>(word: u64) -> S {
    let bytes = word.to_le_bytes();
    bytes
        .get(..size_of::<S>())
        .and_then(|bytes| S::Bytes::try_from(bytes).ok())
        .map_or(S::NAN, S::from_le_bytes)
}
