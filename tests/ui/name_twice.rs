//! Two layers of one name.
use backprop::prelude::*;

#[network(input = 4, layers = [a: dense(3), relu, a: dense(2)])]
struct Net;

fn main() {}
