//! A sample of a wrong length.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    net.predict(&[0.0; 5]);
}
