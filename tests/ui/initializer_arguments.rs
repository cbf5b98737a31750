//! An initializer without its numbers.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, init = normal)])]
struct Net;

fn main() {}
