//! `gaussian_nll`: an expected value together with how sure the network is of it.

use super::numeric::HALF;
use super::reduction::Counting;
use super::{Loss, Reduction, Sum, TargetError};
use crate::{Real, Scalar};

/// `½ (ln v + (μ − t)² / v)` with `v = max(variance, ε)`, the mean over targets and samples (PyTorch's
/// `GaussianNLLLoss`).
///
/// The negative log-likelihood of `t` under a normal distribution whose mean *and variance* the network finds; Nix
/// and Weigend (1994). Targets are `[S; O]`. Outputs are `2 O` numbers: first `O` means, then `O` variances,
/// which shall not be negative (a softplus or exponential at the end of their branch).
///
/// | Option | Default | |
/// |---|---|---|
/// | [`full`](Self::full) | `false` | `true`: plus the constant `½ ln 2π` |
/// | [`eps`](Self::eps) | 1e-6 | ε, the least variance |
///
/// The gradients are `(μ − t) / v` and `½ (1 / v − (μ − t)² / v²)`; as in PyTorch the variance has one
/// also where ε takes its place. A negative variance gives NaN, where PyTorch raises an error.
///
/// ```
/// use backprop_runtime::{losses::GaussianNll, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = GaussianNll::<1>::new().sample(&[3.0, 1.0], &[1.0], &mut dy);
/// assert_eq!((sum.loss, dy), (2.0, [2.0, -1.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianNll<const O: usize> {
    full: bool,
    eps: Real,
    counting: Counting,
}

/// ½ ln 2π
const HALF_LN_2_PI: Real = Real::new(0.918_938_533_204_672_7);

impl<const O: usize> GaussianNll<O> {
    /// Without the constant term; the mean over targets and samples.
    pub const fn new() -> Self {
        Self { full: false, eps: Real::new(1e-6), counting: Counting::MEAN }
    }

    /// Whether to add the constant term, which has no influence on gradients; `false` unless set.
    pub const fn full(self, full: bool) -> Self {
        Self { full, ..self }
    }

    /// The least variance; 10⁻⁶ unless set.
    pub const fn eps(self, eps: f64) -> Self {
        assert!(eps > 0.0, "eps is positive");
        Self { eps: Real::new(eps), ..self }
    }

    /// What the losses of targets and samples are divided by; [`Mean`](Reduction::Mean) unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { counting: self.counting.reduced(reduction), ..self }
    }

    /// Whether NaN in a target stands for a number that is missing and counts nothing; `false` unless set.
    pub const fn missing(self, missing: bool) -> Self {
        Self { counting: self.counting.with_missing(missing), ..self }
    }
}

impl<const O: usize> Default for GaussianNll<O> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Scalar, const O: usize> Loss<S> for GaussianNll<O> {
    type Target = [S; O];

    fn check(&self, outputs: usize, _: &[S; O]) -> Result<(), TargetError> {
        if outputs == 2 * O { Ok(()) } else { Err(TargetError::Invalid("half as many numbers as outputs")) }
    }

    fn weight(&self, target: &[S; O]) -> S {
        self.counting.weight(target)
    }

    fn divisor(&self, weight: S) -> S {
        self.counting.divisor(weight)
    }

    fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> Sum<S> {
        let (half, scale) = (S::real(HALF), self.counting.scale::<S>(O));
        let constant = if self.full { S::real(HALF_LN_2_PI) } else { S::ZERO };
        let (dmeans, dvariances) = dy.split_at_mut(O.min(dy.len()));
        let outputs = y.iter().zip(y.iter().skip(O)).zip(dmeans.iter_mut().zip(dvariances));
        let mut loss = S::ZERO;
        for (((mean, variance), (dmean, dvariance)), t) in outputs.zip(target) {
            if self.counting.is_missing(*t) {
                (*dmean, *dvariance) = (S::ZERO, S::ZERO);
                continue;
            }
            let variance = if *variance < S::ZERO {
                S::NAN
            } else if *variance < S::real(self.eps) {
                S::real(self.eps)
            } else {
                *variance
            };
            let difference = *mean - *t;
            let ratio = difference / variance;
            loss += half * (variance.ln() + difference * ratio) + constant;
            *dmean = ratio * scale;
            *dvariance = half * (S::ONE / variance - ratio * ratio) * scale;
        }
        Sum { loss: loss * scale, weight: self.counting.weight(target) }
    }
}
