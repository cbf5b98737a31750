//! Values of 10^±30 and millions of samples, beside `f64`.

use crate::beside::of_tile;
use backprop::average::Ema;
use backprop::prelude::*;
use backprop::schedules::{
    Cosine as CosineDecay, CosineRestarts, Exponential, Improvement, Linear, MultiStep, OneCycle, Polynomial,
    ReduceOnPlateau, Schedule, Step, Warmup,
};
use backprop_runtime::typenum::U1;

/// A mean over ten million samples, of which each adds less than the sum's last bit.
#[test]
fn means_over_millions_of_samples() {
    #[network(input = 1, layers = [bias], loss = mae)]
    struct Same;
    // 0.1 in each, and now and then a larger one.
    let xs: Vec<[f32; 1]> = (0..10_000_000).map(|i| [if i % 1000 == 7 { 3.3 } else { 0.1 }]).collect();
    let ys = vec![[0.0_f32]; xs.len()];
    let exact = xs.iter().map(|x| f64::from(x[0])).sum::<f64>() / xs.len() as f64;
    let mut trainer: Trainer<Same, _> = Trainer::new(Sgd::new(0.1));
    let found = trainer.evaluate(&Same::zeroed(), &xs, &ys).unwrap();
    assert!((f64::from(found.loss) / exact - 1.0).abs() < 1e-6, "{} instead of {exact}", found.loss);
    let mut net = Same::zeroed();
    // As a step takes longer, of a tenth of them, which has the same mean.
    let loss = trainer.step(&mut net, &xs[..1_000_000], &ys[..1_000_000]).unwrap();
    assert!((f64::from(loss) / exact - 1.0).abs() < 1e-6, "{loss} instead of {exact}");
    assert!((net.bias1.bias[0] + 0.1).abs() < 1e-4, "{}", net.bias1.bias[0]);
}

/// Statistics of a batch of a million samples, whose mean is large beside their deviation.
#[test]
fn statistics_over_a_million_samples() {
    #[network(input = 1, layers = [batch_norm(momentum = 1.0)], loss = mse)]
    struct Measured;
    let xs: Vec<[f32; 1]> =
        (0..1_000_000).map(|i| [1000.0 + (i % 1009 * 919 % 1009) as f32 / 256.0]).collect();
    let ys = vec![[0.0_f32]; xs.len()];
    let (mut net, mut trainer) = (Measured::zeroed(), Trainer::new(Sgd::new(0.0)));
    trainer.step(&mut net, &xs, &ys).unwrap();
    let count = xs.len() as f64;
    let mean = xs.iter().map(|x| f64::from(x[0])).sum::<f64>() / count;
    let variance = xs.iter().map(|x| (f64::from(x[0]) - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let [_, _, found_mean, found_variance] = *net.parameters();
    assert!((f64::from(found_mean) - mean).abs() < 1e-3, "{found_mean}, not {mean}");
    assert!((f64::from(found_variance) / variance - 1.0).abs() < 1e-4, "{found_variance}, not {variance}");
}

/// Losses of `f32` beside those of `f64`: the same, or an infinite one where only `f64` can hold it; never something else.
#[test]
fn losses_of_extreme_numbers() {
    macro_rules! beside {
        ($($loss:tt $type:ident [$($t:expr),*];)*) => { $( {
            use backprop::losses::$type;
            for y in [-1e30, -1e20, -1e5, -1.0, -1e-5, -1e-20, -1e-30, 0.0, 1e-30, 1e-20, 1e-5, 1.0, 1e5, 1e20, 1e30_f32] {
                for t in [$($t),*] {
                    let t: f32 = t;
                    let (mut dy, mut exact_dy) = ([0.0_f32], [0.0_f64]);
                    of_tile::<_, U1>(stringify!($loss), &$type::<1>::new(), &[y], &[t]);
                    let loss = $type::<1>::new().sample(&[y], &[t], &mut dy).loss;
                    let exact = $type::<1>::new().sample(&[f64::from(y)], &[f64::from(t)], &mut exact_dy).loss;
                    for (what, found, exact) in [("loss", loss, exact), ("gradient", dy[0], exact_dy[0])] {
                        let fits = exact.abs() < 3e38;
                        // What is too small for `f32` may be zero.
                        let error = (f64::from(found) - exact).abs();
                        let right = if fits { error <= 1e-5 * exact.abs() + 1e-37 } else { !found.is_finite() };
                        assert!(right, "{} of {y} and {t}: {what} {found}, not {exact}", stringify!($loss));
                    }
                }
            }
        } )* };
    }
    beside! {
        mse Mse [0.0, 1.0, -1e30, 1e30, 1e-30];
        mae Mae [0.0, 1.0, -1e30, 1e30, 1e-30];
        huber Huber [0.0, 1.0, -1e30, 1e30, 1e-30];
        smooth_l1 SmoothL1 [0.0, 1.0, -1e30, 1e30, 1e-30];
        log_cosh LogCosh [0.0, -1e30, 1e30];
        quantile Quantile [0.0, 1.0, -1e30, 1e30, 1e-30];
        binary_cross_entropy BinaryCrossEntropy [0.0, 1.0, 0.25];
        poisson_nll PoissonNll [0.0, 3.0];
        hinge Hinge [1.0, -1.0];
        hinge_embedding HingeEmbedding [1.0, -1.0];
        soft_margin SoftMargin [1.0, -1.0];
    }
}

/// A cosine does not depend on lengths.
#[test]
fn the_cosine_of_extreme_vectors() {
    use backprop::losses::Cosine;
    for (y, t) in [(1e30_f32, 1.0_f32), (1e20, 1e20), (1e25, 1e-3), (1.0, 1e30), (1e30, 1e30)] {
        let (mut dy, mut exact_dy) = ([0.0_f32; 2], [0.0_f64; 2]);
        let loss = Cosine::<2>::new().sample(&[y, 0.5 * y], &[t, -t], &mut dy).loss;
        let wide = [f64::from(y), 0.5 * f64::from(y)];
        let exact = Cosine::<2>::new().sample(&wide, &[f64::from(t), -f64::from(t)], &mut exact_dy).loss;
        assert!((f64::from(loss) - exact).abs() < 1e-6, "{y} and {t}: {loss}, not {exact}");
        for (found, exact) in dy.iter().zip(exact_dy) {
            assert!((f64::from(*found) - exact).abs() <= 1e-5 * exact.abs() + 1e-37, "{y} and {t}: {dy:?}");
        }
    }
}

/// Schedules in `f32` beside those in `f64`, far beyond 2²⁴ steps too.
#[test]
fn schedules_of_millions_of_steps() {
    fn check(name: &str, schedule: &impl Schedule) {
        for step in
            [0, 1, 2, 7, 99, 1_000, 999_999, 9_999_999, 10_000_000, 16_777_217, 40_000_000, usize::MAX]
        {
            let (found, exact) = (schedule.learning_rate::<f32>(step), schedule.learning_rate::<f64>(step));
            assert!(found >= 0.0 && exact >= 0.0, "{name} at {step}: {found}, {exact}");
            let error = (f64::from(found) - exact).abs();
            assert!(error <= 3e-6 * exact.max(0.1), "{name} at {step}: {found}, not {exact}");
        }
    }
    check("cosine", &CosineDecay::new(1.0, 10_000_000));
    check("restarts", &CosineRestarts::new(1.0, 1_000));
    check("step", &Step::new(1.0, 1_000_000));
    check("milestones", &MultiStep::new(1.0, [7, 1_000_000]));
    check("exponential", &Exponential::new(1.0, 0.999_999_9));
    check("linear", &Linear::new(1.0, 10_000_000));
    check("polynomial", &Polynomial::new(1.0, 10_000_000));
    check("one cycle", &OneCycle::new(1.0, 10_000_000));
    check("warmup", &Warmup::new(1_000_000, CosineDecay::new(1.0, 9_000_000)));
}

/// Below zero a relative improvement is one towards minus infinity; PyTorch takes worse for better there.
#[test]
fn plateaus_below_zero() {
    let mut plateau = ReduceOnPlateau::<f64>::new(1.0).patience(2);
    let rates: Vec<_> = (0..8).map(|_| plateau.observe(-1.0)).collect();
    let expected = [1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.01, 0.01];
    assert!(rates.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{rates:?}");
    let mut rising = ReduceOnPlateau::<f32>::new(1.0).patience(0).maximize();
    assert_eq!([-3.0, -2.0, -2.0].map(|metric| rising.observe(metric) == 1.0), [true, true, false]);
    // A first value of any size is the best; NaN never is.
    let mut extreme =
        ReduceOnPlateau::<f32>::new(1.0).patience(0).threshold(Improvement::Absolute(0.1.into()));
    assert_eq!([1e30, -1e30, f32::NAN].map(|metric| extreme.observe(metric) == 1.0), [true, true, false]);
}

/// An average of the weights whose changes are small beside them.
#[test]
fn averages_of_extreme_weights() {
    #[network(input = 1, layers = [bias])]
    struct One;
    for value in [1e30_f32, 3e38, 1e-30] {
        let (mut net, mut ema) = (One::zeroed(), Ema::new(0.999));
        net.bias1.bias = [value];
        ema.update(&net);
        for sign in [-1.0, 1.0, -1.0_f32] {
            net.bias1.bias = [sign * value];
            ema.update(&net);
        }
        let exact = [-1.0, 1.0, -1.0_f64].iter().fold(1.0, |average, w| average + (w - average) * 0.001);
        let found = f64::from(ema.parameters()[0]) / f64::from(value);
        assert!((found - exact).abs() < 1e-5, "{value}: {found}, not {exact}");
    }
}

/// The variance of equal gradients is zero, and rounding must not make it less: its root would be NaN.
#[test]
fn a_centered_variance_is_not_negative() {
    #[network(input = 1, layers = [bias], loss = mse)]
    struct One;
    for gradient in [0.1_f32, 0.3, 1.0 / 3.0, 7e-3, 1e5, 1e-15] {
        let (mut net, mut trainer) = (One::zeroed(), Trainer::new(RmsProp::new(1e-6).centered()));
        for step in 0..3_000 {
            let write = |_: usize, _: &[f32; 1], dy: &mut [f32; 1]| {
                dy[0] = gradient;
                1.0
            };
            trainer
                .step_with(&mut net, &[[0.0]], write)
                .unwrap_or_else(|error| panic!("{gradient}, step {step}: {error}"));
            assert!(net.bias1.bias[0].is_finite(), "{gradient}, step {step}");
        }
    }
}

/// An online trainer without a learning rate says so; one of zero is a learning rate.
#[test]
fn an_online_trainer_without_a_learning_rate() {
    #[network(input = 1, layers = [dense(1)], loss = mse)]
    struct Line;
    let (mut net, mut trainer) = (Line::zeroed(), OnlineTrainer::<Line>::zeroed());
    let refused = Err(backprop::Error::InvalidLearningRate);
    assert_eq!(trainer.step(&mut net, &[1.0], &[1.0]), refused);
    for rate in [f64::NAN, f64::INFINITY, 1e39, -0.1] {
        trainer.set_learning_rate(rate);
        assert_eq!(trainer.step(&mut net, &[1.0], &[1.0]), refused);
    }
    assert_eq!(*net.parameters(), [0.0; 2]);
    trainer.set_learning_rate(0.0);
    assert_eq!(trainer.step(&mut net, &[1.0], &[1.0]), Ok(1.0));
    trainer.set_learning_rate(0.1);
    trainer.step(&mut net, &[1.0], &[1.0]).unwrap();
    assert!(net.parameters().iter().all(|w| *w != 0.0));
}
