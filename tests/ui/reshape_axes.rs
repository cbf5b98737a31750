//! A reshape to four axes.
use backprop::prelude::*;

#[network(input = 16, layers = [reshape([2, 2, 2, 2])])]
struct Net;

fn main() {}
