//! Training without a loss.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let mut trainer = Trainer::<Net, _>::new(Sgd::new(0.1));
    let _ = trainer.step(&mut net, &[[0.0; 4]], &[1]);
}
