//! A gated unit of an odd size.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(5), glu])]
struct Net;

fn main() {}
