//! No input, so that no shape is known: one error.
use backprop::prelude::*;

#[network(layers = [dense(8), relu, dense(3)], loss = mse)]
struct Net;

fn main() {
    let mut net = Net::new(&mut backprop::rng(1));
    let y: [f32; 3] = net.predict(&[0.0; 4]);
    Trainer::new(Adam::new(1e-3)).step(&mut net, &[[0.0; 4]], &[y]).expect("a good batch");
    println!("{} {:?}", net.dense1.bias[0], [0.0_f32; Net::INPUTS]);
}
