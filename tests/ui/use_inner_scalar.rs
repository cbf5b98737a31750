//! A network of doubles within one of singles.
use backprop::prelude::*;

#[network(input = 3, layers = [dense(4), tanh], scalar = f64)]
struct Inner;

#[network(input = 3, layers = [inner: Inner, dense(1)], loss = mse)]
struct Outer;

fn main() {
    let mut net = Outer::new(&mut backprop::rng(1));
    Trainer::new(Sgd::new(0.1)).step(&mut net, &[[0.0; 3]], &[[0.0]]).expect("a good batch");
}
