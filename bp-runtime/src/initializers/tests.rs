//! Large draws have the distribution that was asked for.

use super::*;

const SIDE: usize = 300;
const COUNT: usize = SIDE * SIDE;
const FANS: Fans = Fans { fan_in: SIDE, fan_out: SIDE };

fn draws(initializer: &impl Initializer) -> Vec<f64> {
    let mut single = vec![0.0_f32; COUNT];
    let mut double = vec![0.0_f64; COUNT];
    initializer.fill(FANS, &mut single, &mut crate::rng(1));
    initializer.fill(FANS, &mut double, &mut crate::rng(2));
    // Both precisions have one distribution: look at them together.
    single.into_iter().map(f64::from).chain(double).collect()
}

/// Kolmogorov and Smirnov's distance from a distribution function; above 1.95 / √n once in a thousand times.
fn check(what: &str, initializer: &impl Initializer, cdf: impl Fn(f64) -> f64) {
    let mut values = draws(initializer);
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let distance = values.iter().enumerate().fold(0.0_f64, |distance, (index, value)| {
        let (below, above) = (index as f64 / count, (index + 1) as f64 / count);
        distance.max((cdf(*value) - below).abs()).max((above - cdf(*value)).abs())
    });
    assert!(distance < 1.95 / count.sqrt(), "{what}: {distance}");
}

fn moments(initializer: &impl Initializer) -> (f64, f64) {
    let values = draws(initializer);
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

fn phi(x: f64) -> f64 {
    0.5 * libm::erfc(-x / 2.0_f64.sqrt())
}

fn uniform(low: f64, high: f64) -> impl Fn(f64) -> f64 {
    move |x| ((x - low) / (high - low)).clamp(0.0, 1.0)
}

fn truncated(mean: f64, std: f64, low: f64, high: f64) -> impl Fn(f64) -> f64 {
    // Upper tails, which keep their digits far out.
    let tail = move |x: f64| phi((mean - x) / std);
    move |x| (tail(low) - tail(x)) / (tail(low) - tail(high))
}

#[test]
fn uniform_and_normal() {
    check("uniform", &Uniform::new(-1.0, 3.0), uniform(-1.0, 3.0));
    check("normal", &Normal::new(2.0, 0.5), |x| phi((x - 2.0) / 0.5));
    let (mean, std) = moments(&Normal::new(2.0, 0.5));
    assert!((mean - 2.0).abs() < 0.005 && (std - 0.5).abs() < 0.005, "{mean} {std}");
}

#[test]
fn truncated_normal_near_its_mean_and_far_out() {
    for (mean, std, low, high) in [
        (0.0, 1.0, -2.0, 2.0),
        (0.5, 2.0, 0.0, 0.7),
        (0.0, 1.0, 0.0, 9.0),
        (0.0, 1.0, 1.0, 40.0),
        (0.0, 1.0, 6.0, 7.0),
        (3.0, 0.5, -1.0, 1.0),
    ] {
        let initializer = TruncatedNormal::new(mean, std).bounds(low, high);
        let what = format!("{initializer:?}");
        assert!(draws(&initializer).iter().all(|x| (low..=high).contains(x)), "{what}");
        check(&what, &initializer, truncated(mean, std, low, high));
    }
}

#[test]
fn default_is_pytorch_s() {
    let bound = 1.0 / (SIDE as f64).sqrt();
    check("default", &Default, uniform(-bound, bound));
}

#[test]
fn scaled_numbers_have_the_deviation_that_they_report() {
    let bound = 3.0_f64.sqrt() * Xavier::uniform().std::<f64>(FANS);
    check("xavier", &Xavier::uniform(), uniform(-bound, bound));
    let std = Kaiming::normal().std::<f64>(FANS);
    check("kaiming", &Kaiming::normal(), |x| phi(x / std));
    let bound = 3.0_f64.sqrt() * LeCun::uniform().std::<f64>(FANS);
    check("lecun", &LeCun::uniform(), uniform(-bound, bound));
    let (mean, std) = moments(&Kaiming::uniform().fan_out().gain(Gain::TANH));
    let expected = 5.0 / 3.0 / (SIDE as f64).sqrt();
    assert!(mean.abs() < 1e-3 && (std / expected - 1.0).abs() < 0.01, "{mean} {std}");
}

/// The largest deviation of `Q Qᵀ` or `Qᵀ Q`, whichever is smaller, from `gain²` times the identity.
fn deviation<S: Scalar + Into<f64>>(rows: usize, columns: usize, gain: f64) -> f64 {
    let mut values = vec![S::ZERO; rows * columns];
    let fans = Fans { fan_in: rows, fan_out: columns };
    Orthogonal::new().gain(Gain::new(gain)).fill(fans, &mut values, &mut crate::rng(3));
    let at = |row: usize, column: usize| -> f64 { values[row * columns + column].into() };
    let mut worst = 0.0_f64;
    for a in 0..rows.min(columns) {
        for b in 0..rows.min(columns) {
            let dot: f64 = if rows < columns {
                (0..columns).map(|i| at(a, i) * at(b, i)).sum()
            } else {
                (0..rows).map(|i| at(i, a) * at(i, b)).sum()
            };
            let expected = if a == b { gain * gain } else { 0.0 };
            worst = worst.max((dot - expected).abs());
        }
    }
    worst
}

#[test]
fn orthogonal_is_orthogonal() {
    for (rows, columns) in [(1, 1), (7, 5), (5, 7), (64, 64), (200, 33), (17, 150)] {
        assert!(deviation::<f32>(rows, columns, 1.0) < 1e-5, "{rows} {columns}");
        assert!(deviation::<f64>(rows, columns, 1.0) < 1e-13, "{rows} {columns}");
    }
    assert!(deviation::<f64>(12, 9, 1.5) < 1e-13);
}

#[test]
fn orthogonal_prefers_no_direction() {
    // The first column of a random orthogonal matrix is a random direction: its numbers are those of normal
    // ones divided by their length, so half are positive, and squares are 1/n in the mean.
    let fans = Fans { fan_in: 3, fan_out: 3 };
    let mut rng = crate::rng(4);
    let (mut sums, mut squares) = ([0.0; 9], [0.0; 9]);
    for _ in 0..20_000 {
        let mut q = [0.0_f64; 9];
        Orthogonal::new().fill(fans, &mut q, &mut rng);
        for (place, value) in q.iter().enumerate() {
            sums[place] += value / 20_000.0;
            squares[place] += value * value / 20_000.0;
        }
    }
    assert!(sums.iter().all(|mean| mean.abs() < 0.02), "{sums:?}");
    assert!(squares.iter().all(|mean| (mean - 1.0 / 3.0).abs() < 0.01), "{squares:?}");
}

#[test]
fn identity_of_a_convolution_passes_on_the_middle() {
    // Two channels to three, kernel 1 × 3: rows are (channel, place), columns are outputs.
    let mut values = [9.0_f32; 2 * 3 * 3];
    Identity.fill(Fans { fan_in: 6, fan_out: 9 }, &mut values, &mut crate::rng(1));
    let ones: Vec<_> = (0..18).filter(|place| values[*place] != 0.0).collect();
    assert_eq!(ones, [3, 4 * 3 + 1]);
    assert_eq!(values[3], 1.0);
}

#[test]
fn a_tensor_without_numbers_is_left_alone() {
    let fans = Fans { fan_in: 0, fan_out: 0 };
    let mut rng = crate::rng(1);
    Default.fill::<f32, _>(fans, &mut [], &mut rng);
    Kaiming::normal().fill::<f32, _>(fans, &mut [], &mut rng);
    Orthogonal::new().fill::<f32, _>(fans, &mut [], &mut rng);
    Identity.fill::<f32, _>(fans, &mut [], &mut rng);
    let mut values = [0.0_f32; 2];
    Orthogonal::new().fill(fans, &mut values, &mut rng);
    assert!(values.iter().all(|value| value.is_finite()));
}
