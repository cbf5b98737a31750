//! `OnlineTrainer`: gradient descent without a buffer for gradients.

use backprop::prelude::*;
use backprop::typenum::{U0, U3};
use backprop::{Error, GenericArray, OnlineTrainer, OwnLayer};

/// Trains two copies, one with `Sgd` in batches of one, and compares: they differ by rounding alone.
macro_rules! online_test {
    ($test:ident, $x:expr, $($declaration:tt)*) => {
        #[test]
        fn $test() {
            #[network($($declaration)*, loss = mse, scalar = f64)]
            struct Net;

            let mut online = Net::boxed(&mut backprop::rng(3));
            let mut batches = Net::boxed(&mut backprop::rng(3));
            let before = online.parameters().to_vec();
            let mut online_trainer = OnlineTrainer::boxed(0.05);
            let mut trainer = Trainer::boxed(Sgd::new(0.05));
            online_trainer.set_seed(9);
            trainer.set_seed(9);
            for step in 0..5 {
                let x: <Net as Network>::Sample = std::array::from_fn(|feature| $x(step, feature));
                let y = std::array::from_fn(|output| (step as f64 + output as f64).cos());
                let loss = online_trainer.step(&mut online, &x, &y).unwrap();
                let expected = trainer.step(&mut batches, &[x], &[y]).unwrap();
                assert!((loss - expected).abs() <= 1e-12 * (1.0 + expected));
            }
            for tensor in Net::tensors() {
                let range = tensor.offset..tensor.offset + tensor.len;
                let (ours, theirs) = (&online.parameters()[range.clone()], &batches.parameters()[range.clone()]);
                let error = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(error < 1e-12, "{}: {error}", tensor.path());
                assert_eq!(ours != &before[range], tensor.trained.is_some(), "{}", tensor.path());
            }
        }
    };
}

fn wave(step: usize, feature: usize) -> f64 {
    (step as f64 * 0.9 + feature as f64 * 0.7 + 0.3).sin()
}

/// `y = a x³`, with a learnt factor for each feature.
#[repr(C)]
pub struct Cube {
    factor: [f64; 3],
}
backprop::flat!(Cube: f64 { factor: [f64; 3] });

impl OwnLayer for Cube {
    type Inputs = U3;
    type Outputs = U3;
    type Saved = U0;

    fn forward(
        &self,
        x: &GenericArray<f64, U3>,
        y: &mut GenericArray<f64, U3>,
        _: &mut GenericArray<f64, U0>,
    ) {
        for i in 0..3 {
            y[i] = self.factor[i] * x[i].powi(3);
        }
    }

    fn backward(
        &self,
        x: &GenericArray<f64, U3>,
        _: &GenericArray<f64, U0>,
        dy: &GenericArray<f64, U3>,
        dx: &mut GenericArray<f64, U3>,
        gradient: &mut Self,
    ) {
        for i in 0..3 {
            dx[i] = self.factor[i] * 3.0 * x[i].powi(2) * dy[i];
            gradient.factor[i] += x[i].powi(3) * dy[i];
        }
    }

    fn initialize(&mut self, _: &mut dyn backprop::rand_core::Rng) {
        self.factor = [1.0, -0.5, 0.7];
    }
}

#[network(input = 5, layers = [dense(4), tanh, frozen dense(3)], scalar = f64)]
struct Encoder;

online_test!(
    dense_prelu_and_norms,
    wave,
    input = [3, 4],
    layers = [
        dense(6),
        prelu,
        layer_norm,
        positional_encoding,
        dense(4),
        rms_norm,
        flatten,
        dense(5),
        scale,
        dense(2)
    ]
);
online_test!(
    images,
    wave,
    input = [2, 6, 6],
    layers = [
        conv2d(4, kernel = 3),
        group_norm(2),
        instance_norm(affine = true),
        relu,
        residual[conv2d(4, kernel = 3, padding = 1), tanh],
        max_pool2d(2),
        conv_transpose2d(3, kernel = 2),
        flatten,
        dropout(0.3),
        dense(3)
    ]
);
online_test!(
    sequences,
    wave,
    input = [8, 3],
    layers = [conv1d(4, kernel = 3, padding = 1), silu, max_pool1d(2), flatten, bias, dense(2)]
);
online_test!(
    networks_own_layers_and_fixed_points,
    wave,
    input = 5,
    layers = [Encoder, Cube, fixed_point(tolerance = 1e-15, max_iterations = 200)[dense(3), tanh], dense(2)]
);
online_test!(frozen_parts, wave, input = 5, layers = [dense(4), tanh, frozen[dense(4), tanh], dense(2)]);
online_test!(
    indices,
    |step, feature| (step + feature) as u32 % 7,
    input = 4,
    layers = [embedding(7, 3), flatten, dense(2)]
);

#[network(input = 784, layers = [dense(64), relu, dense(10)], loss = cross_entropy)]
struct Digits;

/// What training takes beside the network is one sample's activations.
#[test]
fn there_is_no_buffer_for_gradients() {
    assert_eq!(Digits::PARAMETERS, 50_890);
    let beside_the_network = OnlineTrainer::<Digits>::BYTES - size_of::<Digits>();
    assert!(beside_the_network < 8 * 1024, "{beside_the_network}");
    assert!(Trainer::<Digits, Sgd>::BYTES > 2 * size_of::<Digits>());
    assert_eq!(OnlineTrainer::<Digits>::BYTES, size_of::<Digits>() + size_of::<OnlineTrainer<Digits>>());
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let mut net = Digits::boxed(&mut backprop::rng(1));
    let before = net.parameters().to_vec();
    let mut trainer = OnlineTrainer::<Digits>::new(0.1);
    let x = [0.5; 784];
    assert_eq!(
        trainer.step(&mut net, &x, &10_u8),
        Err(Error::LabelOutOfRange { sample: 0, label: 10, classes: 10 })
    );
    assert_eq!(trainer.step(&mut net, &[f32::NAN; 784], &1_u8), Err(Error::NonFiniteLoss { sample: 0 }));
    let overflow = |_: &[f32; 10], dy: &mut [f32; 10]| {
        dy[3] = f32::INFINITY;
        1.0
    };
    assert_eq!(trainer.step_with(&mut net, &x, overflow), Err(Error::NonFiniteLoss { sample: 0 }));
    assert_eq!(net.parameters()[..], before);
    trainer.step(&mut net, &x, &1_u8).unwrap();
    assert_ne!(net.parameters()[..], before);
}

/// `step` is `step_with` the declared loss.
#[test]
fn a_loss_may_be_written_on_the_spot() {
    let mut net = Digits::boxed(&mut backprop::rng(1));
    let mut other = Digits::boxed(&mut backprop::rng(1));
    let mut trainer = OnlineTrainer::<Digits>::new(0.1);
    let x = std::array::from_fn(|pixel| pixel as f32 / 784.0);
    let loss = trainer.step(&mut net, &x, &3_u8).unwrap();
    let same = trainer
        .step_with(&mut other, &x, |y, dy| Digits::LOSS.sample(y, &Class::from(3_u8), dy).loss)
        .unwrap();
    assert_eq!(loss, same);
    assert_eq!(net.parameters(), other.parameters());
}
