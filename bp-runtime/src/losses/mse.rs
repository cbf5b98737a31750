//! `mse`: the mean squared error.

use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::Scalar;
use crate::math::Float;

/// `(y − t)²`, the mean over outputs and samples (PyTorch's `MSELoss`).
///
/// Outputs are `O` numbers, targets `[S; O]`. The gradient is `2 (y − t) / O`.
///
/// ```
/// use backprop_runtime::{losses::Mse, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Mse::<2>::new().sample(&[1.0, 5.0], &[0.0, 2.0], &mut dy);
/// assert_eq!((sum.loss, dy), (5.0, [1.0, 3.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mse<const O: usize> {
    counting: Counting,
}

impl<const O: usize> Mse<O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Mse<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let difference = y - t;
        (difference * difference, difference + difference)
    }
}

per_output!(Mse);
