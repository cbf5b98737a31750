//! Adadelta.

use super::rule::{Beta, Common, Rule, common, is_fraction, is_usual_eps, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Adadelta: steps in the units of the parameters, without a learning rate to tune. PyTorch's `Adadelta`;
/// Zeiler, [arXiv:1212.5701](https://arxiv.org/abs/1212.5701).
///
/// ```text
/// v ← ρ v + (1 − ρ) g²
/// d = √(u + ε) / √(v + ε) · g
/// u ← ρ u + (1 − ρ) d²
/// w ← w − η d
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 1 ([`default`](Self::default)) |
/// | `ρ` | 0.9 |
/// | `ε` | 10⁻⁶ |
/// | weight decay `λ` | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Adadelta, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// // The first step: √(10⁻⁶ / (0.1 · 10²)) · 10.
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// Adadelta::default().step(&mut state, &mut w, &GenericArray::from_array([10.0]));
/// assert!((1.0 - w[0] - 0.001 * 10.0_f64.sqrt()).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adadelta {
    common: Common,
    rho: Beta,
    eps: Real,
}

impl Adadelta {
    /// Adadelta with learning rate `η`, a factor on its steps.
    pub const fn new(learning_rate: f64) -> Self {
        Self { common: Common::new(learning_rate), rho: Beta::new(0.9), eps: Real::new(1e-6) }
    }

    common!(eps, weight_decay, maximize);

    /// `ρ`: how much both averages keep at each step. Default 0.9.
    #[must_use]
    pub const fn rho(mut self, rho: f64) -> Self {
        self.rho = Beta::new(rho);
        self
    }
}

impl Default for Adadelta {
    /// Learning rate 1.
    fn default() -> Self {
        Self::new(1.0)
    }
}

pub struct Balance<S> {
    rate: S,
    keep: S,
    rest: S,
    eps: S,
}

impl<S: Scalar> Rule<S, 2> for Balance<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [v, u]: &mut [F; 2]) -> F {
        *v = *v * self.keep + g * g * self.rest;
        let d = (*u + self.eps).sqrt() / (*v + self.eps).sqrt() * g;
        *u = *u * self.keep + d * d * self.rest;
        w - d * self.rate
    }
}

impl Optimizer for Adadelta {
    /// The averages `v` of squared gradients and `u` of squared steps.
    type State<S: Scalar, L: ArrayLength> = [GenericArray<S, L>; 2];

    common!(learning_rate, no_clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common
            .risk(rate, decay)
            .max(Risk::unless(is_fraction::<S>(self.rho.keep) && is_usual_eps::<S>(self.eps)))
    }

    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rule = Balance {
            rate: terms.rate,
            keep: S::real(self.rho.keep),
            rest: S::real(self.rho.rest),
            eps: S::real(self.eps),
        };
        S::update_adadelta(terms, slots(state, run.range.clone()), run, &rule);
    }
}
