//! An embedding behind another layer.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3), embedding(10, 2)])]
struct Net;

fn main() {}
