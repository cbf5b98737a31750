//! A transpose of three axes without their order.
use backprop::prelude::*;

#[network(input = [2, 3, 4], layers = [transpose])]
struct Net;

fn main() {}
