//! A network that is an enum.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
enum Net {
    Variant,
}

fn main() {}
