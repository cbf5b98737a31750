//! A mistake in a network that is a layer of another: one error.
use backprop::prelude::*;
#[network(input = 4, layers = [dense(8), reluu, dense(3)])]
pub struct Inner;
#[network(input = 4, layers = [inner: Inner, relu, last: dense(2)], loss = mse)]
pub struct Outer;
fn main() {
    let mut net = Outer::new(&mut backprop::rng(1));
    println!("{} {}", net.inner.dense1.bias[0], net.last.bias[1]);
    println!("{}", net.inner.predict(&[0.0; 4])[2]);
    let y: [f32; 2] = net.predict(&[0.0; 4]);
    let mut trainer = Trainer::new(Sgd::new(0.1).momentum(0.9));
    let _ = trainer.step(&mut net, &[[0.0; 4]], &[[0.0, 1.0]]);
    println!("{y:?} {}", Inner::PARAMETERS + Outer::PARAMETERS);
}
