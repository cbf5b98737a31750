//! A dense layer on an image.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4, kernel = 3), relu, dense(10)])]
struct Net;

fn main() {}
