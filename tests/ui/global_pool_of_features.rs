//! Global pooling of a single axis.
use backprop::prelude::*;

#[network(input = 16, layers = [global_avg_pool])]
struct Net;

fn main() {}
