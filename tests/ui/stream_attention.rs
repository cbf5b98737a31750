use backprop::prelude::*;

#[network(input = [16, 4], layers = [gru(4), mixing: attention(2), dense(1)])]
struct Mixing;

fn main() {
    let net = Mixing::zeroed();
    let mut state = Mixing::state();
    net.step(&[0.0; 4], &mut state);
}
