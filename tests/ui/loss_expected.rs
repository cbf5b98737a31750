//! Something that is no loss.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(2)], loss = 3)]
struct Net;

fn main() {}
