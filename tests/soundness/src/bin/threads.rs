//! Steps on threads, of which one panics in the middle; and a loss that asks for threads itself.
#![forbid(unsafe_code)]

use backprop::losses::Sum;
use backprop::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The square, unless the target is a number that it does not like.
struct Picky;

impl backprop::Loss<f32> for Picky {
    type Target = [f32; 2];

    fn sample(&self, y: &[f32], target: &[f32; 2], dy: &mut [f32]) -> Sum<f32> {
        assert!(target[0] != 13.0, "thirteen");
        let mut loss = 0.0;
        for ((y, target), dy) in y.iter().zip(target).zip(dy) {
            *dy = 2.0 * (y - target);
            loss += (y - target) * (y - target);
        }
        Sum { loss, weight: 1.0 }
    }
}

#[network(input = 4, layers = [dense(16), batch_norm, tanh, dense(2)], loss = Picky, tile = 16)]
struct Net;

fn main() -> Result<(), backprop::Error> {
    let xs: Vec<[f32; 4]> =
        (0..300).map(|i| std::array::from_fn(|j| ((5 * i + j) % 11) as f32 / 5.0)).collect();
    let mut ys = vec![[0.5, -0.5]; xs.len()];
    let mut net = Net::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(Sgd::new(0.01));
    trainer.threads(3)?;
    // The panics are expected; nobody needs their twenty backtraces.
    std::panic::set_hook(Box::new(|_| ()));
    for step in 0..20 {
        ys[7 * step] = [13.0; 2];
        let caught = catch_unwind(AssertUnwindSafe(|| trainer.step(&mut net, &xs, &ys)));
        assert!(caught.is_err(), "the panic of a loss is passed on");
        trainer.discard();
        ys[7 * step] = [0.5; 2];
        trainer.step(&mut net, &xs, &ys)?;
    }
    drop(std::panic::take_hook());
    Ok(())
}
