//! The workloads, each as a fraction of the machine's peak in the same rounds.
//!
//! ```sh
//! cargo bench --bench workloads              # all of them
//! cargo bench --bench workloads -- W3 W6     # those whose name contains one of the words
//! cargo bench --bench workloads -- --serve   # for benches/peers: a name in, seconds of one call out
//! ```
//!
//! Rounds are interleaved: every workload has its turn in each, so that a busy minute of the machine hits all
//! of them. A figure is the median over rounds, a fraction the median of fractions.

mod support;

use backprop::prelude::*;
use std::time::Instant;
use support::*;

const ROUNDS: usize = 9;
/// Seconds of a workload in a round.
const TURN: f64 = 0.02;

struct Workload {
    name: &'static str,
    /// Floating-point operations of a call.
    operations: usize,
    /// What one call does several of: steps.
    parts: usize,
    run: Box<dyn FnMut()>,
    repeat: usize,
    seconds: Vec<f64>,
}

fn workload(name: &'static str, operations: usize, parts: usize, run: impl FnMut() + 'static) -> Workload {
    Workload { name, operations, parts, run: Box::new(run), repeat: 1, seconds: Vec::new() }
}

fn all() -> Vec<Workload> {
    let mlp = training::<Mlp>(784 * 128);
    let lenet5 = training::<LeNet5>(6 * 24 * 24 * 25);
    let xor = training::<Xor>(2 * 8);
    vec![
        workload("W1 predict", predicting::<Tiny>(), 1, predict::<Tiny, 8>()),
        workload("W2 predict", predicting::<Digits>(), 1, predict::<Digits, 784>()),
        workload("W3 SGD 32", 32 * mlp, 1, train::<Mlp, _, 784>(Sgd::new(1e-4), 32)),
        workload("W3 SGD 128", 128 * mlp, 1, train::<Mlp, _, 784>(Sgd::new(1e-4), 128)),
        workload("W3 SGD 512", 512 * mlp, 1, train::<Mlp, _, 784>(Sgd::new(1e-4), 512)),
        workload("W3 Adam 32", 32 * mlp, 1, train::<Mlp, _, 784>(Adam::new(1e-6), 32)),
        workload("W3 Adam 128", 128 * mlp, 1, train::<Mlp, _, 784>(Adam::new(1e-6), 128)),
        workload("W3 Adam 512", 512 * mlp, 1, train::<Mlp, _, 784>(Adam::new(1e-6), 512)),
        workload("W4 predict", predicting::<LeNet5>(), 1, predict::<LeNet5, 784>()),
        workload("W4 Adam 128", 128 * lenet5, 1, train::<LeNet5, _, 784>(Adam::new(1e-6), 128)),
        workload(
            "head: W4 Adam 128",
            128 * TRAINING_HEAD,
            1,
            train::<LeNet5Head, _, 784>(Adam::new(1e-6), 128),
        ),
        workload("W4 Adam 2048", 2048 * lenet5, 1, train::<LeNet5, _, 784>(Adam::new(1e-6), 2048)),
        workload("tile 16: W3 32", 32 * mlp, 1, train::<MlpBy16, _, 784>(Sgd::new(1e-4), 32)),
        workload("tile 32: W3 32", 32 * mlp, 1, train::<MlpBy32, _, 784>(Sgd::new(1e-4), 32)),
        workload("tile 64: W3 32", 32 * mlp, 1, train::<MlpBy64, _, 784>(Sgd::new(1e-4), 32)),
        workload("tile 16: W3 128", 128 * mlp, 1, train::<MlpBy16, _, 784>(Sgd::new(1e-4), 128)),
        workload("tile 32: W3 128", 128 * mlp, 1, train::<MlpBy32, _, 784>(Sgd::new(1e-4), 128)),
        workload("tile 64: W3 128", 128 * mlp, 1, train::<MlpBy64, _, 784>(Sgd::new(1e-4), 128)),
        workload("tile 16: W4 128", 128 * lenet5, 1, train::<LeNet5By16, _, 784>(Sgd::new(1e-4), 128)),
        workload("tile 32: W4 128", 128 * lenet5, 1, train::<LeNet5By32, _, 784>(Sgd::new(1e-4), 128)),
        workload("tile 64: W4 128", 128 * lenet5, 1, train::<LeNet5By64, _, 784>(Sgd::new(1e-4), 128)),
        workload("W6 step", STEPS * xor, STEPS, exclusive_or::<Xor>()),
        workload("W6 step in tiles", STEPS * xor, STEPS, exclusive_or::<XorInTiles>()),
    ]
}

impl Workload {
    /// Seconds of one call now.
    fn measure(&mut self) -> f64 {
        let start = Instant::now();
        for _ in 0..self.repeat {
            (self.run)();
        }
        start.elapsed().as_secs_f64() / self.repeat as f64
    }

    fn prepare(&mut self) {
        self.measure();
        let once = self.measure();
        self.repeat = (TURN / once).ceil().clamp(1.0, 1e7) as usize;
    }

    fn rates(&self) -> impl Iterator<Item = f64> {
        self.seconds.iter().map(|seconds| self.operations as f64 / seconds)
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn time(seconds: f64) -> String {
    match seconds {
        0.0..1e-6 => format!("{:.1} ns", seconds * 1e9),
        1e-6..1e-3 => format!("{:.2} µs", seconds * 1e6),
        _ => format!("{:.3} ms", seconds * 1e3),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let serve = arguments.iter().any(|argument| argument == "--serve");
    let words: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let mut workloads = all();
    workloads.retain(|w| words.is_empty() || words.iter().any(|word| w.name.contains(*word)));
    workloads.insert(0, workload("peak", PEAK_OPERATIONS, 1, peak()));

    workloads.iter_mut().for_each(Workload::prepare);
    if serve {
        return answer(&mut workloads);
    }
    for _ in 0..ROUNDS {
        for workload in &mut workloads {
            let seconds = workload.measure();
            workload.seconds.push(seconds);
        }
    }

    let peak: Vec<f64> = workloads[0].rates().collect();
    println!("{:18} {:>10} {:>9} {:>8}", "", "time", "GFLOP/s", "of peak");
    for workload in &workloads {
        let seconds = median(workload.seconds.iter().copied()) / workload.parts as f64;
        let rate = median(workload.rates()) / 1e9;
        let percent = 100.0 * median(workload.rates().zip(&peak).map(|(rate, peak)| rate / peak));
        println!("{:18} {:>10} {rate:9.1} {percent:7.1} %", workload.name, time(seconds));
    }
}

/// Prints the names with their operations, then measures what is asked for, line by line.
fn answer(workloads: &mut [Workload]) {
    let names = workloads.iter().map(|w| format!(",{}={}", w.name, w.operations / w.parts));
    println!("ready{}", names.collect::<String>());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let seconds = workloads.iter_mut().find(|w| w.name == line).map(|w| w.measure() / w.parts as f64);
        println!("{:e}", seconds.unwrap_or(f64::NAN));
    }
}
