//! A name that means something else to generated code.
use backprop::prelude::*;

#[network(input = 3, layers = [dense(4)])]
struct f32;

fn main() {}
