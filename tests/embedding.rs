//! Embeddings: indices in, no gradient with respect to them, and what happens to an index out of range.

mod support;

use backprop::Error;
use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use support::{assert_close, bits, drawn, network};

const WORDS: usize = 5;

#[network(
    input = 3,
    layers = [embedding(2 * WORDS + 1, 4), dense(6), tanh, flatten, dense(2)],
    loss = mse, scalar = f64, tile = 8,
)]
struct Net;

fn samples(count: usize) -> Vec<[u32; 3]> {
    let mut rng = backprop::rng(7);
    (0..count).map(|_| core::array::from_fn(|_| rng.next_u32() % 11)).collect()
}

/// Indices come as `u32`, and nothing goes back to them.
#[test]
fn samples_are_indices_and_have_no_gradient() {
    let net = network::<Net>(1);
    let x: [u32; 3] = [10, 0, 10];
    let (mut tape, mut gradients) = (Net::tape(), Net::gradients());
    let y = net.forward(&x, &mut tape);
    assert_eq!(bits(&y), bits(&net.predict(&x)));
    let () = net.backward(&mut tape, &[1.0, 0.5], &mut gradients);
    let rows = gradients.embedding1.weight;
    assert!(rows[1..10].iter().flatten().all(|g| *g == 0.0), "rows that were not read have no gradient");
    assert!(rows[10].iter().chain(&rows[0]).all(|g| *g != 0.0), "rows that were read have one");
}

/// Sums over tiles, full and not, against differences of the loss.
#[test]
fn gradients_agree_with_finite_differences() {
    let mut net = network::<Net>(1);
    let mut trainer = Trainer::<Net, Sgd>::boxed(Sgd::new(0.1));
    for count in [1, 8, 19] {
        let xs = samples(count);
        let mut rng = backprop::rng(3);
        let ys: Vec<[f64; 2]> = xs.iter().map(|_| drawn(&mut rng)).collect();
        trainer.accumulate(&mut net, &xs, &ys).expect("a batch without mistakes");
        let found = trainer.gradients().embedding1.weight;
        let expected = network::<Net>(1).embedding1.weight.map(|row| row.map(|_| 0.0));
        let mut expected = expected;
        for (row, expected) in expected.iter_mut().enumerate() {
            for (feature, expected) in expected.iter_mut().enumerate() {
                let mut at = |h: f64| -> f64 {
                    let place = net.embedding1.weight[row][feature];
                    net.embedding1.weight[row][feature] = place + h;
                    let loss = xs.iter().zip(&ys).map(|(x, y)| net.loss(x, y)).sum();
                    net.embedding1.weight[row][feature] = place;
                    loss
                };
                *expected = (at(1e-5) - at(-1e-5)) / 2e-5;
            }
        }
        assert_close("embedding1.weight", found.as_flattened(), expected.as_flattened(), 1e-6);
        trainer.discard();
    }
}

/// An index out of range is an error that changes nothing, wherever it stands in the batch.
#[test]
fn an_index_out_of_range_is_an_error_and_changes_nothing() {
    let mut net = network::<Net>(1);
    let mut trainer = Trainer::<Net, Adam>::boxed(Adam::new(0.1));
    let mut xs = samples(20);
    let ys = vec![[0.0; 2]; 20];
    trainer.step(&mut net, &xs, &ys).expect("a batch without mistakes");
    let before = bits(net.parameters());
    for index in [11, 1 << 24, u32::MAX] {
        xs[17][2] = index;
        let expected = Error::IndexOutOfRange { sample: 17, rows: 11 };
        assert_eq!(trainer.step(&mut net, &xs, &ys), Err(expected));
        assert_eq!(trainer.evaluate(&net, &xs, &ys).map(|e| e.loss), Err(expected));
        assert_eq!(trainer.step_with(&mut net, &xs, |_, _, _| 0.0), Err(expected));
        assert_eq!(trainer.update(&mut net), Err(Error::EmptyBatch), "nothing has been accumulated");
        assert_eq!(bits(net.parameters()), before);
    }
    let text = Error::IndexOutOfRange { sample: 17, rows: 11 }.to_string();
    assert_eq!(text, "an index in sample 17 is out of range: the embedding has 11 rows, 0 to 10");
}

/// Prediction has no error to give: the output is not a number.
#[test]
fn an_index_out_of_range_predicts_nan() {
    let net = network::<Net>(1);
    assert!(net.predict(&[0, 11, 0]).iter().all(|y| y.is_nan()));
    assert!(net.predict(&[0, 10, 0]).iter().all(|y| y.is_finite()));
    let mut ys = [[0.0; 2]; 9];
    let xs = core::array::from_fn::<_, 9, _>(|i| [0, if i == 4 { u32::MAX } else { 1 }, 2]);
    net.predict_batch(&xs, &mut ys).expect("as many places as inputs");
    for (i, y) in ys.iter().enumerate() {
        assert_eq!(y.iter().all(|y| y.is_nan()), i == 4, "{i}");
    }
}

/// Names, shapes and first values are PyTorch's.
#[test]
fn the_table_is_pytorchs() {
    let net = Net::new(&mut backprop::rng(1));
    let tensor = Net::tensors()[0];
    assert_eq!((tensor.layer, tensor.name, tensor.shape()), ("embedding1", "weight", &[11, 4][..]));
    let square = net.embedding1.weight.as_flattened().iter().map(|w| w * w).sum::<f64>() / 44.0;
    assert!((square - 1.0).abs() < 0.5, "N(0, 1), but the mean square is {square}");
}
