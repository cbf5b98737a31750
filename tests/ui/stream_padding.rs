use backprop::prelude::*;

#[network(input = [16, 4], layers = [conv1d(4, kernel = 3, padding = 1), dense(1)])]
struct Ahead;

fn main() {
    let net = Ahead::zeroed();
    let mut state = Ahead::state();
    net.step_block(&[[0.0; 4]; 3], &mut [[0.0; 1]; 3], &mut state).unwrap();
}
