use backprop::prelude::*;

/// An image has positions, and no steps.
#[network(input = [3, 8, 8], layers = [relu], loss = nll(per = step))]
struct Net;

fn main() {}
