//! A mistake after an embedding, whose input is indices: one error.
use backprop::prelude::*;

#[network(input = 8, layers = [embedding(20, 4), flattn, dense(2)], loss = mse)]
struct Words;

fn main() {
    let mut net = Words::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(1e-3));
    trainer.step(&mut net, &[[0, 1, 2, 3, 4, 5, 6, 7]], &[[0.0, 1.0]]).expect("a good batch");
    let (mut tape, mut gradients) = (Words::tape(), Words::gradients());
    let y = net.forward(&[7; 8], &mut tape);
    net.backward(&mut tape, &y, &mut gradients);
    println!("{} {:?}", net.embedding1.weight[0][1], gradients.dense1.weight[0][0]);
}
