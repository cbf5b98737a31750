//! A misspelt budget.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)], budget = { trainig = 1024 })]
struct Net;

fn main() {}
