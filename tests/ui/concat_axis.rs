//! An axis that is not there.
use backprop::prelude::*;

#[network(input = 4, layers = [concat(axis = 2)[[dense(3)], [dense(4)]]])]
struct Net;

fn main() {}
