//! An attribute on a layer.
use backprop::prelude::*;

#[network(input = 3, layers = [#[cfg(test)] dense(4), relu])]
struct Net;

fn main() {}
