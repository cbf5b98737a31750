//! [`Fit`]: epochs over data, with what surrounds them.

#[cfg(feature = "progress")]
mod bar;
mod history;
#[cfg(feature = "ctrlc")]
mod interrupt;
#[cfg(feature = "std")]
mod resume;
mod run;
pub mod source;

pub use history::{Epoch, History, Progress};

use crate::Error;
use crate::network::{Network, Trainable};
use crate::schedules::Schedule;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

/// A metric: over the outputs for the validation data, or those trained on where there are none, and their targets.
type Metric<'a, N, Y> = Box<dyn Fn(&[<N as Network>::Output], &[Y]) -> <N as Network>::Scalar + 'a>;

/// Slices of inputs and targets.
type Data<'d, N, Y> = Option<(&'d [<N as Network>::Sample], &'d [Y])>;

/// A learning rate for each step, or each epoch.
type Rate<'a, N> = Box<dyn Fn(usize) -> <N as Network>::Scalar + 'a>;

/// What is called while a run goes on, in this order.
type Callbacks<'a, N> = RefCell<Vec<Box<dyn FnMut(&mut Progress<'_, N>) + 'a>>>;

/// What a run of [`Trainer::fit`](crate::Trainer::fit) does.
///
/// | Setting | Default |
/// |---|---|
/// | [`epochs`](Self::epochs) | |
/// | [`batch`](Self::batch), samples of a step | 32 |
/// | [`accumulate`](Self::accumulate), batches of an update | 1 |
/// | [`shuffle`](Self::shuffle) | the order of the data |
/// | [`weights`](Self::weights), how often each sample counts | once |
/// | [`validate`](Self::validate), [`split`](Self::split) | no validation data |
/// | [`patience`](Self::patience), epochs without improvement before the run stops | as long as it takes |
/// | [`schedule`](Self::schedule), [`schedule_by_epoch`](Self::schedule_by_epoch) | the optimizer's learning rate |
/// | [`metric`](Self::metric) | none; accuracy is always there where the loss tells it |
/// | [`on_step`](Self::on_step), [`on_epoch`](Self::on_epoch), [`stop_when`](Self::stop_when) | nothing |
/// | `checkpoint(path)`, with the feature `std` | a run that is killed is lost |
/// | `progress()`, with the feature of that name | nothing is printed |
/// | `stop_on_ctrl_c()`, with the feature `ctrlc` | Ctrl-C ends the program |
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
    weights: Option<&'a [N::Scalar]>,
    validation: Option<(&'a [N::Sample], &'a [Y])>,
    split: f64,
    patience: Option<usize>,
    schedule: Option<(Rate<'a, N>, Every)>,
    metrics: Vec<(&'static str, Metric<'a, N, Y>)>,
    on_step: Callbacks<'a, N>,
    on_epoch: Callbacks<'a, N>,
    #[cfg(feature = "std")]
    checkpoint: Option<resume::Checkpoint>,
    /// The bar of `progress`, which goes when the run ends, however it ends.
    #[cfg(feature = "progress")]
    bar: Option<alloc::rc::Rc<bar::Bar>>,
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
            weights: None,
            validation: None,
            split: 0.0,
            patience: None,
            schedule: None,
            metrics: Vec::new(),
            on_step: RefCell::default(),
            on_epoch: RefCell::default(),
            #[cfg(feature = "std")]
            checkpoint: None,
            #[cfg(feature = "progress")]
            bar: None,
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

    /// Takes the samples of each epoch in an order of its own, which follows from the seed and the epoch. A
    /// [stream](source::stream) is shuffled within a window.
    pub fn shuffle(self, seed: u64) -> Self {
        Self { shuffle: Some(seed), ..self }
    }

    /// Sample `i` counts `weights[i]` times in losses and gradients, as in
    /// [`step_weighted`](crate::Trainer::step_weighted). Samples of validation count once.
    ///
    /// A batch in which all weights are zero is passed over.
    pub fn weights(self, weights: &'a [N::Scalar]) -> Self {
        Self { weights: Some(weights), ..self }
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

    /// Called after each update, after the callbacks that were given before it.
    pub fn on_step(self, call: impl FnMut(&mut Progress<'_, N>) + 'a) -> Self {
        self.on_step.borrow_mut().push(Box::new(call));
        self
    }

    /// Called after each epoch, after the callbacks that were given before it. A callback that looks at the network needs
    /// its type, `Fit::<Net, _>::epochs(20)`.
    pub fn on_epoch(self, call: impl FnMut(&mut Progress<'_, N>) + 'a) -> Self {
        self.on_epoch.borrow_mut().push(Box::new(call));
        self
    }

    /// Ends the run in good order once the condition holds: it is asked after each update, and what remains of the epoch is
    /// left out; its row is measured all the same. From a `checkpoint` the run goes on where it was.
    ///
    /// For a signal, a button, a time limit:
    ///
    /// ```
    /// # use backprop::prelude::*;
    /// # use std::time::{Duration, Instant};
    /// # #[network(input = 1, layers = [dense(1)], loss = mse)]
    /// # struct Net;
    /// # fn main() -> Result<(), backprop::Error> {
    /// # let (mut net, mut trainer) = (Net::zeroed(), Trainer::new(Sgd::new(0.1)));
    /// let start = Instant::now();
    /// let fit = Fit::epochs(usize::MAX).stop_when(move || start.elapsed() > Duration::from_millis(10));
    /// let history = trainer.fit(&mut net, &[[1.0]], &[[2.0]], &fit)?;
    /// assert!(history.stopped && net.predict(&[1.0])[0] > 1.9);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stop_when(self, mut condition: impl FnMut() -> bool + 'a) -> Self {
        self.on_step(move |progress| {
            if condition() {
                progress.interrupt();
            }
        })
    }

    /// Ctrl-C ends the run in good order, as [`stop_when`](Self::stop_when) does: `fit` returns what has been reached. A second
    /// Ctrl-C ends the program. The handler, one for the program, stays in place.
    ///
    /// # Errors
    /// [`Error::NoInterrupt`] if the program handles Ctrl-C already: let its handler set a flag, and give that to `stop_when`.
    #[cfg(feature = "ctrlc")]
    pub fn stop_on_ctrl_c(self) -> Result<Self, Error> {
        Ok(self.stop_when(interrupt::watch()?))
    }

    /// Shows how the run goes on the standard error stream: on a terminal a bar with loss, samples per second and remaining time,
    /// and anywhere a line for each epoch.
    #[cfg(feature = "progress")]
    pub fn progress(self) -> Self {
        let bar = alloc::rc::Rc::new(bar::Bar::new());
        let (step, epoch) = (alloc::rc::Rc::clone(&bar), alloc::rc::Rc::clone(&bar));
        let fit =
            self.on_step(move |progress| step.step(progress)).on_epoch(move |progress| epoch.epoch(progress));
        Self { bar: Some(bar), ..fit }
    }

    /// Divides the data into what is trained on and what is kept for validation.
    fn divide<'d>(&'d self, xs: &'d [N::Sample], ys: &'d [Y]) -> Result<[Data<'d, N, Y>; 2], Error> {
        if self.validation.is_some() || self.split <= 0.0 {
            return Ok([Some((xs, ys)), self.validation]);
        }
        let kept = xs.len() - ((xs.len() as f64 * self.split) as usize).min(xs.len());
        let ((xs, last_xs), (ys, last_ys)) = (xs.split_at(kept), ys.split_at(kept.min(ys.len())));
        if xs.is_empty() || last_xs.is_empty() {
            return Err(Error::EmptyBatch);
        }
        Ok([Some((xs, ys)), Some((last_xs, last_ys))])
    }
}
