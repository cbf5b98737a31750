//! Training, written once for every network that reads a digit.

use crate::data::{Digits, Image};
use backprop::prelude::*;
use backprop::safetensors;
use backprop::schedules::Cosine;
use backprop::tensorboard::Events;
use backprop::trainer::History;
use std::error::Error;

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

/// Trains a network on shuffled digits, measures it on others and calls `save` after each epoch.
pub(crate) fn train<N: DigitReader, O: Optimizer>(
    trainer: &mut Trainer<N, O>,
    net: &mut N,
    [digits, test]: [&Digits; 2],
    plan: &Plan,
    events: Option<&Events>,
    save: impl Fn(&N) -> Result<(), safetensors::Error>,
) -> Result<History<f32>, Box<dyn Error>> {
    let steps = digits.images.len().div_ceil(plan.batch) * plan.epochs;
    let mut saved = Ok(());
    let mut fit = Fit::<N, u8>::epochs(plan.epochs)
        .batch(plan.batch)
        .shuffle(plan.seed)
        .schedule(Cosine::new(plan.learning_rate, steps))
        .validate(&test.images, &test.labels)
        .progress()
        .stop_on_ctrl_c()?
        .on_epoch(|progress| {
            saved = save(progress.net);
            if saved.is_err() {
                progress.stop();
            }
        });
    if let Some(events) = events {
        fit = fit.on_step(|progress| events.step(progress)).on_epoch(|progress| events.epoch(progress));
    }
    let history = trainer.fit(net, &digits.images, &digits.labels, &fit)?;
    drop(fit);
    saved?;
    Ok(history)
}
