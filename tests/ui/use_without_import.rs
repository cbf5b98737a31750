//! The traits are not imported.
use backprop::network;

#[network(input = 4, layers = [dense(3)])]
struct Net;

fn main() {
    Net::zeroed().predict(&[0.0; 4]);
}
