//! A generic network.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
struct Net<T>;

fn main() {}
