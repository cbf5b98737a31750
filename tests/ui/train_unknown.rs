//! A misspelt word for what is trained.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), relu, dense(2)], train = lats(1))]
struct Net;

fn main() {}
