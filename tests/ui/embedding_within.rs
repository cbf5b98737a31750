//! A network that begins with an embedding cannot be a layer of another, whose numbers are no indices.
use backprop::prelude::*;

#[network(input = 2, layers = [embedding(10, 4), flatten, dense(3)])]
struct Inner;
#[network(input = 4, layers = [dense(2), Inner, dense(2)], loss = mse)]
struct Net;

fn main() {
    let _ = Net::zeroed();
}
