use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), softmax], loss = nll)]
struct Net;

fn main() {}
