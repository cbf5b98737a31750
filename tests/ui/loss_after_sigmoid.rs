//! A loss that applies sigmoid itself.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(1), sigmoid], loss = binary_cross_entropy)]
struct Net;

fn main() {}
