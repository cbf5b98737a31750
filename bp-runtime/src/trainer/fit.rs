//! [`Fit`]: epochs over data, with what surrounds them.

use super::{Evaluation, Trainer};
use crate::network::{Network, Trainable};
use crate::optimizers::Optimizer;
use crate::permutation::{Permutation, mix};
use crate::schedules::Schedule;
use crate::total::Total;
use crate::{AsTarget, Error, Scalar};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

/// A metric: over the outputs for the validation data, or those trained on where there are none, and their targets.
type Metric<'a, N, Y> = Box<dyn Fn(&[<N as Network>::Output], &[Y]) -> <N as Network>::Scalar + 'a>;

/// A learning rate for each step, or each epoch.
type Rate<'a, N> = Box<dyn Fn(usize) -> <N as Network>::Scalar + 'a>;

/// What is called while a run goes on.
type Callback<'a, N> = RefCell<Option<Box<dyn FnMut(&mut Progress<'_, N>) + 'a>>>;

/// What a run of [`Trainer::fit`] does.
///
/// | Setting | Default |
/// |---|---|
/// | [`epochs`](Self::epochs) | |
/// | [`batch`](Self::batch), samples of a step | 32 |
/// | [`accumulate`](Self::accumulate), batches of an update | 1 |
/// | [`shuffle`](Self::shuffle) | the order of the data |
/// | [`validate`](Self::validate), [`split`](Self::split) | no validation data |
/// | [`patience`](Self::patience), epochs without improvement before the run stops | as long as it takes |
/// | [`schedule`](Self::schedule), [`schedule_by_epoch`](Self::schedule_by_epoch) | the optimizer's learning rate |
/// | [`metric`](Self::metric) | none; accuracy is always there where the loss tells it |
/// | [`on_step`](Self::on_step), [`on_epoch`](Self::on_epoch) | nothing |
///
/// The same seeds give the same bits, with any number of threads. Clipping, groups and threads are the trainer's.
///
/// ```
/// use backprop::prelude::*;
///
/// #[network(input = 2, layers = [dense(8), tanh, dense(1), sigmoid], loss = mse)]
/// struct Xor;
///
/// # fn main() -> Result<(), backprop::Error> {
/// let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let targets = [[0.0], [1.0], [1.0], [0.0]];
/// let mut net = Xor::new(&mut backprop::rng(1));
/// let mut trainer = Trainer::new(Adam::new(0.03));
///
/// let fit = Fit::epochs(500).batch(4).shuffle(1).metric("error", backprop::metrics::mean_absolute_error);
/// let history = trainer.fit(&mut net, &inputs, &targets, &fit)?;
/// let last = history.epochs().last().unwrap();
/// assert!(last.loss < 0.01 && last.metrics[0].1 < 0.1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a run is what `trainer.fit` does with this"]
pub struct Fit<'a, N: Trainable, Y> {
    epochs: usize,
    batch: usize,
    accumulate: usize,
    shuffle: Option<u64>,
    validation: Option<(&'a [N::Sample], &'a [Y])>,
    split: f64,
    patience: Option<usize>,
    schedule: Option<(Rate<'a, N>, Every)>,
    metrics: Vec<(&'static str, Metric<'a, N, Y>)>,
    on_step: Callback<'a, N>,
    on_epoch: Callback<'a, N>,
}

/// What a schedule counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Every {
    Step,
    Epoch,
}

impl<N: Trainable, Y> fmt::Debug for Fit<'_, N, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epochs, batch, accumulate, shuffle, patience, .. } = self;
        f.debug_struct("Fit")
            .field("epochs", epochs)
            .field("batch", batch)
            .field("accumulate", accumulate)
            .field("shuffle", shuffle)
            .field("patience", patience)
            .finish_non_exhaustive()
    }
}

impl<'a, N: Trainable, Y> Fit<'a, N, Y> {
    /// So many times through the data.
    pub fn epochs(epochs: usize) -> Self {
        Self {
            epochs,
            batch: 32,
            accumulate: 1,
            shuffle: None,
            validation: None,
            split: 0.0,
            patience: None,
            schedule: None,
            metrics: Vec::new(),
            on_step: RefCell::new(None),
            on_epoch: RefCell::new(None),
        }
    }

    /// Samples of a step, at least 1; the last of an epoch may have fewer.
    pub fn batch(self, batch: usize) -> Self {
        Self { batch: batch.max(1), ..self }
    }

    /// Updates the network once for so many batches, at least 1, with the mean over all their samples.
    pub fn accumulate(self, batches: usize) -> Self {
        Self { accumulate: batches.max(1), ..self }
    }

    /// Takes the samples of each epoch in an order of its own, which follows from the seed and the epoch.
    pub fn shuffle(self, seed: u64) -> Self {
        Self { shuffle: Some(seed), ..self }
    }

    /// Evaluates the network on other data after each epoch.
    pub fn validate(self, xs: &'a [N::Sample], ys: &'a [Y]) -> Self {
        Self { validation: Some((xs, ys)), ..self }
    }

    /// Keeps a part of the data, from 0 to 1 and taken from its end, for validation. [`validate`](Self::validate) takes
    /// precedence.
    pub fn split(self, part: f64) -> Self {
        Self { split: part, ..self }
    }

    /// Stops when so many epochs in a row have not improved on the smallest validation loss, or without validation data
    /// on the smallest loss, and restores the parameters of the best epoch. They are kept in a copy on the heap.
    pub fn patience(self, epochs: usize) -> Self {
        Self { patience: Some(epochs), ..self }
    }

    /// Sets the learning rate of each update, counted from 0 in this run.
    pub fn schedule(self, schedule: impl Schedule + 'a) -> Self {
        Self { schedule: Some((Box::new(move |step| schedule.learning_rate(step)), Every::Step)), ..self }
    }

    /// Sets the learning rate of each epoch, counted from 0 in this run.
    pub fn schedule_by_epoch(self, schedule: impl Schedule + 'a) -> Self {
        Self { schedule: Some((Box::new(move |epoch| schedule.learning_rate(epoch)), Every::Epoch)), ..self }
    }

    /// Computes a metric after each epoch, on the validation data if there are any.
    pub fn metric(
        mut self,
        name: &'static str,
        metric: impl Fn(&[N::Output], &[Y]) -> N::Scalar + 'a,
    ) -> Self {
        self.metrics.push((name, Box::new(metric)));
        self
    }

    /// Called after each update.
    pub fn on_step(self, call: impl FnMut(&mut Progress<'_, N>) + 'a) -> Self {
        Self { on_step: RefCell::new(Some(Box::new(call))), ..self }
    }

    /// Called after each epoch. A callback that looks at the network needs its type, `Fit::<Net, _>::epochs(20)`.
    pub fn on_epoch(self, call: impl FnMut(&mut Progress<'_, N>) + 'a) -> Self {
        Self { on_epoch: RefCell::new(Some(Box::new(call))), ..self }
    }
}

/// Where a run stands, as callbacks see it.
#[derive(Debug)]
pub struct Progress<'a, N: Network> {
    /// The network.
    pub net: &'a mut N,
    /// The epoch, from 0.
    pub epoch: usize,
    /// Updates of this run so far.
    pub steps: usize,
    /// Samples of this epoch so far.
    pub samples: usize,
    /// The row of this epoch: its loss so far; validation and metrics once it is done.
    pub row: &'a Epoch<N::Scalar>,
    learning_rate: &'a mut Option<N::Scalar>,
    stopped: &'a mut bool,
}

impl<N: Network> Progress<'_, N> {
    /// Sets the learning rate from the next update on. A schedule of the run sets it anew.
    pub fn set_learning_rate(&mut self, learning_rate: N::Scalar) {
        *self.learning_rate = Some(learning_rate);
    }

    /// Ends the run: after this step, or after this epoch.
    pub fn stop(&mut self) {
        *self.stopped = true;
    }
}

/// What an epoch has brought.
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
    /// The metrics, by name.
    pub metrics: Vec<(&'static str, S)>,
    /// The learning rate of the last update.
    pub learning_rate: S,
    /// What the epoch took, validation included.
    #[cfg(feature = "std")]
    pub seconds: f64,
}

/// The rows of a run's epochs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct History<S> {
    epochs: Vec<Epoch<S>>,
    /// The epoch with the smallest validation loss, or loss.
    pub best: usize,
}

impl<S> History<S> {
    /// A row for each epoch.
    pub fn epochs(&self) -> &[Epoch<S>] {
        &self.epochs
    }
}

/// The data of a run: what is trained on, and what is left for validation.
struct Data<'d, X, Y> {
    train: (&'d [X], &'d [Y]),
    validation: Option<(&'d [X], &'d [Y])>,
}

/// What a run carries from step to step.
struct Run<N: Network, Y> {
    xs: Vec<N::Sample>,
    ys: Vec<Y>,
    outputs: Vec<N::Output>,
    steps: usize,
    learning_rate: Option<N::Scalar>,
    stopped: bool,
}

impl<N: Trainable, O: Optimizer> Trainer<N, O> {
    /// Trains for epochs over the data, as `fit` says, and tells what each has brought.
    ///
    /// The samples of a batch are copied together, so that they may come in any order. An error ends the run where it
    /// stands: the steps before it have been taken.
    ///
    /// # Errors
    /// Those of [`step`](Self::step) and [`evaluate`](Self::evaluate).
    pub fn fit<Y: AsTarget<N::Target> + Clone>(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        fit: &Fit<'_, N, Y>,
    ) -> Result<History<N::Scalar>, Error> {
        Error::check_lengths("inputs", xs.len(), "targets", ys.len())?;
        let data = fit.data(xs, ys)?;
        let mut run = Run {
            xs: Vec::new(),
            ys: Vec::new(),
            outputs: Vec::new(),
            steps: 0,
            learning_rate: None,
            stopped: false,
        };
        let mut history = History { epochs: Vec::new(), best: 0 };
        let mut best: Option<(N::Scalar, Vec<N::Scalar>)> = None;
        while history.epochs.len() < fit.epochs && !run.stopped {
            let epoch = history.epochs.len();
            let row = self.epoch(net, &data, fit, epoch, &mut run)?;
            let watched = row.validation_loss.unwrap_or(row.loss);
            history.epochs.push(row);
            if best.as_ref().is_none_or(|(least, _)| watched < *least) {
                history.best = epoch;
                let parameters =
                    if fit.patience.is_some() { net.parameters().as_ref().to_vec() } else { Vec::new() };
                best = Some((watched, parameters));
            } else if fit.patience.is_some_and(|patience| epoch - history.best >= patience) {
                break;
            }
        }
        if let (Some(_), Some((_, parameters))) = (fit.patience, best) {
            net.parameters_mut().as_mut().copy_from_slice(&parameters);
        }
        Ok(history)
    }

    fn epoch<Y: AsTarget<N::Target> + Clone>(
        &mut self,
        net: &mut N,
        data: &Data<'_, N::Sample, Y>,
        fit: &Fit<'_, N, Y>,
        epoch: usize,
        run: &mut Run<N, Y>,
    ) -> Result<Epoch<N::Scalar>, Error> {
        #[cfg(feature = "std")]
        let start = std::time::Instant::now();
        let (xs, ys) = data.train;
        let order = Permutation::new(xs.len(), mix(fit.shuffle.unwrap_or(0)) ^ mix(epoch as u64 + 1));
        let mut row = fit.row(epoch, self.learning_rate());
        let mut total = Total::default();
        let mut batches = 0;
        for first in (0..xs.len()).step_by(fit.batch) {
            let places = first..xs.len().min(first + fit.batch);
            let indices =
                places.clone().map(|place| if fit.shuffle.is_some() { order.at(place) } else { place });
            run.xs.clear();
            run.xs.extend(indices.clone().filter_map(|index| xs.get(index)));
            run.ys.clear();
            run.ys.extend(indices.filter_map(|index| ys.get(index)).cloned());
            let loss = self.accumulate(net, &run.xs, &run.ys)?;
            total.add(loss * N::Scalar::from_usize(places.len()));
            row.loss = total.value() / N::Scalar::from_usize(places.end);
            batches += 1;
            if batches % fit.accumulate != 0 && places.end < xs.len() {
                continue;
            }
            self.scheduled_update(net, fit, epoch, run)?;
            row.learning_rate = self.learning_rate();
            fit.tell(&fit.on_step, net, &row, places.end, run);
            if run.stopped {
                break;
            }
        }
        self.measure(net, data, fit, run, &mut row)?;
        #[cfg(feature = "std")]
        {
            row.seconds = start.elapsed().as_secs_f64();
        }
        fit.tell(&fit.on_epoch, net, &row, xs.len(), run);
        Ok(row)
    }

    fn learning_rate(&self) -> N::Scalar {
        N::Scalar::real(self.optimizer().learning_rate())
    }

    /// An update at the learning rate of the schedule, or the one that a callback has set.
    fn scheduled_update<Y>(
        &mut self,
        net: &mut N,
        fit: &Fit<'_, N, Y>,
        epoch: usize,
        run: &mut Run<N, Y>,
    ) -> Result<(), Error> {
        let scheduled = fit.schedule.as_ref().map(|(rate, every)| match every {
            Every::Step => rate(run.steps),
            Every::Epoch => rate(epoch),
        });
        if let Some(rate) = scheduled.or(run.learning_rate.take()) {
            self.set_learning_rate(rate.to_real());
        }
        run.steps += 1;
        self.update(net)
    }

    /// Validation, and metrics.
    fn measure<Y: AsTarget<N::Target> + Clone>(
        &mut self,
        net: &N,
        data: &Data<'_, N::Sample, Y>,
        fit: &Fit<'_, N, Y>,
        run: &mut Run<N, Y>,
        row: &mut Epoch<N::Scalar>,
    ) -> Result<(), Error> {
        if let Some((xs, ys)) = data.validation {
            let Evaluation { loss, accuracy, .. } = self.evaluate(net, xs, ys)?;
            (row.validation_loss, row.validation_accuracy) = (Some(loss), accuracy);
        }
        if fit.metrics.is_empty() {
            return Ok(());
        }
        let (xs, ys) = data.validation.unwrap_or(data.train);
        run.outputs.resize(xs.len(), crate::flat::zero());
        net.predict_batch(xs, &mut run.outputs)?;
        row.metrics.extend(fit.metrics.iter().map(|(name, metric)| (*name, metric(&run.outputs, ys))));
        Ok(())
    }
}

impl<N: Trainable, Y> Fit<'_, N, Y> {
    /// Divides the data.
    fn data<'d>(&'d self, xs: &'d [N::Sample], ys: &'d [Y]) -> Result<Data<'d, N::Sample, Y>, Error> {
        if self.validation.is_some() || self.split <= 0.0 {
            let validation = self.validation;
            return if xs.is_empty() {
                Err(Error::EmptyBatch)
            } else {
                Ok(Data { train: (xs, ys), validation })
            };
        }
        let kept = xs.len() - ((xs.len() as f64 * self.split) as usize).min(xs.len());
        let ((xs, last_xs), (ys, last_ys)) = (xs.split_at(kept), ys.split_at(kept.min(ys.len())));
        if xs.is_empty() || last_xs.is_empty() {
            return Err(Error::EmptyBatch);
        }
        Ok(Data { train: (xs, ys), validation: Some((last_xs, last_ys)) })
    }

    fn row(&self, epoch: usize, learning_rate: N::Scalar) -> Epoch<N::Scalar> {
        Epoch {
            epoch,
            loss: N::Scalar::NAN,
            validation_loss: None,
            validation_accuracy: None,
            metrics: Vec::new(),
            learning_rate,
            #[cfg(feature = "std")]
            seconds: 0.0,
        }
    }

    fn tell(
        &self,
        call: &Callback<'_, N>,
        net: &mut N,
        row: &Epoch<N::Scalar>,
        samples: usize,
        run: &mut Run<N, Y>,
    ) {
        // A callback that begins another run with the same settings is not called from there.
        let Ok(mut call) = call.try_borrow_mut() else { return };
        if let Some(call) = call.as_mut() {
            call(&mut Progress {
                net,
                epoch: row.epoch,
                steps: run.steps,
                samples,
                row,
                learning_rate: &mut run.learning_rate,
                stopped: &mut run.stopped,
            });
        }
    }
}
