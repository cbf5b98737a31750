//! No input.
use backprop::prelude::*;

#[network(layers = [dense(3)])]
struct Net;

fn main() {}
