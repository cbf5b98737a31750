//! A reshape to another number of features.
use backprop::prelude::*;

#[network(input = 16, layers = [reshape([3, 5])])]
struct Net;

fn main() {}
