//! Heads before another layer.
use backprop::prelude::*;

#[network(input = 4, layers = [heads { a: [dense(3)], b: [dense(2)] }, relu])]
struct Net;

fn main() {}
