//! How sure a network is: dropout that stays on in prediction (*Monte-Carlo dropout*; Gal and Ghahramani,
//! [arXiv:1506.02142](https://arxiv.org/abs/1506.02142)). Where there were no data, the passes disagree.
//!
//! ```sh
//! cargo run --release --example uncertainty
//! ```

use backprop::prelude::*;

/// A curve of one variable.
#[network(
    input = 1,
    layers = [dense(64), relu, dropout(0.1), dense(64), relu, dropout(0.1), dense(1)],
    loss = mse,
)]
struct Curve;

/// Passes for a prediction.
const PASSES: u64 = 200;

/// Mean and deviation over passes, each with other units dropped.
fn predict(net: &Curve, tape: &mut CurveTape, x: f32) -> (f32, f32) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..PASSES {
        // From now on forward trains: it draws what is dropped from the seed.
        tape.training(seed);
        let [y] = net.forward(&[x], tape);
        (sum, squares) = (sum + y, squares + y * y);
    }
    let mean = sum / PASSES as f32;
    (mean, (squares / PASSES as f32 - mean * mean).max(0.0).sqrt())
}

type CurveTape = <Curve as Network>::Tape;

fn main() -> Result<(), backprop::Error> {
    // Measured on either side, and not between -1 and 1.
    let xs: Vec<[f32; 1]> =
        (0..200).map(|i| i as f32 / 100.0).map(|t| [if t < 1.0 { t - 2.0 } else { t }]).collect();
    let ys: Vec<[f32; 1]> = xs.iter().map(|[x]| [(2.0 * x).sin()]).collect();
    let mut net = Curve::new(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(AdamW::new(0.003));
    let history = trainer.fit(&mut net, &xs, &ys, &Fit::epochs(300).batch(32).shuffle(1))?;
    println!("loss {:.4}\n\n    x      y  predicted", history.epochs()[history.best].loss);

    let mut tape = Curve::tape();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for i in -16..=16 {
        let x = i as f32 / 5.0;
        let (mean, deviation) = predict(&net, &mut tape, x);
        let is_measured = (1.0..=2.0).contains(&x.abs());
        let bar = "*".repeat((60.0 * deviation) as usize);
        let mark = if is_measured { "measured" } else { "" };
        println!("{x:5.1}  {:5.2}  {mean:5.2} ± {deviation:.2}  {mark:8}  {bar}", (2.0 * x).sin());
        if is_measured { &mut inside } else { &mut outside }.push(deviation);
    }
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    println!("\ndeviation: {:.3} where it was measured, {:.3} elsewhere", mean(&inside), mean(&outside));
    assert!(mean(&outside) > 2.0 * mean(&inside));
    Ok(())
}
