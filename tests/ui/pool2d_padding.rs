//! Padding of more than half a kernel.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [max_pool2d(2, padding = 2)])]
struct Net;

fn main() {}
