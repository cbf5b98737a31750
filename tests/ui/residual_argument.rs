//! An argument that residual does not take.
use backprop::prelude::*;

#[network(input = 4, layers = [residual(times = 2)[dense(4)]])]
struct Net;

fn main() {}
