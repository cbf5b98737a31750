//! [`Trainer::fit`]: a run, from epoch to epoch.

use super::source::{Batch, Slices, Source};
use super::{Callbacks, Data, Epoch, Every, Fit, History, Progress};
use crate::network::{Network, Trainable};
use crate::optimizers::Optimizer;
use crate::total::Total;
use crate::trainer::batch::{check_samples, check_targets, check_weights};
use crate::trainer::{Evaluation, Trainer};
use crate::{AsTarget, Error, Scalar, Zeroed as _};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What a run carries from step to step.
pub(super) struct Run<'d, N: Network, Y> {
    batch: Batch<N::Sample, Y, N::Scalar>,
    /// What is evaluated after each epoch.
    pub(super) validation: Data<'d, N, Y>,
    /// What metrics are of.
    measured: Data<'d, N, Y>,
    outputs: Vec<N::Output>,
    scratch: Option<Box<N::BatchScratch>>,
    /// Samples of an epoch, if they are known.
    pub(super) total: Option<usize>,
    pub(super) steps: usize,
    pub(super) learning_rate: Option<N::Scalar>,
    pub(super) stopped: bool,
    /// Stopped from outside, in the middle of what it did.
    pub(super) interrupted: bool,
    pub(super) best: Option<Best<N::Scalar>>,
    /// A row for each epoch that is done.
    pub(super) epochs: Vec<Epoch<N::Scalar>>,
    /// Within the epoch that is under way.
    pub(super) place: Place<N::Scalar>,
    #[cfg(feature = "std")]
    pub(super) of_checkpoint: OfCheckpoint,
}

/// What a checkpoint tells of a run beside where it stands.
#[cfg(feature = "std")]
pub(super) struct OfCheckpoint {
    /// When the epoch that is under way began, or went on.
    pub(super) since: std::time::Instant,
    /// The trainer's when the run began.
    pub(super) seed: u64,
    /// Samples of an epoch as the source tells them before the first; 0 if it does not.
    pub(super) samples: usize,
}

/// The best epoch so far, with its parameters if they are to be restored.
pub(super) struct Best<S> {
    pub(super) epoch: usize,
    pub(super) watched: S,
    pub(super) parameters: Vec<S>,
}

/// What has been gone through of an epoch.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<S> {
    pub(super) samples: usize,
    /// Batches of which a sample counts.
    pub(super) batches: usize,
    pub(super) loss: Total<S>,
    pub(super) weight: Total<S>,
}

impl<N: Trainable, O: Optimizer> Trainer<N, O> {
    /// Trains for epochs over the data, as `fit` says, and tells what each has brought.
    ///
    /// The samples of a batch are copied together, so that they may come in any order. Data are looked at before the first
    /// step. An error after that ends the run where it stands: the steps before it have been taken. The sample that an error
    /// names is that in `xs`.
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
        let data = fit.check(xs, ys).and_then(|()| fit.divide(xs, ys));
        let [train, validation] = self.begin_run(fit.words(Some(xs.len())), data)?;
        let (xs, ys) = train.unwrap_or_default();
        let source = Slices::new(xs, ys, fit.weights);
        self.run(net, source, fit, [train, validation])
    }

    /// [`fit`](Self::fit) on samples that are made as they are needed: read from a file larger than memory, drawn, or changed at
    /// random in each epoch. See [`source`](super::source) for what may be one.
    ///
    /// # Errors
    /// As `fit`, and [`Error::NeedsSlices`] for settings that ask for data that can be gone through again.
    pub fn fit_from<Y: AsTarget<N::Target>>(
        &mut self,
        net: &mut N,
        source: impl Source<N::Sample, Y, N::Scalar>,
        fit: &Fit<'_, N, Y>,
    ) -> Result<History<N::Scalar>, Error> {
        let asked = [
            (fit.weights.is_some(), "weights"),
            (fit.split > 0.0 && fit.validation.is_none(), "split"),
            (!fit.metrics.is_empty() && fit.validation.is_none(), "metric"),
        ];
        let wrong = asked.into_iter().find(|(is_set, _)| *is_set);
        let possible = wrong.map_or(Ok(()), |(_, setting)| Err(Error::NeedsSlices { setting }));
        self.begin_run(fit.words(source.samples()), possible)?;
        self.run(net, source, fit, [None, fit.validation])
    }

    fn run<Y: AsTarget<N::Target>>(
        &mut self,
        net: &mut N,
        mut source: impl Source<N::Sample, Y, N::Scalar>,
        fit: &Fit<'_, N, Y>,
        [train, validation]: [Data<'_, N, Y>; 2],
    ) -> Result<History<N::Scalar>, Error> {
        let mut run = Run {
            batch: Batch::default(),
            validation,
            measured: validation.or(train),
            outputs: Vec::new(),
            scratch: None,
            total: source.samples(),
            steps: 0,
            learning_rate: None,
            stopped: false,
            interrupted: false,
            best: None,
            epochs: Vec::new(),
            place: Place::default(),
            #[cfg(feature = "std")]
            of_checkpoint: OfCheckpoint {
                since: std::time::Instant::now(),
                seed: self.seed,
                samples: source.samples().unwrap_or(0),
            },
        };
        #[cfg(feature = "std")]
        let mut underway = self.resume(net, fit, &mut run)?;
        #[cfg(not(feature = "std"))]
        let mut underway = None;
        #[cfg(feature = "progress")]
        let _bar = fit.bar.as_ref().map(|bar| bar.start());
        while run.epochs.len() < fit.epochs && !run.stopped && !run.is_out_of_patience(fit) {
            let row = underway.take();
            let row = row.unwrap_or_else(|| Epoch::new(run.epochs.len(), self.learning_rate()));
            self.whole_epoch(net, &mut source, fit, row, &mut run)?;
        }
        let best = run.best.as_ref().map_or(0, |best| best.epoch);
        if let (Some(_), Some(best)) = (fit.patience, run.best) {
            net.parameters_mut().as_mut().copy_from_slice(&best.parameters);
        }
        Ok(History { epochs: run.epochs, best, stopped: run.stopped })
    }

    /// An epoch, or what is left of it, and its row.
    fn whole_epoch<Y: AsTarget<N::Target>>(
        &mut self,
        net: &mut N,
        source: &mut impl Source<N::Sample, Y, N::Scalar>,
        fit: &Fit<'_, N, Y>,
        mut row: Epoch<N::Scalar>,
        run: &mut Run<'_, N, Y>,
    ) -> Result<(), Error> {
        #[cfg(feature = "std")]
        {
            run.of_checkpoint.since = std::time::Instant::now();
        }
        self.epoch(net, source, fit, &mut row, run)?;
        let samples = run.place.samples;
        run.total = Some(samples).filter(|_| !run.stopped).or(run.total);
        #[cfg(feature = "std")]
        let interrupted = run.interrupted;
        self.measure(net, fit, run, &mut row)?;
        #[cfg(feature = "std")]
        {
            row.seconds += run.of_checkpoint.since.elapsed().as_secs_f64();
        }
        run.compare(net, fit, &row);
        fit.tell(&fit.on_epoch, net, &row, samples, run);
        self.agree_to_stop(run)?;
        run.epochs.push(row);
        run.place = Place::default();
        // Of an epoch that was interrupted the checkpoint holds where.
        #[cfg(feature = "std")]
        if !interrupted {
            self.keep(net, fit, run, None)?;
        }
        Ok(())
    }

    /// The updates of an epoch.
    fn epoch<Y: AsTarget<N::Target>>(
        &mut self,
        net: &mut N,
        source: &mut impl Source<N::Sample, Y, N::Scalar>,
        fit: &Fit<'_, N, Y>,
        row: &mut Epoch<N::Scalar>,
        run: &mut Run<'_, N, Y>,
    ) -> Result<(), Error> {
        source.begin(row.epoch, fit.shuffle);
        self.compare_parameters();
        if run.place.samples > 0 {
            source.skip(run.place.samples, fit.batch);
        }
        while !run.stopped {
            run.batch.clear();
            source.fill(fit.batch, &mut run.batch);
            if run.batch.is_empty() {
                break;
            }
            let before = run.place.samples;
            let of_batch = self
                .accumulate_some(net, &run.batch)
                .map_err(|error| error.in_data(|sample| source.index(before + sample)))?;
            run.place.samples += run.batch.len();
            // A batch of which no sample counts is passed over.
            let Some(mean) = of_batch else { continue };
            run.place.loss.add(mean * run.batch.weight());
            run.place.weight.add(run.batch.weight());
            row.loss = run.place.loss.value() / run.place.weight.value();
            run.place.batches += 1;
            if run.place.batches.is_multiple_of(fit.accumulate) {
                self.tell_update(net, fit, row, run)?;
            }
        }
        if run.place.batches == 0 {
            return Err(if run.place.samples == 0 { Error::EmptyBatch } else { Error::NothingCounts });
        }
        // What has been added up since the last update.
        if self.samples > 0 && !run.stopped {
            self.tell_update(net, fit, row, run)?;
        }
        Ok(())
    }

    /// Adds the gradients of this rank's part of a batch; `None` if none of its samples counts.
    fn accumulate_some<Y: AsTarget<N::Target>>(
        &mut self,
        net: &mut N,
        batch: &Batch<N::Sample, Y, N::Scalar>,
    ) -> Result<Option<N::Scalar>, Error> {
        let part = self.part(batch.len());
        let xs = batch.xs().get(part.clone()).unwrap_or(&[]);
        let ys = batch.ys().get(part.clone()).unwrap_or(&[]);
        let result = match batch.weights() {
            None => self.accumulate(net, xs, ys),
            Some(weights) if weights.iter().all(|weight| *weight == N::Scalar::ZERO) => return Ok(None),
            Some(weights) => self.accumulate_weighted(net, xs, ys, weights.get(part.clone()).unwrap_or(&[])),
        };
        match result.map_err(|error| error.in_data(|sample| part.start + sample)) {
            Ok(loss) => Ok(Some(loss)),
            Err(Error::NothingCounts) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What stops one rank stops all.
    fn agree_to_stop<Y>(&mut self, run: &mut Run<'_, N, Y>) -> Result<(), Error> {
        run.stopped = self.any_rank(run.stopped)?;
        if run.stopped {
            run.interrupted = self.any_rank(run.interrupted)?;
        }
        Ok(())
    }

    fn learning_rate(&self) -> N::Scalar {
        N::Scalar::real(self.optimizer().learning_rate())
    }

    /// An update at the learning rate of the schedule, or the one that a callback has set.
    fn tell_update<Y>(
        &mut self,
        net: &mut N,
        fit: &Fit<'_, N, Y>,
        row: &mut Epoch<N::Scalar>,
        run: &mut Run<'_, N, Y>,
    ) -> Result<(), Error> {
        let scheduled = fit.schedule.as_ref().map(|(rate, every)| match every {
            Every::Step => rate(run.steps),
            Every::Epoch => rate(row.epoch),
        });
        if let Some(rate) = scheduled.or(run.learning_rate.take()) {
            self.set_learning_rate(rate.to_real());
        }
        self.update(net)?;
        run.steps += 1;
        row.learning_rate = self.learning_rate();
        fit.tell(&fit.on_step, net, row, run.place.samples, run);
        self.agree_to_stop(run)?;
        #[cfg(feature = "std")]
        if (fit.is_due(run.steps) && !run.stopped) || run.interrupted {
            self.keep(net, fit, run, Some(row))?;
        }
        Ok(())
    }

    /// Validation, and metrics.
    fn measure<Y: AsTarget<N::Target>>(
        &mut self,
        net: &N,
        fit: &Fit<'_, N, Y>,
        run: &mut Run<'_, N, Y>,
        row: &mut Epoch<N::Scalar>,
    ) -> Result<(), Error> {
        if let Some((xs, ys)) = run.validation {
            let found: Evaluation<N::Scalar> = self.evaluate(net, xs, ys)?;
            (row.validation_loss, row.validation_accuracy) = (Some(found.loss), found.accuracy);
            row.validation_heads.extend_from_slice(found.heads());
        }
        let Some((xs, ys)) = run.measured.filter(|_| !fit.metrics.is_empty()) else { return Ok(()) };
        run.outputs.resize(xs.len(), crate::flat::zero());
        let scratch = run.scratch.get_or_insert_with(N::BatchScratch::zeroed_box);
        net.predict_batch_with(scratch, xs, &mut run.outputs)?;
        row.metrics.extend(fit.metrics.iter().map(|(name, metric)| (*name, metric(&run.outputs, ys))));
        Ok(())
    }
}

impl<N: Trainable, Y> Run<'_, N, Y> {
    /// Keeps the epoch if it is the best so far.
    fn compare(&mut self, net: &N, fit: &Fit<'_, N, Y>, row: &Epoch<N::Scalar>) {
        let watched = row.validation_loss.unwrap_or(row.loss);
        if self.best.as_ref().is_some_and(|best| watched >= best.watched) {
            return;
        }
        let mut parameters = self.best.take().map(|best| best.parameters).unwrap_or_default();
        if fit.patience.is_some() {
            parameters.clear();
            parameters.extend_from_slice(net.parameters().as_ref());
        }
        self.best = Some(Best { epoch: row.epoch, watched, parameters });
    }

    /// Whether the last epoch was one too many without improvement.
    fn is_out_of_patience(&self, fit: &Fit<'_, N, Y>) -> bool {
        let (Some(patience), Some(best), Some(last)) = (fit.patience, &self.best, self.epochs.last()) else {
            return false;
        };
        last.epoch > best.epoch && last.epoch - best.epoch >= patience
    }
}

impl<N: Trainable, Y> Fit<'_, N, Y> {
    /// Looks at the data before the first step.
    fn check(&self, xs: &[N::Sample], ys: &[Y]) -> Result<(), Error>
    where
        Y: AsTarget<N::Target>,
    {
        Error::check_lengths("inputs", xs.len(), "targets", ys.len())?;
        if let Some(weights) = self.weights {
            check_weights(xs.len(), weights)?;
        }
        check_samples::<N>(xs)?;
        check_targets::<N, Y>(xs, ys, self.weights)
    }

    /// What must be the same on all ranks, of a run over so many samples.
    fn words(&self, samples: Option<usize>) -> [u64; 8] {
        let next = |number: Option<usize>| number.map_or(0, |number| number as u64 + 1);
        [
            self.epochs as u64,
            self.batch as u64,
            self.accumulate as u64,
            next(samples),
            next(self.validation.map(|(xs, _)| xs.len())),
            self.split.to_bits(),
            next(self.patience),
            self.shuffle.map_or(0, |seed| seed.wrapping_add(1)),
        ]
    }

    fn tell(
        &self,
        calls: &Callbacks<'_, N>,
        net: &mut N,
        row: &Epoch<N::Scalar>,
        samples: usize,
        run: &mut Run<'_, N, Y>,
    ) {
        // A callback that begins another run with the same settings is not called from there.
        let Ok(mut calls) = calls.try_borrow_mut() else { return };
        for call in calls.iter_mut() {
            call(&mut Progress {
                net,
                epoch: row.epoch,
                epochs: self.epochs,
                steps: run.steps,
                samples,
                total: run.total,
                row,
                learning_rate: &mut run.learning_rate,
                stopped: &mut run.stopped,
                interrupted: &mut run.interrupted,
            });
        }
    }
}
