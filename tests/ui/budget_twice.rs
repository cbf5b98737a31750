//! A budget given twice.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], budget = { training = 1024, training = 2048 })]
struct Net;

fn main() {}
