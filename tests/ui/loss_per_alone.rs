use backprop::prelude::*;

/// The mean over all outputs already.
#[network(input = [16, 8], layers = [dense(2)], loss = mse(per = step))]
struct Net;

fn main() {}
