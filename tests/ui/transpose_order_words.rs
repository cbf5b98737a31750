//! An order that is not made of numbers.
use backprop::prelude::*;

#[network(input = [2, 3, 4], layers = [transpose([a, b, c])])]
struct Net;

fn main() {}
