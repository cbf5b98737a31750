//! Several mistakes: each is reported, at its token, in one build.
use backprop::prelude::*;

#[network(
    input = 784,
    layers = [dense(128, baias = true), reluu, dropout(1.5), dense(0), hidden: dense(64), hidden: dense(10)],
    loss = crossentropy,
    tile = 7,
    budget = { trainig = 1024 },
)]
struct Net;

fn main() {}
