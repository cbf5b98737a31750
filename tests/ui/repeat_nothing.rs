//! A repetition of nothing.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), repeat(2)[]])]
struct Net;

fn main() {}
