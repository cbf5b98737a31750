//! A layer of size zero.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(0)])]
struct Net;

fn main() {}
