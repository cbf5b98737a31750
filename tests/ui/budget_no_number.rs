//! A budget that is no number.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], budget = { training = "1 KiB" })]
struct Net;

fn main() {}
