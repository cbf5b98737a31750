//! A misspelt argument.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3, baias = false)])]
struct Net;

fn main() {}
