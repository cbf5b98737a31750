//! Training, written once for every network that reads a digit.

use crate::data::{Digits, Image};
use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use backprop::safetensors;
use backprop::sample::Class;
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::f64::consts::PI;
use std::time::{Duration, Instant};

/// A network with an image as input, a score for each of ten digits as output, and a loss that takes a
/// label. Any network that is declared so is one.
pub(crate) trait DigitReader:
    Trainable<Scalar = f32, Sample = Image, Output = [f32; 10], Target = Class>
{
}

impl<N: Trainable<Scalar = f32, Sample = Image, Output = [f32; 10], Target = Class>> DigitReader for N {}

/// How long to train, and in what steps.
pub(crate) struct Schedule {
    /// Times to go through all images.
    pub(crate) epochs: usize,
    /// Images in one step.
    pub(crate) batch: usize,
    /// Learning rate of the first step.
    pub(crate) learning_rate: f64,
}

impl Schedule {
    /// The learning rate after a part of the training, from 0 to 1: half a cosine, from its top down to 0.
    fn learning_rate(&self, done: f64) -> f64 {
        self.learning_rate * 0.5 * (1.0 + (PI * done).cos())
    }
}

/// Trains a network on shuffled digits, with `save` called after each epoch. Returns samples per second.
pub(crate) fn train<N: DigitReader, O: Optimizer>(
    trainer: &mut Trainer<N, O>,
    net: &mut N,
    digits: &Digits,
    schedule: &Schedule,
    mut rng: backprop::Rng,
    save: impl Fn(&N) -> Result<(), safetensors::Error>,
) -> Result<f64, Box<dyn Error>> {
    let mut order: Vec<usize> = (0..digits.images.len()).collect();
    let steps = order.len().div_ceil(schedule.batch) * schedule.epochs;
    let mut step = 0;
    let mut time = Duration::ZERO;
    for epoch in 1..=schedule.epochs {
        shuffle(&mut order, &mut rng);
        let progress = Progress::new(epoch, schedule.epochs, order.len());
        let mut epoch = Epoch::default();
        let start = Instant::now();
        for indices in order.chunks(schedule.batch) {
            trainer.set_learning_rate(schedule.learning_rate(step as f64 / steps as f64));
            epoch.step(trainer, net, digits, indices)?;
            progress.show(&epoch);
            step += 1;
        }
        time += start.elapsed();
        progress.finish(&epoch);
        save(net)?;
    }
    Ok((schedule.epochs * order.len()) as f64 / time.as_secs_f64())
}

/// What an epoch has brought so far.
#[derive(Default)]
struct Epoch {
    samples: usize,
    correct: usize,
    loss: f64,
    // The images and labels of a step, in a row.
    images: Vec<Image>,
    labels: Vec<u8>,
}

impl Epoch {
    /// One step with the digits at `indices`.
    fn step<N: DigitReader, O: Optimizer>(
        &mut self,
        trainer: &mut Trainer<N, O>,
        net: &mut N,
        digits: &Digits,
        indices: &[usize],
    ) -> Result<(), backprop::Error> {
        let Self { correct, images, labels, .. } = self;
        images.clear();
        images.extend(indices.iter().map(|&index| digits.images[index]));
        labels.clear();
        labels.extend(indices.iter().map(|&index| digits.labels[index]));
        // `trainer.step(net, images, labels)` does the same, and does not say how many were right.
        let loss = trainer.step_with(net, images, |sample, scores, gradient| {
            let digit = Class::from(labels[sample]);
            *correct += usize::from(N::LOSS.is_correct(scores, &digit) == Some(true));
            N::LOSS.sample(scores, &digit, gradient).loss
        })?;
        self.loss += f64::from(loss) * indices.len() as f64;
        self.samples += indices.len();
        Ok(())
    }
}

impl std::fmt::Display for Epoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let samples = self.samples as f64;
        write!(f, "loss {:.4}  accuracy {:.2} %", self.loss / samples, 100.0 * self.correct as f64 / samples)
    }
}

/// A bar for an epoch, or a line at its end where there is no terminal to draw on.
struct Progress {
    bar: ProgressBar,
    name: String,
}

impl Progress {
    fn new(epoch: usize, epochs: usize, samples: usize) -> Self {
        let name = format!("epoch {epoch}/{epochs}");
        let style = "{prefix} [{bar:30}] {pos}/{len}  {msg}  {elapsed}";
        let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(samples as u64)
            .with_style(style.progress_chars("=> "))
            .with_prefix(name.clone());
        Self { bar, name }
    }

    fn show(&self, epoch: &Epoch) {
        self.bar.set_position(epoch.samples as u64);
        if !self.bar.is_hidden() {
            self.bar.set_message(epoch.to_string());
        }
    }

    fn finish(self, epoch: &Epoch) {
        if self.bar.is_hidden() {
            eprintln!("{}  {epoch}", self.name);
        }
        self.bar.abandon();
    }
}

/// Puts the items into an order drawn from `rng` (Fisher and Yates).
fn shuffle<T>(items: &mut [T], rng: &mut backprop::Rng) {
    for last in (1..items.len()).rev() {
        // The upper half of a product is a number from 0 to `last`.
        let random = u128::from(rng.next_u64()) * (last as u128 + 1);
        items.swap(last, (random >> 64) as usize);
    }
}
