//! `hinge` and `hinge_embedding`: nothing to gain beyond a margin.

use super::numeric::{is_sign, positive_part, same_sign};
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
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
    counting: Counting,
}

impl<const O: usize> Hinge<O> {
    /// A margin of 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { margin: Real::new(1.0), counting: Counting::MEAN }
    }

    /// The score from which nothing is lost; 1 unless set.
    pub const fn margin(self, margin: f64) -> Self {
        Self { margin: Real::new(margin), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Hinge<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let missing = -(t * y) + S::real(self.margin);
        let enough = missing.less_equal(y.constant(S::ZERO));
        (positive_part(missing), F::select(enough, y.constant(S::ZERO), -t))
    }
}

per_output!(Hinge,
    expects is_sign, "1 or -1 for each output",
    right same_sign);

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
    counting: Counting,
}

impl<const O: usize> HingeEmbedding<O> {
    /// A margin of 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { margin: Real::new(1.0), counting: Counting::MEAN }
    }

    /// The distance from which a dissimilar pair loses nothing; 1 unless set.
    pub const fn margin(self, margin: f64) -> Self {
        Self { margin: Real::new(margin), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for HingeEmbedding<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let (zero, one) = (y.constant(S::ZERO), y.constant(S::ONE));
        let missing = -y + S::real(self.margin);
        let slope = F::select(missing.less_equal(zero), zero, -one);
        let similar = zero.less(t);
        (F::select(similar, y, positive_part(missing)), F::select(similar, one, slope))
    }
}

per_output!(HingeEmbedding, expects is_sign, "1 or -1 for each output");
