//! `mse`: the mean squared error.

use super::{Loss, Sum};
use crate::Scalar;

/// `mean((y − t)²)` over outputs and samples (PyTorch's `MSELoss`).
///
/// Targets are `[S; OUTPUTS]`. The gradient is `2 (y − t) / OUTPUTS`.
///
/// ```
/// use backprop_runtime::{losses::Mse, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Mse::<2>.sample(&[1.0, 5.0], &[0.0, 2.0], &mut dy);
/// assert_eq!((sum.loss, dy), (5.0, [1.0, 3.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mse<const O: usize>;

impl<S: Scalar, const O: usize> Loss<S> for Mse<O> {
    type Target = [S; O];

    fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> Sum<S> {
        let mean = S::ONE / S::from_usize(O);
        let mut loss = S::ZERO;
        for ((y, t), dy) in y.iter().zip(target).zip(dy) {
            let difference = *y - *t;
            loss += difference * difference;
            *dy = (difference + difference) * mean;
        }
        Sum { loss: loss * mean, weight: S::ONE }
    }
}
