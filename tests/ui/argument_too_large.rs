//! A size beyond what can be addressed.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(99999999999999999999)])]
struct Net;

fn main() {}
