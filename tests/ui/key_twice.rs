//! A key given twice.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], input = 5)]
struct Net;

fn main() {}
