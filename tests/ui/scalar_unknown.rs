//! A scalar type that is none.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], scalar = f16)]
struct Net;

fn main() {}
