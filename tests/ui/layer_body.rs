//! A layer with layers of its own.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)[relu]])]
struct Net;

fn main() {}
