//! Pooling of a flat input.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(9), max_pool2d(2)])]
struct Net;

fn main() {}
