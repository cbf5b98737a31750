//! A misspelt key in a network with constants: one error.
use backprop::prelude::*;

const INPUTS: usize = 784;
const HIDDEN: usize = 30;

#[network(input = INPUTS, layers = [dense(HIDDEN), relu, dense(10)], los = cross_entropy)]
struct Net;

fn main() {
    let net = Net::zeroed();
    println!("{} {}", net.predict(&[0.0; INPUTS])[3], net.dense1.bias[0]);
}
