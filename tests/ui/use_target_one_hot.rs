//! One-hot vectors where a loss takes numbers of classes.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let _ = trainer.step(&mut net, &[[0.0; 4]], &[[0.0, 1.0, 0.0]]);
}
