//! An argument given twice.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, bias = true, bias = false)])]
struct Net;

fn main() {}
