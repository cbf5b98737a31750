//! `cross_entropy`: softmax and the negative log-likelihood of the right class, in one.

use super::classes::{Classes, of_classes};
use super::numeric::shifted_exponentials;
use super::outputs::sample_by_sample;
use super::samples::for_samples;
use super::{HeadFactors, Loss, Outputs, Reduction, Sum, weight_of};
use crate::sample::Class;
use crate::{AsTarget, Real, Scalar};
use generic_array::ArrayLength;
use lanes::{Known, Lane, Vector};

mod lanes;

/// `−ln softmax(y)[class]` (PyTorch's `CrossEntropyLoss` on class indices).
///
/// Outputs are scores (logits), one for each class, not probabilities. Targets are class indices of any integer
/// type. The gradient is `softmax(y) − onehot(class)`.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`class_weights`](Self::class_weights) | 1 | `w`, one for each class; the type counts them |
/// | [`label_smoothing`](Self::label_smoothing) | 0 | ε: a part of the target is spread over all classes |
/// | [`ignore_index`](Self::ignore_index) | none | targets of this class count nothing, and are in range |
///
/// With all of them the loss of a sample is
/// `−(1 − ε) w[class] ln softmax(y)[class] − ε/C Σ w[c] ln softmax(y)[c]`, and the mean divides by the sum of
/// `w[class]`. Label smoothing: Szegedy et al., *Rethinking the Inception architecture* (2016).
///
/// ```
/// use backprop_runtime::{losses::CrossEntropy, sample::Class, Loss};
/// const LOSS: CrossEntropy = CrossEntropy::new().ignore_index(-1);
/// let mut dy = [0.0_f64; 4];
/// let sum = LOSS.sample(&[1.0; 4], &Class(2), &mut dy);
/// assert!((sum.loss - 4_f64.ln()).abs() < 1e-15);
/// assert_eq!(dy, [0.25, 0.25, -0.75, 0.25]);
/// assert_eq!(LOSS.sample(&[1.0; 4], &Class::from(-1), &mut dy).weight, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossEntropy<const WEIGHTS: usize = 0> {
    classes: Classes<WEIGHTS>,
    smoothing: Option<Smoothing>,
}

/// ε and 1 − ε.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Smoothing {
    pub(super) spread: Real,
    pub(super) kept: Real,
}

impl Smoothing {
    /// `None` for 0.
    pub(super) const fn new(smoothing: f64) -> Option<Self> {
        assert!(smoothing >= 0.0 && smoothing <= 1.0, "label smoothing is between 0 and 1");
        if smoothing == 0.0 {
            return None;
        }
        Some(Self { spread: Real::new(smoothing), kept: Real::new(1.0 - smoothing) })
    }
}

impl CrossEntropy {
    /// All classes alike, no smoothing, none ignored; the mean over samples.
    pub const fn new() -> Self {
        Self { classes: Classes::NEW, smoothing: None }
    }

    /// The weight of each class; 1 unless set. Only for losses without weights so far.
    pub const fn class_weights<const C: usize>(self, weights: [f64; C]) -> CrossEntropy<C> {
        CrossEntropy { classes: self.classes.weighted(weights), smoothing: self.smoothing }
    }
}

impl Default for CrossEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl<const W: usize> CrossEntropy<W> {
    /// The part of every target that is spread over all classes, from 0 to 1; 0 unless set.
    pub const fn label_smoothing(self, smoothing: f64) -> Self {
        Self { smoothing: Smoothing::new(smoothing), ..self }
    }

    /// A class whose samples do not count; none unless set. All negative numbers are one class.
    pub const fn ignore_index(self, class: isize) -> Self {
        Self { classes: self.classes.ignoring(class), ..self }
    }

    /// What the loss of a batch is divided by; the mean by class weights unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { classes: self.classes.reduced(reduction), ..self }
    }

    /// What a sample of this class is weighed with.
    #[inline(always)]
    fn factors<S: Scalar>(&self, class: Class, outputs: usize) -> Factors<S> {
        let weight = self.classes.weight::<S>(class.0);
        match self.smoothing {
            None => Factors { weight, right: weight, each: S::ZERO },
            Some(Smoothing { spread, kept }) => Factors {
                weight,
                right: S::real(kept) * weight,
                each: S::real(spread) / S::from_usize(outputs),
            },
        }
    }

    /// Σ w
    fn total_weight<S: Scalar>(&self, outputs: usize) -> S {
        (0..outputs).fold(S::ZERO, |sum, class| sum + self.classes.weight::<S>(class))
    }
}

/// The loss of a sample is `−right ln p[class] − each Σ w[c] ln p[c]`.
#[derive(Clone, Copy)]
struct Factors<S> {
    weight: S,
    right: S,
    each: S,
}

impl<S: Scalar, const W: usize> Loss<S> for CrossEntropy<W> {
    of_classes!();

    fn weight(&self, target: &Class) -> S {
        self.classes.target_weight(*target)
    }

    fn sample(&self, y: &[S], target: &Class, dy: &mut [S]) -> Sum<S> {
        if self.classes.ignores(*target) {
            dy.fill(S::ZERO);
            return Sum::default();
        }
        let Factors { weight, right, each } = self.factors::<S>(*target, y.len());
        let (largest, total) = shifted_exponentials(y, dy);
        // −ln p = ln total + (largest − y): the difference first, since a large score would absorb the logarithm.
        let logarithm = total.ln();
        let mut loss = match y.get(target.0) {
            Some(y) => right * (logarithm + (largest - *y)),
            None => S::NAN,
        };
        let mut scale = right;
        if self.smoothing.is_some() {
            let mut spread = S::ZERO;
            for (class, y) in y.iter().enumerate() {
                spread += self.classes.weight::<S>(class) * (logarithm + (largest - *y));
            }
            loss += each * spread;
            scale += each * self.total_weight::<S>(y.len());
        }
        scale /= total;
        for (class, dy) in dy.iter_mut().enumerate() {
            *dy = *dy * scale - each * self.classes.weight::<S>(class);
        }
        if let Some(dy) = dy.get_mut(target.0) {
            *dy -= right;
        }
        Sum { loss, weight }
    }

    fn tile<O: ArrayLength, Y: AsTarget<Class>>(
        &self,
        factors: &HeadFactors<S>,
        outputs: Outputs<'_, S>,
        targets: &[Y],
        weights: Option<&[S]>,
    ) -> Sum<S> {
        if !outputs.tile.is_multiple_of(S::LANES) {
            return sample_by_sample::<S, Self, O, Y>(self, factors, outputs, targets, weights);
        }
        let Outputs { tile, y, dy, .. } = outputs;
        let mut sum = Sum::default();
        for first in (0..tile).step_by(S::LANES) {
            let mut lanes = [Lane::EMPTY; 16];
            let samples = targets.iter().enumerate().skip(first).take(S::LANES);
            for (lane, (index, target)) in lanes.iter_mut().zip(samples) {
                let class = target.with(|class| *class);
                if !self.classes.ignores(class) && weight_of(weights, index) != S::ZERO {
                    let factors = self.factors(class, y.len() / tile.max(1));
                    let sample = weight_of(weights, index);
                    *lane = Lane { class: class.0, counts: true, sample, factors };
                }
            }
            let (vector, mut known) = (Vector::new(self, tile, first), Known::NOTHING);
            for_samples!(S: of => vector.run(of, &lanes, y, dy, &mut known));
            let losses = vector.losses(&lanes, &known, y, dy);
            let real = targets.len().saturating_sub(first).min(S::LANES);
            for (lane, loss) in lanes.iter().zip(&losses).take(real) {
                sum += Sum { loss: *loss * lane.sample, weight: lane.factors.weight * lane.sample };
            }
        }
        sum
    }
}
