//! A setting of a fixed point without its name.
use backprop::prelude::*;

#[network(input = 4, layers = [fixed_point(1e-3)[dense(4), tanh]])]
struct Net;

fn main() {}
