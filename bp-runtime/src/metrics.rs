//! Metrics: how good outputs are, over slices of outputs and targets, without heap.
//!
//! | Metric | Of |
//! |---|---|
//! | [`accuracy`], [`top_k`], [`confusion`], [`precision`], [`recall`], [`f1`], [`roc_auc`] | classes |
//! | [`mean_absolute_error`], [`r2`] | numbers |
//!
//! Outputs are what a network predicts, `[S; O]`. Among several outputs the predicted class is the one with the largest
//! score, the first of those alike; a single output is the score of a yes, and predicts class 1 where it is above 0, else 0.
//! Labels are class indices of any integer type. Of no samples, and where a metric divides by zero, it is NaN.
//!
//! ```
//! use backprop_runtime::metrics::{accuracy, confusion, f1};
//! let outputs = [[2.0_f32, 1.0], [0.0, 3.0], [5.0, 4.0]];
//! let labels = [0_u8, 1, 1];
//! assert_eq!(accuracy(&outputs, &labels), 2.0 / 3.0);
//! assert_eq!(confusion::<2, _, _>(&outputs, &labels), [[1, 0], [1, 1]]);
//! assert_eq!(f1(&outputs, &labels, 1), 2.0 / 3.0);
//! ```

use crate::sample::{AsTarget, Class};
use crate::total::Total;
use crate::{Flat, Scalar};

/// The predicted class.
fn predicted<O: Flat>(output: &O) -> usize {
    match output.flat() {
        [score] => usize::from(*score > O::Number::ZERO),
        scores => {
            let mut best = 0;
            for (class, score) in scores.iter().enumerate() {
                if scores.get(best).is_some_and(|largest| score > largest) {
                    best = class;
                }
            }
            best
        }
    }
}

/// Predicted and right class of each sample.
fn pairs<'a, O: Flat, L: AsTarget<Class>>(
    outputs: &'a [O],
    labels: &'a [L],
) -> impl Iterator<Item = (usize, usize)> + 'a {
    outputs.iter().zip(labels).map(|(output, label)| (predicted(output), label.with(|class| class.0)))
}

fn ratio<S: Scalar>(part: usize, whole: usize) -> S {
    if whole == 0 { S::NAN } else { S::from_usize(part) / S::from_usize(whole) }
}

/// The part of samples whose predicted class is right.
pub fn accuracy<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L]) -> O::Number {
    let right = pairs(outputs, labels).filter(|(found, right)| found == right).count();
    ratio(right, outputs.len().min(labels.len()))
}

/// The part of samples whose right class is among the `k` with the largest scores. A class that scores like the right one
/// counts as larger if it comes before it.
pub fn top_k<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], k: usize) -> O::Number {
    let among = |(output, label): &(&O, &L)| {
        let class = AsTarget::<Class>::with(*label, |class| class.0);
        let scores = output.flat();
        scores.get(class).is_some_and(|right| {
            let larger =
                |(other, score): &(usize, &O::Number)| *score > right || (*score == right && *other < class);
            scores.iter().enumerate().filter(larger).count() < k
        })
    };
    ratio(outputs.iter().zip(labels).filter(among).count(), outputs.len().min(labels.len()))
}

/// `confusion[right][predicted]`: how many samples of a class were taken for which. Classes of `C` and beyond are left out.
pub fn confusion<const C: usize, O: Flat, L: AsTarget<Class>>(
    outputs: &[O],
    labels: &[L],
) -> [[usize; C]; C] {
    let mut counts = [[0; C]; C];
    for (found, right) in pairs(outputs, labels) {
        if let Some(count) = counts.get_mut(right).and_then(|row| row.get_mut(found)) {
            *count += 1;
        }
    }
    counts
}

/// Samples that are of a class and taken for it, that are taken for it, and that are of it.
fn of_class<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], class: usize) -> [usize; 3] {
    let mut counts = [0; 3];
    for (found, right) in pairs(outputs, labels) {
        let is = [found == class && right == class, found == class, right == class];
        for (count, is) in counts.iter_mut().zip(is) {
            *count += usize::from(is);
        }
    }
    counts
}

/// Of the samples that are taken for a class, the part that is of it.
pub fn precision<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], class: usize) -> O::Number {
    let [both, found, _] = of_class(outputs, labels, class);
    ratio(both, found)
}

/// Of the samples of a class, the part that is taken for it.
pub fn recall<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], class: usize) -> O::Number {
    let [both, _, right] = of_class(outputs, labels, class);
    ratio(both, right)
}

/// The harmonic mean of [`precision`] and [`recall`] of a class: `2 both / (found + right)`.
pub fn f1<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], class: usize) -> O::Number {
    let [both, found, right] = of_class(outputs, labels, class);
    ratio(2 * both, found + right)
}

/// The area under the receiver operating characteristic of a class: the probability that a sample of the class scores
/// higher there than one that is not, ties counting half. Of one output, that of a yes.
///
/// Compares every pair of samples: it takes time quadratic in their number, and no memory.
pub fn roc_auc<O: Flat, L: AsTarget<Class>>(outputs: &[O], labels: &[L], class: usize) -> O::Number {
    let score = |output: &O| match output.flat() {
        [score] if class == 1 => Some(*score),
        [score] => Some(-*score),
        scores => scores.get(class).copied(),
    };
    let samples = || {
        let scored = outputs.iter().zip(labels);
        scored.filter_map(|(output, label)| Some((score(output)?, label.with(|label| label.0 == class))))
    };
    let (mut halves, mut all) = (Total::<O::Number>::default(), Total::<O::Number>::default());
    let two = O::Number::ONE + O::Number::ONE;
    for (yes, _) in samples().filter(|(_, is)| *is) {
        let (mut won, mut met) = (0, 0);
        for (no, _) in samples().filter(|(_, is)| !*is) {
            met += 2;
            won += if yes > no { 2 } else { usize::from(yes == no) };
        }
        halves.add(O::Number::from_usize(won) / two);
        all.add(O::Number::from_usize(met) / two);
    }
    halves.value() / all.value()
}

/// The numbers of outputs and targets, side by side.
fn numbers<'a, O: Flat, T: Flat<Number = O::Number>>(
    outputs: &'a [O],
    targets: &'a [T],
) -> impl Iterator<Item = (O::Number, O::Number)> + 'a {
    let samples = outputs.iter().zip(targets);
    samples.flat_map(|(output, target)| output.flat().iter().copied().zip(target.flat().iter().copied()))
}

/// The mean of `|y − t|` over samples and outputs.
pub fn mean_absolute_error<O: Flat, T: Flat<Number = O::Number>>(outputs: &[O], targets: &[T]) -> O::Number {
    let mut total = Total::default();
    let mut count = 0;
    for (y, t) in numbers(outputs, targets) {
        total.add((y - t).abs());
        count += 1;
    }
    total.value() / O::Number::from_usize(count)
}

/// The coefficient of determination, `1 − Σ (y − t)² / Σ (t − mean t)²`, over all outputs together: 1 for outputs that are
/// right, 0 for the mean of the targets.
pub fn r2<O: Flat, T: Flat<Number = O::Number>>(outputs: &[O], targets: &[T]) -> O::Number {
    let (mut sum, mut count) = (Total::default(), 0);
    for (_, t) in numbers(outputs, targets) {
        sum.add(t);
        count += 1;
    }
    let mean = sum.value() / O::Number::from_usize(count);
    // Measured in the largest distance, whose square could be beyond the range of numbers.
    let unit = numbers(outputs, targets).fold(O::Number::ZERO, |most, (_, t)| {
        let distance = (t - mean).abs();
        if distance > most { distance } else { most }
    });
    let unit = if unit > O::Number::ZERO && unit.is_finite() { unit } else { O::Number::ONE };
    let (mut rest, mut all) = (Total::default(), Total::default());
    for (y, t) in numbers(outputs, targets) {
        let (error, distance) = ((y - t) / unit, (t - mean) / unit);
        rest.add(error * error);
        all.add(distance * distance);
    }
    O::Number::ONE - rest.value() / all.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of scikit-learn's functions of the same names, worked out by hand.
    #[test]
    fn of_classes() {
        let outputs = [[0.1_f64, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.6, 0.1, 0.3]];
        let labels = [1_i64, 1, 2, 0];
        assert_eq!(accuracy(&outputs, &labels), 0.75);
        assert_eq!(top_k(&outputs, &labels, 2), 1.0);
        assert_eq!(top_k(&outputs, &labels, 1), 0.75);
        assert_eq!(confusion::<3, _, _>(&outputs, &labels), [[1, 0, 0], [1, 1, 0], [0, 0, 1]]);
        assert_eq!([precision(&outputs, &labels, 0), recall(&outputs, &labels, 0)], [0.5, 1.0]);
        assert_eq!([precision(&outputs, &labels, 1), recall(&outputs, &labels, 1)], [1.0, 0.5]);
        assert_eq!(f1(&outputs, &labels, 1), 2.0 / 3.0);
        assert!(precision(&outputs[..1], &labels[..1], 0).is_nan());
        assert!(accuracy::<[f32; 2], u8>(&[], &[]).is_nan());
    }

    #[test]
    fn areas() {
        let (scores, labels) = ([[0.1_f64], [0.4], [0.35], [0.8]], [0_u8, 0, 1, 1]);
        assert_eq!(roc_auc(&scores, &labels, 1), 0.75);
        assert_eq!(roc_auc(&scores, &labels, 0), 0.75);
        assert_eq!(roc_auc(&[[1.0_f32], [1.0]], &[0_u8, 1], 1), 0.5);
        assert_eq!(accuracy(&[[-0.1_f32], [0.2]], &[0_u8, 1]), 1.0);
    }

    #[test]
    fn of_numbers() {
        let (outputs, targets) = ([[2.5_f64], [0.0], [2.0], [8.0]], [[3.0], [-0.5], [2.0], [7.0]]);
        assert_eq!(mean_absolute_error(&outputs, &targets), 0.5);
        assert!((r2(&outputs, &targets) - 0.948_608_137_044_967).abs() < 1e-12);
    }
}
