//! NAdam.

use super::correction::Correction;
use super::rule::{Beta, Common, Rule, common, is_usual_eps, single, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar, flat::flat_parameters, saved::saved};
use generic_array::{ArrayLength, GenericArray};

/// NAdam: [`Adam`](super::Adam) with Nesterov's momentum. PyTorch's `NAdam`;
/// Dozat, [Incorporating Nesterov Momentum into Adam](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ).
///
/// ```text
/// μₜ = β₁ (1 − ½ · 0.96^(t ψ))
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// m̂ = μₜ₊₁ m / (1 − μ₁ … μₜ₊₁) + (1 − μₜ) g / (1 − μ₁ … μₜ)
/// w ← w − η m̂ / (√v̂ + ε)        v̂ = v / (1 − β₂ᵗ)
/// ```
///
/// The product `μ₁ … μₜ` has the precision of `f32` in a network of `f64` too, as in PyTorch.
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 2·10⁻³ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.999 |
/// | `ε` | 10⁻⁸ |
/// | momentum decay `ψ` | 4·10⁻³ |
/// | weight decay `λ` | 0, in the gradient |
///
/// ```
/// use backprop_runtime::optimizers::{NAdam, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// let nadam = NAdam::new(0.01);
/// for _ in 0..200 {
///     let gradient = GenericArray::from_array([2.0 * w[0]]);
///     nadam.step(&mut state, &mut w, &gradient);
/// }
/// assert!(w[0].abs() < 0.05, "{}", w[0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NAdam {
    common: Common,
    betas: (Beta, Beta),
    eps: Real,
    momentum_decay: Real,
}

impl NAdam {
    /// NAdam with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            betas: (Beta::new(0.9), Beta::new(0.999)),
            eps: Real::new(1e-8),
            momentum_decay: Real::new(4e-3),
        }
    }

    common!(betas, eps, weight_decay, decoupled_weight_decay, maximize);

    /// Momentum decay `ψ`: how fast `μₜ` rises from `β₁ / 2` to `β₁`. Default 4·10⁻³.
    #[must_use]
    pub const fn momentum_decay(mut self, momentum_decay: f64) -> Self {
        self.momentum_decay = Real::new(momentum_decay);
        self
    }

    /// `μₜ`
    fn momentum<S: Scalar>(&self, step: S) -> S {
        let ln_0_96 = S::real(Real::new(-0.040_821_994_520_255_17));
        let fall = (step * S::real(self.momentum_decay) * ln_0_96).exp();
        S::real(self.betas.0.keep) * (S::ONE - S::real(Real::new(0.5)) * fall)
    }
}

impl Default for NAdam {
    /// Learning rate 2·10⁻³.
    fn default() -> Self {
        Self::new(2e-3)
    }
}

/// Where [`NAdam`] stands: the step, `μ₁ … μₜ`, and the correction for `β₂ᵗ`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NAdamClock<S> {
    step: S,
    product: S,
    second: Correction<S>,
}

flat_parameters!([S: Scalar] NAdamClock<S>: S { step: S, product: S, second: Correction<S> });
saved!([S: Scalar] NAdamClock<S> { step: S, product: S, second: Correction<S> });

pub struct Moments<S> {
    rest1: S,
    keep2: S,
    rest2: S,
    /// `η (1 − μₜ) / (1 − μ₁ … μₜ)`
    gradient_rate: S,
    /// `η μₜ₊₁ / (1 − μ₁ … μₜ₊₁)`
    momentum_rate: S,
    /// `1 / √(1 − β₂ᵗ)`
    unbias: S,
    eps: S,
}

impl<S: Scalar> Rule<S, 2> for Moments<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [m, v]: &mut [F; 2]) -> F {
        *m = *m + (g - *m) * self.rest1;
        *v = *v * self.keep2 + g * g * self.rest2;
        let denominator = v.sqrt() * self.unbias + self.eps;
        w - (g * self.gradient_rate + *m * self.momentum_rate) / denominator
    }
}

impl Optimizer for NAdam {
    /// Step and corrections, and the averages `m` and `v`.
    type State<S: Scalar, L: ArrayLength> = (NAdamClock<S>, [GenericArray<S, L>; 2]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common.risk(rate, decay).max(Risk::unless(
            self.betas.0.is_usual::<S>()
                && self.betas.1.is_usual::<S>()
                && is_usual_eps::<S>(self.eps)
                && S::real(self.momentum_decay) >= S::ZERO,
        ))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (clock, _): &mut Self::State<S, L>) {
        clock.step += S::ONE;
        let momentum = self.momentum(clock.step);
        let before = if clock.step <= S::ONE { S::ONE } else { clock.product };
        clock.product = single(before * single(momentum));
        clock.second = clock.second.next(S::real(self.betas.1.rest));
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (clock, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let momentum = self.momentum(clock.step);
        let next = self.momentum(clock.step + S::ONE);
        let rule = Moments {
            rest1: S::real(self.betas.0.rest),
            keep2: S::real(self.betas.1.keep),
            rest2: S::real(self.betas.1.rest),
            gradient_rate: terms.rate * (S::ONE - momentum) / (S::ONE - clock.product),
            momentum_rate: terms.rate * next / (S::ONE - clock.product * next),
            unbias: S::ONE / clock.second.gathered().sqrt(),
            eps: S::real(self.eps),
        };
        S::update_nadam(terms, slots(state, run.range.clone()), run, &rule);
    }
}
