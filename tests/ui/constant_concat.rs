//! Branches that turn out to differ in another axis.
use backprop::prelude::*;

const WIDTH: usize = 5;

#[network(input = [2, 4], layers = [concat[[dense(WIDTH)], [dense(4)]]])]
struct Net;

fn main() {}
