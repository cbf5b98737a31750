//! A misspelt layer.
use backprop::prelude::*;

#[network(input = 4, layers = [dnese(3), relu])]
struct Net;

fn main() {}
