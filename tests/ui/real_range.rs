//! A negative slope.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), leaky_relu(slope = -0.1)])]
struct Net;

fn main() {}
