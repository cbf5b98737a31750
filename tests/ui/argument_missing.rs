//! A missing argument.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(bias = false)])]
struct Net;

fn main() {}
