//! A group repeated no times.
use backprop::prelude::*;

#[network(input = 4, layers = [repeat(0)[dense(4), relu]])]
struct Net;

fn main() {}
