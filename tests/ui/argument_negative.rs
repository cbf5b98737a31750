//! A negative size.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(-3)])]
struct Net;

fn main() {}
