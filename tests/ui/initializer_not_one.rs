//! A number as an initializer.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, init = 0.1)])]
struct Net;

fn main() {}
