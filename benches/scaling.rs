//! How the time of a training step grows with width, depth and batch.
//!
//! ```sh
//! cargo bench --bench scaling              # numbers, and plots under target/criterion/*/report/lines.svg
//! cargo bench --bench scaling -- width
//! ```
//!
//! An element is a floating-point operation: where `Gelem/s` stays level, time is proportional to the work.

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

/// Networks that differ in one number.
macro_rules! networks {
    ($($name:ident: $width:literal, $depth:literal;)*) => { $(
        #[network(
            input = $width,
            layers = [repeat($depth)[dense($width), tanh], dense(10)],
            loss = cross_entropy,
        )]
        struct $name;
    )* };
}
networks! {
    Width16: 16, 2;
    Width32: 32, 2;
    Width64: 64, 2;
    Width128: 128, 2;
    Width256: 256, 2;
    Width512: 512, 2;
    Width1024: 1024, 2;
    Depth1: 64, 1;
    Depth2: 64, 2;
    Depth4: 64, 4;
    Depth8: 64, 8;
    Depth16: 64, 16;
    Depth32: 64, 32;
    Depth64: 64, 64;
}

/// Measures a step of plain gradient descent as one point of a group.
fn measure<N, const I: usize>(criterion: &mut Criterion, group: &str, place: usize, batch: usize)
where
    N: Trainable<Scalar = f32, Sample = [f32; I], Target = Class> + Zeroed,
{
    let mut rng = backprop::rng(1);
    let mut number = || 2.0 * f32::uniform(rng.next_u64()) - 1.0;
    let xs: Vec<[f32; I]> = (0..batch).map(|_| std::array::from_fn(|_| number())).collect();
    let ys: Vec<u8> = (0..batch).map(|sample| (sample % 10) as u8).collect();
    let mut net = N::boxed(&mut rng);
    let mut trainer = Trainer::<N, _>::boxed(Sgd::new(1e-4));
    // Forward, weights and inputs; nobody asks for the gradient of the network's input.
    let operations = 2 * batch * (3 * N::MULTIPLY_ADDS - I * I);
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(operations as u64));
    group.bench_function(BenchmarkId::from_parameter(place), |bencher| {
        bencher.iter(|| {
            let loss = trainer.step(&mut net, black_box(&xs), black_box(&ys));
            assert!(black_box(loss).is_ok(), "the batch is valid");
        });
    });
    group.finish();
}

fn width(criterion: &mut Criterion) {
    measure::<Width16, 16>(criterion, "width", 16, 64);
    measure::<Width32, 32>(criterion, "width", 32, 64);
    measure::<Width64, 64>(criterion, "width", 64, 64);
    measure::<Width128, 128>(criterion, "width", 128, 64);
    measure::<Width256, 256>(criterion, "width", 256, 64);
    measure::<Width512, 512>(criterion, "width", 512, 64);
    measure::<Width1024, 1024>(criterion, "width", 1024, 64);
}

fn depth(criterion: &mut Criterion) {
    measure::<Depth1, 64>(criterion, "depth", 1, 64);
    measure::<Depth2, 64>(criterion, "depth", 2, 64);
    measure::<Depth4, 64>(criterion, "depth", 4, 64);
    measure::<Depth8, 64>(criterion, "depth", 8, 64);
    measure::<Depth16, 64>(criterion, "depth", 16, 64);
    measure::<Depth32, 64>(criterion, "depth", 32, 64);
    measure::<Depth64, 64>(criterion, "depth", 64, 64);
}

fn batch(criterion: &mut Criterion) {
    for batch in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] {
        measure::<Width128, 128>(criterion, "batch", batch, batch);
    }
}

criterion_group! {
    name = scaling;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = width, depth, batch
}
criterion_main!(scaling);
