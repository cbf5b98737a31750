//! A size that is not constant.
use backprop::prelude::*;

fn width() -> usize {
    3
}

#[network(input = 4, layers = [dense(width())])]
struct Net;

fn main() {}
