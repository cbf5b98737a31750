//! RAdam.

use super::correction::Correction;
use super::rule::{Beta, Common, Rule, common, is_usual_eps, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar, flat::flat_parameters, saved::saved};
use generic_array::{ArrayLength, GenericArray};

/// RAdam: [`Adam`](super::Adam) that waits until its second moment can be trusted. PyTorch's `RAdam`;
/// Liu et al., [arXiv:1908.03265](https://arxiv.org/abs/1908.03265).
///
/// ```text
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)        ρ∞ = 2 / (1 − β₂) − 1
/// ρₜ > 5:  w ← w − η m̂ r √(1 − β₂ᵗ) / (√v + ε)
///          r = √((ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ))
/// else:    w ← w − η m̂        m̂ = m / (1 − β₁ᵗ)
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻³ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.999 |
/// | `ε` | 10⁻⁸ |
/// | weight decay `λ` | 0, in the gradient |
///
/// ```
/// use backprop_runtime::optimizers::{Optimizer, RAdam};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// // The first steps follow the mean gradient.
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// RAdam::new(0.1).step(&mut state, &mut w, &GenericArray::from_array([2.0]));
/// assert!((w[0] - 0.8).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RAdam {
    common: Common,
    betas: (Beta, Beta),
    eps: Real,
}

impl RAdam {
    /// RAdam with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            betas: (Beta::new(0.9), Beta::new(0.999)),
            eps: Real::new(1e-8),
        }
    }

    common!(betas, eps, weight_decay, decoupled_weight_decay, maximize);
}

impl Default for RAdam {
    /// Learning rate 10⁻³.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

/// Where [`RAdam`] stands: corrections for both averages, and the mean age of what is in `v`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RAdamClock<S> {
    first: Correction<S>,
    second: Correction<S>,
    age: S,
}

flat_parameters!([S: Scalar] RAdamClock<S>: S { first: Correction<S>, second: Correction<S>, age: S });
saved!([S: Scalar] RAdamClock<S> { first: Correction<S>, second: Correction<S>, age: S });

impl<S: Scalar> RAdamClock<S> {
    /// `r` of the formula; `None` while `ρₜ ≤ 5`.
    ///
    /// `ρₜ = 2 a − 1` with the mean age `a` of the terms in `v`, each weighted as it is there and 1 when it
    /// is new. Written as the difference above, it would lose four digits of `f32`.
    fn rectification(&self, rest: S) -> Option<S> {
        let count = S::from_usize;
        let length = self.age + self.age - S::ONE;
        let limit = count(2) / rest - S::ONE;
        let ratio = ((length - count(4)) / (limit - count(4))) * ((length - count(2)) / (limit - count(2)));
        (length > count(5)).then(|| (ratio * (limit / length)).sqrt())
    }
}

pub struct Moments<S> {
    rest1: S,
    keep2: S,
    rest2: S,
    /// `η r √(1 − β₂ᵗ) / (1 − β₁ᵗ)`, or without `r` and the root
    rate: S,
    adaptive: bool,
    eps: S,
}

impl<S: Scalar> Rule<S, 2> for Moments<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [m, v]: &mut [F; 2]) -> F {
        *m = *m + (g - *m) * self.rest1;
        *v = *v * self.keep2 + g * g * self.rest2;
        let direction = if self.adaptive { *m / (v.sqrt() + self.eps) } else { *m };
        w - direction * self.rate
    }
}

impl Optimizer for RAdam {
    /// Corrections and age, and the averages `m` and `v`.
    type State<S: Scalar, L: ArrayLength> = (RAdamClock<S>, [GenericArray<S, L>; 2]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common.risk(rate, decay).max(Risk::unless(
            self.betas.0.is_usual::<S>() && self.betas.1.is_usual::<S>() && is_usual_eps::<S>(self.eps),
        ))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (clock, _): &mut Self::State<S, L>) {
        let rest = S::real(self.betas.1.rest);
        clock.first = clock.first.next(S::real(self.betas.0.rest));
        clock.second = clock.second.next(rest);
        // What was there is one step older; its share is what the new term leaves.
        clock.age = S::ONE + (S::ONE - rest / clock.second.gathered()) * clock.age;
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (clock, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rate = terms.rate / clock.first.gathered();
        let rectification = clock.rectification(S::real(self.betas.1.rest));
        let rule = Moments {
            rest1: S::real(self.betas.0.rest),
            keep2: S::real(self.betas.1.keep),
            rest2: S::real(self.betas.1.rest),
            rate: rectification.map_or(rate, |r| rate * r * clock.second.gathered().sqrt()),
            adaptive: rectification.is_some(),
            eps: S::real(self.eps),
        };
        S::update_radam(terms, slots(state, run.range.clone()), run, &rule);
    }
}
