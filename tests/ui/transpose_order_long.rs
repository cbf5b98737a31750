//! An order of too many axes.
use backprop::prelude::*;

#[network(input = [2, 3, 4], layers = [transpose([0, 1, 2, 3])])]
struct Net;

fn main() {}
