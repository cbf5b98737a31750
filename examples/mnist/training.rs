//! Training, written once for every network that reads a digit.

use crate::data::{Digits, Image};
use backprop::prelude::*;
use backprop::safetensors;
use backprop::schedules::Cosine;
use backprop::trainer::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::time::Duration;

/// A network with an image as input, a score for each of ten digits as output, and a loss that takes a
/// label. Any network that is declared so is one.
pub(crate) trait DigitReader:
    Trainable<Scalar = f32, Sample = Image, Output = [f32; 10], Target = Class>
{
}

impl<N: Trainable<Scalar = f32, Sample = Image, Output = [f32; 10], Target = Class>> DigitReader for N {}

/// How long to train, and in what steps.
pub(crate) struct Plan {
    /// Times to go through all images.
    pub(crate) epochs: usize,
    /// Images in one step.
    pub(crate) batch: usize,
    /// Learning rate of the first step; it falls to 0 along half a cosine.
    pub(crate) learning_rate: f64,
    /// Seed of the order of the images.
    pub(crate) seed: u64,
}

/// Trains a network on shuffled digits, with `save` called after each epoch. Returns samples per second.
pub(crate) fn train<N: DigitReader, O: Optimizer>(
    trainer: &mut Trainer<N, O>,
    net: &mut N,
    digits: &Digits,
    plan: &Plan,
    save: impl Fn(&N) -> Result<(), safetensors::Error>,
) -> Result<f64, Box<dyn Error>> {
    let samples = digits.images.len();
    let steps = samples.div_ceil(plan.batch) * plan.epochs;
    let bar = bar(samples)?;
    let mut saved = Ok(());
    let fit = Fit::<N, u8>::epochs(plan.epochs)
        .batch(plan.batch)
        .shuffle(plan.seed)
        .schedule(Cosine::new(plan.learning_rate, steps))
        .on_step(|progress| {
            bar.set_prefix(format!("epoch {}/{}", progress.epoch + 1, plan.epochs));
            bar.set_position(progress.samples as u64);
            bar.set_message(format!("loss {:.4}", progress.row.loss));
        })
        .on_epoch(|progress: &mut Progress<'_, N>| {
            // Above the bar, or alone where there is no terminal to draw one on.
            let Progress { epoch, row, .. } = progress;
            let time = Duration::from_secs_f64(row.seconds);
            let line = format!("epoch {}/{}  loss {:.4}  {time:.1?}", *epoch + 1, plan.epochs, row.loss);
            bar.suspend(|| eprintln!("{line}"));
            saved = save(progress.net);
            if saved.is_err() {
                progress.stop();
            }
        });
    let history = trainer.fit(net, &digits.images, &digits.labels, &fit)?;
    drop(fit);
    bar.finish_and_clear();
    saved?;
    let seconds: f64 = history.epochs().iter().map(|row| row.seconds).sum();
    Ok((history.epochs().len() * samples) as f64 / seconds)
}

/// A bar for an epoch; hidden where there is no terminal.
fn bar(samples: usize) -> Result<ProgressBar, Box<dyn Error>> {
    let style =
        ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len}  {msg}  {per_sec}  {eta} left")?;
    Ok(ProgressBar::new(samples as u64).with_style(style.progress_chars("=> ")))
}
