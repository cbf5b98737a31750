use backprop::prelude::*;

#[network(
    input = [1, 8, 8],
    layers = [
        conv2d(4, kernel = 9), batchnorm, relu,
        residual[conv2d(4, kernel = 3, padding = 1), tanh],
        max_pool2d(2), flatten, dense(3),
    ],
    loss = cross_entropy,
)]
struct Net;

fn main() {}
