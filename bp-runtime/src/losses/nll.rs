//! `nll`: the negative log-likelihood of the right class.

use super::classes::{Classes, of_classes};
use super::{Loss, Reduction, Sum};
use crate::Scalar;
use crate::sample::Class;

/// `−w[class] y[class]`, divided by the sum of `w[class]` over the batch (PyTorch's `NLLLoss`).
///
/// Outputs are logarithms of probabilities, one for each class (the last layer is `log_softmax`); on scores,
/// [`CrossEntropy`](super::CrossEntropy) is the same. Targets are class indices of any integer type. The
/// gradient is `−w[class]` at the class, 0 elsewhere.
///
/// | Option | Default | |
/// |---|---|---|
/// | [`class_weights`](Self::class_weights) | 1 | `w`, one for each class; the type counts them |
/// | [`ignore_index`](Self::ignore_index) | none | targets of this class count nothing, and are in range |
///
/// ```
/// use backprop_runtime::{losses::{Nll, Sum}, sample::Class, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Nll::new().class_weights([1.0, 2.0]).sample(&[-0.5, -1.0], &Class(1), &mut dy);
/// assert_eq!((sum, dy), (Sum { loss: 2.0, weight: 2.0 }, [0.0, -2.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nll<const WEIGHTS: usize = 0> {
    classes: Classes<WEIGHTS>,
}

impl Nll {
    /// All classes alike, none ignored; the mean over samples.
    pub const fn new() -> Self {
        Self { classes: Classes::NEW }
    }

    /// The weight of each class; 1 unless set. Only for losses without weights so far.
    pub const fn class_weights<const C: usize>(self, weights: [f64; C]) -> Nll<C> {
        Nll { classes: self.classes.weighted(weights) }
    }
}

impl Default for Nll {
    fn default() -> Self {
        Self::new()
    }
}

impl<const W: usize> Nll<W> {
    /// A class whose samples do not count; none unless set. All negative numbers are one class.
    pub const fn ignore_index(self, class: isize) -> Self {
        Self { classes: self.classes.ignoring(class) }
    }

    /// What the loss of a batch is divided by; the mean by class weights unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { classes: self.classes.reduced(reduction) }
    }
}

impl<S: Scalar, const W: usize> Loss<S> for Nll<W> {
    of_classes!();

    fn weight(&self, target: &Class) -> S {
        self.classes.target_weight(*target)
    }

    fn sample(&self, y: &[S], target: &Class, dy: &mut [S]) -> Sum<S> {
        dy.fill(S::ZERO);
        if self.classes.ignores(*target) {
            return Sum::default();
        }
        let weight = self.classes.weight::<S>(target.0);
        let mut right = S::NAN;
        if let (Some(dy), Some(y)) = (dy.get_mut(target.0), y.get(target.0)) {
            *dy = -weight;
            right = *y;
        }
        Sum { loss: -(weight * right), weight }
    }
}
