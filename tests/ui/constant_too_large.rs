//! Constants that make more parameters than can be addressed: each layer alone, and through what it follows.
use backprop::prelude::*;

const WIDTH: usize = 70_000;
const WIDER: usize = 1 << 30;

#[network(input = WIDTH, layers = [dense(WIDTH)])]
struct Net;

#[network(input = 4, layers = [dense(WIDER), dense(WIDER)])]
struct Wider;

fn main() {}
