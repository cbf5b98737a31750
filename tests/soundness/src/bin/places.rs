//! Networks and trainers that are built in place: in boxes, in memory of the caller's, in a static, over one another.
#![forbid(unsafe_code)]

use backprop::prelude::*;
use std::mem::MaybeUninit;

#[network(input = 7, layers = [dense(9), relu, dropout(0.2), batch_norm, dense(3)], loss = cross_entropy)]
struct Net;

static NET: Net = Net::zeroed();

fn main() -> Result<(), backprop::Error> {
    let xs: Vec<[f32; 7]> = (0..45).map(|i| std::array::from_fn(|j| ((3 * i + j) % 7) as f32)).collect();
    let ys: Vec<u8> = (0..45).map(|i| i % 3).collect();
    let mut net = Net::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<Net, Adam>::boxed(Adam::new(0.01));
    let mut memory = Box::new(MaybeUninit::uninit());
    let other = Trainer::<Net, Adam>::init(&mut memory, Adam::new(0.01));
    let mut bytes = vec![0; Trainer::<Net, Adam>::CHECKPOINT_BYTES];
    for batch in [45, 1, 17, 32, 33] {
        trainer.accumulate(&mut net, &xs[..batch], &ys[..batch])?;
        trainer.to_bytes(&net, &mut bytes).expect("room for a checkpoint");
        let mut twin = net.boxed_clone();
        other.from_bytes(&mut twin, &bytes).expect("a checkpoint");
        assert_eq!(trainer.step(&mut net, &xs, &ys)?, other.step(&mut twin, &xs, &ys)?);
        assert_eq!(net.parameters(), twin.parameters());
    }
    // A trainer over another one, in the same memory.
    Trainer::<Net, Adam>::init(&mut memory, Adam::new(0.1)).step(&mut net, &xs, &ys)?;
    assert_eq!(NET.predict(&xs[3]), [0.0; 3]);
    let mut outputs = vec![[0.0; 3]; xs.len()];
    net.predict_batch(&xs, &mut outputs)?;
    (*net).copy_from(&NET);
    assert_eq!(net.predict(&xs[3]), [0.0; 3]);
    Ok(())
}
