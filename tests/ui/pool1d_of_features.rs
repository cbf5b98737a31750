//! Pooling along a time that is not there.
use backprop::prelude::*;

#[network(input = 16, layers = [max_pool1d(2)])]
struct Net;

fn main() {}
