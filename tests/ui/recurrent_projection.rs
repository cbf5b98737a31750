//! A projection that leaves as many numbers as there are units.
use backprop::prelude::*;

#[network(input = [8, 6], layers = [lstm(4, projection = 4)])]
struct Net;

fn main() {}
