use backprop::prelude::*;

/// One label a step, or one of 432: it must be said.
#[network(input = [16, 8], layers = [dense(27)], loss = cross_entropy)]
struct Net;

fn main() {}
