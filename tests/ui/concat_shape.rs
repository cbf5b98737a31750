//! Branches that differ in another axis.
use backprop::prelude::*;

#[network(input = [2, 4], layers = [concat[[dense(3)], [dense(4)]]])]
struct Net;

fn main() {}
