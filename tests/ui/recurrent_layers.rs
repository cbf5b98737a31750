//! More stacked layers than there are names for.
use backprop::prelude::*;

#[network(input = [8, 6], layers = [rnn(4, layers = 17)])]
struct Net;

fn main() {}
