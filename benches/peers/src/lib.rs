//! What the programs here share: the conversation with `run.py`, and checks that they compute something.

use std::time::{Duration, Instant};

/// The least that a measurement takes.
const TURN: Duration = Duration::from_millis(20);
/// Steps of a call of [`exclusive_or`].
const STEPS: usize = 10_000;

/// Inputs of exclusive or.
pub const XOR_INPUTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// Outputs of exclusive or.
pub const XOR_TARGETS: [[f32; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];

/// Something to measure.
pub struct Workload {
    pub name: String,
    /// Floating-point operations of a call; 0 where nobody asks.
    pub operations: usize,
    pub run: Box<dyn FnMut()>,
}

impl Workload {
    pub fn new(name: impl Into<String>, run: impl FnMut() + 'static) -> Self {
        Self { name: name.into(), operations: 0, run: Box::new(run) }
    }
}

/// Prints the names with their operations, then measures what is asked for, line by line.
pub fn serve(mut workloads: Vec<Workload>) {
    let names: String = workloads.iter().map(|w| format!("\t{}={}", w.name, w.operations)).collect();
    println!("ready{names}");
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let workload = workloads.iter_mut().find(|w| w.name == line).expect("a name of the first line");
        println!("{:e}", seconds(&mut workload.run));
    }
}

/// Seconds of one call: of several in a row, twice as many each time until they take long enough.
fn seconds(run: &mut dyn FnMut()) -> f64 {
    let mut calls = 1;
    loop {
        let start = Instant::now();
        for _ in 0..calls {
            run();
        }
        let taken = start.elapsed();
        if taken >= TURN {
            return taken.as_secs_f64() / f64::from(calls);
        }
        calls *= 2;
    }
}

/// Calls `predict` with one of `xs`, in turns.
pub fn in_turns<X: 'static>(xs: Vec<X>, predict: impl Fn(&X) + 'static) -> impl FnMut() {
    let mut turn = 0;
    move || {
        turn = (turn + 1) % xs.len();
        predict(&xs[turn]);
    }
}

/// Calls `step`, which returns the loss of the same batch before each step: it must fall.
pub fn learning(mut step: impl FnMut() -> f32 + 'static) -> impl FnMut() {
    let first = step();
    let later = (0..10).map(|_| step()).fold(first, |_, loss| loss);
    assert!(later < first, "the loss went from {first} to {later}");
    move || assert!(step().is_finite())
}

/// Calls `step` with the number of one of the four samples, in turns; it returns the loss, which must fall.
pub fn exclusive_or(mut step: impl FnMut(usize) -> f32) {
    let losses: Vec<f32> = (0..STEPS).map(|i| step(i % 4)).collect();
    let (first, last): (f32, f32) = (losses[..4].iter().sum(), losses[STEPS - 4..].iter().sum());
    assert!(last < first, "the loss went from {first} to {last}");
}
