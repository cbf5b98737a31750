//! A number as a loss.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = 3)]
struct Net;

fn main() {}
