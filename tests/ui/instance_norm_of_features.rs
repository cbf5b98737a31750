//! An instance norm without channels.
use backprop::prelude::*;

#[network(input = 4, layers = [instance_norm])]
struct Net;

fn main() {}
