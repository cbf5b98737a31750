//! Too many arguments.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, 4)])]
struct Net;

fn main() {}
