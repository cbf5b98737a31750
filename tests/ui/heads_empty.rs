//! No heads.
use backprop::prelude::*;

#[network(input = 4, layers = [heads {}])]
struct Net;

fn main() {}
