//! A size that is no usize.
use backprop::prelude::*;

const HIDDEN: u32 = 30;

#[network(input = 4, layers = [dense(HIDDEN)])]
struct Net;

fn main() {}
