//! A loss that applies softmax itself.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), softmax], loss = cross_entropy)]
struct Net;

fn main() {}
