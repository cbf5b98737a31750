//! What a `Trainer` promises: sums, means, weights, groups, clipping, tiles, seeds.

mod support;

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use backprop::{Error, Optimizer};
use support::{assert_close, bits, classes, drawn, many, network};

#[network(input = 6, layers = [first: dense(9), relu, second: dense(5), relu, dense(3)], loss = cross_entropy, scalar = f64)]
struct Classifier;

#[network(input = 4, layers = [dense(8), relu, dense(2)], loss = mse, scalar = f64, tile = 8)]
struct Regression;

/// What a user would write once for all networks.
fn epoch<N: Trainable, O: Optimizer>(
    trainer: &mut Trainer<N, O>,
    net: &mut N,
    xs: &[N::Sample],
    ys: &[N::Target],
) -> Result<N::Scalar, Error> {
    let mut loss = trainer.step(net, xs, ys)?;
    for (xs, ys) in xs.chunks(7).zip(ys.chunks(7)) {
        loss = trainer.step(net, xs, ys)?;
    }
    Ok(loss)
}

#[test]
fn generic_code_trains_structs_and_boxes() {
    let xs: Vec<[f64; 4]> = many(50, 1);
    let ys: Vec<[f64; 2]> = xs.iter().map(|x| [x[0] * x[1], x[2] - x[3]]).collect();

    let mut by_value = Regression::new(&mut backprop::rng(3));
    let mut trainer = Trainer::new(Adam::new(0.02));
    let before = trainer.evaluate(&by_value, &xs, &ys).expect("a data set").loss;
    for _ in 0..60 {
        epoch(&mut trainer, &mut by_value, &xs, &ys).expect("a good batch");
    }
    let after = trainer.evaluate(&by_value, &xs, &ys).expect("a data set").loss;
    assert!(after < before / 20.0, "{before} {after}");

    let mut boxed = Regression::boxed(&mut backprop::rng(3));
    let mut trainer = Trainer::<Box<Regression>, _>::boxed(Adam::new(0.02));
    for _ in 0..60 {
        epoch(&mut trainer, &mut boxed, &xs, &ys).expect("a good batch");
    }
    assert_eq!(bits(boxed.parameters()), bits(by_value.parameters()), "a box is the network in it");
}

/// `step` of one half of a batch and the other, without an update between, is the step of the whole.
#[test]
fn accumulated_batches_are_one_batch() {
    let (xs, ys): (Vec<[f64; 6]>, _) = (many(45, 1), classes(45, 3, 2));
    let mut whole = network::<Classifier>(3);
    let mut parts = network::<Classifier>(3);
    let mut of_whole = Trainer::<Classifier, _>::boxed(Sgd::new(0.3).momentum(0.9));
    let mut of_parts = Trainer::<Classifier, _>::boxed(Sgd::new(0.3).momentum(0.9));
    for _ in 0..3 {
        let loss = of_whole.step(&mut *whole, &xs, &ys).expect("a good batch");
        let mut sum = 0.0;
        for (xs, ys) in xs.chunks(13).zip(ys.chunks(13)) {
            sum += of_parts.accumulate(&mut *parts, xs, ys).expect("a good batch") * xs.len() as f64;
        }
        of_parts.update(&mut *parts).expect("something was accumulated");
        assert_close("loss", &[sum / 45.0], &[loss], 1e-12);
        assert_close("parameters", parts.parameters(), whole.parameters(), 1e-12);
    }
    // The last part may as well be a step.
    of_whole.step(&mut *whole, &xs, &ys).expect("a good batch");
    of_parts.accumulate(&mut *parts, &xs[..20], &ys[..20]).expect("a good batch");
    of_parts.step(&mut *parts, &xs[20..], &ys[20..]).expect("a good batch");
    assert_close("parameters", parts.parameters(), whole.parameters(), 1e-12);
}

/// In parts too, no two samples of a step are dropped alike.
#[test]
fn accumulated_batches_drop_as_one_batch() {
    #[network(input = 6, layers = [dense(20), dropout(0.4), relu, dense(3)], loss = cross_entropy, scalar = f64)]
    struct Dropping;
    let (xs, ys): (Vec<[f64; 6]>, _) = (many(45, 1), classes(45, 3, 2));
    let (mut whole, mut parts) = (network::<Dropping>(3), network::<Dropping>(3));
    let mut of_whole = Trainer::<Dropping, _>::boxed(Sgd::new(0.3));
    let mut of_parts = Trainer::<Dropping, _>::boxed(Sgd::new(0.3));
    for _ in 0..2 {
        of_whole.step(&mut *whole, &xs, &ys).expect("a good batch");
        for (xs, ys) in xs.chunks(13).zip(ys.chunks(13)) {
            of_parts.accumulate(&mut *parts, xs, ys).expect("a good batch");
        }
        of_parts.update(&mut *parts).expect("something was accumulated");
        assert_close("parameters", parts.parameters(), whole.parameters(), 1e-12);
    }
    // What was discarded does not count.
    of_parts.accumulate(&mut *parts, &xs[..5], &ys[..5]).expect("a good batch");
    of_parts.discard();
    of_whole.step(&mut *whole, &xs, &ys).expect("a good batch");
    of_parts.step(&mut *parts, &xs, &ys).expect("a good batch");
    assert_close("parameters", parts.parameters(), whole.parameters(), 1e-12);
}

#[test]
fn a_loss_on_the_spot_is_the_declared_one() {
    let (xs, ys): (Vec<[f64; 4]>, Vec<[f64; 2]>) = (many(29, 1), many(29, 2));
    let (mut declared, mut written) = (network::<Regression>(3), network::<Regression>(3));
    let mut of_declared = Trainer::<Regression, _>::boxed(Adam::new(0.01));
    let mut of_written = Trainer::<Regression, _>::boxed(Adam::new(0.01));
    for _ in 0..4 {
        let expected = of_declared.step(&mut *declared, &xs, &ys).expect("a good batch");
        let mut seen = Vec::new();
        let found = of_written
            .step_with(&mut *written, &xs, |sample, y, dy| {
                seen.push(sample);
                assert_eq!(*dy, [0.0; 2]);
                for ((dy, y), t) in dy.iter_mut().zip(y).zip(&ys[sample]) {
                    *dy = y - t;
                }
                y.iter().zip(&ys[sample]).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / 2.0
            })
            .expect("a good batch");
        assert_eq!(seen, (0..29).collect::<Vec<_>>(), "every sample once, in order");
        assert_close("loss", &[found], &[expected], 1e-12);
        assert_close("parameters", written.parameters(), declared.parameters(), 1e-12);
    }
}

/// A sample of weight 2 counts as two, one of weight 0 not at all.
#[test]
fn sample_weights_repeat_and_remove() {
    let (xs, ys): (Vec<[f64; 6]>, _) = (many(20, 1), classes(20, 3, 2));
    let weights: Vec<f64> = (0..20).map(|sample| f64::from(sample % 3)).collect();
    let repeat = |sample: usize| std::iter::repeat_n(sample, sample % 3);
    let order: Vec<usize> = (0..20).flat_map(repeat).collect();
    let repeated: (Vec<_>, Vec<_>) = order.iter().map(|&sample| (xs[sample], ys[sample])).unzip();

    let (mut weighted, mut listed) = (network::<Classifier>(3), network::<Classifier>(3));
    let mut of_weighted = Trainer::<Classifier, _>::boxed(Sgd::new(0.5));
    let mut of_listed = Trainer::<Classifier, _>::boxed(Sgd::new(0.5));
    for _ in 0..3 {
        let found = of_weighted.step_weighted(&mut *weighted, &xs, &ys, &weights).expect("a good batch");
        let expected = of_listed.step(&mut *listed, &repeated.0, &repeated.1).expect("a good batch");
        assert_close("loss", &[found], &[expected], 1e-12);
        assert_close("parameters", weighted.parameters(), listed.parameters(), 1e-12);
    }
}

/// Which tensors a step has changed, as `layer.name`.
fn changed<O: Optimizer>(trainer: &mut Trainer<Classifier, O>) -> Vec<String> {
    let mut net = network::<Classifier>(3);
    let before = net.parameters().to_vec();
    trainer.step(&mut *net, &many(9, 1), &classes(9, 3, 2)).expect("a good batch");
    let moved = |tensor: &&backprop::networks::Tensor| {
        let range = tensor.offset..tensor.offset + tensor.len;
        net.parameters()[range.clone()] != before[range]
    };
    let tensors = Classifier::tensors().iter().filter(moved);
    tensors.map(|tensor| format!("{}.{}", tensor.layer, tensor.name)).collect()
}

#[test]
fn a_learning_rate_of_zero_freezes_a_layer_or_a_tensor() {
    let all = ["first.weight", "first.bias", "second.weight", "second.bias", "dense1.weight", "dense1.bias"];
    let mut trainer = Trainer::<Classifier, _>::boxed(Adam::new(0.01));
    assert_eq!(changed(&mut trainer), all);
    trainer.set_group("second", 0.0, 1.0).expect("a layer");
    assert_eq!(changed(&mut trainer), ["first.weight", "first.bias", "dense1.weight", "dense1.bias"]);
    trainer.set_group("first.bias", 0.0, 1.0).expect("a tensor");
    trainer.set_group("second.weight", 1.0, 1.0).expect("a tensor");
    assert_eq!(changed(&mut trainer), ["first.weight", "second.weight", "dense1.weight", "dense1.bias"]);
    for layer in ["first", "second"] {
        trainer.set_group(layer, 1.0, 1.0).expect("a layer");
    }
    assert_eq!(changed(&mut trainer), all);
}

#[test]
fn factors_of_a_group_scale_rate_and_decay() {
    let (xs, ys): (Vec<[f64; 6]>, _) = (many(9, 1), classes(9, 3, 2));
    let mut net = network::<Classifier>(3);
    let before = net.parameters().to_vec();
    let mut trainer = Trainer::<Classifier, _>::boxed(Sgd::new(0.1).weight_decay(0.2));
    trainer.set_group("second", 0.5, 3.0).expect("a layer");
    trainer.set_group("first.bias", 1.0, 0.0).expect("a tensor");
    trainer.accumulate(&mut *net, &xs, &ys).expect("a good batch");
    let gradients: Vec<f64> = trainer.gradients().flat().iter().map(|g| g / 9.0).collect();
    trainer.update(&mut *net).expect("something was accumulated");
    for tensor in Classifier::tensors() {
        let (rate, decay) = match (tensor.layer, tensor.name) {
            ("second", _) => (0.05, 0.6),
            ("first", "bias") => (0.1, 0.0),
            _ => (0.1, 0.2),
        };
        let range = tensor.offset..tensor.offset + tensor.len;
        let expected: Vec<f64> = range
            .clone()
            .map(|place| before[place] - rate * (gradients[place] + decay * before[place]))
            .collect();
        assert_close(tensor.layer, &net.parameters()[range], &expected, 1e-12);
    }
}

/// Plain steps of rate 1, so that the change is the gradient after clipping.
fn step_taken(set: impl FnOnce(&mut Trainer<Classifier, Sgd>)) -> Vec<f64> {
    let mut net = network::<Classifier>(3);
    let before = net.parameters().to_vec();
    let mut trainer = Trainer::<Classifier, _>::boxed(Sgd::new(1.0));
    set(&mut trainer);
    trainer.step(&mut *net, &many(23, 1), &classes(23, 3, 2)).expect("a good batch");
    before.iter().zip(net.parameters()).map(|(before, after)| before - after).collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

#[test]
fn clipping_limits_the_mean_gradient() {
    let free = step_taken(|_| {});
    let length = norm(&free);
    let largest = support::magnitude(&free);

    let clipped = step_taken(|trainer| trainer.clip_norm(Some(length / 3.0)));
    let factor = length / 3.0 / (length + 1e-6);
    let expected: Vec<f64> = free.iter().map(|g| g * factor).collect();
    assert_close("by norm", &clipped, &expected, 1e-12);

    let limit = largest / 4.0;
    let clipped = step_taken(|trainer| trainer.clip_value(Some(limit)));
    let expected: Vec<f64> = free.iter().map(|g| g.clamp(-limit, limit)).collect();
    assert!(free.iter().any(|g| g.abs() > limit) && free.iter().any(|g| g.abs() < limit));
    assert_close("by value", &clipped, &expected, 1e-12);

    let both = step_taken(|trainer| {
        trainer.clip_value(Some(limit));
        trainer.clip_norm(Some(limit));
    });
    let factor = limit / (norm(&expected) + 1e-6);
    let expected: Vec<f64> = expected.iter().map(|g| g * factor).collect();
    assert_close("by value, then norm", &both, &expected, 1e-12);

    // Limits that are not reached change nothing, nor do limits taken back.
    let wide = step_taken(|trainer| {
        trainer.clip_value(Some(2.0 * largest));
        trainer.clip_norm(Some(2.0 * length));
    });
    assert_close("wide", &wide, &free, 1e-12);
    let none = step_taken(|trainer| {
        trainer.clip_norm(Some(1e-3));
        trainer.clip_norm(None::<f64>);
    });
    assert_eq!(bits(&none), bits(&free));
}

#[test]
fn apply_takes_gradients_as_they_are() {
    let mut net = network::<Classifier>(3);
    let before = net.parameters().to_vec();
    let mut trainer = Trainer::<Classifier, _>::boxed(Sgd::new(0.5));
    trainer.accumulate(&mut *net, &many(4, 1), &classes(4, 3, 2)).expect("a good batch");
    let given: <Classifier as Network>::Gradients = drawn(&mut backprop::rng(8));
    trainer.apply(&mut *net, &given).expect("finite gradients");
    let expected: Vec<f64> = before.iter().zip(given.flat()).map(|(w, g)| w - 0.5 * g).collect();
    assert_close("parameters", net.parameters(), &expected, 1e-15);
    assert_eq!(trainer.update(&mut *net), Err(Error::EmptyBatch), "what was accumulated is gone");
}

#[test]
fn the_learning_rate_can_be_set() {
    let mut net = network::<Classifier>(3);
    let before = bits(net.parameters());
    let mut trainer = Trainer::<Classifier, _>::boxed(Sgd::new(0.5));
    trainer.set_learning_rate(0.0);
    trainer.step(&mut *net, &many(4, 1), &classes(4, 3, 2)).expect("a good batch");
    assert_eq!(bits(net.parameters()), before);
    trainer.set_learning_rate(0.1);
    trainer.step(&mut *net, &many(4, 1), &classes(4, 3, 2)).expect("a good batch");
    assert_ne!(bits(net.parameters()), before);
}

#[test]
fn evaluate_takes_means_over_the_data_set() {
    let net = network::<Classifier>(3);
    let mut trainer = Trainer::<Classifier, _>::boxed(Sgd::new(0.5));
    for count in [1, 2, 63, 64, 65, 200] {
        let (xs, ys): (Vec<[f64; 6]>, _) = (many(count, 1), classes(count, 3, 2));
        let found = trainer.evaluate(&net, &xs, &ys).expect("a data set");
        let loss = xs.iter().zip(&ys).map(|(x, y)| net.loss(x, y)).sum::<f64>() / count as f64;
        let right = |&(x, &y): &(&[f64; 6], &u8)| {
            let scores = net.predict(x);
            let best = (0..3).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
            best == Some(usize::from(y))
        };
        let accuracy = xs.iter().zip(&ys).filter(right).count() as f64 / count as f64;
        assert_close("loss", &[found.loss], &[loss], 1e-12);
        assert_eq!(found.accuracy, Some(accuracy));
        assert_eq!(found.samples, count);
    }
    let regression = network::<Regression>(1);
    let mut trainer = Trainer::<Regression, _>::boxed(Sgd::new(0.5));
    let found = trainer.evaluate(&regression, &many(3, 1), &many::<[f64; 2]>(3, 2)).expect("a data set");
    assert_eq!(found.accuracy, None);
}

/// Between `accumulate` and `update` one may look at the loss.
#[test]
fn evaluating_does_not_disturb_what_was_accumulated() {
    let (xs, ys): (Vec<[f64; 6]>, _) = (many(20, 1), classes(20, 3, 2));
    let run = |evaluates: bool| {
        let (mut net, mut trainer) =
            (network::<Classifier>(3), Trainer::<Classifier, _>::boxed(Adam::new(0.1)));
        trainer.accumulate(&mut *net, &xs, &ys).expect("a good batch");
        if evaluates {
            trainer.evaluate(&net, &xs[..9], &ys[..9]).expect("a data set");
        }
        trainer.update(&mut *net).expect("something was accumulated");
        bits(net.parameters())
    };
    assert_eq!(run(true), run(false));
}

#[network(input = 6, layers = [dense(20), dropout(0.4), relu, dropout(0.2), dense(3)], loss = cross_entropy)]
struct Dropping;

fn trained_with_dropout(initial: u64, dropout: u64) -> Vec<u64> {
    let mut net = Dropping::new(&mut backprop::rng(initial));
    let mut trainer = Trainer::<Dropping, _>::new(Adam::new(0.01));
    trainer.set_seed(dropout);
    let (xs, ys): (Vec<[f32; 6]>, _) = (many(70, 1), classes(70, 3, 2));
    for count in [70, 1, 33] {
        trainer.step(&mut net, &xs[..count], &ys[..count]).expect("a good batch");
    }
    bits(net.parameters())
}

#[test]
fn the_same_seeds_give_the_same_bits() {
    assert_eq!(trained_with_dropout(1, 2), trained_with_dropout(1, 2));
    assert_ne!(trained_with_dropout(1, 2), trained_with_dropout(2, 2));
    assert_ne!(trained_with_dropout(1, 2), trained_with_dropout(1, 3));
}

#[test]
fn dropout_drops_in_training_alone() {
    let net = Dropping::new(&mut backprop::rng(1));
    let x = [1.0; 6];
    let mut tape = Dropping::tape();
    let predicted = net.predict(&x);
    assert_eq!(net.forward(&x, &mut tape), predicted);
    tape.training(5);
    let dropped = net.forward(&x, &mut tape);
    assert_ne!(dropped, predicted);
    assert_eq!(net.forward(&x, &mut tape), dropped, "the same seed drops the same units");
    tape.training(6);
    assert_ne!(net.forward(&x, &mut tape), dropped);
    tape.prediction();
    assert_eq!(net.forward(&x, &mut tape), predicted);
}

/// Without a declared tile, up to four samples are worked on one by one, and more in tiles: to the bit.
#[test]
fn a_step_takes_the_tile_that_fits() {
    macro_rules! declared {
        ($($name:ident $($tile:literal)?;)*) => { $(
            #[network(
                input = [2, 6, 5],
                layers = [conv2d(3, kernel = 3), relu, flatten, dense(7), dropout(0.3), relu, dense(3)],
                loss = cross_entropy, $(tile = $tile)?
            )]
            struct $name;
        )* };
    }
    declared! { Free; One 1; Wide 32; }
    fn step<N>(trainer: &mut Trainer<N, Sgd>, parameters: &[f32], count: usize) -> Vec<u32>
    where
        N: Trainable<Scalar = f32, Sample = [f32; 60]> + Zeroed,
        u8: AsTarget<N::Target>,
    {
        let (xs, ys): (Vec<[f32; 60]>, _) = (many(count, count as u64), classes(count, 3, 2));
        let mut net = N::zeroed_box();
        net.parameters_mut().as_mut().copy_from_slice(parameters);
        let before = trainer.evaluate(&net, &xs, &ys).expect("good data").loss;
        let loss = trainer.step(&mut *net, &xs, &ys).expect("a good batch");
        [before, loss].iter().chain(net.parameters().as_ref()).map(|number| number.to_bits()).collect()
    }
    assert_eq!((Free::TILE, One::TILE, Wide::TILE), (32, 1, 32));
    let net = Free::new(&mut backprop::rng(3));
    let free = &mut Trainer::boxed(Sgd::new(0.1));
    let (one, wide) = (&mut Trainer::boxed(Sgd::new(0.1)), &mut Trainer::boxed(Sgd::new(0.1)));
    let mut differ = false;
    for count in [33, 1, 2, 40, 5, 4, 4, 32, 3] {
        let found = step::<Free>(free, net.parameters(), count);
        let few = step::<One>(one, net.parameters(), count);
        let many = step::<Wide>(wide, net.parameters(), count);
        differ |= few != many;
        assert_eq!(found, if count <= 4 { few } else { many }, "{count}");
    }
    assert!(differ, "the two ways round differently, or nothing is tested");
}

/// One network for each tile, trained alike on batches of every length from 1 to 70.
#[test]
fn results_do_not_depend_on_the_tile() {
    macro_rules! trained {
        ($tile:literal) => {{
            #[network(
                input = [2, 6, 5],
                layers = [conv2d(3, kernel = 3), relu, max_pool2d(2), flatten, dense(7), dropout(0.3), relu, dense(3)],
                loss = cross_entropy, scalar = f64, tile = $tile,
            )]
            struct Net;
            assert_eq!(Net::TILE, $tile);
            let (xs, ys): (Vec<[f64; 60]>, _) = (many(70, 1), classes(70, 3, 2));
            let mut net = network::<Net>(3);
            let mut trainer = Trainer::<Net, _>::boxed(Sgd::new(0.05).momentum(0.5));
            let mut seen = Vec::new();
            for count in 1..=70 {
                seen.push(trainer.step(&mut *net, &xs[..count], &ys[..count]).expect("a good batch"));
            }
            seen.extend(net.parameters());

            let mut outputs = vec![[0.0; 3]; 70];
            for count in 0..=70 {
                outputs.fill([f64::NAN; 3]);
                net.predict_batch(&xs[..count], &mut outputs[..count]).expect("as many places as inputs");
                for (x, y) in xs.iter().zip(&outputs[..count]) {
                    assert_close("predict_batch", y, &net.predict(x), 1e-13);
                }
                assert!(outputs[count..].iter().flatten().all(|y| y.is_nan()), "no place is written beyond");
            }
            seen
        }};
    }
    let one = trained!(1);
    assert_close("tile = 8", &trained!(8), &one, 1e-12);
    assert_close("tile = 16", &trained!(16), &one, 1e-12);
    assert_close("tile = 64", &trained!(64), &one, 1e-12);
}

/// The four ways to predict.
#[test]
fn predictions_agree() {
    let net = network::<Classifier>(1);
    let mut scratch = <Classifier as Network>::Scratch::zeroed_box();
    let mut batch = <Classifier as Network>::BatchScratch::zeroed_box();
    let xs: Vec<[f64; 6]> = many(71, 1);
    let mut ys = vec![[0.0; 3]; 71];
    net.predict_batch_with(&mut batch, &xs, &mut ys).expect("as many places as inputs");
    for (x, together) in xs.iter().zip(&ys) {
        let alone = net.predict(x);
        let mut into = [f64::NAN; 3];
        net.predict_into(x, &mut into);
        assert_eq!(into, alone);
        assert_eq!(net.predict_with(&mut scratch, x), alone);
        assert_close("predict_batch", together, &alone, 1e-13);
    }
}

/// Initialisers draw from what they are given, in place as by value.
#[test]
fn initialisation_depends_on_the_generator_alone() {
    let by_value = Classifier::new(&mut backprop::rng(7));
    let boxed = Classifier::boxed(&mut backprop::rng(7));
    let mut again = Classifier::zeroed();
    let mut rng = backprop::rng(7);
    again.initialize(&mut rng);
    assert_eq!(bits(by_value.parameters()), bits(boxed.parameters()));
    assert_eq!(bits(by_value.parameters()), bits(again.parameters()));
    again.initialize(&mut rng);
    assert_ne!(bits(by_value.parameters()), bits(again.parameters()));
    let _ = rng.next_u32();
    let bound = 1.0 / 6.0_f64.sqrt();
    let first = by_value.first.weight.as_flattened();
    assert!(first.iter().all(|w| w.abs() <= bound) && first.iter().any(|w| w.abs() > 0.9 * bound));
}
