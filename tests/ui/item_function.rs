//! A network that is a function.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
fn net() {}

fn main() {}
