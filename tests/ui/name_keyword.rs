//! A name that is a keyword.
use backprop::prelude::*;

#[network(input = 4, layers = [type: dense(3)])]
struct Net;

fn main() {}
