//! Trains a network on handwritten digits, measures it on others, and writes its weights to a file.
//!
//! ```sh
//! cargo run --release --example mnist
//! cargo run --release --example mnist -- --model mlp --epochs 2
//! cargo run --release --example mnist -- --load mnist-lenet5.safetensors
//! cargo run --release --example mnist -- --report mnist-report
//! ```

mod data;
mod measured;
mod report;
mod training;

use backprop::prelude::*;
use backprop::safetensors;
use backprop::tensorboard::Events;
use clap::{Parser, ValueEnum};
use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// LeNet-5 on 28×28 grey images (LeCun et al. 1998), with relu and max pooling.
#[network(
    input = [1, 28, 28],
    layers = [
        conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
        flatten,
        dense(120), relu,
        dense(84), relu,
        dense(10),
    ],
    loss = cross_entropy,
)]
struct LeNet5;

/// One hidden layer.
#[network(
    input = 784,
    layers = [dense(128), relu, dense(10)],
    loss = cross_entropy,
)]
struct Mlp;

/// Trains a network on the handwritten digits of MNIST.
#[derive(Parser)]
#[command(name = "mnist")]
struct Options {
    /// The network.
    #[arg(long, value_enum, default_value_t = Model::Lenet5)]
    model: Model,
    /// Times to go through the 60,000 training images [default: 5, or 0 with --load].
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Images in one step.
    #[arg(long, value_name = "N", default_value = "64", value_parser = batch)]
    batch: usize,
    /// Learning rate of the first step; it falls to 0 along a cosine.
    #[arg(long, value_name = "RATE", default_value = "0.002", value_parser = learning_rate)]
    learning_rate: f64,
    /// Seed of the first weights and of the order of the images: same seed, same result.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Folder of the four gzip files of MNIST [default: the project's examples/data/mnist].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start with the weights in FILE; without --epochs, only measure them.
    #[arg(long, value_name = "FILE")]
    load: Option<PathBuf>,
    /// Write the weights to FILE after each epoch [default: mnist-MODEL.safetensors in the current folder].
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Write report.html into the folder DIR: curves, confusion matrix, mistakes, filters, weights.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write curves of the run into the folder DIR, for TensorBoard.
    #[arg(long, value_name = "DIR")]
    tensorboard: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    /// 784-128-10, 101,770 parameters.
    Mlp,
    /// Two convolutions and three dense layers, 61,706 parameters.
    Lenet5,
}

impl Options {
    fn epochs(&self) -> usize {
        self.epochs.unwrap_or(if self.load.is_some() { 0 } else { 5 })
    }

    /// Where the weights go: nowhere if they were only read, unless asked for.
    fn save(&self) -> Option<PathBuf> {
        let default = match self.model {
            Model::Mlp => "mnist-mlp.safetensors",
            Model::Lenet5 => "mnist-lenet5.safetensors",
        };
        self.save.clone().or_else(|| (self.epochs() > 0).then(|| default.into()))
    }
}

fn batch(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=60_000) => Ok(size),
        _ => Err("expected a whole number from 1 to 60000".into()),
    }
}

fn learning_rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1.0 => Ok(rate),
        _ => Err("expected a number above 0 and at most 1".into()),
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut rng = backprop::rng(options.seed);
    let result = match options.model {
        Model::Mlp => run(&options, Mlp::boxed(&mut rng)),
        Model::Lenet5 => run(&options, LeNet5::boxed(&mut rng)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output, `head` for instance, has seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The whole job, for any network that reads a digit.
fn run<N: training::DigitReader>(options: &Options, mut net: N) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n", net.summary())?;
    if let Some(path) = &options.load {
        safetensors::load(&mut net, path)?;
        writeln!(out, "weights read from {}", path.display())?;
    }

    let folder = options.data.clone().unwrap_or_else(data::default_folder);
    let save = options.save();
    let test = data::Digits::read(&folder, &data::TEST)?;
    let mut trained = None;
    if options.epochs() > 0 {
        let train = data::Digits::read(&folder, &data::TRAIN)?;
        let plan = training::Plan {
            epochs: options.epochs(),
            batch: options.batch,
            learning_rate: options.learning_rate,
            seed: options.seed,
        };
        let mut trainer = Trainer::boxed(Adam::new(options.learning_rate));
        let events = options.tensorboard.as_ref().map(Events::create).transpose()?;
        let history =
            training::train(&mut trainer, &mut net, [&train, &test], &plan, events.as_ref(), |net| {
                save.as_ref().map_or(Ok(()), |path| safetensors::save(net, path))
            })?;
        events.as_ref().map_or(Ok(()), Events::finish)?;
        let seconds: f64 = history.epochs().iter().map(|row| row.seconds).sum();
        let samples = history.epochs().len() * train.images.len();
        writeln!(out, "{:.0} samples per second\n", samples as f64 / seconds)?;
        trained = Some((trainer, history));
    } else if let Some(path) = &save {
        safetensors::save(&net, path)?;
    }

    let (confusion, mistakes) = measured::Confusion::of(&net, &test)?;
    writeln!(out, "{confusion}")?;
    if let Some(path) = &save {
        writeln!(out, "weights written to {}", path.display())?;
    }
    if let Some(folder) = &options.report {
        let report = report::Report {
            net: &net,
            summary: net.summary().to_string(),
            history: trained.as_ref().map(|(_, history)| history),
            gradients: trained.as_ref().map(|(trainer, _)| trainer.gradients().flat()),
            test: &test,
            confusion: &confusion,
            mistakes: &mistakes,
        };
        writeln!(out, "report written to {}", report.write(folder)?.display())?;
    }
    writeln!(out, "test accuracy: {:.2} %", 100.0 * confusion.accuracy())?;
    Ok(())
}
