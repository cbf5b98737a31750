//! A network over its budget.
use backprop::prelude::*;

#[network(input = 100, layers = [dense(64), relu, hidden: dense(32), relu, dense(10)], loss = mse, tile = 16,
    budget = { training = 64 * 1024, parameters = 10_000 })]
struct Net;

fn main() {}
