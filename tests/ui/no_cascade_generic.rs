//! Generic parameters, with which the network is used: one error.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(8), relu, dense(3)], loss = mse)]
struct Net<'a, T: Copy>;

fn train<T: Copy>(net: &mut Net<'_, T>) {
    Trainer::new(Adam::new(1e-3)).step(net, &[[0.0; 4]], &[[0.0; 3]]).expect("a good batch");
}

fn main() {
    let mut net: Net<'_, f32> = Net::new(&mut backprop::rng(1));
    train(&mut net);
    println!("{:?}", net.predict(&[0.0; 4]));
}
