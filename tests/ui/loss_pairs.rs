//! A loss that reads pairs, after an odd number of outputs that only the compiler knows.
use backprop::prelude::*;

const OUTPUTS: usize = 3;

#[network(input = 4, layers = [dense(OUTPUTS)], loss = gaussian_nll)]
struct Net;

fn main() {}
