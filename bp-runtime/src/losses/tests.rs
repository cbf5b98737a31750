//! Every loss: its gradient against differences, its tiles against single samples, NaN.

use super::*;
use crate::sample::Class;
use crate::{Real, length};
use rand_core::Rng;
use std::vec;
use std::vec::Vec;

/// What a test needs to know of a loss beside the trait.
struct Case<L, T> {
    name: &'static str,
    loss: L,
    /// Outputs and target of some samples; neither at a kink.
    samples: Vec<(Vec<f64>, T)>,
}

/// Calls a generic function with every loss. Losses over numbers have three outputs (`gaussian_nll` six).
macro_rules! for_every_loss {
    ($function:ident::<$scalar:ty>) => {{
        let any = || numbers(1, 24, -2.0, 2.0);
        let other = || numbers(2, 24, -2.0, 2.0);
        let counts = || numbers(3, 24, 0.0, 4.0);
        let near = || pairs::<$scalar>(&any(), &other());
        let signs = || pairs::<$scalar>(&any(), &other().into_iter().map(f64::signum).collect::<Vec<_>>());
        let soft = || pairs::<$scalar>(&any(), &numbers(4, 24, 0.05, 0.95));
        let sum = Reduction::Sum;
        macro_rules! run {
            ($loss:expr, $samples:expr) => {
                $function::<$scalar, _, length!(3)>(Case {
                    name: stringify!($loss),
                    loss: $loss,
                    samples: $samples,
                })
            };
        }
        run!(Mse::<3>::new(), near());
        run!(Mse::<3>::new().reduction(sum), near());
        run!(Mae::<3>::new(), near());
        run!(Mse::<3>::new().missing(true), holes(near()));
        run!(Huber::<3>::new().missing(true).reduction(Reduction::BatchMean), holes(near()));
        run!(KlDivergence::<3>::new().missing(true).reduction(sum), holes(soft()));
        run!(CrossEntropyDistribution::<3>::new().missing(true), holes(soft()));
        run!(Cosine::<3>::new().missing(true), holes(near()));
        run!(Huber::<3>::new().delta(0.7), near());
        run!(SmoothL1::<3>::new().beta(0.7), near());
        run!(LogCosh::<3>::new(), near());
        run!(Quantile::<3>::new().tau(0.8), near());
        run!(BinaryCrossEntropy::<3>::new(), soft());
        run!(BinaryCrossEntropy::<3>::new().positive_weight([0.5, 3.0, 1.0]).weight([1.0, 2.0, 0.1]), soft());
        run!(
            BinaryCrossEntropyOfProbabilities::<3>::new().weight([1.0, 2.0, 0.1]),
            pairs::<$scalar>(&numbers(5, 24, 0.05, 0.95), &numbers(6, 24, 0.1, 0.9))
        );
        run!(KlDivergence::<3>::new(), soft());
        run!(KlDivergence::<3>::new().log_target(true).reduction(Reduction::BatchMean), near());
        run!(PoissonNll::<3>::new().full(true), pairs::<$scalar>(&any(), &counts()));
        run!(
            PoissonNll::<3>::new().log_input(false).eps(1e-3),
            pairs::<$scalar>(&numbers(7, 24, 0.2, 4.0), &counts())
        );
        run!(Hinge::<3>::new(), signs());
        run!(HingeEmbedding::<3>::new().margin(0.5), signs());
        run!(SoftMargin::<3>::new(), signs());
        run!(Cosine::<3>::new(), near());
        run!(CrossEntropyDistribution::<3>::new(), soft());
        run!(
            CrossEntropyDistribution::<3>::new().class_weights([0.5, 2.0, 1.0]).label_smoothing(0.1),
            soft()
        );
        run!(Nll::new().class_weights([0.5, 2.0, 1.0]).ignore_index(1), classes(&any()));
        run!(CrossEntropy::new(), classes(&any()));
        run!(CrossEntropy::new().label_smoothing(0.1), classes(&any()));
        run!(
            CrossEntropy::new()
                .class_weights([0.5, 2.0, 1.0])
                .label_smoothing(0.1)
                .ignore_index(-1)
                .reduction(sum),
            classes(&any())
        );
        run!(CrossEntropy::new().ignore_index(2), classes(&any()));
        let gaussian = |loss: GaussianNll<3>, name| {
            let samples = numbers(8, 48, 0.3, 2.0);
            let samples = samples.chunks_exact(6).zip(pairs::<$scalar>(&any(), &any()));
            let samples = samples.map(|(y, (_, t))| (y.to_vec(), t)).collect();
            $function::<$scalar, _, length!(6)>(Case { name, loss, samples });
        };
        gaussian(GaussianNll::new(), "GaussianNll");
        let samples = numbers(8, 48, 0.3, 2.0);
        let samples = samples.chunks_exact(6).zip(holes(pairs::<$scalar>(&any(), &any())));
        let samples = samples.map(|(y, (_, t))| (y.to_vec(), t)).collect();
        let (name, loss) = ("GaussianNll.missing", GaussianNll::<3>::new().missing(true));
        $function::<$scalar, _, length!(6)>(Case { name, loss, samples });
        gaussian(GaussianNll::new().full(true).reduction(sum), "GaussianNll.full");
    }};
}

/// Seeded numbers; each count and range has its own.
fn numbers(seed: u64, count: usize, low: f64, high: f64) -> Vec<f64> {
    let mut rng = crate::rng(seed);
    (0..count).map(|_| low + (high - low) * f64::uniform(rng.next_u64())).collect()
}

fn pairs<S: Scalar>(y: &[f64], t: &[f64]) -> Vec<(Vec<f64>, [S; 3])> {
    let targets = t.as_chunks::<3>().0;
    y.chunks_exact(3).zip(targets).map(|(y, t)| (y.to_vec(), t.map(|t| S::real(Real::new(t))))).collect()
}

/// Here and there a number of the target is missing, in one sample all are.
fn holes<S: Scalar>(mut samples: Vec<(Vec<f64>, [S; 3])>) -> Vec<(Vec<f64>, [S; 3])> {
    for (place, (_, target)) in samples.iter_mut().enumerate() {
        for (output, t) in target.iter_mut().enumerate() {
            if place == 4 || (place + 2 * output).is_multiple_of(5) {
                *t = S::NAN;
            }
        }
    }
    samples
}

fn classes(y: &[f64]) -> Vec<(Vec<f64>, Class)> {
    y.chunks_exact(3).enumerate().map(|(index, y)| (y.to_vec(), Class(index % 3))).collect()
}

fn as_scalars<S: Scalar>(values: &[f64]) -> Vec<S> {
    values.iter().map(|value| S::real(Real::new(*value))).collect()
}

#[test]
fn gradients_are_those_of_central_differences() {
    #[expect(clippy::extra_unused_type_parameters, reason = "as for_every_loss! calls it")]
    fn check<S, L: Loss<f64>, O>(case: Case<L, L::Target>) {
        let Case { name, loss, samples } = case;
        for (y, target) in &samples {
            let mut dy = vec![0.0; y.len()];
            let mut nothing = vec![0.0; y.len()];
            let _ = loss.sample(y, target, &mut dy);
            for (output, gradient) in dy.iter().enumerate() {
                let mut at = |step: f64| {
                    let mut moved = y.clone();
                    moved[output] += step;
                    loss.sample(&moved, target, &mut nothing).loss
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!((gradient - difference).abs() < 1e-6, "{name}: {gradient} but {difference} at {y:?}");
            }
        }
    }
    for_every_loss!(check::<f64>);
}

/// The default and the overriding tile are the same sums; where the instruction set multiplies and adds in one
/// step the last bits differ.
fn tiles_agree<S: Scalar, L: Loss<S>, O: ArrayLength>(case: Case<L, L::Target>)
where
    L::Target: Clone,
{
    let Case { name, loss, samples } = case;
    for (tile, real) in [(1, 1), (16, 16), (16, 5), (16, 8), (48, 37), (48, 48)] {
        // Places without a sample hold the worst: nothing of it may show.
        let mut y = vec![S::NAN; O::USIZE * tile];
        let mut targets = vec![];
        for (lane, (sample, target)) in samples.iter().cycle().take(real).enumerate() {
            for (output, value) in as_scalars::<S>(sample).into_iter().enumerate() {
                y[output * tile + lane] = value;
            }
            targets.push(Kept(target.clone()));
        }
        let weights: Vec<S> = (0..tile).map(|lane| S::from_usize(lane % 3)).collect();
        for weights in [None, Some(&weights[..real])] {
            let (mut one, mut other) = (vec![S::NAN; y.len()], vec![S::NAN; y.len()]);
            let factors = HeadFactors::default();
            let outputs = |dy| Outputs { tile, y: &y, dy, room: &mut [] };
            let expected =
                sample_by_sample::<S, L, O, _>(&loss, &factors, outputs(&mut one), &targets, weights);
            let found = loss.tile::<O, _>(&factors, outputs(&mut other), &targets, weights);
            let close = |found: S, expected: S| {
                let error = (found - expected).abs() / (S::ONE + expected.abs());
                assert!(
                    error <= S::EPSILON * S::from_usize(16),
                    "{name}, {real} of {tile}: {found}, {expected}"
                );
            };
            assert_eq!(found.weight, expected.weight, "{name}, {real} of {tile}");
            // Sums of up to 48 losses.
            close(found.loss / S::from_usize(real), expected.loss / S::from_usize(real));
            other.iter().zip(&one).for_each(|(found, expected)| close(*found, *expected));
            for row in other.chunks_exact(tile) {
                assert!(row[real..].iter().all(|dy| *dy == S::ZERO), "{name}, {real} of {tile}");
            }
            assert!(found.loss.is_finite(), "{name}, {real} of {tile}");
        }
    }
}

/// A target that is not an integer or an array itself.
struct Kept<T>(T);

impl<T: Sync> AsTarget<T> for Kept<T> {
    fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(&self.0)
    }
}

#[test]
fn tiles_are_their_samples() {
    for_every_loss!(tiles_agree::<f32>);
    for_every_loss!(tiles_agree::<f64>);
}

#[test]
fn nan_in_an_output_is_nan_in_the_loss() {
    #[expect(clippy::extra_unused_type_parameters, reason = "as for_every_loss! calls it")]
    fn check<S, L: Loss<f64>, O>(case: Case<L, L::Target>) {
        let Case { name, loss, samples } = case;
        for (y, target) in &samples {
            if loss.sample(y, target, &mut vec![0.0; y.len()]).weight == 0.0 {
                continue;
            }
            // A loss over the right class need not look at the others.
            let all = vec![f64::NAN; y.len()];
            let found = loss.sample(&all, target, &mut vec![0.0; y.len()]).loss;
            assert!(found.is_nan(), "{name}: {found}");
            // What is missing is not compared.
            if name.starts_with("Nll") || name.contains("missing") {
                continue;
            }
            for output in 0..y.len() {
                let mut y = y.clone();
                y[output] = f64::NAN;
                let found = loss.sample(&y, target, &mut vec![0.0; y.len()]).loss;
                assert!(found.is_nan(), "{name}, output {output}: {found}");
            }
        }
    }
    for_every_loss!(check::<f64>);
}

#[test]
fn large_scores_do_not_overflow() {
    let mut dy = [0.0_f32; 2];
    let sum = CrossEntropy::new().sample(&[1000.0, -1000.0], &Class(1), &mut dy);
    assert_eq!((sum.loss, dy), (2000.0, [1.0, -1.0]));
    let sum = BinaryCrossEntropy::<2>::new().sample(&[1000.0, -1000.0], &[0.0, 0.0], &mut dy);
    assert_eq!((sum.loss, dy), (500.0, [0.5, 0.0]));
    let sum = LogCosh::<2>::new().sample(&[1000.0, -1000.0], &[0.0, 0.0], &mut dy);
    assert_eq!((sum.loss, dy), (1000.0 - core::f32::consts::LN_2, [0.5, -0.5]));
    let sum = SoftMargin::<2>::new().sample(&[1000.0, -1000.0], &[-1.0, -1.0], &mut dy);
    assert_eq!((sum.loss, dy), (500.0, [0.5, 0.0]));
}

#[test]
fn small_losses_keep_their_digits() {
    let mut dy = [0.0_f32];
    let close = |found: Sum<f32>, expected: f32| {
        assert!((found.loss - expected).abs() <= 1e-6 * expected, "{found:?}, expected {expected}");
    };
    // ln(1 + e⁻²⁰), ln cosh 10⁻³
    close(BinaryCrossEntropy::<1>::new().sample(&[20.0], &[1.0], &mut dy), 2.061_153_6e-9);
    close(BinaryCrossEntropy::<1>::new().sample(&[-20.0], &[0.0], &mut dy), 2.061_153_6e-9);
    close(LogCosh::<1>::new().sample(&[1e-3], &[0.0], &mut dy), 4.999_999e-7);
}

#[test]
fn targets_are_checked() {
    let class = |loss: &CrossEntropy, target| Loss::<f32>::check(loss, 3, &target);
    assert_eq!(class(&CrossEntropy::new(), Class(2)), Ok(()));
    assert_eq!(class(&CrossEntropy::new(), Class(3)), Err(TargetError::OutOfRange { label: 3, classes: 3 }));
    assert_eq!(
        class(&CrossEntropy::new(), Class::from(-100)),
        Err(TargetError::OutOfRange { label: usize::MAX, classes: 3 })
    );
    assert_eq!(class(&CrossEntropy::new().ignore_index(-1), Class::from(-100)), Ok(()));
    let weighted = CrossEntropy::new().class_weights([1.0, 2.0]);
    assert!(matches!(Loss::<f32>::check(&weighted, 3, &Class(0)), Err(TargetError::Invalid(_))));
    assert_eq!(Hinge::<2>::new().check(2, &[1.0_f32, -1.0]), Ok(()));
    assert!(Hinge::<2>::new().check(2, &[1.0_f32, 0.0]).is_err());
    assert!(Mse::<2>::new().check(3, &[1.0_f32, 0.0]).is_err());
    assert_eq!(GaussianNll::<2>::new().check(4, &[1.0_f32, 0.0]), Ok(()));
}
