//! Steps under the realtime sanitizer of the nightly compiler: a function that is marked so may not allocate, lock, wait, or
//! call the system. With the argument `control` one does, which must be found.
#![feature(sanitize)]

use backprop::{StateOf, Streaming as _, prelude::*};

/// A recurrent network that is compiled as a whole.
#[network(input = [64, 1], layers = [lstm(16), dense(1)])]
struct Amplifier;

/// One that is not.
#[network(input = [64, 8], layers = [gru(40, layers = 2), layer_norm, rnn(40, activation = relu), last, dense(4), softmax])]
struct Agent;

/// Causal convolutions.
#[network(input = [64, 1], layers = [
    conv1d(8, kernel = 3, padding = causal),
    repeat(2)[residual[
        product[[conv1d(8, kernel = 2, dilation = 4, padding = causal), tanh], [conv1d(8, kernel = 2, dilation = 4, padding = causal), sigmoid]],
        batch_norm,
    ]],
    concat(axis = 1)[[gelu], [dense(3), prelu]], dense(1),
])]
struct Wave;

/// Letters.
#[network(input = 32, layers = [embedding(27, 8), lstm(12, projection = 6), rms_norm, dense(27), log_softmax])]
struct Letters;

#[sanitize(realtime = "nonblocking")]
fn steps<N: Streaming>(net: &N, x: &N::StepSample, y: &mut N::StepOutput, state: &mut StateOf<N>) {
    for _ in 0..100 {
        net.step_into(x, y, state);
    }
}

#[sanitize(realtime = "nonblocking")]
fn together(
    net: &Amplifier,
    xs: &[[f32; 1]],
    ys: &mut [[f32; 1]],
    states: &mut [StateOf<Amplifier>],
) -> bool {
    let [state, ..] = states else { return false };
    net.step_block(xs, ys, state).is_ok() && net.step_batch(xs, ys, states).is_ok()
}

#[sanitize(realtime = "nonblocking")]
fn allocates(place: usize) -> usize {
    std::hint::black_box(vec![place]).len()
}

fn main() {
    let mut rng = backprop::rng(1);
    if std::env::args().any(|argument| argument == "control") {
        println!("{}", allocates(3));
    }
    steps(&Amplifier::new(&mut rng), &[0.5], &mut [0.0], &mut Amplifier::state());
    steps(&Agent::new(&mut rng), &[0.5; 8], &mut [0.0; 4], &mut Agent::state());
    steps(&Wave::new(&mut rng), &[0.5], &mut [0.0], &mut Wave::state());
    steps(&Letters::new(&mut rng), &[5], &mut [0.0; 27], &mut Letters::state());
    let mut states = vec![Amplifier::state(); 50];
    assert!(together(&Amplifier::new(&mut rng), &[[0.5]; 50], &mut [[0.0]; 50], &mut states));
    println!("no step has waited");
}
