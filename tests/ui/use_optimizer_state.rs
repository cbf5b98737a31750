//! An optimizer with momentum where one without is declared.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cross_entropy)]
struct Net;

struct Model {
    trainer: Trainer<Net, Sgd>,
}

fn main() {
    let _ = Model { trainer: Trainer::new(Sgd::new(0.1).momentum(0.9)) }.trainer;
}
