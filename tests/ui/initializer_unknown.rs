//! A misspelt initializer.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, init = he_norml)])]
struct Net;

fn main() {}
