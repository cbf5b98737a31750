//! Dropout between stacked layers of which there is one.
use backprop::prelude::*;

#[network(input = [8, 6], layers = [gru(4, dropout = 0.5)])]
struct Net;

fn main() {}
