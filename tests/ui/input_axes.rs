//! An input of four axes.
use backprop::prelude::*;

#[network(input = [1, 2, 3, 4], layers = [flatten, dense(3)])]
struct Net;

fn main() {}
