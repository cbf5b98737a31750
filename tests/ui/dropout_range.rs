//! A probability of one.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), dropout(1.0)])]
struct Net;

fn main() {}
