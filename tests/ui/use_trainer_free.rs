//! A learning rate where a trainer is made.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let _ = net.parameters_mut();
    let _ = Trainer::<Net, Sgd>::new(0.1);
}
