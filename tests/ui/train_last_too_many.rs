//! More layers to train than there are.
use backprop::prelude::*;

#[network(input = 4, layers = [frozen dense(3), relu, dense(2)], train = last(2))]
struct Net;

fn main() {}
