//! What a run tells, while it goes on and afterwards.

use crate::Scalar;
use crate::network::Network;
use crate::trainer::HeadEvaluation;
use alloc::vec::Vec;
use core::fmt;

/// Where a run stands, as callbacks see it.
#[derive(Debug)]
pub struct Progress<'a, N: Network> {
    /// The network.
    pub net: &'a mut N,
    /// The epoch, from 0.
    pub epoch: usize,
    /// Epochs of the run, if nothing ends it before.
    pub epochs: usize,
    /// Updates of this run so far.
    pub steps: usize,
    /// Samples of this epoch so far.
    pub samples: usize,
    /// Samples of a whole epoch, if the source of the data knows.
    pub total: Option<usize>,
    /// The row of this epoch: its loss so far; validation and metrics once it is done.
    pub row: &'a Epoch<N::Scalar>,
    pub(super) learning_rate: &'a mut Option<N::Scalar>,
    pub(super) stopped: &'a mut bool,
    pub(super) interrupted: &'a mut bool,
}

impl<N: Network> Progress<'_, N> {
    /// Sets the learning rate from the next update on. A schedule of the run sets it anew.
    pub fn set_learning_rate(&mut self, learning_rate: N::Scalar) {
        *self.learning_rate = Some(learning_rate);
    }

    /// Ends the run: after this step, or after this epoch. It is over then, for its `checkpoint` too.
    pub fn stop(&mut self) {
        *self.stopped = true;
    }

    /// Ends the run as [`stop`](Self::stop) does, but for now: where the run has a `checkpoint`, the next goes on from here.
    pub fn interrupt(&mut self) {
        (*self.stopped, *self.interrupted) = (true, true);
    }
}

/// What an epoch has brought.
///
/// Prints as `loss 0.3125  validation loss 0.3391  accuracy 91.20 %  f1 0.9043  1.2 s`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Epoch<S> {
    /// Number of the epoch, from 0.
    pub epoch: usize,
    /// The mean loss over the samples of the epoch, each before the update that it took part in.
    pub loss: S,
    /// The loss on the validation data.
    pub validation_loss: Option<S>,
    /// The part of the validation data whose class is right, where the loss tells that.
    pub validation_accuracy: Option<S>,
    /// Loss and accuracy of each head on the validation data, for networks that have several.
    pub validation_heads: Vec<HeadEvaluation<S>>,
    /// The metrics, by name.
    pub metrics: Vec<(&'static str, S)>,
    /// The learning rate of the last update.
    pub learning_rate: S,
    /// What the epoch took, validation included.
    #[cfg(feature = "std")]
    pub seconds: f64,
}

impl<S: Scalar> Epoch<S> {
    pub(super) fn new(epoch: usize, learning_rate: S) -> Self {
        Self {
            epoch,
            loss: S::NAN,
            validation_loss: None,
            validation_accuracy: None,
            validation_heads: Vec::new(),
            metrics: Vec::new(),
            learning_rate,
            #[cfg(feature = "std")]
            seconds: 0.0,
        }
    }
}

impl<S: Scalar> fmt::Display for Epoch<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        if let Some(loss) = self.validation_loss {
            write!(f, "  validation loss {loss:.4}")?;
        }
        let percent = |accuracy: S| accuracy * S::from_usize(100);
        if let Some(accuracy) = self.validation_accuracy {
            write!(f, "  accuracy {:.2} %", percent(accuracy))?;
        }
        for HeadEvaluation { name, loss, accuracy } in &self.validation_heads {
            write!(f, "  {name} loss {loss:.4}")?;
            if let Some(accuracy) = *accuracy {
                write!(f, " accuracy {:.2} %", percent(accuracy))?;
            }
        }
        for (name, value) in &self.metrics {
            write!(f, "  {name} {value:.4}")?;
        }
        #[cfg(feature = "std")]
        write!(f, "  {:.1} s", self.seconds)?;
        Ok(())
    }
}

/// The rows of a run's epochs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct History<S> {
    pub(super) epochs: Vec<Epoch<S>>,
    /// The epoch with the smallest validation loss, or loss.
    pub best: usize,
    /// Whether a callback ended the run, or a condition as Ctrl-C.
    pub stopped: bool,
}

impl<S> History<S> {
    /// A row for each epoch.
    pub fn epochs(&self) -> &[Epoch<S>] {
        &self.epochs
    }
}
