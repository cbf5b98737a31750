//! A list without layers.
use backprop::prelude::*;

#[network(input = 4, layers = [])]
struct Net;

fn main() {}
