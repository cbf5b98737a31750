//! Networks seen in numbers that lie anywhere, numbers of networks, and lengths that do not fit.
#![forbid(unsafe_code)]

use backprop::prelude::*;

#[network(input = 3, layers = [conv: dense(5), batch_norm, tanh, Inner, prelu, dense(2)], loss = mse)]
#[derive(Clone, Copy)]
struct Net;

#[network(input = 5, layers = [dense(4), bias])]
#[derive(Clone, Copy)]
struct Inner;

#[network(input = 3, layers = [relu])]
struct Empty;

fn main() {
    let count = Net::LEN;
    let numbers: Box<[f32]> = (0..2 * count).map(|number| number as f32).collect();
    for start in 0..=count {
        // The last of them ends where the allocation ends.
        let part = &numbers[start..start + count];
        let net = Net::from_flat(part).expect("as many numbers as the network has");
        let copy = *net;
        assert_eq!(copy.flat(), part);
        assert_eq!(net.predict(&[1.0, 2.0, 3.0]), copy.predict(&[1.0, 2.0, 3.0]));
    }
    assert!((0..2 * count).all(|length| length == count || Net::from_flat(&numbers[..length]).is_none()));

    let mut numbers: Vec<f32> = vec![0.5; count + 1];
    let net = Net::from_flat_mut(&mut numbers[1..]).expect("as many numbers as the network has");
    net.parameters_mut().fill(2.0);
    net.dense1.bias = [3.0; 2];
    assert_eq!(numbers[0], 0.5);
    assert_eq!(numbers[count - 1..], [3.0; 2]);

    let empty = Empty::from_flat(&[]).expect("no numbers");
    assert_eq!(empty.predict(&[-1.0, 0.0, 2.0]), [0.0, 0.0, 2.0]);
    let mut boxed = <[Net; 3]>::zeroed_box();
    boxed[2].flat_mut().fill(1.0);
    assert_eq!(boxed.flat().iter().sum::<f32>(), count as f32);
}
