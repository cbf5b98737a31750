//! A potential learnt from measured energies, and an orbit in it: the force is the negative gradient of the network's
//! output with respect to its input, which `input_gradient` gives.
//!
//! The potential is that of Hénon and Heiles (1964), a star in a galaxy.
//!
//! ```sh
//! cargo run --release --example curve
//! ```

use backprop::prelude::*;
use backprop::rand_core::Rng as _;

/// Place in, energy out. Smooth activations: the force is to be smooth as well.
#[network(
    input = 2,
    layers = [dense(32), tanh, dense(32), tanh, dense(1)],
    loss = mse,
    scalar = f64,
)]
struct Potential;

/// The network tells energies in this unit: about as large as they are, so that its outputs are about 1.
const UNIT: f64 = 0.2;
const STEPS: usize = 24_000;
const RATE: f64 = 0.01;

/// What is measured.
fn energy([x, y]: [f64; 2]) -> f64 {
    0.5 * (x * x + y * y) + x * x * y - y * y * y / 3.0
}

/// What is not measured, and used only to compare.
fn true_force([x, y]: [f64; 2]) -> [f64; 2] {
    [-x - 2.0 * x * y, -y - x * x + y * y]
}

impl Potential {
    /// `-dV/dx` and `-dV/dy`: one pass forward, one back.
    fn force(&self, tape: &mut <Self as Network>::Tape, place: &[f64; 2]) -> [f64; 2] {
        self.forward(place, tape);
        self.input_gradient(tape, &[-UNIT])
    }
}

/// The places on an orbit, a hundredth of a time unit apart (leapfrog, which keeps the energy if the force has one).
fn orbit(mut force: impl FnMut(&[f64; 2]) -> [f64; 2]) -> Vec<[f64; 2]> {
    const TIME: f64 = 0.01;
    let (mut place, mut velocity) = ([0.0, 0.3], [0.3, 0.0]);
    let mut places = vec![place];
    for _ in 0..1500 {
        // Half a kick, a drift, half a kick.
        for (v, f) in velocity.iter_mut().zip(force(&place)) {
            *v += 0.5 * TIME * f;
        }
        for (p, v) in place.iter_mut().zip(velocity) {
            *p += TIME * v;
        }
        for (v, f) in velocity.iter_mut().zip(force(&place)) {
            *v += 0.5 * TIME * f;
        }
        places.push(place);
    }
    places
}

fn main() -> Result<(), backprop::Error> {
    let mut rng = backprop::rng(3);
    let mut random = || 1.2 * f64::uniform(rng.next_u64()) - 0.6;
    let places: Vec<[f64; 2]> = (0..2048).map(|_| [random(), random()]).collect();
    let energies: Vec<[f64; 1]> = places.iter().map(|place| [energy(*place) / UNIT]).collect();

    let mut net = Potential::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(Adam::new(RATE));
    let batches = places.chunks(128).zip(energies.chunks(128)).cycle();
    for (step, (places, energies)) in batches.take(STEPS).enumerate() {
        trainer.set_learning_rate(RATE * (1.0 - step as f64 / STEPS as f64).powi(2));
        let loss = trainer.step(&mut net, places, energies)?;
        if step % 4000 == 0 {
            println!("step {step:5}  loss {loss:.2e}");
        }
    }

    let mut tape = Potential::tape();
    let learnt = orbit(|place| net.force(&mut tape, place));
    let right = orbit(|place| true_force(*place));

    println!("\n time     true orbit       learnt");
    let mut worst: f64 = 0.0;
    for (step, ([x, y], [u, v])) in right.iter().zip(&learnt).enumerate() {
        worst = worst.max((x - u).hypot(y - v));
        if step % 150 == 0 {
            println!("{:5.1}  {x:7.4} {y:7.4}  {u:7.4} {v:7.4}", step as f64 / 100.0);
        }
    }
    println!("\nlargest distance between the two: {worst:.4}");
    assert!(worst < 0.02, "the learnt force is not the true one");
    Ok(())
}
