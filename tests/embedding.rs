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

/// A row that is not learnt, and rows that are no longer than a bound: steps of PyTorch's. See `tests/fixtures/embedding.py`.
#[test]
fn padding_and_a_largest_norm_are_pytorchs() {
    #[network(
        input = 4, layers = [embedding(6, 3, padding_idx = 2, max_norm = 0.8)], loss = mse, scalar = f64, tile = 8
    )]
    struct Bounded;

    let norm = |row: &[f64; 3]| row.iter().map(|x| x * x).sum::<f64>().sqrt();
    let drawn = Bounded::new(&mut backprop::rng(1)).embedding1.weight;
    assert_eq!(drawn[2], [0.0; 3]);
    assert!(
        drawn.iter().all(|row| norm(row) <= 0.8) && drawn.iter().any(|row| norm(row) > 0.79),
        "{drawn:?}"
    );

    let text = include_str!("fixtures/embedding.json");
    let file: serde_json::Value = serde_json::from_str(text).expect("a fixture");
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
    };
    let mut net = Bounded::zeroed();
    net.flat_mut().copy_from_slice(&numbers(&file["start"]));
    let mut trainer = Trainer::<Bounded, Sgd>::boxed(Sgd::new(2.0));
    let mut limited = false;
    for step in file["steps"].as_array().expect("steps") {
        let rows = |name: &str| step[name].as_array().expect("rows").iter().map(numbers).collect::<Vec<_>>();
        let xs: Vec<[u32; 4]> = rows("x").iter().map(|x| core::array::from_fn(|i| x[i] as u32)).collect();
        let ys: Vec<[f64; 12]> = rows("t").iter().map(|t| core::array::from_fn(|i| t[i])).collect();
        let loss = trainer.step(&mut net, &xs, &ys).expect("a batch without mistakes");
        assert_close("loss", &[loss], &[step["loss"].as_f64().expect("a loss")], 1e-12);
        assert_close("table", net.flat(), &numbers(&step["table"]), 1e-12);
        limited |= net.embedding1.weight.iter().any(|row| norm(row) > 0.799);
    }
    assert!(limited, "no row reached the bound");

    // By a trainer without a buffer too.
    let mut net = Bounded::new(&mut backprop::rng(1));
    let mut online = OnlineTrainer::<Bounded>::new(5.0);
    for _ in 0..5 {
        online.step(&mut net, &[0, 1, 2, 3], &[3.0; 12]).expect("a step");
    }
    let weight = net.embedding1.weight;
    assert!(weight.iter().all(|row| norm(row) <= 0.8) && weight[2] == [0.0; 3], "{weight:?}");
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
