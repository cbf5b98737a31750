//! What training changes: all, the last layers, or what is not frozen.

use backprop::prelude::*;
use std::mem::size_of;

/// The layers whose tensors are trained, and where their numbers begin among the gradients.
fn trained<N: Network>() -> Vec<(&'static str, usize)> {
    let tensors = N::tensors().iter();
    tensors.filter_map(|tensor| Some((tensor.layer, tensor.trained?))).collect()
}

/// Paths of the tensors that are trained.
fn paths<N: Network>() -> Vec<String> {
    let tensors = N::tensors().iter().filter(|tensor| tensor.trained.is_some());
    tensors.map(|tensor| tensor.path().to_string()).collect()
}

#[network(input = 4, layers = [dense(5), tanh, dense(4), tanh, dense(3)], loss = mse)]
struct Whole;

#[network(input = 4, layers = [dense(5), tanh, dense(4), tanh, dense(3)], loss = mse, train = all)]
struct All;

#[network(input = 4, layers = [dense(5), tanh, dense(4), tanh, dense(3)], loss = mse, train = last(2))]
struct LastTwo;

#[network(input = 4, layers = [frozen[dense(5), tanh], dense(4), tanh, dense(3)], loss = mse)]
struct Frozen;

#[test]
fn the_last_layers_are_what_is_not_frozen() {
    assert_eq!(trained::<All>(), trained::<Whole>());
    assert_eq!(All::TRAINING_BYTES, Whole::TRAINING_BYTES);

    assert_eq!(trained::<LastTwo>(), [("dense2", 0), ("dense2", 20), ("dense3", 24), ("dense3", 36)]);
    assert_eq!(trained::<LastTwo>(), trained::<Frozen>());
    assert_eq!(LastTwo::TRAINING_BYTES, Frozen::TRAINING_BYTES);
    assert_eq!(LastTwo::PARAMETERS, Whole::PARAMETERS);
    assert_eq!(size_of::<<LastTwo as Network>::Gradients>(), 39 * size_of::<f32>());
    assert!(LastTwo::TRAINING_BYTES <= Whole::TRAINING_BYTES - 25 * size_of::<f32>());
    assert!(LastTwo::zeroed().summary().to_string().contains("dense1: frozen dense(5)"));
}

#[test]
fn what_is_not_trained_rests_and_the_gradients_are_those_of_the_whole() {
    let whole = Whole::new(&mut backprop::rng(1));
    let mut last = LastTwo::zeroed();
    last.parameters_mut().copy_from_slice(whole.parameters());
    let (x, dy) = ([0.3, -0.7, 0.2, 0.9], [1.0, -2.0, 0.5]);

    let (mut tape, mut gradients) = (Whole::tape(), Whole::gradients());
    whole.forward(&x, &mut tape);
    let dx = whole.backward(&mut tape, &dy, &mut gradients);
    let (mut tape, mut part) = (LastTwo::tape(), LastTwo::gradients());
    last.forward(&x, &mut tape);
    // The gradient of the input goes through what is frozen.
    assert_eq!(last.backward(&mut tape, &dy, &mut part), dx);
    assert_eq!(part.flat(), &gradients.flat()[25..]);

    let mut trainer = Trainer::new(Adam::new(0.01));
    trainer.step(&mut last, &[x; 40], &[dy; 40]).unwrap();
    let changed = last.parameters().iter().zip(whole.parameters()).map(|(a, b)| a.to_bits() != b.to_bits());
    assert!(changed.enumerate().all(|(place, changed)| changed == (place >= 25)));
}

#[network(input = 3, layers = [dense(3), tanh], train = last(1))]
struct Trunk;

#[network(
    input = 3,
    layers = [
        Trunk,
        dense(4),
        repeat(2)[residual(shortcut = [around: dense(4)])[through: dense(4), tanh]],
        frozen dense(4),
        settle: fixed_point[dense(4), tanh],
        heads { policy: [dense(2)], value: [dense(4), relu, dense(1)] },
    ],
    train = last(6)
)]
struct Nested;

/// In groups and heads every layer counts, in the order of the fields; a frozen one does not.
#[test]
fn layers_are_counted_in_the_order_of_declaration() {
    let layers = ["through_2", "around_2", "settle.dense1", "dense3", "dense4", "dense5"];
    let tensors = layers.iter().flat_map(|layer| [format!("{layer}.weight"), format!("{layer}.bias")]);
    assert_eq!(paths::<Nested>(), tensors.collect::<Vec<_>>());
}

#[network(input = 3, layers = [Trunk, dense(4), tanh, Trunkless, dense(2)], train = last(2))]
struct OfNetworks;

#[network(input = 4, layers = [frozen dense(4), tanh, dense(3), tanh, dense(3)], train = last(1))]
struct Trunkless;

/// A network counts as one layer, and trains of itself what it says.
#[test]
fn a_network_is_one_layer() {
    let tensors = ["trunkless1.dense3.weight", "trunkless1.dense3.bias", "dense2.weight", "dense2.bias"];
    assert_eq!(paths::<OfNetworks>(), tensors);
}

#[network(input = 5, layers = [dense(4), tanh], scalar = f64)]
struct Inner;

/// The same network twice, of every layer that has biases and some that have none.
macro_rules! twice {
    ($whole:ident, $biases:ident, $layers:tt) => {
        #[network(input = [2, 6, 6], layers = $layers, loss = mse, scalar = f64, tile = 8)]
        struct $whole;
        #[network(input = [2, 6, 6], layers = $layers, loss = mse, scalar = f64, tile = 8, train = biases)]
        struct $biases;
    };
}
twice!(WithWeights, OnlyBiases, [
    conv2d(4, kernel = 3), relu, conv_transpose2d(2, kernel = 2), group_norm(1), layer_norm(bias = false), layer_norm,
    reshape([5, 10]), conv1d(4, kernel = 2), silu, attention(2), gru(3, layers = 2), dense(4, bias = false), dense(4), bias, scale,
    flatten, frozen dense(6), dense(5), Inner, settle: fixed_point[dense(4), tanh], prelu, dense(3),
]);

#[test]
fn biases_alone_have_the_gradients_of_the_whole() {
    let mut whole = WithWeights::boxed(&mut backprop::rng(1));
    let mut biases = OnlyBiases::boxed(&mut backprop::rng(1));
    assert_eq!(whole.parameters(), biases.parameters());
    let xs: Vec<[f64; 72]> =
        (0..11).map(|i| std::array::from_fn(|k| ((i * 72 + k) as f64 * 0.37).sin())).collect();
    let ys: Vec<[f64; 3]> = xs.iter().map(|x| [x[0], x[1], x[2]]).collect();

    let compare = |all: &[f64], part: &[f64]| {
        for (of_all, of_part) in WithWeights::tensors().iter().zip(OnlyBiases::tensors()) {
            // The inner network trains all that it has, and the fixed point biases like its surroundings.
            let expected = !of_all.is_in("dense3") && (of_all.is_bias() || of_all.is_in("inner1"));
            assert!(of_part.trained.is_some() == expected || of_all.len == 0, "{}", of_all.path());
            if let (Some(a), Some(b)) = (of_all.trained, of_part.trained) {
                for (a, b) in all[a..a + of_all.len].iter().zip(&part[b..b + of_part.len]) {
                    assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{}: {a} {b}", of_all.path());
                }
            }
        }
    };
    let (mut tape, mut gradients) = (WithWeights::tape(), WithWeights::gradients());
    whole.forward(&xs[0], &mut tape);
    let dx = whole.backward(&mut tape, &[1.0, -2.0, 0.5], &mut gradients);
    let (mut tape, mut part) = (OnlyBiases::tape(), OnlyBiases::gradients());
    biases.forward(&xs[0], &mut tape);
    assert_eq!(biases.backward(&mut tape, &[1.0, -2.0, 0.5], &mut part), dx);
    compare(gradients.flat(), part.flat());
    assert_eq!(part.attention1.bias.len(), 16);

    let (mut trainer, mut small) = (Trainer::boxed(Sgd::new(0.1)), Trainer::boxed(Sgd::new(0.1)));
    trainer.accumulate(&mut whole, &xs, &ys).unwrap();
    small.accumulate(&mut biases, &xs, &ys).unwrap();
    compare(trainer.gradients().flat(), small.gradients().flat());

    let before = *biases.parameters();
    small.update(&mut biases).unwrap();
    for tensor in OnlyBiases::tensors() {
        let changed = tensor.places().any(|place| biases.parameters()[place] != before[place]);
        assert_eq!(changed, tensor.trained.is_some() && tensor.len > 0, "{}", tensor.path());
    }
}

#[network(input = 32, layers = [dense(64), dense(64), dense(64), dense(2)], loss = mse)]
struct Linear;

#[network(input = 32, layers = [dense(64), dense(64), dense(64), dense(2)], loss = mse, train = biases)]
struct LinearBiases;

/// Gradients and state of the biases alone; and what only a weight's gradient reads is not kept.
#[test]
fn biases_take_less() {
    const BIASES: usize = (64 + 64 + 64 + 2) * size_of::<f32>();
    assert_eq!(size_of::<<LinearBiases as Network>::Gradients>(), BIASES);
    assert!(LinearBiases::TAPE_BYTES + 64 * size_of::<f32>() <= Linear::TAPE_BYTES);
    let saved = (Linear::PARAMETERS - 194) * size_of::<f32>();
    assert!(LinearBiases::TRAINING_BYTES < Linear::TRAINING_BYTES - saved);
    assert!(Trainer::<LinearBiases, Adam>::BYTES < Trainer::<Linear, Adam>::BYTES - 3 * saved);
}

/// A head on a trunk of 688 = 16 × 43 parameters: whole cache lines, so that no padding blurs the bytes.
#[network(
    input = 8,
    layers = [trunk: dense(16), tanh, inner: dense(32), tanh, head: dense(2)],
    loss = mse
)]
struct Reader;

#[network(
    input = 8,
    layers = [frozen[trunk: dense(16), tanh, inner: dense(32), tanh], head: dense(2)],
    loss = mse
)]
struct FrozenReader;

#[test]
fn a_frozen_trunk_costs_no_gradients_and_no_state() {
    const TRUNK: usize = (8 * 16 + 16 + 16 * 32 + 32) * size_of::<f32>();
    assert_eq!(Reader::TRAINING_BYTES - FrozenReader::TRAINING_BYTES, TRUNK);
    // Beside the gradients: one number for each parameter, and two.
    type Momentum = Sgd<backprop::optimizers::Momentum>;
    assert_eq!(Trainer::<Reader, Sgd>::BYTES - Trainer::<FrozenReader, Sgd>::BYTES, TRUNK);
    assert_eq!(Trainer::<Reader, Momentum>::BYTES - Trainer::<FrozenReader, Momentum>::BYTES, 2 * TRUNK);
    assert_eq!(Trainer::<Reader, Adam>::BYTES - Trainer::<FrozenReader, Adam>::BYTES, 3 * TRUNK);
    assert_eq!(size_of::<Trainer<Reader, Adam>>() - size_of::<Trainer<FrozenReader, Adam>>(), 3 * TRUNK);
}

#[test]
fn a_frozen_trunk_rests_while_its_head_learns() {
    let original = Reader::new(&mut backprop::rng(4));
    let mut frozen = FrozenReader::zeroed();
    frozen.parameters_mut().copy_from_slice(original.parameters());
    let xs: Vec<[f32; 8]> =
        (0..100).map(|i| std::array::from_fn(|k| ((i * 8 + k) as f32 * 0.37).sin())).collect();
    let ys: Vec<[f32; 2]> = xs.iter().map(|x| [x[0] - x[3], 0.5 * x[1] + x[7]]).collect();

    let mut trainer = Trainer::new(Adam::new(0.01).weight_decay(0.01));
    let first = trainer.evaluate(&frozen, &xs, &ys).unwrap().loss;
    for _ in 0..200 {
        trainer.step(&mut frozen, &xs, &ys).unwrap();
    }
    let last = trainer.evaluate(&frozen, &xs, &ys).unwrap().loss;
    assert!(last < first / 10.0, "{first} {last}");

    let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(frozen.trunk.flat()), bits(original.trunk.flat()));
    assert_eq!(bits(frozen.inner.flat()), bits(original.inner.flat()));
    assert_ne!(bits(frozen.head.flat()), bits(original.head.flat()));
}

/// Decoupled decay is multiplied by the factor of its group: `w ← (1 − η λ f) w`, where there is no gradient.
#[test]
fn a_group_shrinks_by_its_own_decay() {
    #[network(input = 2, layers = [dense(2), dense(1)])]
    struct Net;
    let (mut net, mut trainer) =
        (Net::new(&mut backprop::rng(1)), Trainer::new(AdamW::new(0.5).weight_decay(0.25)));
    trainer.set_group("dense1", 1.0, 4.0).expect("a layer");
    trainer.set_group("dense2", 1.0, 0.0).expect("a layer");
    let before = Net::new(&mut backprop::rng(1));
    let still = |_: usize, _: &[f32; 1], dy: &mut [f32; 1]| {
        *dy = [0.0];
        0.0
    };
    trainer.step_with(&mut net, &[[1.0, 1.0]], still).expect("a step");
    let halved: Vec<f32> = before.dense1.flat().iter().map(|w| w * 0.5).collect();
    assert_eq!((net.dense1.flat(), net.dense2.flat()), (&halved[..], before.dense2.flat()));
}

/// Factors in the declaration are those that `set_group` sets, in a network within the network too.
#[test]
fn layers_learn_at_rates_of_their_own() {
    const SLOW: f64 = 0.25;
    #[network(input = 5, layers = [dense(4, weight_decay = 0.0), tanh])]
    struct Inner;
    #[network(
        input = 4,
        layers = [dense(5, learning_rate = SLOW), tanh, Inner, dense(3, learning_rate = 3, weight_decay = 0.5)],
        loss = mse,
    )]
    struct Rated;
    #[network(input = 4, layers = [dense(5), tanh, Plain, dense(3)], loss = mse)]
    struct Same;
    #[network(input = 5, layers = [dense(4), tanh])]
    struct Plain;

    let (mut rated, mut same) = (Rated::new(&mut backprop::rng(1)), Same::new(&mut backprop::rng(1)));
    let optimizer = || AdamW::new(0.05).weight_decay(0.3);
    let (mut of_rated, mut of_same) = (Trainer::new(optimizer()), Trainer::new(optimizer()));
    let (xs, ys) = ([[0.3, -0.7, 0.2, 0.9], [1.0, 0.1, -0.4, 0.0]], [[1.0, -1.0, 0.5], [0.0, 0.3, 0.1]]);
    let before = *rated.parameters();
    for (name, rate, decay) in [("dense1", SLOW, 1.0), ("plain1", 1.0, 0.0), ("dense2", 3.0, 0.5)] {
        of_same.set_group(name, rate, decay).expect("a layer");
    }
    for _ in 0..3 {
        of_rated.step(&mut rated, &xs, &ys).expect("a step");
        of_same.step(&mut same, &xs, &ys).expect("a step");
        assert_eq!(rated.parameters(), same.parameters());
    }
    // What is set at run time stands in the place of what is declared.
    of_rated.set_group("dense1", 0.0, 1.0).expect("a layer");
    let rests = rated.dense1;
    of_rated.step(&mut rated, &xs, &ys).expect("a step");
    assert_eq!(rated.dense1, rests);
    assert_ne!(*rated.parameters(), before);
}
