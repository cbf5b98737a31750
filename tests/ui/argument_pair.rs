//! A kernel of three sizes.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4, kernel = [3, 3, 3])])]
struct Net;

fn main() {}
