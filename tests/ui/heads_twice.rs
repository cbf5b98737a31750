//! Two heads of one name.
use backprop::prelude::*;

#[network(input = 4, layers = [heads { a: [dense(3)], a: [dense(2)] }])]
struct Net;

fn main() {}
