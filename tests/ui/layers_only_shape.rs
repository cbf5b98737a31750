//! Layers that compute nothing.
use backprop::prelude::*;

#[network(input = 4, layers = [flatten])]
struct Net;

fn main() {}
