//! Dropping channels that are not there.
use backprop::prelude::*;

#[network(input = 16, layers = [dropout2d(0.5), dense(2)])]
struct Net;

fn main() {}
