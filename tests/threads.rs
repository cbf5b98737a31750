//! Training steps on several threads give the bits of one.
#![cfg(feature = "rayon")]

use backprop::losses::Sum;
use backprop::prelude::*;
use backprop::rand_core::Rng;
use backprop::typenum::{U0, U3};
use backprop::{Error, GenericArray, OwnLayer, Scalar};

/// The loss of each step, and the parameters after the last, of training with so many threads.
fn train<N, S: Scalar, const I: usize, const O: usize>(threads: usize) -> (Vec<S>, Vec<S>)
where
    N: Trainable<Scalar = S, Sample = [S; I], Target = [S; O]> + Zeroed,
{
    let mut net = N::boxed(&mut backprop::rng(4));
    let mut trainer = Trainer::boxed(Adam::new(1e-2));
    trainer.threads(threads).unwrap();
    trainer.set_seed(3);
    let mut rng = backprop::rng(8);
    let mut number = || S::uniform(rng.next_u64()) * S::from_usize(2) - S::ONE;
    let mut losses = Vec::new();
    for batch in [100, 64, 1, 37, 200] {
        let xs: Vec<[S; I]> = (0..batch).map(|_| std::array::from_fn(|_| number())).collect();
        let ys: Vec<[S; O]> = (0..batch).map(|_| std::array::from_fn(|_| number())).collect();
        losses.push(trainer.accumulate(&mut net, &xs, &ys).unwrap());
        losses.push(trainer.step(&mut net, &xs, &ys).unwrap());
    }
    (losses, net.parameters().as_ref().to_vec())
}

/// `y = a x`, sample by sample.
#[repr(C)]
pub struct Slope {
    factor: [f32; 3],
}
backprop::flat!(Slope: f32 { factor: [f32; 3] });

impl OwnLayer for Slope {
    type Inputs = U3;
    type Outputs = U3;
    type Saved = U3;

    fn forward(
        &self,
        x: &GenericArray<f32, U3>,
        y: &mut GenericArray<f32, U3>,
        saved: &mut GenericArray<f32, U3>,
    ) {
        for i in 0..3 {
            y[i] = self.factor[i] * x[i];
        }
        *saved = *x;
    }

    fn backward(
        &self,
        _: &GenericArray<f32, U3>,
        saved: &GenericArray<f32, U3>,
        dy: &GenericArray<f32, U3>,
        dx: &mut GenericArray<f32, U3>,
        gradient: &mut Self,
    ) {
        for i in 0..3 {
            dx[i] = self.factor[i] * dy[i];
            gradient.factor[i] += saved[i] * dy[i];
        }
    }

    fn initialize(&mut self, _: &mut dyn Rng) {
        self.factor = [1.0, 2.0, 3.0];
    }
}

#[network(input = 5, layers = [dense(8), relu, frozen dense(3)])]
struct Encoder;

/// Runs a test beside this thread: a turn that never comes fails it, and does not stop all tests.
fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, waits) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    match waits.recv_timeout(std::time::Duration::from_secs(120)) {
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("a thread waits for ever"),
        // A panic of the test is this one's.
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

macro_rules! threads_test {
    ($test:ident, $($declaration:tt)*) => {
        #[test]
        fn $test() {
            #[network($($declaration)*, loss = mse)]
            struct Net;
            type Number = <Net as Network>::Scalar;
            in_time(|| {
                let (losses, parameters) = train::<Net, Number, { Net::INPUTS }, { Net::OUTPUTS }>(1);
                for threads in [2, 3, 5] {
                    let (these_losses, these) =
                        train::<Net, Number, { Net::INPUTS }, { Net::OUTPUTS }>(threads);
                    assert_eq!(losses, these_losses, "{threads} threads");
                    assert!(parameters == these, "{threads} threads: other parameters");
                }
            });
        }
    };
}

threads_test!(
    images_and_dropout,
    input = [1, 8, 8],
    layers = [
        conv2d(4, kernel = 3),
        group_norm(2),
        relu,
        max_pool2d(2),
        flatten,
        dropout(0.2),
        dense(6),
        tanh,
        dense(2)
    ]
);
threads_test!(
    networks_own_layers_and_fixed_points,
    input = 5,
    layers = [Encoder, Slope, fixed_point(best_effort = true)[dense(3), tanh], Squash, dense(2)],
    tile = 16
);
threads_test!(
    attention_and_repeats,
    input = [4, 6],
    layers = [residual[layer_norm, attention(2)], repeat(2)[dense(6), prelu], flatten, dense(3)],
    tile = 16
);

#[network(input = 6, layers = [dense(5, bias = false), batch_norm])]
struct Measuring;

threads_test!(
    layers_that_measure,
    input = [1, 6, 5],
    layers = [
        conv2d(3, kernel = 3, bias = false),
        batch_norm,
        relu,
        flatten,
        dense(6),
        batch_norm(affine = false),
        tanh,
        Measuring,
        dense(2)
    ],
    tile = 16
);

threads_test!(
    layers_without_numbers_and_biases_alone,
    input = 3,
    layers = [dense(3), Twice, dense(4, bias = false), tanh, dense(2)],
    train = biases,
    tile = 16
);

/// `y = 2 x`: it has no parameters, so the layer behind it begins in the same place.
#[repr(C)]
pub struct Twice {}
backprop::flat!(Twice: f32 {});

impl OwnLayer for Twice {
    type Inputs = U3;
    type Outputs = U3;
    type Saved = U0;

    fn forward(
        &self,
        x: &GenericArray<f32, U3>,
        y: &mut GenericArray<f32, U3>,
        _: &mut GenericArray<f32, U0>,
    ) {
        for i in 0..3 {
            y[i] = 2.0 * x[i];
        }
    }

    fn backward(
        &self,
        _: &GenericArray<f32, U3>,
        _: &GenericArray<f32, U0>,
        dy: &GenericArray<f32, U3>,
        dx: &mut GenericArray<f32, U3>,
        _: &mut Self,
    ) {
        for i in 0..3 {
            dx[i] = 2.0 * dy[i];
        }
    }

    fn initialize(&mut self, _: &mut dyn Rng) {}
}

threads_test!(
    layers_without_numbers,
    input = 3,
    layers = [dense(3), Twice, dense(4), tanh, dense(2)],
    tile = 16
);

#[network(input = 3, layers = [dense(5), tanh])]
struct Squash;

/// Layers so large that their gradients have parts.
#[network(input = 75, layers = [dense(130), relu, frozen dense(70), dense(150, bias = false)])]
struct Large;

/// The same in `f64`.
#[network(input = 75, layers = [dense(130), relu, frozen dense(70), dense(150, bias = false)], scalar = f64)]
struct Large64;

threads_test!(
    gradients_in_parts,
    input = [1, 16, 15],
    layers = [
        conv2d(9, kernel = 5, padding = 4),
        conv2d(11, kernel = 3, stride = 2),
        conv2d(30, kernel = 1, bias = false),
        relu,
        max_pool2d(2),
        flatten,
        dense(83),
        relu,
        dense(75),
        Large,
        dense(2)
    ],
    tile = 16
);
threads_test!(
    gradients_in_parts_of_f64,
    input = [1, 16, 15],
    layers = [conv2d(9, kernel = 5), conv2d(11, kernel = 3), relu, flatten, dense(75), Large64],
    scalar = f64,
    tile = 16
);
threads_test!(
    biases_alone_of_large_layers,
    input = [2, 16, 15],
    layers = [conv2d(9, kernel = 5), relu, flatten, dense(75), Large],
    train = biases,
    tile = 16
);

#[network(input = 6, layers = [dense(300), relu, dense(3)], loss = cross_entropy, tile = 16)]
struct Classes;

/// A loss that cannot bear the target 13.
struct Superstitious;

impl Loss<f32> for Superstitious {
    type Target = u32;
    fn sample(&self, y: &[f32], target: &u32, dy: &mut [f32]) -> Sum<f32> {
        assert_ne!(*target, 13, "bad luck");
        dy.copy_from_slice(y);
        Sum { loss: 1.0, weight: 1.0 }
    }
}

#[network(input = 2, layers = [dense(3)], loss = Superstitious, tile = 16)]
struct Fragile;

#[test]
fn a_panic_in_one_thread_ends_the_step() {
    let panics = std::panic::catch_unwind(|| {
        let mut net = Fragile::new(&mut backprop::rng(1));
        let mut trainer = Trainer::new(Sgd::new(0.1));
        trainer.threads(3).unwrap();
        let targets: Vec<u32> = (0..200).collect();
        let _ = trainer.step(&mut net, &[[1.0; 2]; 200], &targets);
    });
    assert!(panics.is_err());
}

#[test]
fn an_error_leaves_the_network_as_it_was() {
    let mut net = Classes::boxed(&mut backprop::rng(1));
    let before = net.parameters().to_vec();
    let mut trainer = Trainer::boxed(Adam::new(0.1));
    trainer.threads(2).unwrap();
    let mut xs = [[0.5; 6]; 100];
    assert_eq!(trainer.step(&mut net, &xs[..0], &[0_u8; 0]), Err(Error::EmptyBatch));
    assert_eq!(
        trainer.step(&mut net, &xs, &[3_u8; 100]),
        Err(Error::LabelOutOfRange { sample: 0, label: 3, classes: 3 })
    );
    xs[77][2] = f32::INFINITY;
    assert_eq!(trainer.step(&mut net, &xs, &[1_u8; 100]), Err(Error::NonFiniteLoss { sample: 77 }));
    assert_eq!(net.parameters()[..], before);
}

/// A loss may use rayon itself: no thread takes up another tile while it waits there.
#[test]
fn a_loss_that_joins() {
    struct Joining;
    impl backprop::Loss<f32> for Joining {
        type Target = [f32; 1];
        fn sample(&self, y: &[f32], target: &[f32; 1], dy: &mut [f32]) -> backprop::losses::Sum<f32> {
            let (loss, gradient) = rayon::join(|| (y[0] - target[0]).powi(2), || 2.0 * (y[0] - target[0]));
            dy[0] = gradient;
            backprop::losses::Sum { loss, weight: 1.0 }
        }
    }
    #[network(input = 3, layers = [dense(64), tanh, dense(1)], loss = Joining, tile = 1)]
    struct Net;
    in_time(|| {
        let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Trainer::boxed(Sgd::new(0.01)));
        trainer.threads(4).expect("threads");
        let (xs, ys) = (vec![[0.1, 0.2, 0.3]; 64], vec![[1.0]; 64]);
        for _ in 0..100 {
            trainer.step(&mut net, &xs, &ys).expect("a batch");
        }
    });
}
