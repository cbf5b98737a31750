//! A group without layers.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), residual])]
struct Net;

fn main() {}
