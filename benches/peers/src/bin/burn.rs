//! The workloads in burn, on its CPU backend Flex.

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use burn::tensor::Distribution;
use burn::tensor::activation::{relu, softmax};
use peers::{Workload, XOR_INPUTS, XOR_TARGETS};
use std::hint::black_box;

#[derive(Module, Debug)]
struct Dense {
    layers: Vec<Linear>,
}

impl Dense {
    fn new<const N: usize>(sizes: [usize; N], device: &Device) -> Self {
        let layers = sizes.windows(2).map(|size| LinearConfig::new(size[0], size[1]).init(device));
        Self { layers: layers.collect() }
    }

    fn forward(&self, mut x: Tensor<2>, activation: fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
        for (i, layer) in self.layers.iter().enumerate() {
            x = layer.forward(if i == 0 { x } else { activation(x) });
        }
        x
    }
}

fn tanh(net: &Dense, x: Tensor<2>) -> Tensor<2> {
    net.forward(x, Tensor::tanh)
}

fn mlp(net: &Dense, x: Tensor<2>) -> Tensor<2> {
    net.forward(x, relu)
}

fn digits(net: &Dense, x: Tensor<2>) -> Tensor<2> {
    softmax(mlp(net, x), 1)
}

#[derive(Module, Debug)]
struct LeNet5 {
    conv1: Conv2d,
    conv2: Conv2d,
    pool: MaxPool2d,
    dense: Dense,
}

impl LeNet5 {
    fn new(device: &Device) -> Self {
        Self {
            conv1: Conv2dConfig::new([1, 6], [5, 5]).init(device),
            conv2: Conv2dConfig::new([6, 16], [5, 5]).init(device),
            pool: MaxPool2dConfig::new([2, 2]).init(),
            dense: Dense::new([256, 120, 84, 10], device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.pool.forward(relu(self.conv1.forward(x)));
        let x = self.pool.forward(relu(self.conv2.forward(x)));
        mlp(&self.dense, x.flatten(1, 3))
    }
}

fn uniform<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device)
}

fn predict<N: 'static, const D: usize>(
    net: N,
    forward: fn(&N, Tensor<D>) -> Tensor<2>,
    shape: [usize; D],
    outputs: usize,
) -> impl FnMut() {
    let xs = (0..16).map(|_| uniform(shape, &Device::flex())).collect();
    peers::in_turns(xs, move |x: &Tensor<D>| {
        let y = forward(&net, x.clone());
        assert_eq!(y.dims(), [1, outputs]);
        black_box(y);
    })
}

/// A network in training. The optimizer takes it and gives it back: a copy would cost a step its updates in place.
struct Learner<N> {
    net: Option<N>,
    optimizer: ModuleOptimizer,
    rate: f64,
}

impl<N: Module> Learner<N> {
    fn step(&mut self, loss: impl FnOnce(&N) -> Tensor<1>) -> f32 {
        let net = self.net.take().expect("given back by the last step");
        let loss = loss(&net);
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        self.net = Some(self.optimizer.step(self.rate, net, gradients));
        loss.into_scalar()
    }
}

fn train<N: Module + 'static, const D: usize>(
    net: N,
    forward: fn(&N, Tensor<D>) -> Tensor<2>,
    optimizer: ModuleOptimizer,
    rate: f64,
    shape: [usize; D],
) -> impl FnMut() {
    let mut learner = Learner { net: Some(net), optimizer, rate };
    let device = Device::flex().autodiff();
    let x = uniform(shape, &device);
    let y = Tensor::<1, Int>::random([shape[0]], Distribution::Uniform(0.0, 10.0), &device);
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    peers::learning(move || learner.step(|net| cross_entropy.forward(forward(net, x.clone()), y.clone())))
}

fn exclusive_or() {
    let device = Device::flex().autodiff();
    let net = Some(Dense::new([2, 8, 1], &device));
    let mut learner = Learner { net, optimizer: SgdConfig::new().init(), rate: 0.1 };
    let samples: Vec<_> = std::iter::zip(XOR_INPUTS, XOR_TARGETS)
        .map(|(x, y)| (Tensor::<2>::from_data([x], &device), Tensor::<2>::from_data([y], &device)))
        .collect();
    peers::exclusive_or(|i| {
        let (x, y) = samples[i].clone();
        learner.step(|net| MseLoss::new().forward(tanh(net, x), y, Reduction::Mean))
    });
}

fn main() {
    let (plain, autodiff) = (Device::flex(), Device::flex().autodiff());
    // The default of burn is 1e-5; the others have this one.
    let adam = || AdamConfig::new().with_epsilon(1e-8).init();
    let lenet5 = LeNet5::new(&autodiff);
    let mut workloads = vec![
        Workload::new("W1 predict", predict(Dense::new([8, 32, 32, 4], &plain), tanh, [1, 8], 4)),
        Workload::new("W2 predict", predict(Dense::new([784, 128, 10], &plain), digits, [1, 784], 10)),
        Workload::new("W4 predict", predict(LeNet5::new(&plain), LeNet5::forward, [1, 1, 28, 28], 10)),
        Workload::new("W4 Adam 128", train(lenet5, LeNet5::forward, adam(), 1e-6, [128, 1, 28, 28])),
        Workload::new("W6 10,000 steps", exclusive_or),
    ];
    for batch in [32, 128, 512] {
        let net = || Dense::new([784, 128, 10], &autodiff);
        let sgd = SgdConfig::new().init();
        workloads.extend([
            Workload::new(format!("W3 SGD {batch}"), train(net(), mlp, sgd, 1e-4, [batch, 784])),
            Workload::new(format!("W3 Adam {batch}"), train(net(), mlp, adam(), 1e-6, [batch, 784])),
        ]);
    }
    peers::serve(workloads);
}
