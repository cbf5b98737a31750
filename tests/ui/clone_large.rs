//! A large network that can be cloned.
use backprop::prelude::*;

#[network(input = 256, layers = [dense(255), relu, dense(10)], loss = mse)]
#[derive(Debug, Clone)]
struct Net;

/// Just small enough.
#[network(input = 128, layers = [dense(256)], loss = mse)]
#[derive(Clone)]
struct Small;

fn main() {}
