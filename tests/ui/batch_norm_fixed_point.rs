//! What is applied many times cannot measure once.
use backprop::prelude::*;

#[network(input = 4, layers = [fixed_point[dense(4), batch_norm, tanh], dense(2)])]
struct Net;

fn main() {}
