//! An output taken for another.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let y: [f32; 2] = net.predict(&[0.0; 4]);
    println!("{y:?}");
}
