//! An enum that is used as a network: one error.
use backprop::prelude::*;

#[network(input = 784, layers = [dense(128), relu, dense(10)], loss = cross_entropy)]
enum Net {}

fn main() {
    let mut net = Net::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(1e-3));
    let loss: f32 = trainer.step(&mut net, &[[0.0; 784]; 2], &[3, 7]).expect("a good batch");
    let y: [f32; 10] = net.predict(&[0.0; 784]);
    let mut tape = Net::tape();
    let mut gradients = Net::gradients();
    net.forward(&[0.0; 784], &mut tape);
    net.backward(&mut tape, &y, &mut gradients);
    println!("{loss} {} {} {}", y[3], net.dense1.bias[0], net.summary());
    println!("{} {:?}", Net::PARAMETERS, net.parameters());
    let boxed = Net::boxed(&mut backprop::rng(1));
    println!("{:?}", boxed.predict(&[0.0; 784]));
}
