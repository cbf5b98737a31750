//! Adamax.

use super::correction::Correction;
use super::rule::{Beta, Common, Rule, common, is_usual_eps, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Adamax: [`Adam`](super::Adam) with the infinity norm. PyTorch's `Adamax`;
/// Kingma and Ba, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
///
/// ```text
/// m ← β₁ m + (1 − β₁) g
/// u ← max(β₂ u, |g| + ε)
/// w ← w − η / (1 − β₁ᵗ) · m / u
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 2·10⁻³ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.999 |
/// | `ε` | 10⁻⁸ |
/// | weight decay `λ` | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Adamax, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// Adamax::new(0.1).step(&mut state, &mut w, &GenericArray::from_array([5.0]));
/// assert!((w[0] - 0.9).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adamax {
    common: Common,
    betas: (Beta, Beta),
    eps: Real,
}

impl Adamax {
    /// Adamax with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            betas: (Beta::new(0.9), Beta::new(0.999)),
            eps: Real::new(1e-8),
        }
    }

    common!(betas, eps, weight_decay, maximize);
}

impl Default for Adamax {
    /// Learning rate 2·10⁻³.
    fn default() -> Self {
        Self::new(2e-3)
    }
}

pub struct Norms<S> {
    rest1: S,
    keep2: S,
    eps: S,
    /// `η / (1 − β₁ᵗ)`
    rate: S,
}

impl<S: Scalar> Rule<S, 2> for Norms<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [m, u]: &mut [F; 2]) -> F {
        *m = *m + (g - *m) * self.rest1;
        *u = (*u * self.keep2).max(g.abs() + self.eps);
        w - *m / *u * self.rate
    }
}

impl Optimizer for Adamax {
    /// A correction for `m`, and `m` and `u`.
    type State<S: Scalar, L: ArrayLength> = (Correction<S>, [GenericArray<S, L>; 2]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common.risk(rate, decay).max(Risk::unless(
            self.betas.0.is_usual::<S>() && self.betas.1.is_usual::<S>() && is_usual_eps::<S>(self.eps),
        ))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (first, _): &mut Self::State<S, L>) {
        *first = first.next(S::real(self.betas.0.rest));
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (first, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rule = Norms {
            rest1: S::real(self.betas.0.rest),
            keep2: S::real(self.betas.1.keep),
            eps: S::real(self.eps),
            rate: terms.rate / first.gathered(),
        };
        S::update_adamax(terms, slots(state, run.range.clone()), run, &rule);
    }
}
