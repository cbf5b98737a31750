//! A body of another size than its input.
use backprop::prelude::*;

#[network(input = 4, layers = [residual[dense(3)]])]
struct Net;

fn main() {}
