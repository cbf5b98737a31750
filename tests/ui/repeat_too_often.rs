//! Repetitions of repetitions.
use backprop::prelude::*;

#[network(input = 4, layers = [repeat(1000)[repeat(1000)[dense(4), relu]]])]
struct Net;

fn main() {}
