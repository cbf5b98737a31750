//! A fraction as a size.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(2.5)])]
struct Net;

fn main() {}
