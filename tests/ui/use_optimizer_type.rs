//! The name of an optimizer in its place.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

fn main() {
    let mut net = Net::zeroed();
    let mut trainer = Trainer::<Net, _>::new(Adam::new);
    let _ = trainer.step(&mut net, &[[0.0; 4]], &[1]);
}
