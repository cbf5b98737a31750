//! `huber` and `smooth_l1`: squared near the target, absolute far from it.

use super::numeric::{HALF, with_sign_of};
use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::math::Float;
use crate::{Real, Scalar};

/// `½ d²` where `|d| ≤ δ`, else `δ (|d| − ½ δ)`, with `d = y − t`; the mean over outputs and samples.
///
/// PyTorch's `HuberLoss`; Huber, *Robust estimation of a location parameter* (1964). Outputs are `O`
/// numbers, targets `[S; O]`. The derivative is `d`, limited to ±δ; δ is 1 unless set.
///
/// ```
/// use backprop_runtime::{losses::Huber, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Huber::<2>::new().delta(2.0).sample(&[1.0, 5.0], &[0.0, 0.0], &mut dy);
/// assert_eq!((sum.loss, dy), (4.25, [0.5, 1.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber<const O: usize> {
    delta: Real,
    counting: Counting,
}

impl<const O: usize> Huber<O> {
    /// δ = 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { delta: Real::new(1.0), counting: Counting::MEAN }
    }

    /// The distance from which the loss grows linearly; 1 unless set.
    pub const fn delta(self, delta: f64) -> Self {
        assert!(delta > 0.0, "delta is positive");
        Self { delta: Real::new(delta), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for Huber<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let delta = y.constant(S::real(self.delta));
        let difference = y - t;
        let distance = difference.abs();
        let near = distance.less_equal(delta);
        let squared = difference * difference * S::real(HALF);
        let linear = delta * (distance - delta * S::real(HALF));
        (F::select(near, squared, linear), F::select(near, difference, with_sign_of(delta, difference)))
    }
}

per_output!(Huber);

/// `½ d² / β` where `|d| < β`, else `|d| − ½ β`, with `d = y − t`; the mean over outputs and samples.
///
/// PyTorch's `SmoothL1Loss`, which is its `HuberLoss` divided by β; Girshick, *Fast R-CNN* (2015). Outputs
/// are `O` numbers, targets `[S; O]`. The derivative is `d / β`, limited to ±1; β is 1 unless set, and 0
/// makes it [`Mae`](super::Mae).
///
/// ```
/// use backprop_runtime::{losses::SmoothL1, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = SmoothL1::<2>::new().beta(2.0).sample(&[1.0, 5.0], &[0.0, 0.0], &mut dy);
/// assert_eq!((sum.loss, dy), (2.125, [0.25, 0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothL1<const O: usize> {
    beta: Real,
    counting: Counting,
}

impl<const O: usize> SmoothL1<O> {
    /// β = 1, the mean over outputs and samples.
    pub const fn new() -> Self {
        Self { beta: Real::new(1.0), counting: Counting::MEAN }
    }

    /// The distance from which the loss grows linearly; 1 unless set.
    pub const fn beta(self, beta: f64) -> Self {
        assert!(beta >= 0.0, "beta is not negative");
        Self { beta: Real::new(beta), ..self }
    }
}

impl<S: Scalar, const O: usize> Element<S> for SmoothL1<O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        let beta = y.constant(S::real(self.beta));
        let difference = y - t;
        let distance = difference.abs();
        let near = distance.less(beta);
        let ratio = difference / beta;
        let squared = difference * ratio * S::real(HALF);
        let linear = distance - beta * S::real(HALF);
        let sign = with_sign_of(y.constant(S::ONE), difference);
        (F::select(near, squared, linear), F::select(near, ratio, sign))
    }
}

per_output!(SmoothL1);
