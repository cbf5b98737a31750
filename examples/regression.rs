//! A curve from noisy measurements: the swing of a damped spring, in `f64`.
//!
//! ```sh
//! cargo run --example regression
//! ```

use backprop::Scalar;
use backprop::prelude::*;
use backprop::rand_core::Rng as _;

/// Time in, position out.
// A continuous target: the last layer has no activation, and the loss is the squared error.
#[network(
    input = 1,
    layers = [dense(32), tanh, dense(32), tanh, dense(1)],
    loss = mse,
    scalar = f64,
)]
struct Spring;

const STEPS: usize = 4000;
const RATE: f64 = 0.01;
/// Measurements are off by up to this much.
const NOISE: f64 = 0.1;

/// What was measured, if there were no noise; `t` from 0 to 1.
fn position(t: f64) -> f64 {
    (-3.0 * t).exp() * (12.0 * t).cos()
}

/// A number from -1 to 1.
fn random(rng: &mut backprop::Rng) -> f64 {
    2.0 * f64::uniform(rng.next_u64()) - 1.0
}

fn main() -> Result<(), backprop::Error> {
    let mut rng = backprop::rng(7);
    let times: Vec<[f64; 1]> = (0..512).map(|_| [0.5 + 0.5 * random(&mut rng)]).collect();
    let measured: Vec<[f64; 1]> = times.iter().map(|[t]| [position(*t) + NOISE * random(&mut rng)]).collect();

    let mut net = Spring::boxed(&mut rng);
    let mut trainer = Trainer::boxed(Adam::new(RATE));
    println!("{}\n", net.summary());

    // 64 measurements a step, in turns; they were made in random order. The learning rate falls to zero.
    let batches = times.chunks(64).zip(measured.chunks(64)).cycle();
    for (step, (times, measured)) in batches.take(STEPS).enumerate() {
        trainer.set_learning_rate(RATE * (1.0 - step as f64 / STEPS as f64));
        let loss = trainer.step(&mut net, times, measured)?;
        if step % 500 == 0 {
            println!("step {step:4}  loss {loss:.6}");
        }
    }

    println!("\n   t    true  fitted");
    let mut squares = 0.0;
    for i in 0..=100 {
        let t = f64::from(i) / 100.0;
        let [fitted] = net.predict(&[t]);
        squares += (fitted - position(t)).powi(2);
        if i % 10 == 0 {
            println!("{t:.2}  {:6.3}  {fitted:6.3}", position(t));
        }
    }

    // The error against the true curve is far below the noise of a single measurement: it averages out.
    let error = (squares / 101.0).sqrt();
    println!("\nroot mean square error: {error:.4} (noise of a measurement: {:.4})", NOISE / 3_f64.sqrt());
    assert!(error < 0.02, "the curve does not fit");
    Ok(())
}
