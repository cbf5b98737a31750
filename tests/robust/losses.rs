//! Every setting of every loss, alone and in a head: what it changes, and that both are the same.

use backprop::prelude::*;
use backprop::sample::Class;
use backprop::{Loss, Network};
use std::collections::BTreeSet;

/// Samples of a batch, and outputs of each.
const SAMPLES: usize = 5;
const OUTPUTS: usize = 4;

/// Numbers of (0, 1), none twice.
fn number(index: usize) -> f64 {
    (index as f64 * 0.618_033_988_749_895 + 0.21).fract() * 0.8 + 0.1
}

fn outputs(sample: usize) -> [f64; OUTPUTS] {
    std::array::from_fn(|output| number(sample * OUTPUTS + output))
}

/// Targets of each kind that there is.
fn numbers<const O: usize>(sample: usize) -> [f64; O] {
    std::array::from_fn(|output| number(100 + sample * O + output))
}
fn counts<const O: usize>(sample: usize) -> [f64; O] {
    numbers(sample).map(|t: f64| (t * 5.0).floor() + 2.0)
}
fn signs<const O: usize>(sample: usize) -> [f64; O] {
    numbers(sample).map(|t: f64| if t < 0.5 { -1.0 } else { 1.0 })
}
fn classes(sample: usize) -> Class {
    Class(sample % OUTPUTS)
}

/// The mean loss of the batch and its gradient, as a trainer has them: in one tile.
fn batch<N: Trainable<Scalar = f64>>(targets: &[N::Target; SAMPLES]) -> Vec<f64> {
    const TILE: usize = 16;
    let mut y = [0.0; OUTPUTS * TILE];
    let mut dy = [0.0; OUTPUTS * TILE];
    for sample in 0..SAMPLES {
        for (output, value) in outputs(sample).into_iter().enumerate() {
            y[output * TILE + sample] = value;
        }
    }
    let factors = N::LOSS.factors(targets, None);
    let outputs = backprop::losses::Outputs { tile: TILE, y: &y, dy: &mut dy, room: &mut [] };
    let sum = N::LOSS.tile::<<N as Network>::Outputs, _>(&factors, outputs, targets, None);
    let divisor = N::LOSS.divisor(sum.weight);
    std::iter::once(sum.loss).chain(dy).map(|value| value / divisor).collect()
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + a.abs()) || (a.is_nan() && b.is_nan()))
}

/// A loss without the settings, and with each of them; all alone and in a head.
macro_rules! loss {
    ($seen:ident, $kind:ident $base:tt, $target:expr, $([$setting:ident = $value:tt])*) => {{
        let base = loss!(@both $kind $base [], $target);
        $(
            let changed = loss!(@both $kind $base [$setting = $value], $target);
            let name = concat!(stringify!($kind), "(", stringify!($setting = $value), ")");
            assert!(!close(&base, &changed), "{name} changes nothing");
            $seen.insert((stringify!($kind), stringify!($setting)));
        )*
    }};
    (@both $kind:ident ($($base:tt)*) [$($settings:tt)*], $target:expr) => {{
        #[network(input = 4, layers = [bias], loss = $kind($($base)* $($settings)*), scalar = f64)]
        struct Alone;
        #[network(input = 4, layers = [heads { head: [bias] }], loss = { head: $kind($($base)* $($settings)*) }, scalar = f64)]
        struct InHead;
        let alone = batch::<Alone>(&std::array::from_fn($target));
        let in_head = batch::<InHead>(&std::array::from_fn(|sample| InHeadTarget { head: $target(sample) }));
        let name = stringify!($kind($($base)* $($settings)*));
        assert!(close(&alone, &in_head), "{name}: {alone:?} alone, {in_head:?} in a head");
        alone
    }};
}

/// The macro's table of losses: rows that end in `;`, the name in quotes first.
pub(crate) fn table() -> &'static str {
    let file = include_str!("../../bp-macros/src/losses.rs");
    file.split("\nkinds! {").nth(1).and_then(|rest| rest.split("\n}\n").next()).expect("the table")
}

#[test]
fn every_setting_has_an_effect() {
    let mut seen = BTreeSet::new();
    loss!(seen, mse(), numbers, [reduction = sum][reduction = batch_mean]);
    loss!(seen, mae(), numbers, [reduction = sum][reduction = batch_mean]);
    loss!(seen, huber(), numbers, [reduction = sum][delta = 0.1]);
    loss!(seen, smooth_l1(), numbers, [reduction = sum][beta = 0.1]);
    loss!(seen, log_cosh(), numbers, [reduction = sum]);
    loss!(seen, quantile(), numbers, [reduction = sum][tau = 0.9]);
    loss!(
        seen,
        cross_entropy(),
        classes,
        [reduction = sum][class_weights = [1.0, 2.0, 4.0, 0.5]][label_smoothing = 0.1][ignore_index = 1]
    );
    loss!(
        seen,
        cross_entropy_distribution(),
        numbers,
        [reduction = sum][class_weights = [1.0, 2.0, 4.0, 0.5]][label_smoothing = 0.1]
    );
    loss!(seen, nll(), classes, [reduction = sum][class_weights = [1.0, 2.0, 4.0, 0.5]][ignore_index = 1]);
    loss!(
        seen,
        multi_margin(),
        classes,
        [reduction = sum][class_weights = [1.0, 2.0, 4.0, 0.5]][margin = 2.0][p = 2]
    );
    loss!(
        seen,
        binary_cross_entropy(),
        numbers,
        [reduction = sum][positive_weight = [1.0, 2.0, 4.0, 0.5]][weight = [1.0, 2.0, 4.0, 0.5]]
    );
    loss!(
        seen,
        binary_cross_entropy_of_probabilities(),
        numbers,
        [reduction = sum][weight = [1.0, 2.0, 4.0, 0.5]]
    );
    loss!(seen, kl_divergence(), numbers, [reduction = batch_mean][log_target = true]);
    loss!(seen, poisson_nll(), counts, [reduction = sum][log_input = false][full = true]);
    loss!(seen, poisson_nll(log_input = false,), counts, [eps = 0.5]);
    loss!(seen, gaussian_nll(), numbers, [reduction = sum][full = true][eps = 0.5]);
    loss!(seen, hinge(), signs, [reduction = sum][margin = 2.0]);
    loss!(seen, hinge_embedding(), signs, [reduction = sum][margin = 2.0]);
    loss!(seen, soft_margin(), signs, [reduction = sum]);
    loss!(seen, cosine(), numbers, [reduction = sum]);

    // One number is missing: NaN, unless the setting says so.
    macro_rules! missing {
        ($($kind:ident $target:ident)*) => { $( loss!(seen, $kind(), hole($target), [missing = true]); )* };
    }
    fn hole<const O: usize>(targets: fn(usize) -> [f64; O]) -> impl Fn(usize) -> [f64; O] {
        move |sample| {
            let mut target = targets(sample);
            if sample == 2 {
                target[O - 1] = f64::NAN;
            }
            target
        }
    }
    missing!(
        mse numbers mae numbers huber numbers smooth_l1 numbers log_cosh numbers quantile numbers
        cross_entropy_distribution numbers binary_cross_entropy numbers binary_cross_entropy_of_probabilities numbers
        kl_divergence numbers poisson_nll counts gaussian_nll numbers hinge signs hinge_embedding signs
        soft_margin signs cosine numbers
    );

    // What the macro knows, and nothing else.
    let mut known = BTreeSet::new();
    for row in table().split(';') {
        let (Some(name), Some(options)) = (row.split('"').nth(1), row.split(['[', ']']).nth(1)) else {
            continue;
        };
        known.extend(options.split('"').skip(1).step_by(2).map(|option| (name, option)));
    }
    assert!(known.len() > 50, "{known:?}");
    assert_eq!(seen, known);
}

/// The mean is over the numbers that are there, whatever the sample they belong to.
#[test]
fn the_mean_is_over_targets_that_are_there() {
    #[network(input = 4, layers = [bias], loss = mse(missing = true), scalar = f64)]
    struct Holes;
    #[network(input = 4, layers = [bias], loss = gaussian_nll(missing = true), scalar = f64)]
    struct Gaussian;
    let none = f64::NAN;
    let xs = [[1.0, 2.0, 3.0, 4.0]; 3];
    let targets = [[0.0, none, none, none], [none; 4], [0.0, 0.0, none, 0.0]];
    for tile in [1, 3] {
        let mut trainer = Trainer::new(Sgd::new(1.0));
        let mut net = Holes::zeroed();
        // (1 + 1 + 4 + 16) / 4
        let loss = if tile == 1 {
            let mut sum = 0.0;
            for (x, t) in xs.iter().zip(&targets).filter(|(_, t)| t.iter().any(|t| !t.is_nan())) {
                sum += trainer.accumulate(&mut net, &[*x], &[*t]).unwrap()
                    * t.iter().filter(|t| !t.is_nan()).count() as f64;
            }
            trainer.update(&mut net).unwrap();
            sum / 4.0
        } else {
            trainer.step(&mut net, &xs, &targets).unwrap()
        };
        assert_eq!(loss, 5.5);
        assert_eq!(net.bias1.bias, [-1.0, -1.0, 0.0, -2.0]);
    }
    let mut trainer = Trainer::new(Sgd::new(1.0));
    let loss = trainer.step(&mut Gaussian::zeroed(), &[[1.0, 2.0, 3.0, 4.0]], &[[none, 0.0]]).unwrap();
    assert!((loss - 0.5 * (4_f64.ln() + 1.0)).abs() < 1e-12);
    let error = trainer.step(&mut Gaussian::zeroed(), &xs, &[[none; 2]; 3]);
    assert_eq!(error, Err(backprop::Error::NothingCounts));
    assert_eq!(Trainer::new(Sgd::new(1.0)).evaluate(&Holes::zeroed(), &xs, &targets).unwrap().loss, 5.5);
}

#[test]
fn weights_accumulate() {
    #[network(input = 2, layers = [dense(1)], loss = mse, scalar = f64)]
    struct Line;
    let (xs, ys, weights) = ([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]], [[1.0], [2.0], [3.0]], [1.0, 0.0, 2.5]);
    let (mut one, mut other) = (Line::zeroed(), Line::zeroed());
    let (mut whole, mut parts) = (Trainer::new(Sgd::new(0.1)), Trainer::new(Sgd::new(0.1)));
    whole.step_weighted(&mut one, &xs, &ys, &weights).unwrap();
    parts.accumulate_weighted(&mut other, &xs[..2], &ys[..2], &weights[..2]).unwrap();
    parts.accumulate_weighted(&mut other, &xs[2..], &ys[2..], &weights[2..]).unwrap();
    parts.update(&mut other).unwrap();
    for (a, b) in one.parameters().iter().zip(other.parameters()) {
        assert!((a - b).abs() < 1e-15 && *a != 0.0);
    }
    let error = parts.accumulate_weighted(&mut other, &xs, &ys, &[1.0, -1.0, 1.0]);
    assert_eq!(error, Err(backprop::Error::InvalidWeight { sample: 1 }));
}
