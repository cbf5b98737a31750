use backprop::prelude::*;

/// Features have no steps.
#[network(input = 8, layers = [dense(3)], loss = cross_entropy(per = step))]
struct Net;

fn main() {}
