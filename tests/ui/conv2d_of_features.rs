//! A convolution of a flat input.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(9), conv2d(4, kernel = 3)])]
struct Net;

fn main() {}
