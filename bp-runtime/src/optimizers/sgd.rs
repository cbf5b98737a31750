//! Stochastic gradient descent.

use super::rule::{self, Common, Rule, common, is_fraction, is_within, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::simd::Simd;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Stochastic gradient descent, PyTorch's `SGD`.
///
/// `w ← w − η g`, and with [`momentum`](Self::momentum) `μ` and dampening `τ`
///
/// ```text
/// v ← μ v + (1 − τ) g        (v = g at the first step)
/// w ← w − η v                (Nesterov: w − η (g + μ v))
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻³ ([`default`](Self::default)) |
/// | momentum `μ` | none, and no state |
/// | dampening `τ` | 0 |
/// | Nesterov | off |
/// | weight decay `λ` | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Optimizer, Sgd};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0, -2.0]);
/// let gradient = GenericArray::from_array([0.5, -1.0]);
/// let sgd = Sgd::new(0.1).momentum(0.9);
/// let mut state = zero();
/// sgd.step(&mut state, &mut w, &gradient);
/// assert_eq!(w, GenericArray::from_array([0.95, -1.9]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd<M = Plain> {
    common: Common,
    momentum: M,
}

/// No momentum, no state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plain;

/// Momentum, with a velocity for each parameter: see [`Sgd::momentum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    momentum: Real,
    undamped: Real,
    nesterov: bool,
}

impl Sgd {
    /// Plain gradient descent with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self { common: Common::new(learning_rate), momentum: Plain }
    }

    /// With momentum `μ`: `v ← μ v + g`, `w ← w − η v`.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Sgd<Momentum> {
        let momentum = Momentum { momentum: Real::new(momentum), undamped: Real::new(1.0), nesterov: false };
        Sgd { common: self.common, momentum }
    }
}

impl Default for Sgd {
    /// Learning rate 10⁻³.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<M> Sgd<M> {
    common!(weight_decay, maximize);
}

impl Sgd<Momentum> {
    /// Dampening `τ`: `v ← μ v + (1 − τ) g` from the second step on.
    #[must_use]
    pub const fn dampening(mut self, dampening: f64) -> Self {
        self.momentum.undamped = Real::new(1.0 - dampening);
        self
    }

    /// Nesterov's momentum, which looks one step ahead: `w ← w − η (g + μ v)`.
    #[must_use]
    pub const fn nesterov(mut self) -> Self {
        self.momentum.nesterov = true;
        self
    }
}

pub struct Descend<S> {
    rate: S,
}

impl<S: Scalar> Rule<S, 0> for Descend<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, _: &mut [F; 0]) -> F {
        w - g * self.rate
    }
}

impl Optimizer for Sgd {
    type State<S: Scalar, L: ArrayLength> = ();

    common!(learning_rate, no_clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        match self.common.risk(rate, decay) {
            // The step is at most as long as the parameter.
            Risk::Parameters => Risk::Gradients,
            risk => risk,
        }
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (): &mut (), run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        S::update_sgd(terms, [], run, &Descend { rate: terms.rate });
    }

    #[inline(always)]
    fn update_within<V: Simd, S: Scalar, L: ArrayLength>(&self, v: V, (): &mut (), run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        rule::pass(v, terms, run.parameters, run.gradients, [], &Descend { rate: terms.rate });
    }
}

pub struct Roll<S> {
    rate: S,
    momentum: S,
    undamped: S,
    nesterov: bool,
}

impl<S: Scalar> Rule<S, 1> for Roll<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [velocity]: &mut [F; 1]) -> F {
        *velocity = *velocity * self.momentum + g * self.undamped;
        let direction = if self.nesterov { g + *velocity * self.momentum } else { *velocity };
        w - direction * self.rate
    }
}

impl Optimizer for Sgd<Momentum> {
    /// The number of steps, and the velocity.
    type State<S: Scalar, L: ArrayLength> = (usize, [GenericArray<S, L>; 1]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        let Momentum { momentum, undamped, .. } = self.momentum;
        let usual =
            is_fraction::<S>(momentum) && is_within(S::real(undamped), Real::new(-1.0), Real::new(2.0));
        self.common.risk(rate, decay).max(Risk::unless(usual))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (steps, _): &mut Self::State<S, L>) {
        *steps = steps.saturating_add(1);
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (steps, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rule = Roll {
            rate: terms.rate,
            momentum: S::real(self.momentum.momentum),
            undamped: if *steps <= 1 { S::ONE } else { S::real(self.momentum.undamped) },
            nesterov: self.momentum.nesterov,
        };
        S::update_momentum(terms, slots(state, run.range.clone()), run, &rule);
    }
}
