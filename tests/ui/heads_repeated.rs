//! Heads in a group.
use backprop::prelude::*;

#[network(input = 4, layers = [residual[heads { a: [dense(4)] }]])]
struct Net;

fn main() {}
