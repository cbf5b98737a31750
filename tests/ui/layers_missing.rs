//! No layers.
use backprop::prelude::*;

#[network(input = 4)]
struct Net;

fn main() {}
