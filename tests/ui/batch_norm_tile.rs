//! Statistics over a tile of one sample.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, bias = false), norm: batch_norm, relu, dense(2)], tile = 1)]
struct Net;

fn main() {}
