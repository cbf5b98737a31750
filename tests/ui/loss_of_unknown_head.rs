//! A loss for a head that is not there.
use backprop::prelude::*;

#[network(input = 4, layers = [heads { policy: [dense(3)], value: [dense(2)] }],
    loss = { polcy: cross_entropy })]
struct Net;

fn main() {}
