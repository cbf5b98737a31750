//! A word for what is trained, with an argument that it does not have.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), relu, dense(2)], train = all(1))]
struct Net;

fn main() {}
