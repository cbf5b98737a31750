//! `hinge` and `hinge_embedding`: nothing to gain beyond a margin.

use super::Reduction;
use super::numeric::positive_part;
use super::per_output::{Element, per_output};
use crate::{Real, Scalar};

/// `max(0, margin − t y)`, the mean over outputs and samples (Keras' `Hinge`).
///
/// The loss of support vector machines; Cortes and Vapnik (1995). Outputs are `O` scores, targets `[S; O]` of
/// 1 and −1. The derivative is `−t` inside the margin, 0 beyond it. The margin is 1 unless set.
///
/// ```
/// use backprop_runtime::{losses::Hinge, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Hinge::<2>::new().sample(&[3.0, -0.5], &[1.0, -1.0], &mut dy);
/// assert_eq!((sum.loss, dy), (0.25, [0.0, 0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hinge<const O: usize> {
    margin: Real,
    reduction: Reduction,
}

impl<const O: usize> Hinge<O> {
    /// A margin of 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { margin: Real::new(1.0), reduction: Reduction::Mean }
    }

    /// The score from which nothing is lost.
    pub const fn margin(self, margin: f64) -> Self {
        Self { margin: Real::new(margin), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Hinge<O> {
    #[inline(always)]
    fn element(&self, _: usize, y: S, t: S) -> (S, S) {
        let missing = S::real(self.margin) - t * y;
        (positive_part(missing), if missing <= S::ZERO { S::ZERO } else { -t })
    }
}

per_output!(Hinge,
    expects |t: S| t.abs() == S::ONE, "1 or -1 for each output",
    right |y: S, t: S| y * t > S::ZERO);

/// `y` where `t = 1`, `max(0, margin − y)` where `t = −1`; the mean over outputs and samples.
///
/// PyTorch's `HingeEmbeddingLoss`: outputs are `O` distances that shall be small for similar pairs (`t = 1`)
/// and at least the margin for others. Targets are `[S; O]`. The derivative is 1, or −1 inside the
/// margin. The margin is 1 unless set.
///
/// ```
/// use backprop_runtime::{losses::HingeEmbedding, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = HingeEmbedding::<2>::new().sample(&[0.5, 0.25], &[1.0, -1.0], &mut dy);
/// assert_eq!((sum.loss, dy), (0.625, [0.5, -0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HingeEmbedding<const O: usize> {
    margin: Real,
    reduction: Reduction,
}

impl<const O: usize> HingeEmbedding<O> {
    /// A margin of 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { margin: Real::new(1.0), reduction: Reduction::Mean }
    }

    /// The distance from which a dissimilar pair loses nothing.
    pub const fn margin(self, margin: f64) -> Self {
        Self { margin: Real::new(margin), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for HingeEmbedding<O> {
    #[inline(always)]
    fn element(&self, _: usize, y: S, t: S) -> (S, S) {
        if t > S::ZERO {
            (y, S::ONE)
        } else {
            let missing = S::real(self.margin) - y;
            (positive_part(missing), if missing <= S::ZERO { S::ZERO } else { -S::ONE })
        }
    }
}

per_output!(HingeEmbedding, expects |t: S| t.abs() == S::ONE, "1 or -1 for each output");
