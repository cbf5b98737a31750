//! An input beyond what can be addressed.
use backprop::prelude::*;

#[network(input = [100000, 1000, 1000], layers = [relu])]
struct Net;

fn main() {}
