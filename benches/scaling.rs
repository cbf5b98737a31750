//! How the time of a training step grows with width, depth and batch.
//!
//! ```sh
//! cargo bench --bench scaling              # a table of each; plots under target/criterion/*/report/lines.svg
//! cargo bench --bench scaling -- width
//! ```
//!
//! An element is a floating-point operation: where `Gelem/s` stays level, time is proportional to the work.

#[path = "support/measure.rs"]
mod measure;
#[path = "support/peak.rs"]
mod peak;

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use criterion::measurement::WallTime;
use criterion::{AxisScale, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration};
use measure::{Rate, measure};
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

/// A column of a table.
type Column = [String; 4];

/// Measures a step of plain gradient descent as one point of a group.
fn point<N, const I: usize>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    place: usize,
    batch: usize,
) -> Option<Column>
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
    let Rate { rate, most, part } = measure(group, BenchmarkId::from_parameter(place), operations, || {
        let loss = trainer.step(&mut net, black_box(&xs), black_box(&ys));
        assert!(black_box(loss).is_ok(), "the batch is valid");
    })?;
    let time = operations as f64 / rate / 1e3;
    Some([
        format!("{place}"),
        format!("{time:.1}"),
        format!("{rate:.0} of {most:.0}"),
        format!("{part:.0} %"),
    ])
}

fn print(name: &str, columns: &[Column]) {
    if columns.is_empty() {
        return;
    }
    for (row, what) in [name, "µs", "GFLOP/s", "of the peak"].iter().enumerate() {
        let cells: String = columns.iter().map(|column| format!(" {} |", column[row])).collect();
        println!("| {what} |{cells}");
        if row == 0 {
            println!("|---|{}", "---:|".repeat(columns.len()));
        }
    }
    println!();
}

/// Groups of points: of each its number, its batch, and its network with the length of an input.
macro_rules! groups {
    ($criterion:ident; $($name:literal {
        $($place:literal, $batch:literal, $net:ident, $inputs:literal;)*
    })*) => { $(
        let mut group = $criterion.benchmark_group($name);
        group.plot_config(PlotConfiguration::default().summary_scale(AxisScale::Logarithmic));
        let columns = [$(point::<$net, $inputs>(&mut group, $place, $batch)),*];
        group.finish();
        print($name, &columns.into_iter().flatten().collect::<Vec<_>>());
    )* };
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    groups! { criterion;
        "width" {
            16, 64, Width16, 16;
            32, 64, Width32, 32;
            64, 64, Width64, 64;
            128, 64, Width128, 128;
            256, 64, Width256, 256;
            512, 64, Width512, 512;
            1024, 64, Width1024, 1024;
        }
        "depth" {
            1, 64, Depth1, 64;
            2, 64, Depth2, 64;
            4, 64, Depth4, 64;
            8, 64, Depth8, 64;
            16, 64, Depth16, 64;
            32, 64, Depth32, 64;
            64, 64, Depth64, 64;
        }
        "batch" {
            1, 1, Width128, 128;
            2, 2, Width128, 128;
            4, 4, Width128, 128;
            8, 8, Width128, 128;
            16, 16, Width128, 128;
            32, 32, Width128, 128;
            64, 64, Width128, 128;
            128, 128, Width128, 128;
            256, 256, Width128, 128;
            512, 512, Width128, 128;
            1024, 1024, Width128, 128;
        }
    }
    criterion.final_summary();
}
