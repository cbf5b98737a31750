//! A batch of vectors, whose lengths the compiler does not know.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let xs: Vec<Vec<f32>> = vec![vec![0.0; 4]];
    let _ = Trainer::new(Sgd::new(0.1)).step(&mut net, &xs, &[1]);
}
