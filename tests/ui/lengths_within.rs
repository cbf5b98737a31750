//! A network whose samples have lengths of their own cannot be a layer of another.
use backprop::prelude::*;

#[network(input = [..=8, 2], layers = [gru(3)])]
struct Inner;
#[network(input = [8, 2], layers = [Inner, dense(3)])]
struct Net;

fn main() {
    let _ = Net::zeroed();
}
