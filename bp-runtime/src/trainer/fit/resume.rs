//! Checkpoints of a run: a file from which a run that was killed goes on.
//!
//! The checkpoint of network and trainer comes first, as [`Trainer::save`] writes it, then a section with a checksum of its own:
//! the settings that must be the same, and where the run stands.

use super::run::{Best, Place, Run};
use super::{Epoch, Every, Fit};
use crate::Scalar;
use crate::checkpoint::{self, Error, PREFIX, RUN};
use crate::losses::Loss as _;
use crate::network::Trainable;
use crate::optimizers::Optimizer;
use crate::saved::{Reader, Saved, Writer, saved};
use crate::total::Total;
use crate::trainer::{HeadEvaluation, Trainer};
use alloc::vec::Vec;
use std::path::PathBuf;

/// The file of a run.
pub(super) struct Checkpoint {
    path: PathBuf,
    /// After how many updates it is written, beside each epoch.
    updates: Option<usize>,
}

impl<N: Trainable, Y> Fit<'_, N, Y> {
    /// Keeps a checkpoint of the run in this file, written at its beginning and after each epoch, and goes on from it where
    /// there is one: a run that is killed at any moment and begun again by the same program ends with the bits of one that was
    /// not, and with its history (but for the seconds).
    ///
    /// What goes on is network and trainer, whose values from before the call are replaced; epoch, place in the data, best
    /// parameters, patience, and the history so far. What a callback remembers is its own. A run that is over (its epochs
    /// done, its patience spent, or stopped by a callback) returns what it did before, with the parameters that it left: give
    /// each run a path of its own, and remove the file to begin anew. More epochs, or more patience, go on.
    ///
    /// Over several ranks the first writes the file, and all read it: it lies where all of them see it, or a copy does, and
    /// another number of ranks may go on. One that reads something else is an error on all.
    ///
    /// The file appears whole or not at all, as that of [`Trainer::save`], and can be read with [`Trainer::load`]. It is
    /// refused, with the setting's name, for a run with another batch, accumulation, seed, number of samples, weights, metrics
    /// or kind of schedule. That the samples are the same is the caller's to see to, a [source](super::source) included.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 1, layers = [dense(4), tanh, dense(1)], loss = mse)]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// # let path = std::env::temp_dir().join(format!("backprop-doc-{}.checkpoint", std::process::id()));
    /// let (xs, ys) = ([[0.0], [0.5], [1.0]], [[0.0], [0.25], [1.0]]);
    /// let run = |epochs| {
    ///     let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Trainer::new(Adam::new(0.01)));
    ///     let fit = Fit::epochs(epochs).batch(2).shuffle(7).checkpoint(&path);
    ///     let history = trainer.fit(&mut net, &xs, &ys, &fit)?;
    ///     Ok::<_, backprop::Error>((*net.parameters(), history.epochs().len()))
    /// };
    /// run(5)?; // and the program ends
    /// let (resumed, epochs) = run(10)?;
    /// # std::fs::remove_file(&path).unwrap();
    /// assert_eq!(epochs, 10);
    /// assert_eq!(resumed, run(10)?.0); // as in one go
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub fn checkpoint(self, path: impl Into<PathBuf>) -> Self {
        Self { checkpoint: Some(Checkpoint { path: path.into(), updates: None }), ..self }
    }

    /// [`checkpoint`](Self::checkpoint), written after every so many updates too, for epochs that take long.
    pub fn checkpoint_every(self, updates: usize, path: impl Into<PathBuf>) -> Self {
        Self { checkpoint: Some(Checkpoint { path: path.into(), updates: Some(updates.max(1)) }), ..self }
    }

    /// Whether a checkpoint is due after so many updates.
    pub(super) fn is_due(&self, updates: usize) -> bool {
        let every = self.checkpoint.as_ref().and_then(|checkpoint| checkpoint.updates);
        every.is_some_and(|every| updates.is_multiple_of(every))
    }
}

saved!([S: Scalar] Place<S> { samples: usize, batches: usize, loss: Total<S>, weight: Total<S> });

/// Updates, learning rate that a callback has set, whether the run was stopped; samples of an epoch, if they are known; how
/// many epochs have a row, and whether one is under way.
type Counters<S> = ((usize, (Option<S>, bool)), ((bool, usize), (usize, bool)));

/// The trainer's part of the bytes of a run, and the row of the epoch that was under way.
type Parts<'b, S> = (&'b [u8], Option<Epoch<S>>);

/// A row but for what is listed: epoch, loss, loss and accuracy of validation, learning rate, seconds.
type Row<S> = ((usize, (S, S)), ((Option<S>, Option<S>), f64));

impl<N: Trainable, O: Optimizer> Trainer<N, O> {
    /// Goes on from the checkpoint, if there is one; writes the first otherwise. Returns the row of the epoch that was under
    /// way.
    pub(super) fn resume<Y>(
        &mut self,
        net: &mut N,
        fit: &Fit<'_, N, Y>,
        run: &mut Run<'_, N, Y>,
    ) -> Result<Option<Epoch<N::Scalar>>, crate::Error> {
        let Some(checkpoint) = &fit.checkpoint else { return Ok(None) };
        let bytes = match std::fs::read(&checkpoint.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            bytes => bytes.map(Some).map_err(|error| Error::io("read")(error).into()),
        };
        // Before anyone writes.
        let Some(bytes) = self.same_checkpoint(bytes)? else {
            self.keep(net, fit, run, None)?;
            return Ok(None);
        };
        // Bytes and settings are the same on all ranks, and so is what is wrong with them.
        let (body, underway) = self.read_run(fit, run, &bytes)?;
        self.read_body(net, &mut Reader::new(body));
        Ok(underway)
    }

    /// Takes over where a run stands; the rest of what its bytes hold.
    fn read_run<'b, Y>(
        &self,
        fit: &Fit<'_, N, Y>,
        run: &mut Run<'_, N, Y>,
        bytes: &'b [u8],
    ) -> Result<Parts<'b, N::Scalar>, Error> {
        let (body, rest) = Self::checked(bytes)?;
        if rest.is_empty() {
            return Err(Error::NoRun);
        }
        let (section, behind) = checkpoint::open(RUN, rest).map_err(|error| match error {
            Error::Version { .. } => error,
            _ => Error::Corrupt,
        })?;
        let mut from = Reader::new(section);
        for (setting, expected) in self.settings_of(fit, run) {
            let found = read(&mut from).ok_or(Error::Corrupt)?;
            if found != expected {
                return Err(Error::Run { setting, found, expected });
            }
        }
        let underway = run.read(fit, &mut from).ok_or(Error::Corrupt)?;
        if !(from.rest().is_empty() && behind.is_empty()) {
            return Err(Error::Corrupt);
        }
        Ok((body, underway))
    }

    /// Writes the checkpoint, with the row of the epoch that is under way. Of several ranks the first does, and all wait for
    /// it.
    pub(super) fn keep<Y>(
        &mut self,
        net: &N,
        fit: &Fit<'_, N, Y>,
        run: &Run<'_, N, Y>,
        underway: Option<&Epoch<N::Scalar>>,
    ) -> Result<(), crate::Error> {
        if fit.checkpoint.is_none() {
            return Ok(());
        }
        let written = if self.is_first_rank() { self.write_run(net, fit, run, underway) } else { Ok(()) };
        self.all_have(written.map_err(crate::Error::from))
    }

    fn write_run<Y>(
        &self,
        net: &N,
        fit: &Fit<'_, N, Y>,
        run: &Run<'_, N, Y>,
        underway: Option<&Epoch<N::Scalar>>,
    ) -> Result<(), Error> {
        let Some(checkpoint) = &fit.checkpoint else { return Ok(()) };
        let mut bytes = alloc::vec![0; Self::CHECKPOINT_BYTES];
        self.to_bytes(net, &mut bytes)?;
        let mut section = alloc::vec![0; PREFIX];
        self.settings_of(fit, run).iter().for_each(|(_, value)| write(&mut section, value));
        run.write(fit, &mut section, underway);
        checkpoint::seal(RUN, &mut section);
        bytes.extend_from_slice(&section);
        crate::files::write(&checkpoint.path, &bytes).map_err(Error::io("write"))
    }

    /// What must be the same in a run that goes on.
    fn settings_of<Y>(&self, fit: &Fit<'_, N, Y>, run: &Run<'_, N, Y>) -> [(&'static str, u64); 11] {
        let validation = run.validation.map_or(0, |(xs, _)| xs.len());
        let schedule = fit.schedule.as_ref().map_or(0, |(_, every)| match every {
            Every::Step => 1,
            Every::Epoch => 2,
        });
        [
            ("samples of a batch", fit.batch as u64),
            ("batches of an update", fit.accumulate as u64),
            ("shuffling (0 off, 1 on)", u64::from(fit.shuffle.is_some())),
            ("seed of shuffling", fit.shuffle.unwrap_or(0)),
            ("seed of dropout", run.of_checkpoint.seed),
            ("samples of an epoch (0 unknown)", run.of_checkpoint.samples as u64),
            ("samples of validation", validation as u64),
            ("weights of samples (0 off, 1 on)", u64::from(fit.weights.is_some())),
            ("metrics", fit.metrics.len() as u64),
            ("schedule (0 none, 1 by step, 2 by epoch)", schedule),
            ("patience (0 off, 1 on)", u64::from(fit.patience.is_some())),
        ]
    }
}

impl<N: Trainable, Y> Run<'_, N, Y> {
    fn write(&self, fit: &Fit<'_, N, Y>, to: &mut Vec<u8>, underway: Option<&Epoch<N::Scalar>>) {
        let total = (self.total.is_some(), self.total.unwrap_or(0));
        // One that was interrupted from outside goes on.
        let over = self.stopped && !self.interrupted;
        let counters: Counters<N::Scalar> =
            ((self.steps, (self.learning_rate, over)), (total, (self.epochs.len(), underway.is_some())));
        write(to, &counters);
        self.epochs.iter().for_each(|row| write_row(to, row, row.seconds));
        if let Some(row) = underway {
            write_row(to, row, row.seconds + self.of_checkpoint.since.elapsed().as_secs_f64());
            write(to, &self.place);
        }
        write(to, &self.best.is_some());
        if let Some(Best { epoch, watched, parameters }) = &self.best {
            write(to, &(*epoch, *watched));
            if fit.patience.is_some() {
                parameters.iter().for_each(|parameter| write(to, parameter));
            }
        }
    }

    /// Where a run stands, if the bytes tell that; the row of the epoch that was under way.
    fn read(&mut self, fit: &Fit<'_, N, Y>, from: &mut Reader<'_>) -> Option<Option<Epoch<N::Scalar>>> {
        let ((steps, (learning_rate, stopped)), (total, (rows, is_underway))): Counters<N::Scalar> =
            read(from)?;
        let mut epochs = Vec::new();
        for _ in 0..rows {
            epochs.push(read_row(fit, from)?);
        }
        let mut underway = None;
        if is_underway {
            underway = Some(read_row(fit, from)?);
            self.place = read(from)?;
        }
        let is_best: bool = read(from)?;
        if is_best {
            let (epoch, watched) = read(from)?;
            let mut parameters = Vec::new();
            if fit.patience.is_some() {
                for _ in 0..Self::STORED {
                    parameters.push(read(from)?);
                }
            }
            self.best = Some(Best { epoch, watched, parameters });
        }
        (self.steps, self.learning_rate, self.stopped) = (steps, learning_rate, stopped);
        self.total = total.0.then_some(total.1);
        self.epochs = epochs;
        Some(underway)
    }

    const STORED: usize = <N::Stored as typenum::Unsigned>::USIZE;
}

fn write_row<S: Scalar>(to: &mut Vec<u8>, row: &Epoch<S>, seconds: f64) {
    // Compiles if nothing is left out.
    let Epoch {
        epoch,
        loss,
        validation_loss,
        validation_accuracy,
        validation_heads,
        metrics,
        learning_rate,
        seconds: _,
    } = row;
    let fixed: Row<S> =
        ((*epoch, (*loss, *learning_rate)), ((*validation_loss, *validation_accuracy), seconds));
    write(to, &fixed);
    write(to, &(validation_heads.len(), metrics.len()));
    for HeadEvaluation { name: _, loss, accuracy } in validation_heads {
        write(to, &(*loss, *accuracy));
    }
    metrics.iter().for_each(|(_, value)| write(to, value));
}

fn read_row<N: Trainable, Y>(fit: &Fit<'_, N, Y>, from: &mut Reader<'_>) -> Option<Epoch<N::Scalar>> {
    let ((epoch, (loss, learning_rate)), ((validation_loss, validation_accuracy), seconds)): Row<N::Scalar> =
        read(from)?;
    let mut row =
        Epoch { loss, validation_loss, validation_accuracy, seconds, ..Epoch::new(epoch, learning_rate) };
    let (heads, metrics): (usize, usize) = read(from)?;
    for place in 0..heads {
        let name = N::Loss::HEADS.get(place)?;
        let (loss, accuracy) = read(from)?;
        row.validation_heads.push(HeadEvaluation { name, loss, accuracy });
    }
    for place in 0..metrics {
        let (name, _) = fit.metrics.get(place)?;
        row.metrics.push((name, read(from)?));
    }
    Some(row)
}

fn write<T: Saved>(to: &mut Vec<u8>, value: &T) {
    let begin = to.len();
    to.resize(begin + T::BYTES, 0);
    if let Some(room) = to.get_mut(begin..) {
        value.write(&mut Writer::new(room));
    }
}

fn read<T: Saved + Default>(from: &mut Reader<'_>) -> Option<T> {
    (from.rest().len() >= T::BYTES).then(|| from.value())
}
