//! Steps under the realtime sanitizer of the nightly compiler: a function that is marked so may not allocate, lock, wait, or
//! call the system. With the argument `control` one does, which must be found.
#![feature(sanitize)]

#[path = "../../panics/networks.rs"]
mod networks;

use backprop::{StateOf, Streaming};
use networks::{Agent, Amplifier, Letters, Wave};

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
