//! Weights of a network that names no file.
use backprop::prelude::*;

#[network(input = 4, layers = [dense(3)])]
struct Net;

fn main() {
    let _ = Net::pretrained();
}
