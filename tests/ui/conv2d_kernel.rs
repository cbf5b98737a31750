//! A kernel larger than its input.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4, kernel = 9)])]
struct Net;

fn main() {}
