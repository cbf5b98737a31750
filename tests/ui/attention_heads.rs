//! Heads that do not divide the features.
use backprop::prelude::*;

#[network(input = [8, 6], layers = [attention(4)])]
struct Net;

fn main() {}
