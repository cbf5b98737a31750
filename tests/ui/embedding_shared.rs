//! Another layer reads the indices too.
use backprop::prelude::*;

#[network(input = 4, layers = [concat[[embedding(10, 2), flatten], [dense(3)]]])]
struct Net;

fn main() {}
