//! Something that is no layer.
use backprop::prelude::*;

#[network(input = 4, layers = [3, dense(2)])]
struct Net;

fn main() {}
