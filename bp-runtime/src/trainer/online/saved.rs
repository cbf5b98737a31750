//! Checkpoints of an [`OnlineTrainer`] and its network.

use super::OnlineTrainer;
#[cfg(feature = "std")]
use crate::checkpoint::{self, FileError};
use crate::checkpoint::{Error, Name, Origin, PREFIX};
use crate::network::Network;
use crate::saved::{Reader, Saved, Writer};
#[cfg(feature = "std")]
use std::path::Path;
use typenum::Unsigned as _;

/// Learning rate, and whether it has been set; seed of dropout, and step.
type Counters<S> = ((S, bool), (u64, u64));

impl<N: Network> OnlineTrainer<N> {
    /// Bytes of a [checkpoint](Self::to_bytes).
    pub const CHECKPOINT_BYTES: usize =
        PREFIX + Origin::BYTES + Counters::<N::Scalar>::BYTES + N::Stored::USIZE * N::Scalar::BYTES;

    /// Writes a checkpoint: network, learning rate, seed and count of steps. A run that goes on
    /// [from it](Self::from_bytes) ends with the bits of one that was never interrupted.
    ///
    /// It takes the first [`CHECKPOINT_BYTES`](Self::CHECKPOINT_BYTES) of the buffer, no heap, and is the same on every
    /// machine ([layout](crate::checkpoint)).
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [dense(8), tanh, dropout(0.1), dense(1)], loss = mse)]
    /// struct Net;
    /// type Training = OnlineTrainer<Net>;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Training::new(0.01));
    /// trainer.step(&mut net, &[0.5, -1.0], &[1.0])?;
    /// let mut bytes = [0; Training::CHECKPOINT_BYTES];
    /// trainer.to_bytes(&net, &mut bytes)?;
    /// trainer.step(&mut net, &[1.0, 0.0], &[0.0])?;
    ///
    /// let (mut other, mut resumed) = (Net::zeroed(), Training::zeroed());
    /// resumed.from_bytes(&mut other, &bytes)?;
    /// resumed.step(&mut other, &[1.0, 0.0], &[0.0])?;
    /// assert!(other.parameters() == net.parameters() && resumed == trainer);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Room`] if the buffer is smaller; nothing is written then.
    pub fn to_bytes(&self, net: &N, bytes: &mut [u8]) -> Result<(), Error> {
        Self::origin().seal(bytes, Self::CHECKPOINT_BYTES, |to: &mut Writer<'_>| {
            self.counters().write(to);
            to.put_all(net.parameters().as_ref());
        })
    }

    /// Takes over a [checkpoint](Self::to_bytes), which may be followed by other bytes, as in a page of flash.
    ///
    /// # Errors
    /// What differs, if it is not a whole checkpoint, unchanged, of a network that is declared alike (its struct may have another
    /// name) and of an `OnlineTrainer`. All is checked before anything changes.
    pub fn from_bytes(&mut self, net: &mut N, bytes: &[u8]) -> Result<(), Error> {
        let (body, _) = Self::origin().open(bytes, Self::CHECKPOINT_BYTES)?;
        let mut from = Reader::new(body);
        let mut counters = self.counters();
        counters.read(&mut from);
        self.set_counters(counters);
        from.fill(net.parameters_mut().as_mut());
        Ok(())
    }

    /// Writes a checkpoint to a file, as [`Trainer::save`](crate::Trainer::save) does.
    ///
    /// # Errors
    /// What the operating system says; the file is as before then.
    #[cfg(feature = "std")]
    pub fn save(&self, net: &N, path: impl AsRef<Path>) -> Result<(), FileError> {
        checkpoint::save(path.as_ref(), Self::CHECKPOINT_BYTES, |bytes| self.to_bytes(net, bytes))
    }

    /// Takes over a checkpoint from a file of [`save`](Self::save).
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and what the operating system says; network and trainer are as before then.
    #[cfg(feature = "std")]
    pub fn load(&mut self, net: &mut N, path: impl AsRef<Path>) -> Result<(), FileError> {
        checkpoint::load(path.as_ref(), |bytes| self.from_bytes(net, bytes))
    }

    /// Takes over learning rate, seed and count of steps, in place: what follows has the other's bits, given a network of the
    /// same numbers. `clone` copies the workspace too, over the stack.
    pub fn copy_from(&mut self, other: &Self) {
        self.set_counters(other.counters());
    }

    fn origin() -> Origin {
        Origin::of::<N>(1, Name::of("OnlineTrainer"), 0)
    }

    fn counters(&self) -> Counters<N::Scalar> {
        ((self.learning_rate, self.is_set), (self.seed, self.step))
    }

    fn set_counters(&mut self, counters: Counters<N::Scalar>) {
        ((self.learning_rate, self.is_set), (self.seed, self.step)) = counters;
    }
}

/// Whether both go on alike: learning rate, seed and count of steps are the same.
impl<N: Network> PartialEq for OnlineTrainer<N> {
    fn eq(&self, other: &Self) -> bool {
        self.counters().equals(&other.counters())
    }
}
