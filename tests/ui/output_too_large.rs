//! An output beyond what can be addressed.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4000000000, kernel = 1)])]
struct Net;

fn main() {}
