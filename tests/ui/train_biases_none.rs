//! Biases to train where there are none.
use backprop::prelude::*;

#[network(input = 4, layers = [frozen dense(3), relu, dense(2, bias = false)], train = biases)]
struct Net;

fn main() {}
