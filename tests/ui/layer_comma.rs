//! A comma is missing.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3) relu, dense(2)])]
struct Net;

fn main() {}
