//! L1 and L2 penalties and moving averages of the weights, on a declared network against PyTorch's.
//! `fixtures/average.py` writes the run.

use backprop::average::Ema;
use backprop::prelude::*;
use serde_json::Value;

#[network(input = 3, layers = [dense(4), tanh, dense(2)], loss = mse, scalar = f64)]
struct Net;

const TOLERANCE: f64 = 1e-13;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/average.json")).expect("a fixture")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers<const N: usize>(value: &Value) -> [f64; N] {
    let numbers: Vec<f64> = value.as_array().expect("a list").iter().map(number).collect();
    numbers.try_into().expect("as many numbers as the network has")
}

fn rows<const N: usize>(value: &Value) -> Vec<[f64; N]> {
    value.as_array().expect("a list").iter().map(numbers).collect()
}

/// PyTorch's weights in the order of the network's: its modules are numbered, 0 and 2.
fn weights(value: &Value) -> Vec<f64> {
    let mut weights = vec![f64::NAN; <Net as Network>::PARAMETERS];
    for tensor in Net::tensors() {
        let module = if tensor.layer == "dense1" { 0 } else { 2 };
        let stored = value[format!("{module}.{}", tensor.name)].as_array().expect("a tensor");
        for (place, value) in tensor.places().zip(stored) {
            weights[place] = number(value);
        }
    }
    weights
}

#[track_caller]
fn close(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= TOLERANCE, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn penalties_and_averages_are_pytorchs() {
    let fixture = fixture();
    let mut net = Net::zeroed();
    net.flat_mut().copy_from_slice(&weights(&fixture["start"]));
    let sgd = Sgd::new(number(&fixture["rate"]));
    let penalized = Penalized::new(sgd).l1(number(&fixture["l1"])).l2(number(&fixture["l2"]));
    let mut trainer = Trainer::<Net, _>::new(penalized);
    // The penalties leave the first layer out.
    trainer.set_group("dense1", 1.0, 0.0).expect("a layer");
    let mut average = Ema::<Net>::new(number(&fixture["decay"]));

    let steps = fixture["steps"].as_array().expect("a list");
    assert_eq!(steps.len(), 6);
    for (number_of_step, step) in steps.iter().enumerate() {
        let (xs, ts): (Vec<[f64; 3]>, Vec<[f64; 2]>) = (rows(&step["x"]), rows(&step["t"]));
        let loss = trainer.step(&mut net, &xs, &ts).expect("a batch without mistakes");
        average.update(&net);
        let what = |what: &str| format!("{what} after step {number_of_step}");
        close(&what("loss, without penalties,"), &[loss], &[number(&step["loss"])]);
        let trained = weights(&step["weights"]);
        close(&what("weights"), net.flat(), &trained);
        close(&what("average"), average.parameters(), &weights(&step["average"]));

        average.swap(&mut net);
        for (x, expected) in xs.iter().zip(rows::<2>(&step["predicted"])) {
            close(&what("prediction of the average"), &net.predict(x), &expected);
        }
        average.swap(&mut net);
        close(&what("weights, back again,"), net.flat(), &trained);
    }
}

/// What is frozen is not averaged but copied.
#[test]
fn frozen_layers_are_taken_as_they_are() {
    #[network(input = 3, layers = [frozen dense(4), tanh, dense(2)], scalar = f64)]
    struct Frozen;
    let mut net = Frozen::zeroed();
    let mut average = Ema::<Frozen>::new(0.5);
    average.update(&net);
    net.flat_mut().fill(2.0);
    average.update(&net);
    for tensor in Frozen::tensors() {
        let expected = if tensor.layer == "dense1" { 2.0 } else { 1.0 };
        assert!(tensor.places().all(|place| average.parameters()[place] == expected), "{}", tensor.path());
    }
}
