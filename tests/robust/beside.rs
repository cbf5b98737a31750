//! Numbers of 10^±30 in `f32` beside `f64`: every loss, norms, clipping, optimizers and metrics.

use crate::losses;
use backprop::losses::*;
use backprop::metrics::{mean_absolute_error, r2};
use backprop::prelude::*;
use backprop::sample::Class;
use backprop::{Error, GenericArray, Loss, Optimizer, Scalar, flat::zero};
use backprop_runtime::ArrayLength;
use backprop_runtime::typenum::{Const, ToUInt, U3};
use std::collections::BTreeSet;

/// The same, or infinite where only `f64` can hold it; what is too small for `f32` may be zero.
fn assert_beside(what: &str, found: f32, exact: f64, size: f64, tolerance: f64) {
    let right = if exact.abs() < 3e38 {
        (f64::from(found) - exact).abs() <= tolerance * size.max(exact.abs()) + 1e-37
    } else {
        !found.is_finite()
    };
    assert!(right, "{what}: {found}, not {exact}");
}

fn double<const N: usize>(values: [f32; N]) -> [f64; N] {
    values.map(f64::from)
}

/// All samples of three numbers of a list.
fn triples(of: &[f32]) -> impl Iterator<Item = [f32; 3]> + '_ {
    of.iter().flat_map(move |a| of.iter().flat_map(move |b| of.iter().map(move |c| [*a, *b, *c])))
}

/// In every lane of a tile a sample has the numbers that it has alone.
pub(crate) fn of_tile<L: Loss<f32>, N: ArrayLength>(name: &str, loss: &L, y: &[f32], t: &L::Target)
where
    L::Target: AsTarget<L::Target> + Clone,
{
    const TILE: usize = 16;
    let mut alone = vec![0.0; y.len()];
    let sum = loss.sample(y, t, &mut alone);
    let targets = vec![t.clone(); TILE];
    let ys: Vec<f32> = y.iter().flat_map(|y| [*y; TILE]).collect();
    let mut dys = vec![0.0; ys.len()];
    let factors = loss.factors(&targets, None);
    let outputs = Outputs { tile: TILE, y: &ys, dy: &mut dys, room: &mut [] };
    let found = loss.tile::<N, _>(&factors, outputs, &targets, None);
    let same = |found: f32, alone: f32| {
        (found - alone).abs() <= 1e-5 * alone.abs().max(1e-30) || (!found.is_finite() && !alone.is_finite())
    };
    let mean = found.loss / TILE as f32;
    // Sixteen of them may be beyond the largest number.
    assert!(
        same(mean, sum.loss) || sum.loss.abs() > 1e37,
        "{name} of {y:?} in a tile: {mean}, not {}",
        sum.loss
    );
    assert_eq!(found.weight, sum.weight * TILE as f32, "{name} of {y:?}");
    for (place, dy) in dys.iter().enumerate() {
        let right = alone[place / TILE];
        let close = same(*dy, right)
            || (dy - right).abs() < 1e-6 * alone.iter().fold(0.0, |most, g| g.abs().max(most));
        assert!(close, "{name} of {y:?} in a tile: gradient {dy}, not {right}");
    }
}

/// Loss and gradients of a sample in both precisions, and in a tile.
fn of_sample<L: Loss<f32> + Loss<f64>, N: ArrayLength, const O: usize>(
    name: &str,
    loss: &L,
    y: [f32; O],
    t: &<L as Loss<f32>>::Target,
    exact_t: &<L as Loss<f64>>::Target,
) where
    <L as Loss<f32>>::Target: AsTarget<<L as Loss<f32>>::Target> + Clone,
    Const<O>: ToUInt<Output = N>,
{
    of_tile::<L, N>(name, loss, &y, t);
    let (mut dy, mut exact_dy) = ([0.0_f32; O], [0.0_f64; O]);
    let found = loss.sample(&y, t, &mut dy).loss;
    let exact = loss.sample(&double(y), exact_t, &mut exact_dy).loss;
    assert_beside(&format!("{name} of {y:?}"), found, exact, 0.0, 1e-5);
    let size =
        exact_dy.iter().fold(0.0_f64, |size, dy| if dy.is_finite() { size.max(dy.abs()) } else { size });
    for (found, exact) in dy.iter().zip(exact_dy) {
        // Gradients of a softmax are differences of numbers of up to 1.
        assert_beside(&format!("gradient of {name} of {y:?}"), *found, exact, size.min(1.0), 1e-5);
    }
}

/// Losses of several outputs; those of each output alone stand in `magnitudes.rs`.
#[test]
fn losses_of_several_outputs() {
    let mut seen = BTreeSet::new();
    let scores = [-1e30, -1e5, -1.0, 0.0, 1e-30, 1.0, 1e5 + 5.0, 1e5, 1e30_f32];
    macro_rules! beside {
        ($($name:ident $loss:expr, $outputs:expr, $targets:expr, $double:expr;)*) => { $(
            seen.insert(stringify!($name));
            for y in $outputs {
                for t in $targets {
                    of_sample(stringify!($loss), &$loss, y, &t, &$double(t));
                }
            }
        )* };
    }
    let classes = || [0, 1, 2].map(Class);
    let same = |class: Class| class;
    let means = || [-1e30, -1e20, -1.0, 0.0, 1e-20, 1e-30, 1e20, 1e30_f32].into_iter();
    let gaussians =
        || means().flat_map(|mean| [0.0, 1e-30, 1e-6, 1.0, 1e20, 1e30].map(|variance| [mean, variance]));
    let ones = |list: &'static [f32]| list.iter().map(|y| [*y]);
    beside! {
        cross_entropy CrossEntropy::new(), triples(&scores), classes(), same;
        cross_entropy CrossEntropy::new().label_smoothing(0.1), triples(&scores), classes(), same;
        cross_entropy CrossEntropy::new().class_weights([1e-30, 1.0, 1e5]), triples(&scores), classes(), same;
        cross_entropy_distribution CrossEntropyDistribution::<3>::new(),
            triples(&scores), [[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [1e-30, 0.0, 1.0]], double;
        nll Nll::new(), triples(&scores), classes(), same;
        multi_margin MultiMargin::new(), triples(&scores), classes(), same;
        multi_margin MultiMargin::new().p(2), triples(&scores), classes(), same;
        cosine Cosine::<3>::new(), triples(&[-1e30, -1.0, 1e-30, 0.5, 1e20]),
            [[1.0, -2.0, 0.5], [1e30, 1e30, -1e29], [1e-30, 1e-30, 2e-30]], double;
        gaussian_nll GaussianNll::<1>::new(), gaussians(), [[0.0], [1.0], [-1e30], [1e30], [1e-30]], double;
        gaussian_nll GaussianNll::<1>::new().full(true), gaussians(), [[0.0], [1e20]], double;
        kl_divergence KlDivergence::<1>::new(), ones(&[-1e30, -1e5, -1.0, -1e-30, 0.0]), [[0.0], [1e-30], [0.25], [1.0]], double;
        kl_divergence KlDivergence::<1>::new().log_target(true),
            ones(&[-1e30, -1e5, -1.0, -1e-30, 0.0]), [[-1e30], [-50.0], [-1.0], [-1e-30], [0.0]], double;
        binary_cross_entropy_of_probabilities BinaryCrossEntropyOfProbabilities::<1>::new(),
            ones(&[0.0, 1e-30, 1e-20, 1e-5, 0.5, 1.0 - 1e-5, 1.0]), [[0.0], [0.25], [1.0]], double;
        poisson_nll PoissonNll::<1>::new().log_input(false),
            ones(&[0.0, 1e-30, 1e-5, 1.0, 1e20, 1e30]), [[0.0], [3.0]], double;
        poisson_nll PoissonNll::<1>::new().full(true), ones(&[-1e30, -1.0, 0.0, 5.0]), [[0.0], [1.0], [3.0], [1e30]], double;
    }
    // With those of each output alone, all that there are.
    let alone = include_str!("magnitudes.rs");
    for name in losses::table().split(';').filter_map(|row| row.split('"').nth(1)) {
        assert!(seen.contains(name) || alone.contains(&format!("\n        {name} ")), "no row for {name}");
    }
}

/// What counts as right when scores are so small that their product is not a number above 0.
#[test]
fn signs_of_small_scores() {
    let right = |y: f32, t: f32| Loss::is_correct(&Hinge::<1>::new(), &[y], &[t]);
    assert_eq!(
        [(1e-45, 1.0), (-1e-30, -1.0), (1e-30, -1.0), (0.0, 1.0)].map(|(y, t)| right(y, t)),
        [Some(true), Some(true), Some(false), Some(false)]
    );
}

/// Values and gradients of norms do not depend on the precision: alone, in a tile, and over a batch.
#[test]
fn norms_of_extreme_numbers() {
    const SAMPLES: usize = 19;
    /// Numbers of [-1, 1) that are exact in both precisions.
    fn number(index: usize) -> f32 {
        ((index * 37 + 11) % 64) as f32 / 32.0 - 1.0
    }
    macro_rules! norm {
        ($($input:tt [$($layers:tt)*])*) => { $( {
            #[network(input = $input, layers = [$($layers)*], loss = mse)]
            struct Single;
            #[network(input = $input, layers = [$($layers)*], loss = mse, scalar = f64)]
            struct Double;
            const N: usize = Single::INPUTS;
            let samples = |scale: f32| -> Vec<[f32; N]> {
                (0..SAMPLES).map(|sample| std::array::from_fn(|i| scale * (0.5 + number(sample * N + i)))).collect()
            };
            let dy: [f32; N] = std::array::from_fn(|i| number(5 * i + 3));
            for scale in [1e-30, 1e-21, 1e-5, 1.0, 1e5, 1e15, 1e19, 1e25, 1e30, 1e38_f32] {
                let name = format!("{} at {scale}", stringify!($($layers)*));
                let compare = |what: &str, found: &[f32], exact: &[f64]| {
                    let size = exact.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
                    for (found, exact) in found.iter().zip(exact) {
                        assert_beside(&format!("{what} of {name}"), *found, *exact, size, 1e-5);
                    }
                };
                let xs = samples(scale);
                let exact_xs: Vec<_> = xs.iter().map(|x| double(*x)).collect();
                let (mut net, mut exact_net) = (Single::new(&mut backprop::rng(1)), Double::new(&mut backprop::rng(1)));
                let (mut tape, mut exact_tape) = (Single::tape(), Double::tape());
                let (mut gradients, mut exact_gradients) = (Single::gradients(), Double::gradients());
                let y = net.forward(&xs[0], &mut tape);
                compare("value", &y, &exact_net.forward(&exact_xs[0], &mut exact_tape));
                let dx = net.backward(&mut tape, &dy, &mut gradients);
                compare("gradient", &dx, &exact_net.backward(&mut exact_tape, &double(dy), &mut exact_gradients));
                compare("weights' gradient", gradients.flat(), exact_gradients.flat());

                let mut ys = vec![[0.0; N]; SAMPLES];
                let mut exact_ys = vec![[0.0; N]; SAMPLES];
                net.predict_batch(&xs, &mut ys).unwrap();
                exact_net.predict_batch(&exact_xs, &mut exact_ys).unwrap();
                compare("values of a tile", ys.as_flattened(), exact_ys.as_flattened());

                let (mut trainer, mut exact_trainer) = (Trainer::new(Sgd::new(0.1)), Trainer::new(Sgd::new(0.1)));
                let given = |_: usize, _: &[f32; N], to: &mut [f32; N]| {
                    *to = dy;
                    1.0
                };
                let exactly = |_: usize, _: &[f64; N], to: &mut [f64; N]| {
                    *to = double(dy);
                    1.0
                };
                let found = trainer.step_with(&mut net, &xs, given);
                exact_trainer.step_with(&mut exact_net, &exact_xs, exactly).unwrap();
                if stringify!($($layers)*).contains("batch_norm") && scale > 1e18 {
                    // A running variance that `f32` cannot hold.
                    assert_eq!(found, Err(Error::NonFiniteStatistics), "{name}");
                    continue;
                }
                found.unwrap_or_else(|error| panic!("{name}: {error}"));
                let gradients = trainer.gradients().flat();
                compare("gradient of a batch", gradients, exact_trainer.gradients().flat());
                for (found, exact) in net.parameters().iter().zip(exact_net.parameters()) {
                    assert_beside(&format!("parameters of {name}"), *found, *exact, 0.0, 1e-4);
                }
            }
        } )* };
    }
    norm! {
        7 [layer_norm]
        [3, 5] [layer_norm]
        [3, 5] [layer_norm(axes = [0, 1])]
        7 [layer_norm(eps = 1e-36)]
        [3, 5] [rms_norm(eps = 1e-6)]
        7 [rms_norm(eps = 1e-36)]
        [4, 2, 3] [group_norm(2)]
        [2, 2, 3] [instance_norm(affine = true)]
        5 [batch_norm]
        [2, 2, 3] [batch_norm]
    }
}

/// Clipping by the norm, with gradients whose squares and whose norm are beyond `f32`.
#[test]
fn clipping_of_extreme_gradients() {
    #[network(input = 3, layers = [bias], loss = mse)]
    struct Three;
    for size in [1e-38, 1e-30, 1e-10, 1.0, 1e19, 1e30, 3e38_f32] {
        for max in [1e-3, 1.0, 1e30] {
            let gradient = [1.0, -1.0, 0.5_f32].map(|part| part * size);
            let (mut net, mut trainer) = (Three::zeroed(), Trainer::new(Sgd::new(1.0)));
            trainer.clip_norm(Some(max));
            let write = |_: usize, _: &[f32; 3], dy: &mut [f32; 3]| {
                *dy = gradient;
                1.0
            };
            trainer.step_with(&mut net, &[[0.0; 3]], write).unwrap();
            let norm = double(gradient).iter().map(|g| g * g).sum::<f64>().sqrt();
            // The factor has few digits where it is subnormal.
            let tolerance = if size > 1e31 && max < 0.1 { 1e-3 } else { 1e-5 };
            let factor = (f64::from(max as f32) / (norm + 1e-6)).min(1.0);
            for (w, g) in net.bias1.bias.iter().zip(double(gradient)) {
                assert_beside(&format!("{size} clipped to {max}"), *w, -g * factor, 0.0, tolerance);
            }
        }
    }
}

/// Rows of an embedding that are longer than `max_norm`, beyond what a square can be.
#[test]
fn rows_of_extreme_length() {
    #[network(input = 1, layers = [embedding(3, 2, max_norm = 1.0), flatten], loss = mse)]
    struct Table;
    let (mut net, mut trainer) = (Table::zeroed(), Trainer::new(Sgd::new(1.0)));
    let write = |_: usize, _: &[f32; 2], dy: &mut [f32; 2]| {
        *dy = [-3e30, -4e30];
        1.0
    };
    trainer.step_with(&mut net, &[[1]], write).unwrap();
    let y = net.predict(&[1]);
    assert!((y[0] - 0.6).abs() < 1e-6 && (y[1] - 0.8).abs() < 1e-6, "{y:?}");
}

/// Updates by gradients of any size, from parameters of 0.
#[test]
fn optimizers_of_extreme_gradients() {
    fn path<S: Scalar, O: Optimizer>(optimizer: &O, size: f32) -> Vec<S> {
        let mut w: GenericArray<S, U3> = zero();
        let mut state: O::State<S, U3> = zero();
        let signs =
            [[1.0, 0.5, -2.0], [0.1, 0.4, 3.0], [-0.2, 0.3, 0.01], [0.3, 0.2, 0.0], [0.1, -0.7, 0.5_f32]];
        for gradient in signs.iter().cycle().take(12) {
            let gradient = gradient.map(|g| S::real((g * size).into()));
            optimizer.step(&mut state, &mut w, &GenericArray::from_array(gradient));
        }
        w.to_vec()
    }
    macro_rules! beside {
        ($($optimizer:expr;)*) => { $(
            for size in [1e-35, 1e-25, 1e-18, 1.0, 1e15_f32] {
                let (found, exact): (Vec<f32>, Vec<f64>) = (path(&$optimizer, size), path(&$optimizer, size));
                let most = exact.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
                for (found, exact) in found.iter().zip(&exact) {
                    assert_beside(&format!("{} at {size}", stringify!($optimizer)), *found, *exact, most, 1e-4);
                }
            }
        )* };
    }
    beside! {
        Sgd::new(0.1);
        Sgd::new(0.1).momentum(0.9).nesterov();
        Adam::new(0.1);
        Adam::new(0.1).amsgrad();
        AdamW::new(0.1);
        Adamax::new(0.1);
        NAdam::new(0.1);
        RAdam::new(0.1);
        RmsProp::new(0.1);
        RmsProp::new(0.1).centered();
        RmsProp::new(0.1).momentum(0.9);
        Adagrad::new(0.1);
        Adadelta::new(1.0);
        Rprop::new(0.1);
        Asgd::new(0.1);
        Lion::new(0.1);
    }
}

/// Metrics of regression: of values of any size, and of millions that differ in their last digits.
#[test]
fn metrics_of_extreme_numbers() {
    for scale in [1e-38, 1e-30, 1.0, 1e19, 1e30, 1e37_f32] {
        let targets = [1.0, 2.0, 4.0, -3.0].map(|t| [scale * t]);
        let outputs = [1.5, 2.0, 3.0, -2.0].map(|y| [scale * y]);
        let (exact_targets, exact_outputs) = (targets.map(double), outputs.map(double));
        let (found, exact) = (r2(&outputs, &targets), r2(&exact_outputs, &exact_targets));
        assert_beside(&format!("r2 at {scale}"), found, exact, 0.0, 1e-6);
        let exact = mean_absolute_error(&exact_outputs, &exact_targets);
        assert_beside(
            &format!("error at {scale}"),
            mean_absolute_error(&outputs, &targets),
            exact,
            0.0,
            1e-6,
        );
    }
    let targets: Vec<[f32; 1]> = (0..2_000_000).map(|i| [1000.0 + (i % 7) as f32 / 64.0]).collect();
    let outputs: Vec<[f32; 1]> =
        targets.iter().enumerate().map(|(i, [t])| [t + (i % 3) as f32 / 64.0]).collect();
    let doubles = |values: &[[f32; 1]]| values.iter().map(|value| double(*value)).collect::<Vec<_>>();
    let exact = r2(&doubles(&outputs), &doubles(&targets));
    assert_beside("r2 of millions", r2(&outputs, &targets), exact, 0.0, 1e-4);
}
