//! Padding that cannot keep the size.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4, kernel = 3, stride = 2, padding = same)])]
struct Net;

fn main() {}
