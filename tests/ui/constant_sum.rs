//! Branches that turn out to differ.
use backprop::prelude::*;

const WIDTH: usize = 5;

#[network(input = 4, layers = [sum[[dense(WIDTH)], [dense(4)]]])]
struct Net;

fn main() {}
