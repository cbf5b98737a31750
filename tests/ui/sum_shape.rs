//! A sum of different sizes.
use backprop::prelude::*;

#[network(input = 4, layers = [sum[[dense(3)], [dense(4)]]])]
struct Net;

fn main() {}
