//! Random networks against an evaluator that knows nothing of plans, tiles and layers' backward passes: it
//! computes numbers one by one, remembers what each came from, and applies the chain rule to that.
//!
//! `BLESS=1 cargo test -p backprop-macros` writes `networks.rs` anew, from `bp-macros/src/random.rs`.

mod arithmetic;
mod evaluator;
#[rustfmt::skip]
mod networks;
mod tape;

use arithmetic::Array;
use backprop::prelude::*;
use backprop::sample::InputGradient;
use evaluator::{Evaluator, Module, Parameter, Train, trained};
use tape::{Derivatives, Tape};

/// More than a tile of 8, fewer than one of 16.
const SAMPLES: usize = 11;

/// What was declared, for the evaluator.
struct Description {
    input: Vec<usize>,
    train: Train,
    layers: Vec<Module>,
}

/// What one sample comes to.
struct Evaluated {
    output: Vec<f64>,
    input_gradient: Vec<f64>,
    /// In the order of the network's gradients.
    gradients: Vec<f64>,
}

fn number(index: usize) -> f64 {
    (index as f64 * 0.731 + 0.2).sin()
}

/// The gradient that output `index` of a sample is given.
fn given(sample: usize, index: usize) -> f64 {
    0.3 + number(7 * sample + 3 * index)
}

fn evaluate<N: Network<Scalar = f64>>(
    net: &N,
    description: &Description,
    sample: usize,
    x: &[f64],
) -> Evaluated {
    let mut tape = Tape::default();
    let stored = net.parameters().as_ref();
    let parameters: Vec<Parameter> = N::tensors()
        .iter()
        .map(|tensor| {
            let numbers = tape.leaves(tensor.places().map(|place| stored[place]));
            Parameter { path: tensor.path().to_string(), numbers: Array::new(tensor.shape(), numbers) }
        })
        .collect();
    let input = Array::new(&description.input, tape.leaves(x.iter().copied()));
    let mut evaluator = Evaluator::new(&mut tape, &parameters);
    let output = evaluator.chain(&description.layers, &input);
    let places = evaluator.places;
    assert_eq!(places.len(), parameters.len(), "every tensor has been used");

    let seeds = output.numbers.iter().enumerate().map(|(index, &y)| (y, given(sample, index)));
    let derivatives = tape.derivatives(seeds);
    Evaluated {
        output: output.numbers.iter().map(|&y| tape.value(y)).collect(),
        input_gradient: input.numbers.iter().map(|&x| derivatives.by(x)).collect(),
        gradients: gradients::<N>(&parameters, &trained(&places, &description.train), &derivatives),
    }
}

/// The derivatives by what is trained, where the network has them; that it trains the same is asserted.
fn gradients<N: Network>(parameters: &[Parameter], trained: &[bool], derivatives: &Derivatives) -> Vec<f64> {
    let mut all = vec![f64::NAN; N::Gradients::LEN];
    for ((tensor, parameter), is_trained) in N::tensors().iter().zip(parameters).zip(trained) {
        // What a layer lacks is neither.
        assert!(tensor.trained.is_some() == *is_trained || tensor.len == 0, "{}", parameter.path);
        let Some(start) = tensor.trained else { continue };
        for (place, x) in tensor.places().zip(&parameter.numbers.numbers) {
            all[start + place - tensor.offset] = derivatives.by(*x);
        }
    }
    all
}

#[track_caller]
fn assert_close(what: &str, found: &[f64], right: &[f64]) {
    assert_eq!(found.len(), right.len(), "{what}");
    let scale = right.iter().fold(1.0, |scale, right| right.abs().max(scale));
    for (index, (found, right)) in found.iter().zip(right).enumerate() {
        // NaN is not close.
        assert!(
            (found - right).abs() / scale < 1e-10,
            "{what}: number {index} is {found}, and should be {right}"
        );
    }
}

fn check<N, const I: usize>(description: &Description)
where
    N: Boxed<Scalar = f64, Sample = [f64; I], InputGradient = [f64; I]>,
{
    let mut net = N::boxed(&mut backprop::rng(1));
    for (index, parameter) in net.parameters_mut().as_mut().iter_mut().enumerate() {
        *parameter = *parameter * (1.0 + 0.2 * number(index)) + 0.1 * number(5 * index);
    }
    let xs: Vec<[f64; I]> =
        (0..SAMPLES).map(|sample| std::array::from_fn(|i| 1.5 * number(sample * I + i))).collect();
    let right: Vec<Evaluated> =
        xs.iter().enumerate().map(|(sample, x)| evaluate(&*net, description, sample, x)).collect();

    one_by_one(&*net, &xs, &right);
    in_tiles(&mut net, &xs, &right);
}

fn one_by_one<N: Network<Scalar = f64>>(net: &N, xs: &[N::Sample], right: &[Evaluated]) {
    let mut tape = N::Tape::zeroed_box();
    for (sample, (x, right)) in xs.iter().zip(right).enumerate() {
        let y = net.forward(x, &mut tape);
        assert_close("output", y.flat(), &right.output);
        assert_eq!(net.predict(x).flat(), y.flat(), "forward gives the bits of predict");
        let (mut dy, mut gradients) = (y, N::Gradients::zeroed_box());
        for (index, dy) in dy.flat_mut().iter_mut().enumerate() {
            *dy = given(sample, index);
        }
        let mut dx = net.backward(&mut tape, &dy, &mut gradients);
        assert_close("gradients", gradients.flat(), &right.gradients);
        assert_close("input gradient", dx.numbers_mut(), &right.input_gradient);
        net.forward(x, &mut tape);
        let mut alone = net.input_gradient(&mut tape, &dy);
        assert_eq!(alone.numbers_mut(), dx.numbers_mut(), "the same without the parameters'");
    }
}

fn in_tiles<N: Network<Scalar = f64>>(net: &mut N, xs: &[N::Sample], right: &[Evaluated]) {
    let mut ys = vec![net.predict(&xs[0]); xs.len()];
    net.predict_batch(xs, &mut ys).unwrap();
    for (y, right) in ys.iter().zip(right) {
        assert_close("output of a batch", y.flat(), &right.output);
    }

    let mut trainer = Trainer::boxed(Sgd::new(0.1));
    let loss = |sample: usize, y: &N::Output, dy: &mut N::Output| {
        assert_close("output of a trainer", y.flat(), &right[sample].output);
        for (index, dy) in dy.flat_mut().iter_mut().enumerate() {
            *dy = given(sample, index);
        }
        0.0
    };
    trainer.accumulate_with(net, xs, loss).unwrap();
    let mut sum = vec![0.0; N::Gradients::LEN];
    for right in right {
        sum.iter_mut().zip(&right.gradients).for_each(|(sum, gradient)| *sum += gradient);
    }
    assert_close("gradients of a trainer", trainer.gradients().flat(), &sum);
}
