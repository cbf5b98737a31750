//! A size that turns out to be zero.
use backprop::prelude::*;

const HIDDEN: usize = 0;

#[network(input = 4, layers = [dense(HIDDEN), relu, dense(2)])]
struct Net;

fn main() {}
