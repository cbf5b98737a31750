//! Groups that do not divide.
use backprop::prelude::*;

#[network(input = [3, 8, 8], layers = [conv2d(4, kernel = 3, groups = 2)])]
struct Net;

fn main() {}
