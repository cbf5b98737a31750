//! Every error leaves network and optimizer bit for bit as they were, dropout's counter included.
//!
//! Twins are trained alike; one of them meets an error. Parameters must be the same right after it, and so must
//! losses and parameters of the steps that follow, in which optimizer state and dropout would show.

mod support;

use backprop::Error;
use backprop::prelude::*;
use support::{bits, classes, many, network};

#[network(input = 5, layers = [dense(7), relu, dropout(0.3), dense(3)], loss = cross_entropy, tile = 16)]
struct Net;

type Optimum = Adam;

struct Trained {
    net: Box<Net>,
    trainer: Box<Trainer<Net, Optimum>>,
}

fn inputs(count: usize) -> Vec<[f32; 5]> {
    many(count, 11)
}

fn labels(count: usize) -> Vec<u8> {
    classes(count, 3, 12)
}

/// A network and its trainer after two steps, the same whenever it is called.
fn trained() -> Trained {
    let (mut net, mut trainer) = (network::<Net>(1), Trainer::<Net, _>::boxed(Adam::new(0.01)));
    trainer.set_seed(99);
    for count in [20, 7] {
        trainer.step(&mut *net, &inputs(count), &labels(count)).expect("a good batch");
    }
    Trained { net, trainer }
}

/// Losses and parameters of three steps.
fn future(Trained { net, trainer }: &mut Trained) -> Vec<u64> {
    let mut seen = Vec::new();
    for count in [3, 16, 33] {
        let loss = trainer.step(net, &inputs(count), &labels(count)).expect("a good batch");
        seen.extend(bits(&[loss]));
        seen.extend(bits(net.parameters()));
    }
    seen
}

/// The error that something runs into, which must leave no trace.
#[track_caller]
fn harmless<T>(fail: impl FnOnce(&mut Trainer<Net, Optimum>, &mut Net) -> Result<T, Error>) -> Error {
    let mut one = trained();
    let before = bits(one.net.parameters());
    let Err(error) = fail(&mut one.trainer, &mut one.net) else { panic!("no error") };
    assert_eq!(bits(one.net.parameters()), before, "{error}: the network has changed");
    assert_eq!(future(&mut one), future(&mut trained()), "{error}: the trainer has changed");
    error
}

#[test]
fn lengths_that_differ() {
    let expected = "4 inputs but 3 targets: give one for each";
    let error = harmless(|trainer, net| trainer.step(net, &inputs(4), &labels(3)));
    assert_eq!(error.to_string(), expected);
    let error = harmless(|trainer, net| trainer.accumulate(net, &inputs(4), &labels(3)));
    assert_eq!(error.to_string(), expected);
    let error = harmless(|trainer, net| trainer.evaluate(net, &inputs(4), &labels(3)));
    assert_eq!(error.to_string(), expected);
    let error = harmless(|trainer, net| trainer.step(net, &[], &labels(3)));
    assert_eq!(error.to_string(), "0 inputs but 3 targets: give one for each");
    let error = harmless(|trainer, net| trainer.step_weighted(net, &inputs(4), &labels(4), &[1.0; 5]));
    assert_eq!(error.to_string(), "4 inputs but 5 weights: give one for each");
}

#[test]
fn an_empty_batch() {
    let none: &[u8] = &[];
    for error in [
        harmless(|trainer, net| trainer.step(net, &[], none)),
        harmless(|trainer, net| trainer.accumulate(net, &[], none)),
        harmless(|trainer, net| trainer.evaluate(net, &[], none)),
        harmless(|trainer, net| trainer.step_weighted(net, &[], none, &[])),
        harmless(|trainer, net| trainer.step_with(net, &[], |_, _, _| 0.0)),
        harmless(|trainer, net| trainer.update(net)),
    ] {
        assert_eq!(error, Error::EmptyBatch);
        assert_eq!(error.to_string(), "the batch is empty: give at least one sample");
    }
}

#[test]
fn labels_out_of_range_of_every_integer_type() {
    macro_rules! out_of_range {
        ($($type:ty: $($label:expr),*;)*) => { $( $(
            let mut ys: Vec<$type> = labels(20).iter().map(|&label| label as $type).collect();
            let wrong: $type = $label;
            ys[18] = wrong;
            let error = harmless(|trainer, net| trainer.step(net, &inputs(20), &ys));
            let label = usize::try_from(wrong).unwrap_or(usize::MAX);
            assert_eq!(error, Error::LabelOutOfRange { sample: 18, label, classes: 3 });
        )* )* };
    }
    out_of_range! {
        u8: 3, 255; u16: 3, u16::MAX; u32: 3, u32::MAX; u64: 3, 1 << 40, u64::MAX; u128: 3, u128::MAX; usize: 3, usize::MAX;
        i8: 3, -1, i8::MIN; i16: 3, -1; i32: 3, -1, i32::MIN; i64: 3, -1; i128: 3, -1, i128::MIN; isize: 3, -1;
    }
    let error = harmless(|trainer, net| trainer.evaluate(net, &inputs(2), &[0, 3]));
    assert_eq!(
        error.to_string(),
        "the label of sample 1, 3, is out of range: the network has 3 classes, 0 to 2"
    );
}

#[test]
fn inputs_that_are_not_finite() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        // In the first tile, in the second, as the last of it.
        for sample in [0, 17, 39] {
            let mut xs = inputs(40);
            xs[sample][2] = value;
            let error = harmless(|trainer, net| trainer.step(net, &xs, &labels(40)));
            // relu and dropout may keep an infinity from the loss; then it shows in the gradient.
            match error {
                Error::NonFiniteGradient { .. } if value.is_infinite() => {}
                _ => assert_eq!(error, Error::NonFiniteLoss { sample }, "{value}"),
            }
        }
    }
}

#[test]
fn the_message_of_a_loss_that_is_not_finite() {
    assert_eq!(
        Error::NonFiniteLoss { sample: 7 }.to_string(),
        "the loss is not finite, for sample 7: look for NaN or infinity there, or lower the learning rate"
    );
}

#[test]
fn a_weight_that_is_not_a_number() {
    let mut one = trained();
    one.net.dense1.weight[1][2] = f32::NAN;
    let before = bits(one.net.parameters());
    let error = one.trainer.step(&mut one.net, &inputs(5), &labels(5));
    // Dropout keeps it from the first.
    assert_eq!(error, Err(Error::NonFiniteLoss { sample: 1 }));
    assert_eq!(bits(one.net.parameters()), before);
    // Once the weight is mended, all is as if nothing had been.
    one.net.dense1.weight[1][2] = trained().net.dense1.weight[1][2];
    assert_eq!(future(&mut one), future(&mut trained()));
}

#[test]
fn an_infinite_gradient_of_a_finite_loss() {
    for value in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
        let error = harmless(|trainer, net| {
            trainer.step_with(net, &inputs(9), |sample, _, dy| {
                dy[1] = if sample == 8 { value } else { 1.0 };
                1.0
            })
        });
        assert!(matches!(error, Error::NonFiniteGradient { .. }), "{error:?}");
    }
}

/// Here the squared error is finite, and its derivative times the input overflows: parameter 2 alone.
#[test]
fn an_overflowing_gradient_names_its_parameter() {
    #[network(input = 2, layers = [dense(2)], loss = mse)]
    struct Wide;
    let mut net = Wide::zeroed();
    let mut trainer = Trainer::<Wide, Sgd>::new(Sgd::new(0.1));
    let error = trainer.step(&mut net, &[[0.0, 1e30]], &[[1e15_f32, 1.0]]).expect_err("it overflows");
    assert_eq!(error, Error::NonFiniteGradient { parameter: 2 });
    assert_eq!(
        error.to_string(),
        "the gradient of trained parameter 2 is not finite: lower the learning rate, or clip"
    );
    assert_eq!(net.parameters(), &[0.0; 6]);
}

#[test]
fn gradients_given_to_apply_that_are_not_finite() {
    let error = harmless(|trainer, net| {
        let mut gradients = Net::gradients();
        gradients.dense2.bias[2] = f32::NAN;
        trainer.apply(net, &gradients)
    });
    assert_eq!(error, Error::NonFiniteGradient { parameter: Net::PARAMETERS - 1 });
}

#[test]
fn sample_weights_that_are_none() {
    for (weights, sample) in [
        ([1.0, -1.0, 1.0], 1),
        ([1.0, 1.0, f32::NAN], 2),
        ([f32::INFINITY, 1.0, 1.0], 0),
        ([0.0, 0.0, 0.0], 0),
    ] {
        let error = harmless(|trainer, net| trainer.step_weighted(net, &inputs(3), &labels(3), &weights));
        assert_eq!(error, Error::InvalidWeight { sample }, "{weights:?}");
    }
    assert_eq!(
        Error::InvalidWeight { sample: 4 }.to_string(),
        "the weight of sample 4 is invalid: weights are finite, not negative, and not all zero"
    );
}

#[test]
fn groups_that_do_not_exist() {
    for name in ["", "dense", "dense11", "dense3", "dense1.", "dense1.weights", "relu1", "weight", ".bias"] {
        let error = harmless(|trainer, _net| trainer.set_group(name, 0.0, 0.0));
        assert_eq!(error, Error::UnknownLayer, "{name}");
    }
    assert_eq!(
        Error::UnknownLayer.to_string(),
        "no layer or tensor of the network has this name: see its summary()"
    );
}

#[test]
fn a_target_that_the_loss_refuses() {
    #[network(input = 5, layers = [dense(2)], loss = binary_cross_entropy)]
    struct Binary;
    let (mut net, mut trainer) = (network::<Binary>(1), Trainer::<Binary, _>::new(Adam::new(0.1)));
    let before = bits(net.parameters());
    for value in [1.5, -0.1, f32::NAN, f32::INFINITY] {
        let error =
            trainer.step(&mut net, &inputs(2), &[[0.0, 1.0], [0.5, value]]).expect_err("no probability");
        assert!(matches!(error, Error::InvalidTarget { sample: 1, .. }), "{value}: {error:?}");
        assert_eq!(
            error.to_string(),
            "the target of sample 1 is invalid: expected a probability for each output"
        );
        assert_eq!(bits(net.parameters()), before);
    }
}

#[test]
fn a_prediction_into_too_few_places_writes_nothing() {
    let net = trained().net;
    let mut ys = [[7.0; 3]; 2];
    let error = net.predict_batch(&inputs(3), &mut ys).expect_err("three into two");
    assert_eq!(error.to_string(), "3 inputs but 2 outputs: give one for each");
    assert_eq!(ys, [[7.0; 3]; 2]);
}

/// What is wrong before anything is computed leaves earlier sums alone; the next update uses them.
#[test]
fn accumulated_gradients_survive_wrong_arguments() {
    let (mut one, mut twin) = (trained(), trained());
    for each in [&mut one, &mut twin] {
        each.trainer.accumulate(&mut each.net, &inputs(6), &labels(6)).expect("a good batch");
    }
    let kept = bits(one.trainer.gradients().flat());
    one.trainer.accumulate(&mut one.net, &inputs(4), &labels(3)).expect_err("lengths differ");
    one.trainer.accumulate(&mut one.net, &inputs(1), &[-1]).expect_err("no such class");
    one.trainer.accumulate(&mut one.net, &[], &labels(0)).expect_err("an empty batch");
    one.trainer.set_group("nobody", 0.0, 0.0).expect_err("no such group");
    assert_eq!(bits(one.trainer.gradients().flat()), kept);
    for each in [&mut one, &mut twin] {
        each.trainer.update(&mut each.net).expect("something was accumulated");
    }
    assert_eq!(future(&mut one), future(&mut twin));
}

/// A loss that is not finite has spoilt the sums: they are discarded, as is documented.
#[test]
fn accumulated_gradients_are_discarded_with_a_loss_that_is_not_finite() {
    let mut one = trained();
    one.trainer.accumulate(&mut one.net, &inputs(6), &labels(6)).expect("a good batch");
    let error = one.trainer.accumulate(&mut one.net, &[[f32::NAN; 5]], &[0]);
    assert_eq!(error, Err(Error::NonFiniteLoss { sample: 0 }));
    assert!(one.trainer.gradients().flat().iter().all(|g| *g == 0.0));
    assert_eq!(one.trainer.update(&mut one.net), Err(Error::EmptyBatch));
    assert_eq!(future(&mut one), future(&mut trained()));
}

/// The same for other optimizers, whose state is their own.
#[test]
fn other_optimizers_are_unharmed_too() {
    fn unharmed<O: Optimizer>(optimizer: impl Fn() -> O) {
        let run = |fails: bool| {
            let (mut net, mut trainer) = (network::<Net>(1), Trainer::<Net, O>::boxed(optimizer()));
            for count in [20, 7, 18] {
                trainer.step(&mut *net, &inputs(count), &labels(count)).expect("a good batch");
                if fails {
                    trainer.step(&mut *net, &[[f32::NAN; 5]], &[0]).expect_err("not a number");
                    let infinite = |_: usize, _: &[f32; 3], dy: &mut [f32; 3]| {
                        *dy = [f32::INFINITY; 3];
                        0.0
                    };
                    trainer.step_with(&mut *net, &inputs(3), infinite).expect_err("infinite");
                }
            }
            bits(net.parameters())
        };
        assert_eq!(run(true), run(false));
    }
    unharmed(|| Sgd::new(0.1));
    unharmed(|| Sgd::new(0.1).momentum(0.9));
    unharmed(|| Adam::new(0.01));
    unharmed(|| AdamW::new(0.01).amsgrad());
    unharmed(|| NAdam::new(0.01));
}

#[network(input = 1, layers = [dense(1)], loss = mse)]
struct Line;

/// Refuses the batch, and goes on as a twin that never saw it.
#[track_caller]
fn refuses<O: Optimizer>(
    optimizer: impl Fn() -> O,
    settings: impl Fn(&mut Trainer<Line, O>),
    x: f32,
    expected: Error,
) {
    let (mut net, mut trainer) = (Line::zeroed(), Trainer::new(optimizer()));
    let (mut twin, mut other) = (Line::zeroed(), Trainer::new(optimizer()));
    for (net, trainer) in [(&mut net, &mut trainer), (&mut twin, &mut other)] {
        trainer.step(net, &[[0.5], [1.0]], &[[1.0], [2.0]]).expect("a good batch");
        settings(trainer);
    }
    let before = bits(net.parameters());
    assert_eq!(trainer.step(&mut net, &[[x]], &[[x]]), Err(expected));
    assert_eq!(bits(net.parameters()), before);
    for (net, trainer) in [(&mut net, &mut trainer), (&mut twin, &mut other)] {
        trainer.set_learning_rate(0.01);
        trainer.step(net, &[[0.5], [1.0]], &[[1.0], [2.0]]).expect("a good batch");
    }
    assert_eq!(bits(net.parameters()), bits(twin.parameters()));
    assert!(net.parameters().iter().all(|w| w.is_finite()));
}

/// What is written is finite: parameters, and the state of the optimizer.
#[test]
fn updates_that_would_not_be_finite() {
    // A gradient of about 1e24 has no square: a second moment of infinity would last for ever.
    let (large, wrong) = (1e12, Error::NonFiniteUpdate);
    refuses(|| Adam::new(0.01), |_| (), large, wrong);
    refuses(|| AdamW::new(0.01).amsgrad(), |_| (), large, wrong);
    refuses(|| NAdam::new(0.01), |_| (), large, wrong);
    refuses(|| RAdam::new(0.01), |_| (), large, wrong);
    refuses(|| RmsProp::new(0.01), |_| (), large, wrong);
    refuses(|| RmsProp::new(0.01).centered(), |_| (), large, wrong);
    refuses(|| Adagrad::new(0.01), |_| (), large, wrong);
    refuses(|| Adadelta::new(0.01), |_| (), large, wrong);
    refuses(|| Penalized::new(Adam::new(0.01)).l1(1e-3), |_| (), large, wrong);
    // Parameters, and a momentum.
    let fast = |trainer: &mut Trainer<Line, Sgd>| trainer.set_learning_rate(1e20);
    refuses(|| Sgd::new(0.01), fast, large, wrong);
    refuses(|| Sgd::new(0.01).momentum(0.9), |trainer| trainer.set_learning_rate(1e20), large, wrong);
    for rate in [f64::NAN, f64::INFINITY, 1e39, -1.0] {
        refuses(
            || Sgd::new(0.01),
            |trainer| trainer.set_learning_rate(rate),
            1.0,
            Error::InvalidLearningRate,
        );
    }
    let mut trainer: Trainer<Line, _> = Trainer::new(Sgd::new(0.1));
    assert_eq!(trainer.set_group("dense1", f32::NAN, 1.0), Err(Error::InvalidLearningRate));
    assert_eq!(trainer.set_group("dense1", 1.0, -1.0), Err(Error::InvalidLearningRate));
}

#[test]
fn a_momentum_does_not_overflow_over_several_steps() {
    let (mut net, mut trainer) = (Line::zeroed(), Trainer::new(Sgd::new(0.0).momentum(1.0)));
    let mut steps = 0;
    let error = loop {
        let before = bits(net.parameters());
        let step = trainer.step_with(&mut net, &[[1.0]], |_, _, dy| {
            dy[0] = 1e38;
            1.0
        });
        match step {
            Ok(_) => steps += 1,
            Err(error) => {
                assert_eq!(bits(net.parameters()), before);
                break error;
            }
        }
    };
    assert_eq!((error, steps), (Error::NonFiniteUpdate, 3));
}

#[test]
fn weights_whose_reciprocal_is_infinite() {
    let (mut net, mut trainer) = (Line::zeroed(), Trainer::new(Sgd::new(0.1)));
    let step = trainer.step_weighted(&mut net, &[[1.0]], &[[1.0]], &[1e-39]);
    assert_eq!((step, *net.parameters()), (Err(Error::WeightsTooSmall), [0.0; 2]));
}

/// Clipping by the norm, where the squares of gradients are infinite.
#[test]
fn norms_that_do_not_overflow() {
    #[network(input = 2, layers = [dense(1)], loss = mse)]
    struct Two;
    for (gradient, max) in [(3e19, 1.0), (2.0, 1.0), (0.1, 1.0)] {
        let (mut net, mut trainer) = (Two::zeroed(), Trainer::new(Sgd::new(1.0)));
        trainer.clip_norm(Some(max));
        let write = |_: usize, _: &[f32; 1], dy: &mut [f32; 1]| {
            *dy = [gradient];
            1.0
        };
        trainer.step_with(&mut net, &[[1.0, 1.0]], write).expect("a finite gradient");
        // Three gradients alike; PyTorch adds 1e-6 to the norm.
        let norm = f64::from(gradient) * 3_f64.sqrt();
        let expected = -f64::from(gradient) * (max / (norm + 1e-6)).min(1.0);
        for w in net.parameters() {
            assert!((f64::from(*w) / expected - 1.0).abs() < 1e-5, "{gradient}: {w}, not {expected}");
        }
        trainer.clip_norm(None);
        trainer.clip_value(None);
    }
}

#[network(input = 2, layers = [batch_norm, dense(1)], loss = mse)]
struct Normed;

#[test]
fn statistics_that_would_not_be_finite() {
    let (mut net, mut trainer) = (Normed::new(&mut backprop::rng(1)), Trainer::new(Sgd::new(0.1)));
    let before = bits(net.parameters());
    let xs = [[1e20, 1.0], [-1e20, 2.0], [3.0, 4.0]];
    assert_eq!(trainer.step(&mut net, &xs, &[[1.0]; 3]), Err(Error::NonFiniteStatistics));
    assert_eq!(bits(net.parameters()), before);
    trainer.step(&mut net, &[[1.0, 2.0], [3.0, 5.0]], &[[1.0]; 2]).expect("a good batch");
    assert!(net.parameters().iter().all(|number| number.is_finite()));
}

#[network(input = 2, layers = [bias], loss = cross_entropy(ignore_index = -1))]
struct Ignoring;

/// One behaviour for samples that count nothing.
#[test]
fn nothing_counts() {
    let (mut net, mut trainer) = (Ignoring::zeroed(), Trainer::new(Sgd::new(0.1)));
    let (xs, ys) = ([[0.0, 1.0]; 3], [-1; 3]);
    assert_eq!(trainer.step(&mut net, &xs, &ys), Err(Error::NothingCounts));
    assert_eq!(trainer.accumulate(&mut net, &xs, &ys), Err(Error::NothingCounts));
    assert_eq!(trainer.evaluate(&net, &xs, &ys), Err(Error::NothingCounts));
    assert_eq!(OnlineTrainer::new(0.1).step(&mut net, &xs[0], &-1), Err(Error::NothingCounts));
    assert_eq!(*net.parameters(), [0.0; 2]);
    assert_eq!(trainer.evaluate(&net, &[[f32::NAN, 0.0]], &[0]), Err(Error::NonFiniteLoss { sample: 0 }));
}

/// The target of a sample that counts nothing may be anything.
#[test]
fn targets_of_samples_without_weight() {
    fn step<N: Trainable<Scalar = f32, Sample = [f32; 1], Target = [f32; 1]> + Zeroed>() -> Vec<u64> {
        let mut net = N::boxed(&mut backprop::rng(1));
        let mut trainer = Trainer::<N, _>::boxed(Sgd::new(0.1));
        let (xs, ys) = ([[1.0], [2.0], [3.0]], [[1.0], [f32::NAN], [0.5]]);
        trainer.step_weighted(&mut net, &xs, &ys, &[1.0, 0.0, 2.0]).expect("a batch");
        bits(net.parameters().as_ref())
    }
    #[network(input = 1, layers = [dense(1)], loss = mse, tile = 1)]
    struct OneByOne;
    #[network(input = 1, layers = [dense(1)], loss = binary_cross_entropy)]
    struct Binary;
    for parameters in [step::<Line>(), step::<OneByOne>(), step::<Binary>()] {
        assert!(parameters.iter().all(|bits| f32::from_bits(*bits as u32).is_finite()));
    }
}
