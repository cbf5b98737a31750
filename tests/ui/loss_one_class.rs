//! A classification with one class.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(1)], loss = cross_entropy)]
struct Net;

fn main() {}
