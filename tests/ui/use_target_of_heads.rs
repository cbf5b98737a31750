//! The target of one head where a network has two.
use backprop::prelude::*;

#[network(
    input = 4,
    layers = [dense(8), relu, heads { policy: [dense(3)], value: [dense(1)] }],
    loss = { policy: cross_entropy, value: mse },
)]
pub struct Net;

fn main() {
    let mut net = Net::zeroed();
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let _ = trainer.step(&mut net, &[[0.0; 4]], &[1]);
}
