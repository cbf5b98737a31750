//! The last no layers.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), relu, dense(2)], train = last(0))]
struct Net;

fn main() {}
