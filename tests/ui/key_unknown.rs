//! A misspelt key.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], los = mse)]
struct Net;

fn main() {}
