//! More parameters than can be addressed.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(4000000000)])]
struct Net;

fn main() {}
