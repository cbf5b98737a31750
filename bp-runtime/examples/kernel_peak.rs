//! Every kernel as a fraction of the machine's peak, measured in the same process.
//!
//! `cargo run --release -p backprop-runtime --features std --example kernel_peak [--avx2] [filter]`

use backprop_runtime::dispatch;
use backprop_runtime::layers::{Conv2d, Dense, MaxPool2d};
use backprop_runtime::simd::{Simd, SimdBase as _, SimdFloat as _};
use backprop_runtime::{Backward, Forward, Layer, Pass, Sample};
use std::hint::black_box;
use std::time::Instant;

/// The shortest time of one call, in seconds, over about a tenth of a second.
fn seconds(mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    run();
    let once = start.elapsed().as_secs_f64().max(1e-9);
    let repeat = (2e-3 / once).ceil().min(1e6) as usize;
    let mut best = f64::INFINITY;
    for _ in 0..40 {
        let start = Instant::now();
        for _ in 0..repeat {
            run();
        }
        best = best.min(start.elapsed().as_secs_f64() / repeat as f64);
    }
    best
}

/// Twelve chains, each in one register of the instruction set.
#[inline(always)]
fn multiply_adds<V: Simd>(v: V, x: f32, rounds: usize) -> f32 {
    let mut acc = [V::f32s::splat(v, x); 12];
    let factor = V::f32s::splat(v, black_box(0.999));
    for _ in 0..rounds * 16 / V::f32s::LEN {
        for acc in &mut acc {
            *acc = acc.mul_add(factor, factor);
        }
    }
    acc.into_iter().map(|acc| acc.reduce_sum()).sum()
}

/// Operations per second, two for each multiply-add.
fn peak() -> f64 {
    let rounds = 10_000;
    let time = seconds(|| {
        black_box(dispatch!(v => multiply_adds(v, black_box(1.0), rounds)));
    });
    (rounds * 12 * 16 * 2) as f64 / time
}

fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919) % 1000) as f32 / 1000.0 - 0.5).collect()
}

fn tile<const T: usize>(features: usize) -> Vec<[f32; T]> {
    numbers(features * T).as_chunks().0.to_vec()
}

struct Report {
    peak: f64,
    filter: String,
}

impl Report {
    fn line(&self, name: &str, operations: usize, run: impl FnMut()) {
        if !name.contains(&self.filter) {
            return;
        }
        let time = seconds(run);
        let rate = operations as f64 / time;
        let percent = 100.0 * rate / self.peak;
        println!("{name:40} {:9.2} µs {:7.1} GFLOP/s {percent:5.1} %", time * 1e6, rate / 1e9);
    }

    fn layer<const T: usize>(&self, name: &str, layer: &impl Layer<f32>, sizes: [usize; 5]) {
        let [inputs, outputs, parameters, scratch, multiply_adds] = sizes;
        let (x, mut y, dy) = (tile::<T>(inputs), tile::<T>(outputs), tile::<T>(outputs));
        let (mut dx, mut scratch) = (tile::<T>(inputs), tile::<T>(scratch));
        let (parameters, mut gradient) = (numbers(parameters), numbers(parameters));
        let pass = &Pass::PREDICTION;
        let operations = 2 * multiply_adds * T;
        self.line(&format!("{name} T={T} forward"), operations, || {
            let parameters = black_box(&parameters[..]);
            layer.forward(Forward { parameters, x: &x, y: &mut y, ..Forward::of(pass) });
            black_box(&y);
        });
        self.line(&format!("{name} T={T} dx"), operations, || {
            let parameters = black_box(&parameters[..]);
            layer.backward(Backward { parameters, dy: &dy, dx: &mut dx, ..Backward::of(pass) });
            black_box(&dx);
        });
        self.line(&format!("{name} T={T} dw"), operations, || {
            layer.backward(Backward {
                x: black_box(&x),
                dy: &dy,
                gradient: &mut gradient,
                scratch: &mut scratch,
                ..Backward::of(pass)
            });
            black_box(&gradient);
        });
        self.line(&format!("{name} T={T} first dw"), operations, || {
            layer.backward(Backward {
                x: black_box(&x),
                dy: &dy,
                gradient: &mut gradient,
                first: true,
                scratch: &mut scratch,
                ..Backward::of(pass)
            });
            black_box(&gradient);
        });
    }

    fn dense<const T: usize>(&self, inputs: usize, outputs: usize) {
        let layer = Dense::new(inputs, outputs);
        let sizes = [inputs, outputs, layer.parameters(), layer.scratch(), layer.multiply_adds()];
        self.layer::<T>(&format!("dense {inputs}x{outputs}"), &layer, sizes);
    }

    fn conv2d<const T: usize>(&self, name: &str, layer: Conv2d) {
        let sizes =
            [layer.inputs(), layer.outputs(), layer.parameters(), layer.scratch(), layer.multiply_adds()];
        self.layer::<T>(name, &layer, sizes);
    }

    fn max_pool2d<const T: usize>(&self, layer: MaxPool2d) {
        let (x, mut y, mut saved) =
            (tile::<T>(layer.inputs()), tile::<T>(layer.outputs()), tile::<T>(layer.saved()));
        let (dy, mut dx) = (tile::<T>(layer.outputs()), tile::<T>(layer.inputs()));
        let pass = &Pass::PREDICTION;
        let name = format!("max_pool2d {}x{}x{} T={T}", layer.channels, layer.height, layer.width);
        self.line(&format!("{name} predict"), layer.inputs() * T, || {
            layer.forward(Forward { x: black_box(&x), y: &mut y, ..Forward::of(pass) });
            black_box(&y);
        });
        self.line(&format!("{name} forward"), layer.inputs() * T, || {
            layer.forward(Forward { x: black_box(&x), y: &mut y, saved: &mut saved, ..Forward::of(pass) });
            black_box(&y);
        });
        self.line(&format!("{name} backward"), layer.inputs() * T, || {
            layer.backward(Backward { saved: &saved, dy: black_box(&dy), dx: &mut dx, ..Backward::of(pass) });
            black_box(&dx);
        });
    }

    fn load<const I: usize>(&self, tile: usize) {
        let samples: Vec<[f32; I]> = numbers(I * tile).as_chunks().0.to_vec();
        let mut x = numbers(I * tile);
        self.line(&format!("load {I} T={tile}"), I * tile, || {
            Sample::load(black_box(&samples[..]), &mut x, tile);
            black_box(&x);
        });
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    #[cfg(target_arch = "x86_64")]
    if arguments.next_if(|argument| argument == "--avx2").is_some() {
        backprop_runtime::simd::limit(backprop_runtime::simd::Limit::Avx2);
    }
    let report = Report { peak: peak(), filter: arguments.next().unwrap_or_default() };
    println!("peak {:.1} GFLOP/s", report.peak / 1e9);
    report.dense::<1>(784, 128);
    report.dense::<16>(784, 128);
    report.dense::<32>(784, 128);
    report.dense::<64>(784, 128);
    report.dense::<1>(128, 10);
    report.dense::<32>(128, 10);
    report.dense::<1>(32, 32);
    report.dense::<1>(8, 32);
    report.dense::<1>(2, 8);
    report.dense::<1>(8, 1);
    report.dense::<16>(256, 120);
    report.dense::<32>(256, 120);
    let conv1 = Conv2d::new([1, 28, 28], 6).kernel(5, 5);
    let conv2 = Conv2d::new([6, 12, 12], 16).kernel(5, 5);
    report.conv2d::<1>("conv1", conv1);
    report.conv2d::<16>("conv1", conv1);
    report.conv2d::<32>("conv1", conv1);
    report.conv2d::<1>("conv2", conv2);
    report.conv2d::<16>("conv2", conv2);
    report.conv2d::<32>("conv2", conv2);
    let large = Conv2d::new([32, 16, 16], 32).kernel(3, 3).padding(1, 1);
    report.conv2d::<1>("conv 32x16x16 3x3 same", large);
    report.conv2d::<16>("conv 32x16x16 3x3 same", large);
    let pointwise = Conv2d::new([32, 16, 16], 64);
    report.conv2d::<16>("conv 32x16x16 1x1", pointwise);
    let depthwise = Conv2d::new([32, 16, 16], 32).groups(32).kernel(3, 3).padding(1, 1);
    report.conv2d::<16>("depthwise 32x16x16 3x3 same", depthwise);
    report.max_pool2d::<1>(MaxPool2d::new([6, 24, 24]).kernel(2, 2));
    report.max_pool2d::<16>(MaxPool2d::new([6, 24, 24]).kernel(2, 2));
    report.max_pool2d::<32>(MaxPool2d::new([6, 24, 24]).kernel(2, 2));
    report.load::<784>(16);
    report.load::<784>(32);
}
