use backprop::prelude::*;

/// Factors of different shapes.
#[network(input = 8, layers = [product[[dense(3)], [dense(4)]]])]
struct Net;

fn main() {}
