//! A kernel that turns out to be larger than its input.
use backprop::prelude::*;

const SIDE: usize = 4;

#[network(input = [1, SIDE, SIDE], layers = [conv2d(2, kernel = 5)])]
struct Net;

fn main() {}
