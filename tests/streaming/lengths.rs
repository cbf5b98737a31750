//! Samples that are shorter than the window: against PyTorch's packed sequences (`fixtures/lengths.py`), against central
//! differences, alone and in tiles, carried from window to window.

use backprop::prelude::*;
use backprop::{Zeroed, streaming::Remembered as _};
use serde_json::Value;

type Steps = Sequence<[f64; 3], 6>;

#[network(input = [..=6, 3], layers = [lstm(4, layers = 2, bidirectional = true), dense(2)], loss = mse, scalar = f64, tile = 8)]
struct Tagger;
#[network(
    input = [..=6, 3],
    layers = [gru(5, bidirectional = true), lstm(4, projection = 2), rnn(3), last, dense(3)],
    loss = cross_entropy, scalar = f64, tile = 8,
)]
struct Counter;
#[network(
    input = [..=6, 3],
    layers = [dense(4), attention(2), concat[[global_avg_pool], [global_max_pool]], dense(3)],
    loss = cross_entropy, scalar = f64, tile = 8,
)]
struct Pooled;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list").iter().map(numbers).collect()
}

fn sequence<const F: usize>(numbers: &[f64], length: usize) -> Sequence<[f64; F], 6> {
    Sequence::new(&numbers.as_chunks().0[..length]).expect("1 to 6 steps")
}

fn close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-10, "{what}: {found} {expected}");
    }
}

/// Outputs, loss and all gradients of PyTorch: of each sample alone, and of tiles whose samples differ in length.
fn equals_pytorch<N>(case: &Value, ys: &[N::Target], weight: f64)
where
    N: Trainable<Scalar = f64, Sample = Steps, InputGradient = [f64; 18]> + Zeroed,
    N::Target: AsTarget<N::Target>,
{
    let mut net = N::zeroed_box();
    let tensors = || N::tensors().iter().filter(|tensor| tensor.len > 0);
    for tensor in tensors() {
        let stored = numbers(&case["parameters"][tensor.path().to_string()]);
        assert_eq!(stored.len(), tensor.len, "{}", tensor.path());
        for (place, number) in tensor.places().zip(stored) {
            net.parameters_mut().as_mut()[place] = number;
        }
    }
    let xs: Vec<Steps> = rows(&case["x"])
        .iter()
        .zip(numbers(&case["lengths"]))
        .map(|(x, length)| sequence(x, length as usize))
        .collect();
    let (expected, dxs) = (rows(&case["y"]), rows(&case["dx"]));

    let mut outputs = vec![backprop::codegen::zero(); xs.len()];
    net.predict_batch(&xs, &mut outputs).expect("as many places");
    let (mut tape, mut gradients): (Box<N::Tape>, Box<N::Gradients>) =
        (Zeroed::zeroed_box(), Zeroed::zeroed_box());
    for (sample, x) in xs.iter().enumerate() {
        close(net.predict(x).flat(), &expected[sample], "alone");
        close(outputs[sample].flat(), &expected[sample], "in a tile");
        let y = net.forward(x, &mut tape);
        assert_eq!(y.flat(), net.predict(x).flat());
        let mut dy: N::Output = backprop::codegen::zero();
        N::LOSS.sample(y.flat(), &ys[sample], dy.flat_mut());
        // What is asked for behind the end does not count.
        for (dy, y) in dy.flat_mut().iter_mut().zip(y.flat()) {
            *dy = if *y == 0.0 { 7.0 } else { *dy / weight };
        }
        close(&net.backward(&mut tape, &dy, &mut gradients), &dxs[sample], "dx");
    }
    let mut trainer = Trainer::<N, _>::boxed(Sgd::new(0.0));
    let loss = trainer.accumulate(&mut net, &xs, ys).expect("a batch");
    close(&[loss], &[case["loss"].as_f64().expect("a loss")], "loss");
    for tensor in tensors() {
        let expected = numbers(&case["gradients"][tensor.path().to_string()]);
        let of =
            |all: &[f64], divisor: f64| tensor.places().map(|place| all[place] / divisor).collect::<Vec<_>>();
        close(&of(trainer.gradients().flat(), weight), &expected, tensor.name);
        close(&of(gradients.flat(), 1.0), &expected, tensor.name);
    }
}

#[test]
fn packed_sequences_masks_and_pooling_are_pytorchs() {
    let text = std::fs::read_to_string("tests/fixtures/lengths.json").expect("the fixture");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let case = |name: &str| all["cases"][name].clone();
    let tagger = case("Tagger");
    let lengths: Vec<usize> = numbers(&tagger["lengths"]).iter().map(|length| *length as usize).collect();
    let ys: Vec<_> =
        rows(&tagger["target"]).iter().zip(&lengths).map(|(y, n)| sequence::<2>(y, *n)).collect();
    equals_pytorch::<Tagger>(&tagger, &ys, lengths.iter().sum::<usize>() as f64);
    for name in ["Counter", "Pooled"] {
        let case = case(name);
        let ys: Vec<_> = numbers(&case["target"]).iter().map(|class| Class(*class as usize)).collect();
        let weight = ys.len() as f64;
        match name {
            "Counter" => equals_pytorch::<Counter>(&case, &ys, weight),
            _ => equals_pytorch::<Pooled>(&case, &ys, weight),
        }
    }
}

const LONGEST: usize = 5;
#[network(
    input = ..=LONGEST,
    layers = [
        embedding(9, 4), positional_encoding,
        residual[conv1d(4, kernel = 3, dilation = 2, padding = causal), prelu(channels = true), layer_norm],
        rnn(3, bidirectional = true, layers = 2), product[[tanh], [dense(6), sigmoid]],
        heads { tag: [dense(3)], level: [dense(2), softplus], whole: [attention(3, causal = true), last, dense(2)] },
    ],
    loss = { tag: cross_entropy(per = step, label_smoothing = 0.1), level: 0.5 * |y, t| (y - t).powi(2), whole: mse },
    scalar = f64, tile = 8,
)]
struct Headed;

/// A batch of 11 sequences of 1 to 5 indices, and their targets.
fn headed() -> (Vec<Sequence<u32, LONGEST>>, Vec<HeadedTarget>) {
    let number = |place: usize| (place * 7919 + 31) % 1009;
    let one = |sample: usize| {
        let length = 1 + sample * 3 % LONGEST;
        let steps = |of: usize| (0..length).map(move |step| number(sample * 17 + step * 5 + of));
        let x: Vec<u32> = steps(1).map(|n| n as u32 % 9).collect();
        let tag: Vec<Class> = steps(2).map(|n| Class(n % 3)).collect();
        let level: Vec<[f64; 2]> = steps(3).map(|n| [n as f64 / 1009.0, 0.3]).collect();
        let whole = [number(sample) as f64 / 1009.0, -0.5];
        let all = "1 to 5 steps";
        let (tag, level) = (Sequence::new(&tag).expect(all), Sequence::new(&level).expect(all));
        (Sequence::new(&x).expect(all), HeadedTarget { tag, level, whole })
    };
    (0..11).map(one).unzip()
}

#[test]
fn gradients_agree_with_central_differences() {
    let (xs, ys) = headed();
    let mut net = Headed::new(&mut backprop::rng(4));
    let mut trainer = Trainer::boxed(Sgd::new(0.0));
    let loss = trainer.accumulate(&mut net, &xs, &ys).expect("a batch");
    let gradients = trainer.gradients().flat().to_vec();
    let mut of = |net: &Headed| trainer.evaluate(net, &xs, &ys).expect("a batch").loss;
    assert!((of(&net) - loss).abs() < 1e-12);
    for (place, gradient) in gradients.iter().enumerate() {
        let mut moved = |by: f64| {
            let mut moved = Headed::zeroed();
            moved.copy_from(&net);
            moved.parameters_mut()[place] += by;
            of(&moved)
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let found = gradient / xs.len() as f64;
        assert!((slope - found).abs() < 1e-8, "parameter {place}: {slope} {found}");
    }
    // Behind the end there is nothing, of the heads that have a time axis.
    let y = net.predict(&xs[0]);
    assert_eq!((xs[0].steps().len(), &y.tag[3..], &y.level[2..]), (1, &[0.0; 12][..], &[0.0; 8][..]));
}

#[test]
fn targets_have_as_many_steps_as_their_samples() {
    let (xs, mut ys) = headed();
    let mut net = Headed::new(&mut backprop::rng(4));
    let before = net.parameters().to_vec();
    let mut trainer = Trainer::boxed(Sgd::new(0.1));
    ys[3].level = ys[4].level;
    let error = trainer.step(&mut net, &xs, &ys).expect_err("the fourth target has other steps");
    assert_eq!(
        error.to_string(),
        "the target of sample 3 is invalid: expected as many steps as the sample has"
    );
    assert_eq!(net.parameters()[..], before);
    assert!(net.loss(&xs[3], &ys[3]).is_nan() && net.loss(&xs[2], &ys[2]).is_finite());
}

#[network(input = [..=4, 2], layers = [gru(17), lstm(3), dense(2)], loss = mse)]
struct Causal;
#[network(input = [3, 2], layers = [gru(17), lstm(3), dense(2)], loss = mse)]
struct Three;

/// A sample of three steps has the bits of a network that is declared for three; the state that is carried to the next
/// window is that of its last step; and streaming goes on as ever.
#[test]
fn a_shorter_sample_is_a_shorter_window() {
    let (net, mut three) = (Causal::new(&mut backprop::rng(2)), Three::zeroed());
    three.parameters_mut().copy_from_slice(net.parameters());
    let steps = [[0.5, -1.0], [0.25, 2.0], [-1.5, 0.75]];
    let x = Sequence::new(&steps).expect("three steps");
    let y = net.predict(&x);
    assert_eq!(
        (&y[..6], &y[6..]),
        (&three.predict(steps.as_flattened().try_into().expect("6"))[..], &[0.0; 2][..])
    );
    let mut state = Causal::state();
    for (step, y) in steps.iter().zip(y.as_chunks::<2>().0) {
        assert_eq!(net.step(step, &mut state), *y);
    }

    let mut states = [Causal::state(), Causal::state()];
    let short = Sequence::new(&steps[..1]).expect("one step");
    let ys = [Sequence::new(&[[0.0; 2]; 3]).expect("three"), Sequence::new(&[[0.0; 2]]).expect("one")];
    let (mut trained, mut trainer) = (Causal::zeroed(), Trainer::new(Sgd::new(0.0)));
    trained.copy_from(&net);
    trainer.step_with_state(&mut trained, &[x, short], &ys, &mut states).expect("a step");
    for (state, expected) in states.iter().zip([&steps[..], &steps[..1]]) {
        let expected = net.state_after(expected);
        let pairs = state.numbers().iter().zip(expected.numbers());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
        let mut same = state.clone();
        same.parts().0.copy_from_slice(expected.numbers());
        assert_eq!(same, expected, "the number of steps");
    }
}
