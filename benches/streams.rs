//! Networks that run one step of time at a time: single steps, blocks of 64, and one step of 1,024 streams.
//!
//! ```sh
//! cargo bench --bench streams              # all of them
//! cargo bench --bench streams -- gru       # those whose name contains it
//! ```
//!
//! Criterion measures and reports; an element is a step, so the inverse of `elem/s` is the time of one. Before a network is
//! measured, its steps and blocks are compared with the prediction of the whole, bit for bit: in an optimised build, in which the
//! steps of a small network are compiled as a whole.

use backprop::prelude::*;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;

macro_rules! networks {
    ($($name:ident = [$($layers:tt)*];)*) => { $(
        #[network(input = [32, 1], layers = [$($layers)*])]
        struct $name;
    )* };
}
networks! {
    Lstm8 = [lstm(8), dense(1)];
    Lstm16 = [lstm(16), dense(1)];
    Lstm40 = [lstm(40), dense(1)];
    Lstm2x8 = [lstm(8, layers = 2), dense(1)];
    Gru8 = [gru(8), dense(1)];
    Gru32 = [gru(32), dense(1)];
    Convolutions = [
        conv1d(8, kernel = 3, padding = causal), tanh, conv1d(8, kernel = 3, dilation = 2, padding = causal), tanh,
        conv1d(8, kernel = 3, dilation = 4, padding = causal), tanh, conv1d(8, kernel = 3, dilation = 8, padding = causal),
        tanh, dense(1),
    ];
}

/// Residual dilated convolutions of the sizes of Neural Amp Modeler's "standard": 12,976 multiply-adds a step.
macro_rules! wavenet {
    ($($dilation:literal)*) => {
        #[network(input = [32, 1], layers = [
            dense(16),
            $(residual[conv1d(16, kernel = 3, dilation = $dilation, padding = causal), tanh, dense(16)],)*
            dense(8),
            $(residual[conv1d(8, kernel = 3, dilation = $dilation, padding = causal), tanh, dense(8)],)*
            dense(1),
        ])]
        struct Wavenet;
    };
}
wavenet!(1 2 4 8 16 32 64 128 256 512);

#[network(input = [16, 8], layers = [gru(32), dense(4)])]
struct Agent;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// A step, and a block of 64, of a network with one input and one output.
fn streams<N>(group: &mut Group<'_>, name: &str, net: &N)
where
    N: Streaming<
            Scalar = f32,
            Sample = [f32; 32],
            Output = [f32; 32],
            StepSample = [f32; 1],
            StepOutput = [f32; 1],
        >,
{
    let xs: [[f32; 1]; 256] = std::array::from_fn(|step| [(step as f32 * 0.37).sin()]);
    let mut ys = [[0.0; 1]; 256];
    let window: &[[f32; 1]; 32] = xs.first_chunk().expect("a window");
    let whole = net.predict(window.as_flattened().try_into().expect("a window"));
    let (mut state, mut again) = (N::START, N::START);
    assert!(window.iter().zip(whole).all(|(x, y)| net.step(x, &mut state) == [y]), "{name}: steps");
    net.step_block(window, &mut ys[..32], &mut again).expect("as many places as steps");
    assert_eq!(ys[..32].as_flattened(), whole, "{name}: a block");

    group.throughput(Throughput::Elements(256));
    group.bench_function(BenchmarkId::new(name, "step"), |bencher| {
        bencher.iter(|| {
            for x in &xs {
                black_box(net.step(x, &mut state));
            }
        });
    });
    group.bench_function(BenchmarkId::new(name, "block of 64"), |bencher| {
        bencher.iter(|| {
            for (xs, ys) in xs.chunks(64).zip(ys.chunks_mut(64)) {
                net.step_block(xs, ys, &mut state).expect("as many places as steps");
            }
            black_box(&ys);
        });
    });
}

/// One step of 1,024 streams, together and one after the other.
fn many(group: &mut Group<'_>) {
    let net = Agent::new(&mut backprop::rng(1));
    let xs: Vec<[f32; 8]> =
        (0..1024).map(|agent| std::array::from_fn(|feature| ((agent * 8 + feature) as f32).sin())).collect();
    let (mut ys, mut states) = (vec![[0.0; 4]; 1024], vec![Agent::state(); 1024]);
    group.throughput(Throughput::Elements(1024));
    group.bench_function("1,024 GRU 32/together", |bencher| {
        bencher.iter(|| net.step_batch(&xs, &mut ys, &mut states).expect("as many places as streams"));
    });
    group.bench_function("1,024 GRU 32/one by one", |bencher| {
        bencher.iter(|| {
            for (x, (y, state)) in xs.iter().zip(ys.iter_mut().zip(&mut states)) {
                net.step_into(x, y, state);
            }
        });
    });
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    let mut group = criterion.benchmark_group("streams");
    let rng = &mut backprop::rng(1);
    streams(&mut group, "LSTM 8", &Lstm8::new(rng));
    streams(&mut group, "LSTM 16", &Lstm16::new(rng));
    streams(&mut group, "LSTM 40", &Lstm40::new(rng));
    streams(&mut group, "LSTM 2×8", &Lstm2x8::new(rng));
    streams(&mut group, "GRU 8", &Gru8::new(rng));
    streams(&mut group, "GRU 32", &Gru32::new(rng));
    streams(&mut group, "convolutions", &Convolutions::new(rng));
    streams(&mut group, "WaveNet", &Wavenet::new(rng));
    many(&mut group);
    group.finish();
    criterion.final_summary();
}
