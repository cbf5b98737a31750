//! One loss for several heads.
use backprop::prelude::*;

#[network(input = 4, layers = [heads { a: [dense(3)], b: [dense(2)] }], loss = mse)]
struct Net;

fn main() {}
