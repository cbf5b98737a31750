//! A type in the list of layers that is no layer.
use backprop::prelude::*;

#[repr(C)]
struct Cube {
    factor: [f32; 3],
}
backprop::flat!(Cube: f32 { factor });

#[network(input = 3, layers = [dense(3), Cube, dense(1)], loss = mse)]
struct Net;

fn main() {
    let mut net = Net::new(&mut backprop::rng(1));
    Trainer::new(Sgd::new(0.1)).step(&mut net, &[[0.0; 3]], &[[0.0]]).expect("a good batch");
}
