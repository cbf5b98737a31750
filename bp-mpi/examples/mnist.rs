//! Trains LeNet-5 on handwritten digits, on any number of machines, to the same bits.
//!
//! ```sh
//! cargo build --release --examples
//! mpirun -n 4 target/release/examples/mnist
//! mpirun -n 4 target/release/examples/mnist --checkpoint digits.checkpoint   # again after a fault: it goes on from there
//! ```

#[allow(dead_code, reason = "the example of the main package has another folder")]
#[path = "../../examples/mnist/data.rs"]
mod data;

use backprop::prelude::*;
use backprop::ranks::Sums;
use backprop::schedules::Cosine;
use backprop_mpi::World;
use data::Digits;
use std::error::Error;
use std::path::{Path, PathBuf};
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

const HELP: &str = "Trains a network on the handwritten digits of MNIST, on all ranks that `mpirun` has started.

  --epochs N         Times to go through the training images [5]
  --batch N          Images of a step, of all ranks together [512]
  --shards N         Shards of a batch: as many ranks give the same bits. 0 leaves the sums to MPI, which is faster and
                     gives other bits for another number of ranks [8]
  --threads N        Threads of each rank [1]
  --checkpoint FILE  Written by the first rank after each epoch, and where all go on from if it is there";

struct Options {
    epochs: usize,
    batch: usize,
    shards: usize,
    threads: usize,
    checkpoint: Option<PathBuf>,
}

impl Options {
    /// `None` where help was asked for.
    fn parse(mut arguments: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        use lexopt::Arg::Long;
        use lexopt::ValueExt as _;
        let mut options = Self { epochs: 5, batch: 512, shards: 8, threads: 1, checkpoint: None };
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("epochs") => options.epochs = arguments.value()?.parse()?,
                Long("batch") => options.batch = arguments.value()?.parse()?,
                Long("shards") => options.shards = arguments.value()?.parse()?,
                Long("threads") => options.threads = arguments.value()?.parse()?,
                Long("checkpoint") => options.checkpoint = Some(arguments.value()?.into()),
                Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn main() -> ExitCode {
    match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => backprop_mpi::run(|world| train(&world, &options)),
        Ok(None) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn train(world: &World, options: &Options) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/mnist");
    let (digits, others) = (Digits::read(&folder, &data::TRAIN)?, Digits::read(&folder, &data::TEST)?);
    let is_first = world.rank() == 0;

    let mut net = LeNet5::boxed(&mut backprop::rng(42));
    let mut trainer = Trainer::boxed(Adam::new(0.004));
    trainer.threads(options.threads)?;
    trainer.distribute(
        world.clone(),
        if options.shards == 0 { Sums::Fast } else { Sums::Fixed { shards: options.shards } },
    )?;
    let mut fit = Fit::<Box<LeNet5>, u8>::epochs(options.epochs)
        .batch(options.batch)
        .shuffle(1)
        .schedule_by_epoch(Cosine::new(0.004, options.epochs));
    if let Some(path) = &options.checkpoint {
        fit = fit.checkpoint(path);
    }
    if is_first {
        fit = fit.on_epoch(|progress| {
            let speed = progress.samples as f64 / progress.row.seconds;
            println!("epoch {}  loss {:.4}  {speed:.0} images a second", progress.epoch, progress.row.loss);
        });
    }
    trainer.fit(&mut net, &digits.images, &digits.labels, &fit)?;
    if is_first {
        let found = trainer.evaluate(&net, &others.images, &others.labels)?;
        let right = found.accuracy.unwrap_or(0.0);
        // FNV-1a, to compare runs.
        let bits = net.parameters().iter().flat_map(|number| number.to_le_bytes());
        let sum = bits.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        println!(
            "{} of 10000 digits are right; the parameters' bits sum up to {sum:016x}",
            (right * 1e4).round()
        );
        assert!(right > 0.9, "a network that has learnt reads more");
    }
    Ok(())
}
