//! The sum of the losses of several heads, one after the other.

use super::{Loss, Sum};
use crate::{Real, Scalar};

/// The loss of a sample with several heads in the making: each takes its part of `y` and `dy`.
///
/// `Σ weight × loss` over the heads, each head's loss divided by the weight it gives the sample. What `#[network]`
/// writes for `loss = { policy: cross_entropy, value: 0.5 * mse }`.
///
/// ```
/// use backprop_runtime::losses::{Heads, Mse};
/// let mut dy = [9.0_f32; 3];
/// let mut heads = Heads::new(&[1.0, 5.0, 3.0], &mut dy);
/// heads.loss(1, 0.5, &Mse::<1>::new(), &[0.0]);
/// heads.skip(2);
/// assert_eq!(heads.sum().loss, 0.5);
/// assert_eq!(dy, [1.0, 0.0, 0.0]);
/// ```
#[derive(Debug)]
pub struct Heads<'a, S> {
    y: &'a [S],
    dy: &'a mut [S],
    loss: S,
}

impl<'a, S: Scalar> Heads<'a, S> {
    /// Begins with the first head of an output.
    pub fn new(y: &'a [S], dy: &'a mut [S]) -> Self {
        dy.fill(S::ZERO);
        Self { y, dy, loss: S::ZERO }
    }

    /// Adds the loss of the next `outputs` outputs.
    pub fn loss<L: Loss<S>>(
        &mut self,
        outputs: usize,
        weight: impl Into<Real>,
        loss: &L,
        target: &L::Target,
    ) {
        let (y, dy) = self.next(outputs);
        let Sum { loss, weight: own } = loss.sample(y, target, dy);
        if own == S::ZERO {
            return;
        }
        let factor = S::real(weight.into()) / own;
        for dy in dy {
            *dy *= factor;
        }
        self.loss += loss * factor;
    }

    /// Leaves out the next `outputs` outputs.
    pub fn skip(&mut self, outputs: usize) {
        self.next(outputs);
    }

    /// The sum, with weight 1.
    pub fn sum(self) -> Sum<S> {
        Sum { loss: self.loss, weight: S::ONE }
    }

    fn next(&mut self, outputs: usize) -> (&'a [S], &'a mut [S]) {
        let (y, rest) = self.y.split_at_checked(outputs).unwrap_or((self.y, &[]));
        self.y = rest;
        let all = core::mem::take(&mut self.dy);
        let (dy, rest) = all.split_at_mut(outputs.min(all.len()));
        self.dy = rest;
        (y, dy)
    }
}
