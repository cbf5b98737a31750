//! Checkpoints of a [`Trainer`] and its network.

use super::{Group, Settings, State, Trainer};
#[cfg(feature = "std")]
use crate::checkpoint::FileError;
use crate::checkpoint::{self, Error, Origin, PREFIX, TRAINER};
use crate::losses::Sum;
use crate::network::{Network, Passes, Training};
use crate::optimizers::{Optimizer, Risk};
use crate::saved::{Reader, Saved, Writer, saved};
use crate::{Flat, Real, Scalar};
use generic_array::GenericArray;
#[cfg(feature = "std")]
use std::path::Path;

saved!([S: Scalar] Sum<S> { loss: S, weight: S });
saved!([S: Scalar] Group<S> { learning_rate: S, weight_decay: S });
saved!([S: Scalar] Settings<S> { clip_norm: Option<S>, clip_value: Option<S> });

/// Seed of dropout, step, and samples that are pending; their losses and weights; settings, and risk.
type Counters<S> = ((u64, (u64, usize)), (Sum<S>, (Settings<S>, Risk)));

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

    /// Writes a checkpoint: network, optimizer's state, learning rate, clipping, groups, counters, seed, and what is pending,
    /// gradients and statistics of batch normalisation. A run that goes on [from it](Self::from_bytes) ends with the bits of one
    /// that was never interrupted.
    ///
    /// It takes the first [`CHECKPOINT_BYTES`](Self::CHECKPOINT_BYTES) of the buffer, no heap, and is the same on every
    /// machine; the layout stands in [`checkpoint`]. Not in it are other settings of the optimizer than
    /// the learning rate, and the number of threads: those are the trainer's that reads it. With the features `std`,
    /// [`save`](Self::save) writes a file.
    ///
    /// Two trainers and networks with the same bytes are the same, and reading the bytes of one into another is a copy, of
    /// any size, that does not pass over the stack.
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
        let (found, needed) = (bytes.len(), Self::CHECKPOINT_BYTES);
        let bytes = bytes.get_mut(..needed).ok_or(Error::Room { found, needed })?;
        if let Some(body) = bytes.get_mut(PREFIX..) {
            self.write_body(net, &mut Writer::new(body));
        }
        checkpoint::seal(TRAINER, bytes);
        Ok(())
    }

    fn write_body(&self, net: &N, to: &mut Writer<'_>) {
        Origin::of::<N, O>(State::<N, O>::BYTES).write(to);
        self.optimizer.learning_rate().write(to);
        let counters: Counters<N::Scalar> =
            ((self.seed, (self.step, self.samples)), (self.pending, (self.settings, self.risk)));
        counters.write(to);
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
        let (body, rest) = checkpoint::open(TRAINER, bytes)?;
        if body.len() < Origin::BYTES {
            return Err(Error::Corrupt);
        }
        let mut from = Reader::new(body);
        from.value::<Origin>().check(&Origin::of::<N, O>(State::<N, O>::BYTES))?;
        // The numbers follow from the origin.
        if PREFIX + body.len() != Self::CHECKPOINT_BYTES {
            return Err(Error::Corrupt);
        }
        Ok((from.rest(), rest))
    }

    pub(super) fn read_body(&mut self, net: &mut N, from: &mut Reader<'_>) {
        let mut learning_rate = self.optimizer.learning_rate();
        learning_rate.read(from);
        self.optimizer.set_learning_rate(learning_rate);
        let mut counters: Counters<N::Scalar> =
            ((self.seed, (self.step, self.samples)), (self.pending, (self.settings, self.risk)));
        counters.read(from);
        ((self.seed, (self.step, self.samples)), (self.pending, (self.settings, self.risk))) = counters;
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
        let path = path.as_ref();
        let mut bytes = alloc::vec![0; Self::CHECKPOINT_BYTES];
        self.to_bytes(net, &mut bytes)
            .and_then(|()| crate::files::write(path, &bytes).map_err(Error::io("write")))
            .map_err(|source| FileError { path: path.to_owned(), source })
    }

    /// Takes over a checkpoint from a file of [`save`](Self::save), or from that of a run,
    /// [`Fit::checkpoint`](super::Fit::checkpoint), of which it takes network and trainer as they were then.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and what the operating system says; network and trainer are as before then.
    pub fn load(&mut self, net: &mut N, path: impl AsRef<Path>) -> Result<(), FileError> {
        let path = path.as_ref();
        std::fs::read(path)
            .map_err(Error::io("read"))
            .and_then(|bytes| {
                let (body, rest) = Self::checked(&bytes)?;
                if !rest.is_empty() {
                    checkpoint::open(checkpoint::RUN, rest).map_err(|_| Error::Corrupt)?;
                }
                self.read_body(net, &mut Reader::new(body));
                Ok(())
            })
            .map_err(|source| FileError { path: path.to_owned(), source })
    }
}
