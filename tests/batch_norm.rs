//! Batch normalisation in networks: steps of PyTorch's, statistics that wait for the step to succeed, frozen layers,
//! networks within networks, weight files, folding.

mod support;

use backprop::prelude::*;
use backprop::typenum::Unsigned as _;
use support::{assert_close, bits, many, network};

/// The network of `tests/fixtures/batch_norm/make.py`.
#[network(
    input = [2, 4, 5],
    layers = [
        conv: conv2d(3, kernel = 3, bias = false), norm1: batch_norm, relu, flatten,
        hidden: dense(5), norm2: batch_norm(eps = 1e-3, momentum = 0.3, affine = false), tanh,
        out: dense(2),
    ],
    loss = mse, scalar = f64, tile = 16,
)]
struct Net;

/// Statistics of the input itself.
#[network(input = 3, layers = [norm: batch_norm, dense(2)], loss = mse, scalar = f64, tile = 16)]
struct First;

type Sample = [f64; 40];
type Target = [f64; 2];

/// The numbers of one of a network's tensors.
fn tensor<'a, N: Network>(net: &'a N, path: &str) -> &'a [N::Scalar] {
    let tensor = N::tensors().iter().find(|tensor| tensor.path().to_string() == path).expect("a tensor");
    &net.parameters().as_ref()[tensor.offset..][..tensor.len]
}

/// All that is stored and not trained.
fn statistics<N: Network<Scalar = f64>>(net: &N) -> Vec<u64> {
    let tensors = N::tensors().iter().filter(|tensor| tensor.trained.is_none());
    let values: Vec<f64> = tensors
        .flat_map(|tensor| net.parameters().as_ref()[tensor.offset..][..tensor.len].to_vec())
        .collect();
    bits(&values)
}

/// Mean and unbiased variance of one feature.
fn measured<const N: usize>(xs: &[[f64; N]], feature: usize) -> (f64, f64) {
    let count = xs.len() as f64;
    let mean = xs.iter().map(|x| x[feature]).sum::<f64>() / count;
    (mean, xs.iter().map(|x| (x[feature] - mean).powi(2)).sum::<f64>() / (count - 1.0))
}

#[cfg(feature = "safetensors")]
mod files {
    use super::*;
    use ::safetensors::{Dtype, SafeTensors, tensor::TensorView};
    use backprop::safetensors::{Error, from_bytes, to_bytes};

    const BEFORE: &[u8] = include_bytes!("fixtures/batch_norm/before.safetensors");
    const AFTER: &[u8] = include_bytes!("fixtures/batch_norm/after.safetensors");
    const DATA: &[u8] = include_bytes!("fixtures/batch_norm/data.safetensors");

    fn data<const N: usize>(name: &str) -> Vec<[f64; N]> {
        let file = SafeTensors::deserialize(DATA).expect("a fixture");
        let (numbers, []) = file.tensor(name).expect("a tensor").data().as_chunks::<8>() else { panic!() };
        let numbers: Vec<f64> = numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        numbers.as_chunks().0.to_vec()
    }

    /// A batch in one tile: every number as in PyTorch, after five steps.
    #[test]
    fn steps_equal_pytorch() {
        let (mut net, mut expected) = (Net::zeroed(), Net::zeroed());
        from_bytes(&mut net, BEFORE).expect("PyTorch's file");
        from_bytes(&mut expected, AFTER).expect("PyTorch's file");
        let mut trainer = Trainer::<Net, _>::new(Sgd::new(0.1));
        let (xs, ys): (Vec<Sample>, Vec<Target>) = (data("x"), data("target"));
        for ((xs, ys), [loss]) in xs.chunks(12).zip(ys.chunks(12)).zip(data("losses")) {
            let found = trainer.step(&mut net, xs, ys).expect("a good batch");
            assert_close("loss", &[found], &[loss], 1e-12);
        }
        for stored in Net::tensors().iter().filter(|tensor| tensor.len > 0) {
            let path = stored.path().to_string();
            assert_close(&path, tensor(&net, &path), tensor(&expected, &path), 1e-12);
        }
        for (x, y) in xs.iter().zip(data::<2>("outputs")) {
            assert_close("prediction", &net.predict(x), &y, 1e-12);
        }
    }

    #[test]
    fn a_round_trip_keeps_the_statistics() {
        let net = network::<Net>(1);
        let bytes = to_bytes(&*net).expect("a file");
        let mut copy = network::<Net>(2);
        from_bytes(&mut *copy, &bytes).expect("the file just written");
        assert_eq!(bits(copy.parameters()), bits(net.parameters()));
        let file = SafeTensors::deserialize(&bytes).expect("a file");
        let mut names = file.names();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "conv.weight",
                "hidden.bias",
                "hidden.weight",
                "norm1.bias",
                "norm1.running_mean",
                "norm1.running_var",
                "norm1.weight",
                "norm2.running_mean",
                "norm2.running_var",
                "out.bias",
                "out.weight",
            ]
        );
    }

    /// Where running statistics are means over all batches, PyTorch's count of them is taken, and counted on.
    #[test]
    fn a_count_of_batches_is_read() {
        #[network(
            input = 5, layers = [norm2: batch_norm(momentum = none, affine = false)], loss = mse, scalar = f64, tile = 16
        )]
        struct Counting;

        let numbers: Vec<u8> = [0.5_f64; 5].iter().flat_map(|number| number.to_le_bytes()).collect();
        let view = |dtype, shape, bytes| TensorView::new(dtype, shape, bytes).expect("numbers");
        let count = 3_i64.to_le_bytes();
        let tensors = [
            ("norm2.running_mean", view(Dtype::F64, vec![5], &numbers)),
            ("norm2.running_var", view(Dtype::F64, vec![5], &numbers)),
            ("norm2.num_batches_tracked", view(Dtype::I64, vec![], &count)),
        ];
        let mut net = Counting::zeroed();
        from_bytes(&mut net, &::safetensors::serialize(tensors, None).expect("a file"))
            .expect("PyTorch's file");
        assert_eq!(net.norm2.num_batches_tracked, [3.0]);
        let mut trainer = Trainer::<Counting, _>::new(Sgd::new(0.1));
        trainer.step(&mut net, &[[1.0; 5], [2.0; 5]], &[[0.0; 5]; 2]).expect("a good batch");
        assert_eq!(net.norm2.num_batches_tracked, [4.0]);
        assert_close("mean", &net.norm2.running_mean, &[(3.0 * 0.5 + 1.5) / 4.0; 5], 1e-15);
        let mut copy = Counting::zeroed();
        from_bytes(&mut copy, &to_bytes(&net).expect("a file")).expect("the file just written");
        assert_eq!(bits(copy.parameters()), bits(net.parameters()));
    }

    /// PyTorch's count belongs to running statistics; anywhere else it is as wrong as any name.
    #[test]
    fn a_count_of_batches_elsewhere_is_refused() {
        let whole = SafeTensors::deserialize(BEFORE).expect("a fixture");
        let count = TensorView::new(Dtype::I64, vec![], &[0; 8]).expect("a number");
        let mut tensors = whole.tensors();
        assert!(tensors.iter().any(|(name, _)| name == "norm2.num_batches_tracked"));
        tensors.push(("hidden.num_batches_tracked".to_owned(), count));
        let bytes = ::safetensors::serialize(tensors, None).expect("a file");
        match from_bytes(&mut Net::zeroed(), &bytes) {
            Err(Error::Names { missing, unexpected, .. }) => {
                assert!(missing.is_empty());
                assert_eq!(unexpected, ["hidden.num_batches_tracked"]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_stored_counted_and_trained() {
    // 54 weights of the convolution, 6 and 0 of the norms, 95 and 12 of the dense layers.
    assert_eq!(Net::PARAMETERS, 54 + 6 + 95 + 12);
    assert_eq!(<Net as Network>::Trained::USIZE, Net::PARAMETERS);
    assert_eq!(Net::gradients().flat().len(), Net::PARAMETERS);
    assert_eq!(<Net as Network>::Stored::USIZE, Net::PARAMETERS + 2 * 3 + 2 * 5);
    let net = Net::new(&mut backprop::rng(1));
    assert_eq!((net.norm1.weight, net.norm1.bias), ([1.0; 3], [0.0; 3]));
    assert_eq!((net.norm1.running_mean, net.norm1.running_var), ([0.0; 3], [1.0; 3]));
    assert_eq!(net.norm2.running_var, [1.0; 5]);
    assert_eq!(net.summary().parameters, Net::PARAMETERS);
    assert_eq!(net.summary().rows.iter().map(|row| row.parameters).sum::<usize>(), Net::PARAMETERS);
    assert_eq!(net.summary().rows.iter().map(|row| row.bytes).sum::<usize>(), size_of::<Net>());
}

/// A step over several tiles, or over several batches, moves the statistics once: towards those of all its samples.
#[test]
fn a_step_pools_its_tiles() {
    let (xs, ys): (Vec<[f64; 3]>, Vec<[f64; 2]>) = (many(53, 1), many(53, 2));
    let initial = network::<First>(3);
    let (mut whole, mut parts) = (network::<First>(3), network::<First>(3));
    let (mut of_whole, mut of_parts) =
        (Trainer::<First, _>::new(Sgd::new(0.1)), Trainer::<First, _>::new(Sgd::new(0.1)));
    of_whole.step(&mut *whole, &xs, &ys).expect("a good batch");
    for (xs, ys) in xs.chunks(20).zip(ys.chunks(20)) {
        of_parts.accumulate(&mut *parts, xs, ys).expect("a good batch");
        assert_eq!(statistics(&*parts), statistics(&*initial), "nothing moves before the step");
    }
    of_parts.update(&mut *parts).expect("something was accumulated");
    for net in [whole, parts] {
        for feature in 0..3 {
            let (mean, variance) = measured(&xs, feature);
            let expected = 0.1 * mean + 0.9 * initial.norm.running_mean[feature];
            assert_close("mean", &[net.norm.running_mean[feature]], &[expected], 1e-13);
            let expected = 0.1 * variance + 0.9 * initial.norm.running_var[feature];
            assert_close("variance", &[net.norm.running_var[feature]], &[expected], 1e-13);
        }
    }
}

/// Failed steps leave everything as it was, what had been measured included.
#[test]
fn a_failed_step_leaves_no_trace() {
    type Trained = (Box<Net>, Box<Trainer<Net, Adam>>);
    let batch = |count| -> (Vec<Sample>, Vec<Target>) { (many(count, 1), many(count, 2)) };
    let trained = || -> Trained {
        let (mut net, mut trainer) = (network::<Net>(1), Trainer::<Net, _>::boxed(Adam::new(0.01)));
        let (xs, ys) = batch(20);
        trainer.step(&mut *net, &xs, &ys).expect("a good batch");
        (net, trainer)
    };
    let future = |(net, trainer): &mut Trained| {
        let mut seen = Vec::new();
        for count in [3, 40, 1] {
            let (xs, ys) = batch(count);
            seen.push(trainer.step(net, &xs, &ys).expect("a good batch"));
            seen.extend(net.parameters());
        }
        bits(&seen)
    };
    let harmless = |fail: &dyn Fn(&mut Net, &mut Trainer<Net, Adam>)| {
        let mut one = trained();
        let before = bits(one.0.parameters());
        fail(&mut one.0, &mut one.1);
        assert_eq!(bits(one.0.parameters()), before);
        assert_eq!(future(&mut one), future(&mut trained()));
    };
    for sample in [0, 17, 39] {
        harmless(&|net, trainer| {
            let (mut xs, ys) = batch(40);
            xs[sample][7] = f64::NAN;
            trainer.step(net, &xs, &ys).expect_err("not a number");
        });
    }
    harmless(&|net, trainer| {
        let infinite = |_: usize, _: &Target, dy: &mut Target| {
            *dy = [f64::INFINITY; 2];
            1.0
        };
        trainer.step_with(net, &batch(20).0, infinite).expect_err("infinite");
    });
    harmless(&|net, trainer| {
        trainer.accumulate(net, &batch(20).0, &batch(20).1).expect("a good batch");
        trainer.step(net, &batch(9).0, &batch(8).1).expect_err("lengths differ");
        trainer.discard();
    });
    // What was measured before, and has not been taken over, is not taken over with given gradients.
    let (mut net, mut trainer) = trained();
    let before = statistics(&*net);
    trainer.accumulate(&mut net, &batch(20).0, &batch(20).1).expect("a good batch");
    let mut given = Net::gradients();
    given.out.bias[0] = 1.0;
    trainer.apply(&mut net, &given).expect("finite gradients");
    assert_eq!(statistics(&*net), before);
    trainer.evaluate(&*net, &batch(20).0, &batch(20).1).expect("a data set");
    trainer.update(&mut net).expect_err("nothing was accumulated");
    assert_eq!(statistics(&*net), before);
}

/// Evaluation between `accumulate` and `update` measures nothing.
#[test]
fn evaluation_does_not_disturb_what_was_measured() {
    let (xs, ys): (Vec<Sample>, Vec<Target>) = (many(30, 1), many(30, 2));
    let run = |evaluates: bool| {
        let (mut net, mut trainer) = (network::<Net>(1), Trainer::<Net, _>::boxed(Sgd::new(0.01)));
        trainer.accumulate(&mut *net, &xs, &ys).expect("a good batch");
        if evaluates {
            trainer.evaluate(&net, &xs[..9], &ys[..9]).expect("a data set");
        }
        trainer.update(&mut *net).expect("something was accumulated");
        bits(net.parameters())
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn evaluation_predicts() {
    let net = network::<Net>(1);
    let (xs, ys): (Vec<Sample>, Vec<Target>) = (many(30, 1), many(30, 2));
    let mean = xs.iter().zip(&ys).map(|(x, y)| net.loss(x, y)).sum::<f64>() / 30.0;
    let mut trainer = Trainer::<Net, _>::boxed(Sgd::new(0.01));
    assert_close("loss", &[trainer.evaluate(&net, &xs, &ys).expect("a data set").loss], &[mean], 1e-12);
}

/// One number has no variance: the layer acts as in prediction and measures nothing. Of an image there are more.
#[test]
fn a_batch_of_one_sample() {
    let (mut net, mut trainer) = (network::<First>(1), Trainer::<First, _>::new(Sgd::new(0.1)));
    let (x, y) = ([0.3, -0.2, 0.9], [1.0, 2.0]);
    let (before, expected) = (statistics(&*net), net.loss(&x, &y));
    let loss = trainer.step(&mut *net, &[x], &[y]).expect("a good batch");
    assert_close("loss", &[loss], &[expected], 1e-13);
    assert_eq!(statistics(&*net), before);
    assert_ne!(trainer.step(&mut *net, &[x, [0.0; 3]], &[y, y]).expect("a good batch"), loss);
    assert_ne!(statistics(&*net), before);
}

#[network(input = [2, 3, 3], layers = [batch_norm(eps = 1e-12)], scalar = f64, tile = 16)]
struct Image;

/// A tape that trains measures over its sample, and keeps that to itself.
#[test]
fn tapes() {
    let net = network::<First>(1);
    let (x, mut tape) = ([0.3, -0.2, 0.9], First::tape());
    tape.training(1);
    assert_eq!(net.forward(&x, &mut tape), net.predict(&x));

    let net = Image::new(&mut backprop::rng(1));
    let (x, mut tape): ([f64; 18], _) = (many(1, 1)[0], Image::tape());
    assert_eq!(net.forward(&x, &mut tape), net.predict(&x));
    tape.training(1);
    let y = net.forward(&x, &mut tape);
    for channel in y.chunks(9) {
        assert!(channel.iter().sum::<f64>().abs() < 1e-12);
        assert_close("variance", &[channel.iter().map(|y| y * y).sum::<f64>()], &[9.0], 1e-9);
    }
    assert_eq!((net.batch_norm1.running_mean, net.batch_norm1.running_var), ([0.0; 2], [1.0; 2]));
}

#[network(input = 3, layers = [dense(4, bias = false), batch_norm, tanh], scalar = f64, tile = 16)]
struct Encoder;

#[network(
    input = 3,
    layers = [
        encoder: Encoder,
        repeat(2)[residual[mix: dense(4, bias = false), norm: batch_norm, relu]],
        heads { a: [dense(2, bias = false), batch_norm], b: [dense(1)] },
    ],
    scalar = f64, tile = 16,
)]
struct Nested;

#[network(
    input = 3,
    layers = [encoder: frozen Encoder, frozen[dense(4), inner: batch_norm], outer: batch_norm, dense(2)],
    loss = mse, scalar = f64, tile = 16,
)]
struct Frozen;

/// The statistics of every layer are taken over, wherever it stands.
#[test]
fn networks_within_networks() {
    assert_eq!(Encoder::PARAMETERS, 12 + 8);
    assert_eq!(Nested::PARAMETERS, 20 + 2 * (16 + 8) + 8 + 4 + 5);
    assert_eq!(<Nested as Network>::Stored::USIZE, Nested::PARAMETERS + 8 + 2 * 8 + 4);
    let (mut net, mut trainer) = (network::<Nested>(1), Trainer::<Nested, _>::boxed(Sgd::new(0.1)));
    let xs: Vec<[f64; 3]> = many(40, 1);
    let before = net.parameters().to_vec();
    let squares = |_: usize, y: &NestedOutput, dy: &mut NestedOutput| {
        dy.flat_mut().copy_from_slice(y.flat());
        y.flat().iter().map(|y| y * y / 2.0).sum()
    };
    trainer.step_with(&mut *net, &xs, squares).expect("a good batch");
    for tensor in Nested::tensors() {
        let range = tensor.offset..tensor.offset + tensor.len;
        let moved = tensor.len == 0 || net.parameters()[range.clone()] != before[range];
        assert!(moved, "{}", tensor.path());
    }
}

/// What is frozen keeps its statistics, and trains with them.
#[test]
fn frozen_layers_measure_nothing() {
    assert_eq!(Frozen::PARAMETERS, Encoder::PARAMETERS + 20 + 8 + 8 + 10);
    assert_eq!(Frozen::gradients().flat().len(), 8 + 10);
    let (mut net, mut trainer) = (network::<Frozen>(1), Trainer::<Frozen, _>::boxed(Sgd::new(0.1)));
    let (xs, ys): (Vec<[f64; 3]>, Vec<[f64; 2]>) = (many(40, 1), many(40, 2));
    let before = net.parameters().to_vec();
    trainer.step(&mut *net, &xs, &ys).expect("a good batch");
    for tensor in Frozen::tensors() {
        let range = tensor.offset..tensor.offset + tensor.len;
        let is_frozen = tensor.is_in("encoder") || tensor.is_in("dense1") || tensor.is_in("inner");
        assert_eq!(
            net.parameters()[range.clone()] == before[range],
            is_frozen || tensor.len == 0,
            "{}",
            tensor.path()
        );
    }

    #[network(input = 3, layers = [frozen[dense(4), batch_norm], dense(2)], loss = mse, scalar = f64, tile = 1)]
    struct Fixed;
    let (mut net, mut trainer) = (network::<Fixed>(1), Trainer::<Fixed, _>::boxed(Sgd::new(0.1)));
    let predicted = xs.iter().zip(&ys).map(|(x, y)| net.loss(x, y)).sum::<f64>() / 40.0;
    let found = trainer.step(&mut *net, &xs, &ys).expect("a good batch");
    assert_close("loss in training", &[found], &[predicted], 1e-12);
}

/// A deep network with saturated activations hardly learns without.
#[test]
fn networks_with_batch_norm_train() {
    #[network(
        input = 2,
        layers = [repeat(4)[dense(16, bias = false), batch_norm, tanh], dense(2)],
        loss = cross_entropy, tile = 32,
    )]
    struct Deep;
    let xs: Vec<[f32; 2]> = many(600, 1);
    let ys: Vec<u8> = xs.iter().map(|x| u8::from(x[0] * x[1] > 0.0)).collect();
    let (mut net, mut trainer) =
        (Deep::boxed(&mut backprop::rng(1)), Trainer::<Deep, _>::boxed(Adam::new(0.01)));
    let before = trainer.evaluate(&*net, &xs, &ys).expect("a data set");
    for _ in 0..30 {
        for (xs, ys) in xs.chunks(50).zip(ys.chunks(50)) {
            trainer.step(&mut *net, xs, ys).expect("a good batch");
        }
    }
    // Predicting with running statistics is as good as training was.
    let after = trainer.evaluate(&*net, &xs, &ys).expect("a data set");
    assert!(after.loss < before.loss / 4.0, "{before:?} {after:?}");
    assert!(after.accuracy > Some(0.9), "{after:?}");
}

/// A tile of one sample, which is what so large an image gets, forbids training alone.
#[test]
fn a_network_that_only_predicts_may_have_any_tile() {
    #[network(input = [2, 1500, 1500], layers = [batch_norm, global_avg_pool])]
    struct Large;
    assert_eq!(Large::TILE, 1);
    let mut net = Large::zeroed_box();
    net.batch_norm1 = backprop::layers::BatchNormParameters {
        weight: [1.0, 2.0],
        bias: [0.5; 2],
        running_mean: [1.0; 2],
        running_var: [1.0 - 1e-5; 2],
    };
    let mut scratch = <Large as Network>::Scratch::zeroed_box();
    let x: Box<<Large as Network>::Sample> = Zeroed::zeroed_box();
    let y = net.predict_with(&mut scratch, &x);
    assert!((y[0] + 0.5).abs() < 1e-5 && (y[1] + 1.5).abs() < 1e-5, "{y:?}");
}

/// Folding leaves predictions as they are and nothing to do for the layers that were folded.
#[test]
fn folding() {
    #[network(
        input = [6, 3],
        layers = [
            first: batch_norm,
            conv1d(4, kernel = 2), of_conv1d: batch_norm, relu,
            reshape([4, 5, 1]),
            conv2d(4, kernel = [2, 1], groups = 2, bias = false), of_conv2d: batch_norm(bias = false), relu,
            flatten, dense(3), after: tanh, late: batch_norm,
            encoder: Encoder,
            kept: dense(4), residual[split: batch_norm], wide: dense(6), reshape([2, 3]), narrow: batch_norm,
        ],
        scalar = f64, tile = 16,
    )]
    struct Foldable;
    let (net, mut folded) = (network::<Foldable>(1), network::<Foldable>(1));
    folded.fold_batch_norm();
    for x in many::<[f64; 18]>(20, 1) {
        assert_close("prediction", &folded.predict(&x), &net.predict(&x), 1e-12);
    }
    for (is_identity, norm) in [(true, "of_conv1d"), (false, "of_conv2d"), (true, "encoder.batch_norm1")] {
        for (part, value) in [("weight", 1.0), ("running_var", 1.0 - 1e-5)] {
            assert!(tensor(&*folded, &format!("{norm}.{part}")).iter().all(|found| *found == value));
        }
        let mean = tensor(&*folded, &format!("{norm}.running_mean"));
        if norm == "of_conv1d" {
            assert_eq!(mean, [0.0; 4]);
        }
        assert_eq!(mean.iter().all(|mean| *mean == 0.0), is_identity && norm == "of_conv1d", "{norm}");
    }
    // What nothing linear comes before alone, or of other channels, stays.
    for norm in ["first", "late", "split", "narrow"] {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            let path = format!("{norm}.{part}");
            assert_eq!(bits(tensor(&*folded, &path)), bits(tensor(&*net, &path)), "{path}");
        }
    }
    // A second time there is nothing left to fold but what is subtracted.
    let once = folded.parameters().to_vec();
    folded.fold_batch_norm();
    assert_close("folded twice", folded.parameters(), &once, 1e-14);
}

/// What is measured and over how many samples stands in the summary; frozen, the layer measures nothing.
#[test]
fn a_summary_names_the_tile() {
    #[network(input = 3, layers = [frozen batch_norm, dense(2)], loss = mse, scalar = f64, tile = 16)]
    struct Frozen;

    let text = Net::zeroed().summary().to_string();
    assert!(
        text.contains("where it has more than 16 samples over each tile") && text.contains("ghost"),
        "{text}"
    );
    assert!(!Frozen::zeroed().summary().to_string().contains("ghost"));
}

/// Statistics that are kept are used as in prediction, for gradients too, while weights learn; then the layer measures again.
#[test]
fn statistics_are_kept_while_they_are_frozen() {
    #[network(
        input = 3, layers = [dense(4, bias = false), batch_norm, tanh, dense(2)], loss = mse, scalar = f64, tile = 8
    )]
    struct Kept;

    let mut net = Kept::new(&mut backprop::rng(3));
    let mut trainer = Trainer::<Kept, Sgd>::boxed(Sgd::new(0.1));
    let xs: [[f64; 3]; 11] =
        std::array::from_fn(|i| std::array::from_fn(|j| ((7 * i + 3 * j) % 11) as f64 / 4.0 - 1.0));
    let ys = [[0.5, -0.5]; 11];
    trainer.step(&mut net, &xs, &ys).expect("a batch");
    let statistics = |net: &Kept| [net.batch_norm1.running_mean, net.batch_norm1.running_var];
    let before = statistics(&net);
    trainer.freeze_statistics(true);
    trainer.accumulate(&mut net, &xs, &ys).expect("a batch");
    let gradients = trainer.gradients().flat().to_vec();
    let mut place = 0;
    for tensor in Kept::tensors().iter().filter(|tensor| tensor.trained.is_some()) {
        for number in tensor.offset..tensor.offset + tensor.len {
            let mut loss = |by: f64| -> f64 {
                let kept = net.parameters()[number];
                net.parameters_mut()[number] = kept + by;
                let sum = xs.iter().zip(&ys).map(|(x, y)| net.loss(x, y)).sum();
                net.parameters_mut()[number] = kept;
                sum
            };
            let expected = (loss(1e-5) - loss(-1e-5)) / 2e-5;
            assert!((gradients[place] - expected).abs() < 1e-7, "{}: {expected}", tensor.name);
            place += 1;
        }
    }
    assert_eq!(place, gradients.len());
    let weight = net.batch_norm1.weight;
    trainer.update(&mut net).expect("gradients");
    assert_eq!(statistics(&net), before);
    assert_ne!(net.batch_norm1.weight, weight);
    trainer.freeze_statistics(false);
    trainer.step(&mut net, &xs, &ys).expect("a batch");
    assert_ne!(statistics(&net), before);
}

/// Without a declared tile a batch of up to 64 samples is measured as a whole, and a small one does not take the time of a large
/// one: each has the bits of a network whose tile is declared, and statistics that go on from a batch of one width to one of
/// the other.
#[test]
fn batches_of_up_to_64_samples_are_measured_as_a_whole() {
    macro_rules! network {
        ($name:ident $($tile:tt)*) => {
            #[network(
                input = [4, 3],
                layers = [norm: batch_norm, dense(5), Block, tanh, flatten, batch_norm(affine = false), dense(2)],
                loss = mse $($tile)*
            )]
            struct $name;
        };
    }
    #[network(input = [4, 5], layers = [dense(4, bias = false), batch_norm])]
    struct Block;
    #[network(input = 5, layers = [dense(4)])]
    struct Unmeasured;
    network!(Free);
    network!(Wide, tile = 64);
    network!(Narrow, tile = 32);
    assert_eq!((Free::TILE, Wide::TILE, Narrow::TILE), (64, 64, 32));
    assert_eq!(Unmeasured::TILE, 32);

    let xs: Vec<[f32; 12]> =
        (0..129).map(|i| std::array::from_fn(|j| ((5 * i + 7 * j) % 23) as f32 / 8.0)).collect();
    let ys: Vec<[f32; 2]> = (0..129).map(|i| [(i % 3) as f32, (i % 5) as f32]).collect();
    let mut free = Free::new(&mut backprop::rng(2));
    let (mut wide, mut narrow) = (Wide::zeroed(), Narrow::zeroed());
    let rate = || Sgd::new(0.05).momentum(0.9);
    let mut of_free = Trainer::<Free, _>::boxed(rate());
    for batch in [64, 20, 33, 1, 32, 129, 65] {
        let (xs, ys) = (&xs[..batch], &ys[..batch]);
        wide.parameters_mut().copy_from_slice(free.parameters());
        narrow.parameters_mut().copy_from_slice(free.parameters());
        let mut of_one = Trainer::<Free, _>::boxed(rate());
        let (mut of_wide, mut of_narrow) =
            (Trainer::<Wide, _>::boxed(rate()), Trainer::<Narrow, _>::boxed(rate()));
        let mut once = Free::zeroed();
        once.parameters_mut().copy_from_slice(free.parameters());
        let loss = of_one.step(&mut once, xs, ys).expect("a batch");
        // Tiles of a batch of 65 have 33 samples, those of 129 have 43.
        if batch > 32 {
            assert_eq!(loss, of_wide.step(&mut wide, xs, ys).expect("a batch"), "{batch}");
            assert_eq!(once.parameters(), wide.parameters(), "{batch}");
        } else {
            assert_eq!(loss, of_narrow.step(&mut narrow, xs, ys).expect("a batch"), "{batch}");
            assert_eq!(once.parameters(), narrow.parameters(), "{batch}");
        }
        assert_eq!(of_free.evaluate(&free, xs, ys).expect("data").samples, batch);
        of_free.step(&mut free, xs, ys).expect("a batch");
    }

    // Accumulated over batches of both widths: of all samples together.
    let mean_before = free.norm.running_mean;
    let mut samples = 0;
    for batch in [40, 7, 64, 31] {
        of_free
            .accumulate(
                &mut free,
                &xs[samples..][..batch.min(129 - samples)],
                &ys[samples..][..batch.min(129 - samples)],
            )
            .expect("a batch");
        samples += batch.min(129 - samples);
    }
    of_free.update(&mut free).expect("gradients");
    for (channel, (after, before)) in free.norm.running_mean.iter().zip(mean_before).enumerate() {
        let sum: f64 = xs.iter().flat_map(|x| x.iter().skip(channel).step_by(3)).map(|x| f64::from(*x)).sum();
        let expected = 0.1 * sum / (4 * 129) as f64 + 0.9 * f64::from(before);
        assert!((f64::from(*after) - expected).abs() < 1e-5, "{after} instead of {expected}");
    }
}

/// `momentum = none`, as PyTorch defines it: means over all steps, of the batches' means and unbiased variances.
#[test]
fn cumulative_statistics_are_means_over_steps() {
    #[network(
        input = 2, layers = [batch_norm(momentum = none), dense(1)], loss = mse, scalar = f64, tile = 16
    )]
    struct Cumulative;

    let mut net = Cumulative::new(&mut backprop::rng(1));
    let mut trainer = Trainer::<Cumulative, _>::new(Sgd::new(0.1));
    assert_eq!(Cumulative::PARAMETERS, 2 + 2 + 2 + 1);
    let (mut means, mut variances) = (Vec::new(), Vec::new());
    for size in [7, 16, 3, 12] {
        let xs: Vec<[f64; 2]> =
            (0..size).map(|i| [f64::from(i * i % 11) + f64::from(size), f64::from(i) / 3.0]).collect();
        trainer.step(&mut net, &xs, &vec![[0.5]; xs.len()]).expect("a good batch");
        let (mean, variance) = measured(&xs, 0);
        means.push(mean);
        variances.push(variance);
        let count = means.len() as f64;
        let norm = &net.batch_norm1;
        assert_eq!(norm.num_batches_tracked, [count]);
        assert!((norm.running_mean[0] - means.iter().sum::<f64>() / count).abs() < 1e-12);
        assert!((norm.running_var[0] - variances.iter().sum::<f64>() / count).abs() < 1e-12);
    }
    // A step that fails does not count.
    assert!(trainer.step(&mut net, &[[f64::NAN; 2]; 3], &[[0.5]; 3]).is_err());
    assert_eq!(net.batch_norm1.num_batches_tracked, [4.0]);
    // What is folded keeps its predictions, and the count.
    let (x, mut folded) = ([3.0, 1.0], Cumulative::zeroed());
    folded.copy_from(&net);
    folded.fold_batch_norm();
    assert!((folded.predict(&x)[0] - net.predict(&x)[0]).abs() < 1e-12);
}
