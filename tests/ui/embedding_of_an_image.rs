//! Indices along several axes.
use backprop::prelude::*;

#[network(input = [4, 3], layers = [embedding(10, 2)])]
struct Net;

fn main() {}
