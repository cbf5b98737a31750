//! Networks in a circle: the compiler names them, and the constant that it cannot evaluate.
use backprop::prelude::*;

#[network(input = 4, layers = [Second])]
struct First;

#[network(input = 4, layers = [dense(4), First])]
struct Second;

fn main() {}
