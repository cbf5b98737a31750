//! Padding `same` with a stride.
use backprop::prelude::*;

#[network(input = [16, 2], layers = [conv1d(3, kernel = 3, stride = 2, padding = same)])]
struct Net;

fn main() {}
