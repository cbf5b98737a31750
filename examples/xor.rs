//! The first network to read: exclusive or, which no single layer can learn.
//!
//! ```sh
//! cargo run --example xor
//! ```

use backprop::prelude::*;

/// Two numbers in, eight hidden units, one number out.
// The attribute gives the struct its parameters, and writes prediction and backpropagation for it.
#[network(input = 2, layers = [dense(8), tanh, dense(1), sigmoid], loss = mse)]
struct Xor;

fn main() -> Result<(), backprop::Error> {
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let targets = [[0.0], [1.0], [1.0], [0.0]];

    // The first weights are random; the same seed gives the same ones.
    let mut net = Xor::new(&mut backprop::rng(1));
    // The trainer holds all that training needs beside the network. Adam is a good optimizer to begin with.
    let mut trainer = Trainer::new(Adam::new(0.03));

    for step in 0..=500 {
        // Forward, loss, backward, update. The batch may be of any length: here it is all there is to learn.
        let loss = trainer.step(&mut net, &inputs, &targets)?;
        if step % 100 == 0 {
            println!("step {step:3}  loss {loss:.5}");
        }
    }

    for ([a, b], [target]) in inputs.into_iter().zip(targets) {
        let [output] = net.predict(&[a, b]);
        println!("{a} xor {b} = {output:.3}");
        assert!((output - target).abs() < 0.1, "not learnt");
    }
    Ok(())
}
