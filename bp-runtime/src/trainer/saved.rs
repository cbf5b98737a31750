//! Checkpoints of a [`Trainer`] and its network.

use super::{Group, Settings, State, Trainer};
#[cfg(feature = "std")]
use crate::checkpoint::{self, FileError};
use crate::checkpoint::{Error, Name, Origin, PREFIX};
use crate::losses::Sum;
use crate::network::{Network, Passes, Training};
use crate::optimizers::{Optimizer, Risk};
use crate::saved::{Reader, Saved, Writer, all_equal, copy_all, saved};
use crate::{Flat, Real, Scalar};
use generic_array::GenericArray;
#[cfg(feature = "std")]
use std::path::Path;

saved!([S: Scalar] Sum<S> { loss: S, weight: S });
saved!([S: Scalar] Group<S> { learning_rate: S, weight_decay: S });
saved!([S: Scalar] Settings<S> { clip_norm: Option<S>, clip_value: Option<S> });

/// Seed of dropout, step, and samples that are pending; their losses and weights; settings, whether statistics rest, and risk.
type Counters<S> = ((u64, (u64, usize)), (Sum<S>, (Settings<S>, (bool, Risk))));

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Bytes of a [checkpoint](Self::to_bytes).
    pub const CHECKPOINT_BYTES: usize = PREFIX
        + Origin::BYTES
        + Real::BYTES
        + Counters::<N::Scalar>::BYTES
        + GenericArray::<Group<N::Scalar>, N::Tensors>::BYTES
        + State::<N, O>::BYTES
        + (Self::STORED + <N::Gradients as Flat>::LEN + <N::Core as Passes>::MEASURED) * N::Scalar::BYTES;

    const STORED: usize = <N::Stored as typenum::Unsigned>::USIZE;

    /// Writes a checkpoint: network, optimizer's state, learning rate, clipping, groups, whether statistics rest, counters, seed, and what is pending,
    /// gradients and statistics of batch normalisation. A run that goes on [from it](Self::from_bytes) ends with the bits of one
    /// that was never interrupted.
    ///
    /// It takes the first [`CHECKPOINT_BYTES`](Self::CHECKPOINT_BYTES) of the buffer, no heap, and is the same on every
    /// machine ([layout](crate::checkpoint)). Not in it are other settings of the optimizer than
    /// the learning rate, whether statistics are [frozen](Self::freeze_statistics), and the number of threads:
    /// those are the trainer's that reads it. With the features `std`,
    /// [`save`](Self::save) writes a file.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [dense(8), tanh, dropout(0.1), dense(1)], loss = mse)]
    /// struct Net;
    /// type Training = Trainer<Net, Adam>;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Training::new(Adam::new(0.01)));
    /// trainer.step(&mut net, &[[0.5, -1.0]], &[[1.0]])?;
    /// let mut bytes = [0; Training::CHECKPOINT_BYTES];
    /// trainer.to_bytes(&net, &mut bytes)?;
    /// trainer.step(&mut net, &[[1.0, 0.0]], &[[0.0]])?;
    ///
    /// let (mut other, mut resumed) = (Net::zeroed(), Training::new(Adam::new(0.01)));
    /// resumed.from_bytes(&mut other, &bytes)?;
    /// resumed.step(&mut other, &[[1.0, 0.0]], &[[0.0]])?;
    /// assert_eq!(other.parameters(), net.parameters());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Room`] if the buffer is smaller, [`Error::Pending`] if ranks
    /// have accumulated gradients; nothing is written then.
    pub fn to_bytes(&self, net: &N, bytes: &mut [u8]) -> Result<(), Error> {
        if self.is_distributed() && self.samples > 0 {
            return Err(Error::Pending);
        }
        Self::origin().seal(bytes, Self::CHECKPOINT_BYTES, |to| self.write_body(net, to))
    }

    fn origin() -> Origin {
        Origin::of::<N>(N::TILE, Name::of_type::<O>(), State::<N, O>::BYTES)
    }

    fn counters(&self) -> Counters<N::Scalar> {
        let settings = (self.settings, (self.frozen_statistics, self.risk));
        ((self.seed, (self.step, self.samples)), (self.pending, settings))
    }

    fn set_counters(&mut self, counters: Counters<N::Scalar>) {
        let settings;
        ((self.seed, (self.step, self.samples)), (self.pending, settings)) = counters;
        (self.settings, (self.frozen_statistics, self.risk)) = settings;
    }

    fn write_body(&self, net: &N, to: &mut Writer<'_>) {
        self.optimizer.learning_rate().write(to);
        self.counters().write(to);
        self.groups.write(to);
        to.put_all(net.parameters().as_ref());
        self.state.write(to);
        to.put_all(self.gradients.0.flat());
        // Without samples that are pending it means nothing.
        let pending = self.samples > 0;
        self.workspace.measured(&mut |numbers| {
            numbers.iter().for_each(|number| if pending { *number } else { N::Scalar::ZERO }.write(to));
        });
    }

    /// Takes over a [checkpoint](Self::to_bytes), which may be followed by other bytes, as in a page of flash.
    ///
    /// # Errors
    /// What differs, if it is not a whole checkpoint, unchanged, of a network that is declared alike (its struct may have another
    /// name), with the same tile and optimizer. All is checked before anything changes.
    pub fn from_bytes(&mut self, net: &mut N, bytes: &[u8]) -> Result<(), Error> {
        let (body, _) = Self::checked(bytes)?;
        self.read_body(net, &mut Reader::new(body));
        Ok(())
    }

    /// The body of a checkpoint that is of this network and optimizer, and what follows it.
    pub(super) fn checked(bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
        Self::origin().open(bytes, Self::CHECKPOINT_BYTES)
    }

    pub(super) fn read_body(&mut self, net: &mut N, from: &mut Reader<'_>) {
        let mut learning_rate = self.optimizer.learning_rate();
        learning_rate.read(from);
        self.optimizer.set_learning_rate(learning_rate);
        let mut counters = self.counters();
        counters.read(from);
        self.set_counters(counters);
        self.groups.read(from);
        from.fill(net.parameters_mut().as_mut());
        self.state.read(from);
        from.fill(self.gradients.0.flat_mut());
        self.workspace.measured_mut(&mut |numbers| from.fill(numbers));
        self.pending_of_one();
        // Settings that this trainer's optimizer was made with may be others.
        self.risk = self.risk.max(super::risk(&self.optimizer, &self.groups));
    }
}

/// Files.
#[cfg(feature = "std")]
impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Writes a checkpoint, [`to_bytes`](Self::to_bytes), to a file.
    ///
    /// The file appears whole or not at all, whenever the process or the machine stops: the bytes go to a new file beside it,
    /// which takes its name when they are on the disk. A symbolic link stays and the file that it leads to is written; a file
    /// that is there keeps its permissions; a folder, a pipe or a device is refused.
    ///
    /// ```no_run
    /// # use backprop::prelude::*;
    /// # #[network(input = 2, layers = [dense(1)])]
    /// # struct Net;
    /// # let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Trainer::<Net, _>::new(Adam::new(0.01)));
    /// trainer.save(&net, "training.checkpoint")?;
    /// trainer.load(&mut net, "training.checkpoint")?;
    /// # Ok::<(), backprop::checkpoint::FileError>(())
    /// ```
    ///
    /// # Errors
    /// What the operating system says; the file is as before then.
    pub fn save(&self, net: &N, path: impl AsRef<Path>) -> Result<(), FileError> {
        checkpoint::save(path.as_ref(), Self::CHECKPOINT_BYTES, |bytes| self.to_bytes(net, bytes))
    }

    /// Takes over a checkpoint from a file of [`save`](Self::save), or from that of a run,
    /// [`Fit::checkpoint`](super::Fit::checkpoint), of which it takes network and trainer as they were then.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and what the operating system says; network and trainer are as before then.
    pub fn load(&mut self, net: &mut N, path: impl AsRef<Path>) -> Result<(), FileError> {
        checkpoint::load(path.as_ref(), |bytes| {
            let (body, rest) = Self::checked(bytes)?;
            if !rest.is_empty() {
                checkpoint::open(checkpoint::RUN, rest).map_err(|_| Error::Corrupt)?;
            }
            self.read_body(net, &mut Reader::new(body));
            Ok(())
        })
    }
}

/// Copies, and comparison.
impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Takes over all that another trainer remembers, in place: optimizer and its state, settings, counters, seed, and what is
    /// pending. What follows has the other's bits, given a network of the same numbers.
    ///
    /// Threads and ranks stay this trainer's own. What either has accumulated over ranks is discarded: it lies in parts on all
    /// of them.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 1, layers = [dense(4), tanh, dense(1)], loss = mse)]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Trainer::new(Adam::new(0.01)));
    /// trainer.step(&mut net, &[[0.5]], &[[1.0]])?;
    /// // Two branches from here on.
    /// let (mut branch, mut other) = (net.boxed_clone(), Trainer::new(Adam::new(0.01)));
    /// other.copy_from(&trainer);
    /// assert!(other == trainer);
    /// other.step(&mut branch, &[[0.5]], &[[1.0]])?;
    /// assert!(other != trainer);
    /// # Ok(())
    /// # }
    /// ```
    pub fn copy_from(&mut self, other: &Self)
    where
        O: Clone,
    {
        self.optimizer.clone_from(&other.optimizer);
        self.set_counters(other.counters());
        self.groups.copy_from(&other.groups);
        self.state.copy_from(&other.state);
        copy_all(self.gradients.0.flat_mut(), other.gradients.0.flat());
        let mut place = 0;
        self.workspace.measured_mut(&mut |to| {
            other.measured_at(place, |from| copy_all(to, from));
            place += 1;
        });
        if self.is_distributed() || other.is_distributed() {
            self.discard();
        }
        self.pending_of_one();
    }

    /// A copy in a box, made there: of a trainer of any size. It has no threads and no ranks.
    #[cfg(feature = "alloc")]
    pub fn boxed_clone(&self) -> alloc::boxed::Box<Self>
    where
        O: Clone,
    {
        let mut trainer = Self::boxed(self.optimizer.clone());
        trainer.copy_from(self);
        trainer
    }

    /// What the layer at this place of those that measure has measured.
    fn measured_at(&self, place: usize, mut visit: impl FnMut(&[N::Scalar])) {
        let mut index = 0;
        self.workspace.measured(&mut |numbers| {
            if index == place {
                visit(numbers);
            }
            index += 1;
        });
    }
}

/// Whether both go on alike: optimizer and its state, settings, counters, seed, and what is pending are the same, number by
/// number and bit by bit. Threads and ranks make no difference.
impl<N: Network, O: Optimizer + PartialEq> PartialEq for Trainer<N, O> {
    fn eq(&self, other: &Self) -> bool {
        let mut measured = true;
        if self.samples > 0 {
            let mut place = 0;
            self.workspace.measured(&mut |one| {
                other.measured_at(place, |other| measured &= all_equal(one, other));
                place += 1;
            });
        }
        measured
            && self.optimizer == other.optimizer
            && self.counters().equals(&other.counters())
            && self.groups.equals(&other.groups)
            && self.state.equals(&other.state)
            && all_equal(self.gradients.0.flat(), other.gradients.0.flat())
    }
}
