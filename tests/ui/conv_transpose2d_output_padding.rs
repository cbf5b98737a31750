//! An output padding of a whole stride.
use backprop::prelude::*;

#[network(input = [1, 4, 4], layers = [conv_transpose2d(2, kernel = 2, stride = 2, output_padding = 2)])]
struct Net;

fn main() {}
