//! A tile that is no multiple of the lanes.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], tile = 20)]
struct Net;

fn main() {}
