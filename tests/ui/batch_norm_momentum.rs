//! A momentum that is none.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), batch_norm(momentum = 1.5), relu, dense(2)])]
struct Net;

fn main() {}
