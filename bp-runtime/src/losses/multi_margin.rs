//! `multi_margin`: the right class ahead of every other by a margin.

use super::classes::{Classes, of_classes};
use super::{Loss, Reduction, Sum};
use crate::sample::Class;
use crate::{Real, Scalar};

/// `w[class] / C Σ max(0, margin − y[class] + y[i])^p` over the other classes `i` of `C` (PyTorch's `MultiMarginLoss`; Crammer and
/// Singer, *On the algorithmic implementation of multiclass kernel-based vector machines*, 2001).
///
/// Outputs are scores, one for each class. Targets are class indices of any integer type. Each term that is above 0 has the
/// gradient `w[class] / C p term^(p − 1)` at its class, and the class has the negative sum of them.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`margin`](Self::margin) | 1 | how far ahead the right class is to be |
/// | [`p`](Self::p) | 1 | the power, 1 or 2 |
/// | [`class_weights`](Self::class_weights) | 1 | `w`, one for each class; the type counts them. The mean is over samples, whatever their weights |
///
/// ```
/// use backprop_runtime::{losses::{MultiMargin, Sum}, sample::Class, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = MultiMargin::new().sample(&[1.0, 1.5], &Class(1), &mut dy);
/// assert_eq!((sum, dy), (Sum { loss: 0.25, weight: 1.0 }, [0.5, -0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiMargin<const WEIGHTS: usize = 0> {
    classes: Classes<WEIGHTS>,
    margin: Real,
    squares: bool,
}

impl MultiMargin {
    /// All classes alike, a margin of 1, the first power; the mean over samples.
    pub const fn new() -> Self {
        Self { classes: Classes::NEW, margin: Real::new(1.0), squares: false }
    }

    /// The weight of each class; 1 unless set. Only for losses without weights so far.
    pub const fn class_weights<const C: usize>(self, weights: [f64; C]) -> MultiMargin<C> {
        let Self { margin, squares, .. } = self;
        MultiMargin { classes: self.classes.weighted(weights), margin, squares }
    }
}

impl Default for MultiMargin {
    fn default() -> Self {
        Self::new()
    }
}

impl<const W: usize> MultiMargin<W> {
    /// How far ahead of every other class the right one is to be; 1 unless set.
    pub const fn margin(self, margin: f64) -> Self {
        Self { margin: Real::new(margin), ..self }
    }

    /// The power of each term, 1 or 2; 1 unless set.
    pub const fn p(self, power: usize) -> Self {
        assert!(power == 1 || power == 2, "the power of `multi_margin` is 1 or 2");
        Self { squares: power == 2, ..self }
    }

    /// What the loss of a batch is divided by; the mean over samples unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { classes: self.classes.reduced(reduction), ..self }
    }
}

impl<S: Scalar, const W: usize> Loss<S> for MultiMargin<W> {
    of_classes!();

    fn sample(&self, y: &[S], target: &Class, dy: &mut [S]) -> Sum<S> {
        let factor = self.classes.weight::<S>(target.0) / S::from_usize(y.len());
        let right = y.get(target.0).copied().unwrap_or(S::NAN);
        let (mut loss, mut of_right) = (S::ZERO, S::ZERO);
        for (class, (y, dy)) in y.iter().zip(&mut *dy).enumerate() {
            let term = S::real(self.margin) - right + *y;
            *dy = S::ZERO;
            // A term that is not a number is one that counts.
            if class == target.0 || term <= S::ZERO {
                continue;
            }
            let (value, slope) = if self.squares { (term * term, term + term) } else { (term, S::ONE) };
            loss += factor * value;
            *dy = factor * slope;
            of_right -= factor * slope;
        }
        if let Some(dy) = dy.get_mut(target.0) {
            *dy = of_right;
        }
        Sum { loss, weight: S::ONE }
    }
}
