//! Weights in the declaration.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], weights = "net.safetensors")]
struct Net;

fn main() {}
