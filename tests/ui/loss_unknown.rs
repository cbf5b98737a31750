//! A misspelt loss.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], loss = cros_entropy)]
struct Net;

fn main() {}
