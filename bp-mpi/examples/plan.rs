//! What a step over ranks takes, part by part, and whether the model of `PLAN.md` says so.
//!
//! ```sh
//! mpirun -n 2 target/release/examples/plan
//! ```

use backprop::prelude::*;
use backprop::ranks::{self, Communicator, Sums};
use backprop_mpi::World;
use std::process::ExitCode;
use std::time::Instant;

/// LeNet-5, 61,706 parameters.
#[network(
    input = [1, 28, 28],
    layers = [
        conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
        flatten, dense(120), relu, dense(84), relu, dense(10),
    ],
    loss = cross_entropy,
)]
struct LeNet5;

/// 10.5 million parameters.
#[network(input = 784, layers = [dense(2816), relu, dense(2816), relu, dense(128), relu, dense(10)], loss = cross_entropy)]
struct Wide;

/// Seconds of the fastest of some rounds, in which all ranks begin together.
fn seconds(
    world: &mut World,
    rounds: usize,
    mut f: impl FnMut(&mut World) -> Result<(), backprop::Error>,
) -> Result<f64, backprop::Error> {
    let mut all = vec![0; world.size()];
    let mut least = f64::INFINITY;
    for _ in 0..rounds {
        Communicator::<f32>::gather(world, &[0], &mut all)?;
        let start = Instant::now();
        f(world)?;
        let own = start.elapsed().as_secs_f64().to_bits();
        // A step is over when the last rank has taken it.
        Communicator::<f32>::gather(world, &[own], &mut all)?;
        let slowest = all.iter().map(|bits| f64::from_bits(*bits)).fold(0.0, f64::max);
        least = least.min(slowest);
    }
    Ok(least)
}

/// Microseconds of a step over all ranks, of what one rank computes of it alone, and of the sum of its gradients.
fn step<N>(world: &mut World, batch: usize, rounds: usize) -> Result<[f64; 3], backprop::Error>
where
    N: Trainable<Scalar = f32, Sample = [f32; 784], Target = Class> + Zeroed,
{
    use backprop::typenum::Unsigned as _;
    let mut net = N::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<N, _>::boxed(Adam::new(1e-4));
    trainer.distribute(world.clone(), Sums::Fixed { shards: 8 })?;
    let part = trainer.part(batch);
    let (xs, ys) = (vec![[0.5; 784]; part.len()], vec![3_u8; part.len()]);
    let over_ranks = seconds(world, rounds, |_| trainer.step(&mut net, &xs, &ys).map(drop))?;
    let mut alone = Trainer::<N, _>::boxed(Adam::new(1e-4));
    let computes = seconds(world, rounds, |_| alone.step(&mut net, &xs, &ys).map(drop))?;
    let (mut values, mut room) = (vec![0.0; N::Trained::USIZE], vec![0.0; N::Trained::USIZE]);
    let sums = seconds(world, rounds, |world| ranks::sum_in_tree(world, &mut values, &mut room))?;
    Ok([over_ranks, computes, sums].map(|seconds| seconds * 1e6))
}

fn plan(mut world: World) -> Result<(), backprop::Error> {
    let (rank, size) = (world.rank(), world.size());
    if size > 1 {
        let other = rank ^ 1;
        for numbers in [1, 1024, 61_706, 1 << 20] {
            let (own, mut theirs) = (vec![1.0_f32; numbers], vec![0.0; numbers]);
            let time = seconds(&mut world, 50, |world| world.exchange(other, &own, &mut theirs))?;
            if rank == 0 {
                let bytes = 4.0 * numbers as f64;
                println!("{bytes:9} bytes each way {:9.1} us {:6.2} GB/s", time * 1e6, bytes / time / 1e9);
            }
        }
        let mut all = vec![0; 23 * size];
        let time = seconds(&mut world, 200, |world| Communicator::<f32>::gather(world, &[1; 23], &mut all))?;
        if rank == 0 {
            println!("gather of 23 words {:9.1} us", time * 1e6);
        }
    }
    for (name, batch, [step, computes, sums]) in [
        ("LeNet-5", 512, step::<LeNet5>(&mut world, 512, 30)?),
        ("LeNet-5", 4096, step::<LeNet5>(&mut world, 4096, 10)?),
        ("10.5 M", 512, step::<Wide>(&mut world, 512, 5)?),
    ] {
        if rank == 0 {
            let speed = batch as f64 / step * 1e6;
            println!(
                "{name:8} batch {batch:4} on {size}: step {step:9.0} us, {speed:7.0} samples/s; computes {computes:9.0}, sums {sums:8.0}"
            );
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    backprop_mpi::run(plan)
}
