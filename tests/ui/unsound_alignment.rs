//! Numbers that lie anywhere cannot be seen as a struct that must lie at 64 bytes.
#![forbid(unsafe_code)]
use backprop::prelude::*;

#[network(input = 3, layers = [dense(4)])]
#[repr(align(64))]
#[derive(Clone, Copy)]
struct Net;

fn main() {
    let numbers = [0.0; 32];
    println!("{:?}", Net::from_flat(&numbers[1..17]).map(|net| net.dense1.bias));
}
