//! A transposed convolution without an image.
use backprop::prelude::*;

#[network(input = 16, layers = [conv_transpose2d(2, kernel = 2)])]
struct Net;

fn main() {}
