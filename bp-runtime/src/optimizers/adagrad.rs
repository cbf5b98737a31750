//! Adagrad.

use super::rule::{Common, Rule, common, is_usual_eps, is_within, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Adagrad: gradients divided by the root of the sum of all their squares. PyTorch's `Adagrad`;
/// Duchi, Hazan and Singer, [JMLR 12 (2011)](https://jmlr.org/papers/v12/duchi11a.html).
///
/// ```text
/// ηₜ = η / (1 + (t − 1) γ)
/// s ← s + g²        (beginning with s₀)
/// w ← w − ηₜ g / (√s + ε)
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻² ([`default`](Self::default)) |
/// | learning rate decay `γ` | 0 |
/// | initial accumulator `s₀` | 0 |
/// | `ε` | 10⁻¹⁰ |
/// | weight decay `λ` | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Adagrad, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// // √(16 + 3²) = 5
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// let adagrad = Adagrad::new(0.1).initial_accumulator(16.0);
/// adagrad.step(&mut state, &mut w, &GenericArray::from_array([3.0]));
/// assert!((w[0] - 0.94).abs() < 1e-10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    common: Common,
    learning_rate_decay: Real,
    initial_accumulator: Real,
    eps: Real,
}

impl Adagrad {
    /// Adagrad with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            learning_rate_decay: Real::new(0.0),
            initial_accumulator: Real::new(0.0),
            eps: Real::new(1e-10),
        }
    }

    common!(eps, weight_decay, maximize);

    /// Learning rate decay `γ` (PyTorch's `lr_decay`). Default 0.
    #[must_use]
    pub const fn learning_rate_decay(mut self, decay: f64) -> Self {
        self.learning_rate_decay = Real::new(decay);
        self
    }

    /// What the sums of squares begin with (PyTorch's `initial_accumulator_value`). Default 0.
    #[must_use]
    pub const fn initial_accumulator(mut self, value: f64) -> Self {
        self.initial_accumulator = Real::new(value);
        self
    }
}

impl Default for Adagrad {
    /// Learning rate 10⁻².
    fn default() -> Self {
        Self::new(1e-2)
    }
}

pub struct Accumulate<S> {
    rate: S,
    eps: S,
    /// `s₀` at the first step, then 0.
    initial: S,
}

impl<S: Scalar> Rule<S, 1> for Accumulate<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [sum]: &mut [F; 1]) -> F {
        *sum = *sum + self.initial + g * g;
        w - g / (sum.sqrt() + self.eps) * self.rate
    }
}

impl Optimizer for Adagrad {
    /// The number of steps, and the sums of squares.
    type State<S: Scalar, L: ArrayLength> = (usize, [GenericArray<S, L>; 1]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common.risk(rate, decay).max(Risk::unless(
            is_usual_eps::<S>(self.eps)
                && is_within(S::real(self.initial_accumulator), Real::new(0.0), Real::new(1e9))
                && S::real(self.learning_rate_decay) >= S::ZERO,
        ))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (steps, _): &mut Self::State<S, L>) {
        *steps = steps.saturating_add(1);
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (steps, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let before = S::from_usize(steps.saturating_sub(1));
        let rule = Accumulate {
            rate: terms.rate / (S::ONE + before * S::real(self.learning_rate_decay)),
            eps: S::real(self.eps),
            initial: if *steps <= 1 { S::real(self.initial_accumulator) } else { S::ZERO },
        };
        S::update_adagrad(terms, slots(state, run.range.clone()), run, &rule);
    }
}
