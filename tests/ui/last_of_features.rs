use backprop::prelude::*;

/// Features have no time.
#[network(input = 8, layers = [last])]
struct Net;

fn main() {}
