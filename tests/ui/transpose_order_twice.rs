//! An order that names an axis twice.
use backprop::prelude::*;

#[network(input = [2, 3, 4], layers = [transpose([0, 0, 1])])]
struct Net;

fn main() {}
