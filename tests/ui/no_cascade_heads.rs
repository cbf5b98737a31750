//! A misspelt layer before heads, all of which are used: one error.
use backprop::prelude::*;
#[network(
    input = 4,
    layers = [dense(8), reluu, heads { policy: [dense(3)], value: [dense(1)] }],
    loss = { policy: cross_entropy, value: 0.5 * mse },
)]
pub struct Net;
fn score(y: &NetOutput) -> f32 {
    y.policy[2] + y.value[0]
}
fn main() {
    let mut net = Net::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(1e-3));
    let targets = [NetTarget { policy: Class(1), value: [0.5] }];
    let loss: f32 = trainer.step(&mut net, &[[0.0; 4]], &targets).expect("a good batch");
    let y = net.predict(&[0.0; 4]);
    let NetOutput { policy, value } = y;
    println!("{loss} {} {:?} {:?} {}", score(&y), policy, value, net.dense2.bias[0]);
    let mut dy = y;
    dy.policy = [0.0; 3];
    dy.value[0] = 1.0;
    let mut scratch = Net::scratch();
    net.predict_with(&mut scratch, &[0.0; 4]);
    trainer
        .step_with(&mut net, &[[0.0; 4]], |_, y, dy| {
            dy.policy[0] = y.policy[0];
            dy.value[0] = 1.0;
            0.5
        })
        .expect("a good batch");
}
