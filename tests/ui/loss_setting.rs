//! A misspelt setting of a loss.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(2)], loss = huber(delte = 2.0))]
struct Net;

fn main() {}
