//! A file of weights that is something else.
use backprop::network;

#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(5), tanh,
        out: dense(2),
    ],
    scalar = f32,
    weights = "../fixtures/safetensors/make.py",
)]
struct Net;

fn main() {}
