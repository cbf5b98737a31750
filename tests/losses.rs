//! Every loss by its name in a declaration: it trains, and its settings arrive.

use backprop::losses::Sum;
use backprop::prelude::*;

/// Declares a network with a loss and follows its gradient for a while.
macro_rules! trains {
    ($test:ident, [$($layers:tt)*], $($loss:ident)::+ $(($($settings:tt)*))?, $target:expr) => {
        #[test]
        fn $test() {
            #[network(input = 3, layers = [$($layers)*], loss = $($loss)::+ $(($($settings)*))?, scalar = f64)]
            struct Net;

            let mut net = Net::new(&mut backprop::rng(4));
            let mut trainer = Trainer::new(Adam::new(0.01));
            let xs = [[0.2, -0.4, 0.9], [1.0, 0.3, -0.5], [-0.7, 0.8, 0.1]];
            let ys = [$target; 3];
            let first = trainer.step(&mut net, &xs, &ys).unwrap();
            for _ in 0..200 {
                trainer.step(&mut net, &xs, &ys).unwrap();
            }
            let last = trainer.step(&mut net, &xs, &ys).unwrap();
            assert!(last < first, "{first} {last}");
        }
    };
}

trains!(mse, [dense(2)], mse, [0.5, -1.0]);
trains!(mse_sum, [dense(2)], mse(reduction = sum), [0.5, -1.0]);
trains!(mae, [dense(2)], mae, [3.5, -2.0]);
trains!(huber, [dense(2)], huber(delta = 0.5), [0.5, -1.0]);
trains!(smooth_l1, [dense(2)], smooth_l1(beta = 0.3), [0.5, -1.0]);
trains!(log_cosh, [dense(2)], log_cosh, [0.5, -1.0]);
trains!(quantile, [dense(2)], quantile(tau = 0.9), [5.0, -1.0]);
trains!(cross_entropy, [dense(4)], cross_entropy, 2_u8);
trains!(
    cross_entropy_settings,
    [dense(3)],
    cross_entropy(class_weights = [1.0, 2.0, 0.5], label_smoothing = 0.1, ignore_index = -1),
    1_i32
);
trains!(label_a_step, [dense(6), reshape([2, 3])], cross_entropy(per = step), [2_u8, 0]);
trains!(
    label_a_pixel,
    [dense(12), reshape([3, 2, 2])],
    cross_entropy(per = position, ignore_index = -1),
    [1_i8, 2, -1, 0]
);
trains!(cosine_a_step, [dense(6), reshape([2, 3])], cosine(per = step), [[0.5, 1.0, -1.0], [0.0, 1.0, 2.0]]);
trains!(distribution, [dense(3)], cross_entropy_distribution, [0.2, 0.5, 0.3]);
trains!(nll, [dense(3), log_softmax], nll, 1_usize);
trains!(binary_cross_entropy, [dense(2)], binary_cross_entropy(positive_weight = [2.0, 1.0]), [1.0, 0.0]);
trains!(probabilities, [dense(2), sigmoid], binary_cross_entropy_of_probabilities, [1.0, 0.0]);
trains!(kl_divergence, [dense(3), log_softmax], kl_divergence(reduction = batch_mean), [0.2, 0.5, 0.3]);
trains!(poisson_nll, [dense(2)], poisson_nll(full = true), [3.0, 1.0]);
trains!(gaussian_nll, [dense(4), softplus], gaussian_nll, [0.5, 1.0]);
trains!(hinge, [dense(2)], hinge, [1.0, -1.0]);
trains!(hinge_embedding, [dense(2)], hinge_embedding, [1.0, -1.0]);
trains!(soft_margin, [dense(2)], soft_margin, [1.0, -1.0]);
trains!(cosine, [dense(3)], cosine, [0.5, 1.0, -1.0]);

/// The fourth power of the distance, which the library does not have.
struct Fourth;

impl Loss<f64> for Fourth {
    type Target = [f64; 2];

    fn sample(&self, y: &[f64], target: &[f64; 2], dy: &mut [f64]) -> Sum<f64> {
        let mut loss = 0.0;
        for ((y, t), dy) in y.iter().zip(target).zip(dy) {
            *dy = 4.0 * (y - t).powi(3);
            loss += (y - t).powi(4);
        }
        Sum { loss, weight: 1.0 }
    }
}

trains!(a_loss_of_ones_own, [dense(2)], Fourth, [0.5, -1.0]);

/// Scores so large that the logarithm is less than the distance of neighbouring numbers.
#[test]
fn large_scores_lose_nothing() {
    #[network(input = 2, layers = [bias], loss = cross_entropy)]
    struct Two;
    let loss = |x: [f32; 2]| Two::zeroed().loss(&x, &0_u8);
    assert!((loss([1e8, 1e8]) - core::f32::consts::LN_2).abs() < 1e-6);
    assert!((loss([1e5 + 5.0, 1e5]) - 0.006_715_35).abs() < 1e-7);
    // In a tile, too.
    let mut trainer = Trainer::new(Sgd::new(0.0));
    let found =
        trainer.step(&mut Two::zeroed(), &[[1e8, 1e8], [1e5 + 5.0, 1e5]], &[0_u8, 0]).expect("a batch");
    assert!((found - (core::f32::consts::LN_2 + 0.006_715_35) / 2.0).abs() < 1e-6);
}

/// Each head divides by its own weight of the batch.
#[test]
fn settings_of_losses_count_in_heads() {
    #[network(input = 2, layers = [heads { kind: [bias] }], loss = { kind: cross_entropy(class_weights = [1.0, 9.0]) })]
    struct Weighed;
    #[network(input = 2, layers = [heads { kind: [bias] }], loss = { kind: cross_entropy(ignore_index = -1) })]
    struct Ignoring;
    #[network(input = 2, layers = [heads { kind: [bias] }], loss = { kind: mse(reduction = sum) })]
    struct Summed;
    fn evaluated<N: Trainable<Scalar = f32> + Zeroed>(xs: &[N::Sample], ys: &[N::Target]) -> f32
    where
        N::Target: Sync,
    {
        let net = N::zeroed_box();
        Trainer::<N, _>::boxed(Sgd::new(0.1)).evaluate(&net, xs, ys).expect("a batch").loss
    }
    let class = backprop::sample::Class;
    let kind = |kind| WeighedTarget { kind };
    let loss = evaluated::<Weighed>(&[[0.0, 1.0], [0.0, -3.0]], &[kind(class(0)), kind(class(1))]);
    assert!((loss - 2.875_054_8).abs() < 1e-6, "{loss}");
    let targets = [class(0), class(usize::MAX), class(usize::MAX)].map(|kind| IgnoringTarget { kind });
    let loss = evaluated::<Ignoring>(&[[0.0, 1.0], [0.0, -1.0], [0.0, 3.0]], &targets);
    assert!((loss - 1.313_261_6).abs() < 1e-6, "{loss}");
    let targets = [[1.0, 0.0], [0.0, 3.0], [1.0, 0.0]].map(|kind| SummedTarget { kind });
    let loss = evaluated::<Summed>(&[[0.0, 0.0]; 3], &targets);
    assert!((loss - 11.0).abs() < 1e-6, "{loss}");
}

/// Of six steps three have a label, and the mean is over those; what is ignored has no gradient.
#[test]
fn the_mean_is_over_steps_that_count() {
    #[network(input = [3, 2], layers = [bias], loss = cross_entropy(per = step, ignore_index = -1), scalar = f64)]
    struct Net;

    // softmax is [1/4, 3/4] at each step.
    let step = [0.0, 3_f64.ln()];
    let x: [f64; 6] = std::array::from_fn(|place| step[place % 2]);
    let (mut net, mut trainer) = (Net::zeroed(), Trainer::new(Sgd::new(0.3)));
    let refused = trainer.step(&mut net, &[x], &[[1_i8, 2, -1]]);
    assert!(
        matches!(refused, Err(backprop::Error::LabelOutOfRange { sample: 0, label: 2, classes: 2 })),
        "{refused:?}"
    );
    let loss = trainer.step(&mut net, &[x, x], &[[1_i8, -1, -1], [0, 1, -1]]).unwrap();
    let expected = (2.0 * (4.0_f64 / 3.0).ln() + 4_f64.ln()) / 3.0;
    assert!((loss - expected).abs() < 1e-15, "{loss} {expected}");
    // The sum of softmax − onehot, which is −1/4 + 3/4 − 1/4 for the second class, over three.
    let moved = net.predict(&[0.0; 6]);
    for class in [moved[0], -moved[1]] {
        assert!((class - 0.3 * 0.25 / 3.0).abs() < 1e-15, "{moved:?}");
    }
}
