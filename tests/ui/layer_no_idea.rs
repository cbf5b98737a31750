//! A layer that is like none.
use backprop::prelude::*;

#[network(input = 4, layers = [attention_is_all(3), dense(2)])]
struct Net;

fn main() {}
