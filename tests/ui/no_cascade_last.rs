//! The last layer is misspelt, so that the output is not known, and all is used: one error.
use backprop::prelude::*;
#[network(input = [1, 6, 6], layers = [conv1: conv2d(4, kernel = 3), relu, out: denze(10)], loss = cross_entropy)]
pub struct Net;
static NET: Net = Net::zeroed();
static mut SCRATCH: <Net as Network>::Scratch = Net::scratch();
fn main() {
    let mut net = Net::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(Adam::new(1e-3));
    let y: [f32; 10] = net.predict(&[0.0; 36]);
    let loss: f32 = trainer.step(&mut net, &[[0.0; 36]], &[3_u8]).expect("a good batch");
    let l: f32 = net.loss(&[0.0; 36], &3_u8);
    println!("{} {:?} {loss} {l}", NET.conv1.bias[0], y);
    println!("{:?}", net.out.weight[0]);
    let mut all = [[0.0; 10]; 3];
    net.predict_batch(&[[0.0; 36]; 3], &mut all).expect("a good batch");
    let p: &[f32] = net.parameters();
    println!("{:?} {}", p.len(), net.summary());
    trainer.accumulate(&mut net, &[[0.0; 36]], &[3_u8]).expect("a good batch");
    trainer
        .step_with(&mut net, &[[0.0; 36]], |_, y: &[f32; 10], dy: &mut [f32; 10]| {
            dy[0] = y[1];
            0.5
        })
        .expect("a good batch");
}
