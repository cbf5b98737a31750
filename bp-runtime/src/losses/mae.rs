//! `mae`: the mean absolute error.

use super::numeric::with_sign_of;
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::Scalar;
use crate::math::Float;

/// `|y − t|`, the mean over outputs and samples (PyTorch's `L1Loss`).
///
/// Outputs are `O` numbers, targets `[S; O]`. The gradient is `sign(y − t) / O`, and 0 where they are equal.
///
/// ```
/// use backprop_runtime::{losses::Mae, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Mae::<2>::new().sample(&[1.0, 2.0], &[0.0, 5.0], &mut dy);
/// assert_eq!((sum.loss, dy), (2.0, [0.5, -0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mae<const O: usize> {
    counting: Counting,
}

impl<const O: usize> Mae<O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Mae<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let difference = y - t;
        (difference.abs(), with_sign_of(y.constant(S::ONE), difference))
    }
}

per_output!(Mae);
