//! A word that is not known.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), gelu(approximate = tan)])]
struct Net;

fn main() {}
