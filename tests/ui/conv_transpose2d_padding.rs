//! A padding that leaves nothing.
use backprop::prelude::*;

#[network(input = [1, 2, 2], layers = [conv_transpose2d(2, kernel = 2, padding = 3)])]
struct Net;

fn main() {}
