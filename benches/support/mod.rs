//! What is measured: networks, data, calls.
//!
//! W1 to W4 and W6 are the workloads of `benches/README.md`, as users write them.

use backprop::Rng;
use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::hint::black_box;

/// W1: an audio effect's size.
#[network(input = 8, layers = [dense(32), tanh, dense(32), tanh, dense(4)])]
pub(crate) struct Tiny;

/// W2: digits, with probabilities at the end.
#[network(input = 784, layers = [dense(128), relu, dense(10), softmax])]
pub(crate) struct Digits;

/// W3: the same network in training.
#[network(input = 784, layers = [dense(128), relu, dense(10)], loss = cross_entropy)]
pub(crate) struct Mlp;

/// W4: LeNet-5 without padding.
#[network(
    input = [1, 28, 28],
    layers = [
        conv1: conv2d(6, kernel = 5), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
        flatten,
        dense(120), relu,
        dense(84), relu,
        dense(10),
    ],
    loss = cross_entropy,
)]
pub(crate) struct LeNet5;

/// W4 with convolutions that are not trained: fine-tuning.
#[network(
    input = [1, 28, 28],
    layers = [
        conv1: conv2d(6, kernel = 5), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
        flatten,
        dense(120), relu,
        dense(84), relu,
        dense(10),
    ],
    loss = cross_entropy,
    train = last(3),
)]
pub(crate) struct LeNet5Head;

/// Multiply-adds of the layers that [`LeNet5Head`] trains.
const HEAD: usize = 256 * 120 + 120 * 84 + 84 * 10;
/// Operations of one sample's training step of [`LeNet5Head`]: backward ends at its first dense layer.
pub(crate) const TRAINING_HEAD: usize = 2 * (LeNet5Head::MULTIPLY_ADDS + HEAD + (HEAD - 256 * 120));

/// W3 and W4 with a tile that the declaration asks for.
macro_rules! tiled {
    ($($tile:literal: $mlp:ident, $lenet5:ident;)*) => { $(
        #[network(input = 784, layers = [dense(128), relu, dense(10)], loss = cross_entropy, tile = $tile)]
        pub(crate) struct $mlp;

        #[network(
            input = [1, 28, 28],
            layers = [
                conv1: conv2d(6, kernel = 5), relu, max_pool2d(2),
                conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
                flatten,
                dense(120), relu,
                dense(84), relu,
                dense(10),
            ],
            loss = cross_entropy,
            tile = $tile,
        )]
        pub(crate) struct $lenet5;
    )* };
}
tiled! {
    16: MlpBy16, LeNet5By16;
    32: MlpBy32, LeNet5By32;
    64: MlpBy64, LeNet5By64;
}

/// W6: exclusive or, one sample a step; a tile of one, because that is all a batch of one fills.
#[network(input = 2, layers = [dense(8), tanh, dense(1)], loss = mse, tile = 1)]
pub(crate) struct Xor;

/// The same with the tile that a declaration without one gets.
#[network(input = 2, layers = [dense(8), tanh, dense(1)], loss = mse)]
pub(crate) struct XorInTiles;

/// Something to measure.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// Floating-point operations of a call.
    pub(crate) operations: usize,
    pub(crate) run: Box<dyn FnMut()>,
}

fn workload(name: &'static str, operations: usize, run: impl FnMut() + 'static) -> Workload {
    Workload { name, operations, run: Box::new(run) }
}

/// All that is measured.
pub(crate) fn workloads() -> Vec<Workload> {
    let mlp = training::<Mlp>(784 * 128);
    let lenet5 = training::<LeNet5>(6 * 24 * 24 * 25);
    let xor = training::<Xor>(2 * 8);
    vec![
        workload("W1 predict", predicting::<Tiny>(), predict::<Tiny, 8>()),
        workload("W2 predict", predicting::<Digits>(), predict::<Digits, 784>()),
        workload("W3 SGD 32", 32 * mlp, train::<Mlp, _, 784>(Sgd::new(1e-4), 32, 1)),
        workload("W3 SGD 128", 128 * mlp, train::<Mlp, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W3 SGD 512", 512 * mlp, train::<Mlp, _, 784>(Sgd::new(1e-4), 512, 1)),
        workload("W3 SGD 512, 2 threads", 512 * mlp, train::<Mlp, _, 784>(Sgd::new(1e-4), 512, 2)),
        workload("W3 Adam 32", 32 * mlp, train::<Mlp, _, 784>(Adam::new(1e-6), 32, 1)),
        workload("W3 Adam 128", 128 * mlp, train::<Mlp, _, 784>(Adam::new(1e-6), 128, 1)),
        workload("W3 Adam 512", 512 * mlp, train::<Mlp, _, 784>(Adam::new(1e-6), 512, 1)),
        workload("W3 tile 16, SGD 32", 32 * mlp, train::<MlpBy16, _, 784>(Sgd::new(1e-4), 32, 1)),
        workload("W3 tile 32, SGD 32", 32 * mlp, train::<MlpBy32, _, 784>(Sgd::new(1e-4), 32, 1)),
        workload("W3 tile 64, SGD 32", 32 * mlp, train::<MlpBy64, _, 784>(Sgd::new(1e-4), 32, 1)),
        workload("W3 tile 16, SGD 128", 128 * mlp, train::<MlpBy16, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W3 tile 32, SGD 128", 128 * mlp, train::<MlpBy32, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W3 tile 64, SGD 128", 128 * mlp, train::<MlpBy64, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W4 predict", predicting::<LeNet5>(), predict::<LeNet5, 784>()),
        workload("W4 Adam 128", 128 * lenet5, train::<LeNet5, _, 784>(Adam::new(1e-6), 128, 1)),
        workload(
            "W4 head, Adam 128",
            128 * TRAINING_HEAD,
            train::<LeNet5Head, _, 784>(Adam::new(1e-6), 128, 1),
        ),
        workload("W4 Adam 128, 2 threads", 128 * lenet5, train::<LeNet5, _, 784>(Adam::new(1e-6), 128, 2)),
        workload("W4 Adam 2048", 2048 * lenet5, train::<LeNet5, _, 784>(Adam::new(1e-6), 2048, 1)),
        workload("W4 tile 16, SGD 128", 128 * lenet5, train::<LeNet5By16, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W4 tile 32, SGD 128", 128 * lenet5, train::<LeNet5By32, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W4 tile 64, SGD 128", 128 * lenet5, train::<LeNet5By64, _, 784>(Sgd::new(1e-4), 128, 1)),
        workload("W6 10,000 steps", STEPS * xor, exclusive_or::<Xor>()),
        workload("W6 10,000 steps in tiles", STEPS * xor, exclusive_or::<XorInTiles>()),
    ]
}

/// Operations of one prediction: two for each multiply-add of a layer.
pub(crate) const fn predicting<N: Network>() -> usize {
    2 * N::MULTIPLY_ADDS
}

/// Operations of one sample's training step: forward, gradients of weights, and gradients of inputs except
/// those of the first layer, which nobody asks for.
pub(crate) const fn training<N: Network>(first_layer: usize) -> usize {
    2 * (3 * N::MULTIPLY_ADDS - first_layer)
}

/// Numbers of [-1, 1), always the same.
pub(crate) fn samples<const I: usize>(count: usize) -> Vec<[f32; I]> {
    let mut rng = backprop::rng(1);
    (0..count).map(|_| std::array::from_fn(|_| number(&mut rng))).collect()
}

fn number(rng: &mut Rng) -> f32 {
    2.0 * f32::uniform(rng.next_u64()) - 1.0
}

/// Classes below ten.
pub(crate) fn labels(count: usize) -> Vec<u8> {
    let mut rng = backprop::rng(2);
    (0..count).map(|_| (rng.next_u32() % 10) as u8).collect()
}

/// Predicts one of several samples at each call, in turns.
pub(crate) fn predict<N, const I: usize>() -> impl FnMut()
where
    N: Network<Sample = [f32; I]> + Zeroed,
{
    let net = N::boxed(&mut backprop::rng(3));
    let xs = samples::<I>(64);
    let mut turn = 0;
    move || {
        turn = (turn + 1) % 64;
        black_box(net.predict(black_box(&xs[turn])));
    }
}

/// Trains on one batch, again and again, in steps so small that the loss stays where it is.
pub(crate) fn train<N, O, const I: usize>(optimizer: O, batch: usize, threads: usize) -> impl FnMut()
where
    N: Trainable<Sample = [f32; I], Target = backprop::sample::Class> + Zeroed,
    O: Optimizer,
{
    let mut net = N::boxed(&mut backprop::rng(3));
    let mut trainer = Trainer::<N, O>::boxed(optimizer);
    trainer.threads(threads).expect("threads");
    let (xs, ys) = (samples::<I>(batch), labels(batch));
    move || {
        let loss = trainer.step(&mut net, black_box(&xs), black_box(&ys));
        assert!(black_box(loss).is_ok(), "the batch is valid");
    }
}

/// Steps of [`exclusive_or`].
pub(crate) const STEPS: usize = 10_000;

/// Learns exclusive or from the beginning, one sample at a step.
pub(crate) fn exclusive_or<N>() -> impl FnMut()
where
    N: Trainable<Sample = [f32; 2], Target = [f32; 1]>,
{
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let targets = [[0.0], [1.0], [1.0], [0.0]];
    move || {
        let mut net = N::new(&mut backprop::rng(1));
        let mut trainer = Trainer::<N, _>::new(Sgd::new(0.1));
        for step in 0..STEPS {
            let sample = step % 4..step % 4 + 1;
            let loss = trainer.step(&mut net, black_box(&inputs[sample.clone()]), &targets[sample]);
            assert!(black_box(loss).is_ok(), "the batch is valid");
        }
        black_box(&net);
    }
}
