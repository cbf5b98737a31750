//! A flag that is no bool.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, bias = 1)])]
struct Net;

fn main() {}
