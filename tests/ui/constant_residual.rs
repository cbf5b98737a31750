//! Sizes that turn out to differ.
use backprop::prelude::*;

const WIDTH: usize = 5;

#[network(input = 4, layers = [residual[dense(WIDTH)]])]
struct Net;

fn main() {}
