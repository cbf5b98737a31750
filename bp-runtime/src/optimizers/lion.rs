//! Lion.

use super::rule::{Beta, Common, Rule, common, is_fraction, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Lion: the sign of an interpolated momentum, one number of state for each parameter.
/// Chen et al., [arXiv:2302.06675](https://arxiv.org/abs/2302.06675) (PyTorch has none).
///
/// ```text
/// w ← (1 − η λ) w − η sign(β₁ m + (1 − β₁) g)
/// m ← β₂ m + (1 − β₂) g
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻⁴ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.99 |
/// | weight decay `λ`, decoupled | 0 |
///
/// The authors advise a learning rate 3 to 10 times smaller than [`AdamW`](super::AdamW)'s, and a weight
/// decay as many times larger.
///
/// ```
/// use backprop_runtime::optimizers::{Lion, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64, 1.0, 1.0]);
/// let mut state = zero();
/// Lion::new(0.25).step(&mut state, &mut w, &GenericArray::from_array([1e-6, -30.0, 0.0]));
/// assert_eq!(w, GenericArray::from_array([0.75, 1.25, 1.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lion {
    common: Common,
    betas: (Beta, Beta),
}

impl Lion {
    /// Lion with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        let mut common = Common::new(learning_rate);
        common.decoupled = true;
        Self { common, betas: (Beta::new(0.9), Beta::new(0.99)) }
    }

    common!(maximize);

    /// `β₁` of the step and `β₂` of the momentum. Default 0.9 and 0.99.
    #[must_use]
    pub const fn betas(mut self, beta1: f64, beta2: f64) -> Self {
        self.betas = (Beta::new(beta1), Beta::new(beta2));
        self
    }

    /// Weight decay `λ`: `w ← (1 − η λ) w` before each step. Default 0.
    #[must_use]
    pub const fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.common.weight_decay = Real::new(weight_decay);
        self
    }
}

impl Default for Lion {
    /// Learning rate 10⁻⁴.
    fn default() -> Self {
        Self::new(1e-4)
    }
}

pub struct Pounce<S> {
    rate: S,
    rest1: S,
    rest2: S,
}

impl<S: Scalar> Rule<S, 1> for Pounce<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [m]: &mut [F; 1]) -> F {
        let zero = w.constant(S::ZERO);
        let direction = *m + (g - *m) * self.rest1;
        let step = w.constant(self.rate).copysign(direction);
        *m = *m + (g - *m) * self.rest2;
        w - F::select(direction.equal(zero), zero, step)
    }
}

impl Optimizer for Lion {
    /// The momentum.
    type State<S: Scalar, L: ArrayLength> = [GenericArray<S, L>; 1];

    common!(learning_rate, no_clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common
            .risk(rate, decay)
            .max(Risk::unless(is_fraction::<S>(self.betas.0.keep) && is_fraction::<S>(self.betas.1.keep)))
    }

    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rule =
            Pounce { rate: terms.rate, rest1: S::real(self.betas.0.rest), rest2: S::real(self.betas.1.rest) };
        S::update_lion(terms, slots(state, run.range.clone()), run, &rule);
    }
}
