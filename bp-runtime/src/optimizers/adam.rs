//! Adam, AdamW, and their AMSGrad variants.

use super::correction::Correction;
use super::rule::{Beta, Common, Rule, common, is_usual_eps, slots};
use super::{Optimizer, Plain, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Adam: momentum, and a step size for each parameter. PyTorch's `Adam`;
/// Kingma and Ba, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
///
/// ```text
/// m ← β₁ m + (1 − β₁) g
/// v ← β₂ v + (1 − β₂) g²
/// w ← w − η m̂ / (√v̂ + ε)        m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
/// ```
///
/// With [`amsgrad`](Self::amsgrad), `v` in the last line is the largest `v` so far.
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻³ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.999 |
/// | `ε` | 10⁻⁸ |
/// | weight decay `λ` | 0; see [`AdamW`] |
/// | AMSGrad | off |
///
/// State: two numbers for each parameter, three with AMSGrad.
///
/// ```
/// use backprop_runtime::optimizers::{Adam, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// // The first step has the length of the learning rate, whatever the gradient.
/// let mut w = GenericArray::from_array([1.0_f64, -2.0]);
/// let gradient = GenericArray::from_array([1e-3, -50.0]);
/// let mut state = zero();
/// Adam::new(0.1).step(&mut state, &mut w, &gradient);
/// assert!((w[0] - 0.9).abs() < 1e-5 && (w[1] + 1.9).abs() < 1e-5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam<A = Plain> {
    common: Common,
    betas: (Beta, Beta),
    eps: Real,
    amsgrad: A,
}

/// Divides by the largest second moment so far: see [`Adam::amsgrad`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amsgrad;

impl Adam {
    /// Adam with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            betas: (Beta::new(0.9), Beta::new(0.999)),
            eps: Real::new(1e-8),
            amsgrad: Plain,
        }
    }

    /// Steps that never grow again: divides by the largest second moment so far, a third number of state.
    ///
    /// Reddi, Kale and Kumar, [arXiv:1904.09237](https://arxiv.org/abs/1904.09237).
    #[must_use]
    pub const fn amsgrad(self) -> Adam<Amsgrad> {
        Adam { common: self.common, betas: self.betas, eps: self.eps, amsgrad: Amsgrad }
    }
}

impl Default for Adam {
    /// Learning rate 10⁻³.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<A> Adam<A> {
    common!(betas, eps, weight_decay, decoupled_weight_decay, maximize);
}

pub struct Moments<S> {
    rest1: S,
    keep2: S,
    rest2: S,
    /// `η / (1 − β₁ᵗ)`
    rate: S,
    /// `1 / √(1 − β₂ᵗ)`
    unbias: S,
    eps: S,
}

impl<S: Scalar, const K: usize> Rule<S, K> for Moments<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, state: &mut [F; K]) -> F {
        let [m, v, largest @ ..] = state.as_mut_slice() else { return w };
        *m = *m + (g - *m) * self.rest1;
        *v = *v * self.keep2 + g * g * self.rest2;
        let v = match largest {
            [largest] => {
                *largest = largest.max(*v);
                *largest
            }
            _ => *v,
        };
        w - *m / (v.sqrt() * self.unbias + self.eps) * self.rate
    }
}

macro_rules! adam {
    ($amsgrad:ty, $slots:literal, $update:ident, $about:literal) => {
        impl Optimizer for Adam<$amsgrad> {
            #[doc = $about]
            type State<S: Scalar, L: ArrayLength> = ([Correction<S>; 2], [GenericArray<S, L>; $slots]);

            common!(learning_rate, clock);

            fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
                self.common.risk(rate, decay).max(Risk::unless(
                    self.betas.0.is_usual::<S>()
                        && self.betas.1.is_usual::<S>()
                        && is_usual_eps::<S>(self.eps),
                ))
            }

            fn begin<S: Scalar, L: ArrayLength>(&self, (corrections, _): &mut Self::State<S, L>) {
                let [first, second] = corrections;
                *first = first.next(S::real(self.betas.0.rest));
                *second = second.next(S::real(self.betas.1.rest));
            }

            fn update<S: Scalar, L: ArrayLength>(
                &self,
                (corrections, state): &mut Self::State<S, L>,
                run: Update<'_, S>,
            ) {
                let terms = self.common.terms(&run);
                let [first, second] = corrections;
                let rule = Moments {
                    rest1: S::real(self.betas.0.rest),
                    keep2: S::real(self.betas.1.keep),
                    rest2: S::real(self.betas.1.rest),
                    rate: terms.rate / first.gathered(),
                    unbias: S::ONE / second.gathered().sqrt(),
                    eps: S::real(self.eps),
                };
                S::$update(terms, slots(state, run.range.clone()), run, &rule);
            }
        }
    };
}
adam!(Plain, 2, update_adam, "Corrections for the two averages, and the averages `m` and `v`.");
adam!(
    Amsgrad,
    3,
    update_amsgrad,
    "Corrections for the two averages, the averages `m` and `v`, and the largest `v`."
);

/// Adam with decoupled weight decay, `w ← (1 − η λ) w` before each step. PyTorch's `AdamW`;
/// Loshchilov and Hutter, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
///
/// The formula of [`Adam`] otherwise.
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻³ ([`default`](Self::default)) |
/// | `β₁`, `β₂` | 0.9, 0.999 |
/// | `ε` | 10⁻⁸ |
/// | weight decay `λ` | 0.01 |
/// | AMSGrad | off |
///
/// ```
/// use backprop_runtime::optimizers::{AdamW, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// // Without a gradient only the decay is left: 1 − 0.1 · 0.5.
/// let mut w = GenericArray::from_array([2.0, -2.0]);
/// let gradient = GenericArray::from_array([0.0, 0.0]);
/// let mut state = zero();
/// AdamW::new(0.1).weight_decay(0.5).step(&mut state, &mut w, &gradient);
/// assert_eq!(w, GenericArray::from_array([1.9, -1.9]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW<A = Plain> {
    adam: Adam<A>,
}

impl AdamW {
    /// AdamW with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self { adam: Adam::new(learning_rate).weight_decay(1e-2).decoupled_weight_decay() }
    }

    /// Steps that never grow again: see [`Adam::amsgrad`].
    #[must_use]
    pub const fn amsgrad(self) -> AdamW<Amsgrad> {
        AdamW { adam: self.adam.amsgrad() }
    }
}

impl Default for AdamW {
    /// Learning rate 10⁻³.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<A: Copy> AdamW<A> {
    /// `β₁` and `β₂`: how much the averages of gradients and of their squares keep at each step.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { adam: self.adam.betas(beta1, beta2) }
    }

    /// `ε`, which keeps the denominator from zero.
    #[must_use]
    pub const fn eps(self, eps: f64) -> Self {
        Self { adam: self.adam.eps(eps) }
    }

    /// Weight decay `λ`: `w ← (1 − η λ) w` before each step.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { adam: self.adam.weight_decay(weight_decay) }
    }

    /// Climbs instead of descending: follows `−g`.
    #[must_use]
    pub const fn maximize(self) -> Self {
        Self { adam: self.adam.maximize() }
    }
}

impl<A> Optimizer for AdamW<A>
where
    Adam<A>: Optimizer,
{
    type State<S: Scalar, L: ArrayLength> = <Adam<A> as Optimizer>::State<S, L>;

    fn learning_rate(&self) -> Real {
        self.adam.learning_rate()
    }

    fn set_learning_rate(&mut self, learning_rate: Real) {
        self.adam.set_learning_rate(learning_rate);
    }

    const TRIES: bool = <Adam<A> as Optimizer>::TRIES;

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.adam.risk(rate, decay)
    }

    fn attempt<S: Scalar, L: ArrayLength>(
        &self,
        state: &mut Self::State<S, L>,
        attempt: impl FnOnce(&mut Self::State<S, L>) -> bool,
    ) -> bool {
        self.adam.attempt::<S, L>(state, attempt)
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>) {
        self.adam.begin::<S, L>(state);
    }

    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>) {
        self.adam.update::<S, L>(state, run);
    }
}
