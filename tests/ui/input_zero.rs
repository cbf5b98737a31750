//! An input of size zero.
use backprop::prelude::*;

#[network(input = [3, 0], layers = [dense(3)])]
struct Net;

fn main() {}
