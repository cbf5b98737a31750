//! A network with fields of its own.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
struct Net {
    field: f32,
}

fn main() {}
