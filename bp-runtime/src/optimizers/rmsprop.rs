//! RMSprop.

use super::rule::{Beta, Common, Rule, common, is_fraction, is_usual_eps, slots};
use super::{Optimizer, Plain, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// RMSprop: gradients divided by their root mean square. PyTorch's `RMSprop`; Hinton,
/// [lecture 6](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf) of his course.
///
/// ```text
/// v ← α v + (1 − α) g²
/// w ← w − η g / (√v + ε)
/// ```
///
/// [`centered`](Self::centered) subtracts the squared mean, Graves,
/// [arXiv:1308.0850](https://arxiv.org/abs/1308.0850); [`momentum`](Self::momentum) rolls on:
///
/// ```text
/// m ← α m + (1 − α) g
/// d = g / (√(v − m²) + ε)
/// b ← μ b + d
/// w ← w − η b
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻² ([`default`](Self::default)) |
/// | `α` | 0.99 |
/// | `ε` | 10⁻⁸ |
/// | momentum `μ` | none |
/// | centered | off |
/// | weight decay `λ` | 0 |
///
/// State: one number for each parameter, one more if centered, one more with momentum.
///
/// ```
/// use backprop_runtime::optimizers::{Optimizer, RmsProp};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// // √v is a tenth of the first gradient.
/// RmsProp::new(0.01).step(&mut state, &mut w, &GenericArray::from_array([7.0]));
/// assert!((w[0] - 0.9).abs() < 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp<C = Plain, M = Plain> {
    common: Common,
    alpha: Beta,
    eps: Real,
    momentum: Real,
    options: (C, M),
}

/// Divides by the standard deviation: see [`RmsProp::centered`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centered;

/// With a velocity for each parameter: see [`RmsProp::momentum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rolling;

impl RmsProp {
    /// RMSprop with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            alpha: Beta::new(0.99),
            eps: Real::new(1e-8),
            momentum: Real::new(0.0),
            options: (Plain, Plain),
        }
    }
}

impl Default for RmsProp {
    /// Learning rate 10⁻².
    fn default() -> Self {
        Self::new(1e-2)
    }
}

impl<C: Copy, M: Copy> RmsProp<C, M> {
    common!(eps, weight_decay, maximize);

    /// `α`: how much the average of squares keeps at each step. Default 0.99.
    #[must_use]
    pub const fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = Beta::new(alpha);
        self
    }

    /// Divides by the standard deviation of the gradients instead of their root mean square.
    #[must_use]
    pub const fn centered(self) -> RmsProp<Centered, M> {
        let Self { common, alpha, eps, momentum, options: (_, rolling) } = self;
        RmsProp { common, alpha, eps, momentum, options: (Centered, rolling) }
    }

    /// With momentum `μ`: `b ← μ b + d`, `w ← w − η b`.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> RmsProp<C, Rolling> {
        let Self { common, alpha, eps, options: (centered, _), .. } = self;
        RmsProp { common, alpha, eps, momentum: Real::new(momentum), options: (centered, Rolling) }
    }
}

pub struct Divide<S> {
    rate: S,
    keep: S,
    rest: S,
    eps: S,
    momentum: S,
    centered: bool,
}

impl<S: Scalar, const K: usize> Rule<S, K> for Divide<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, state: &mut [F; K]) -> F {
        let [v, state @ ..] = state.as_mut_slice() else { return w };
        *v = *v * self.keep + g * g * self.rest;
        let (variance, velocity) = match state {
            [m, velocity @ ..] if self.centered => {
                *m = *m + (g - *m) * self.rest;
                // Rounding may make the difference of equal numbers less than zero.
                let zero = w.constant(S::ZERO);
                ((*v - *m * *m).max(zero), velocity)
            }
            velocity => (*v, velocity),
        };
        let mut direction = g / (variance.sqrt() + self.eps);
        if let [velocity] = velocity {
            *velocity = *velocity * self.momentum + direction;
            direction = *velocity;
        }
        w - direction * self.rate
    }
}

macro_rules! rmsprop {
    ($centered:ident, $momentum:ident, $slots:literal, $is_centered:literal, $update:ident, $about:literal) => {
        impl Optimizer for RmsProp<$centered, $momentum> {
            #[doc = $about]
            type State<S: Scalar, L: ArrayLength> = [GenericArray<S, L>; $slots];

            common!(learning_rate, no_clock);

            fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
                self.common.risk(rate, decay).max(Risk::unless(
                    is_fraction::<S>(self.alpha.keep)
                        && is_fraction::<S>(self.momentum)
                        && is_usual_eps::<S>(self.eps),
                ))
            }

            fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>) {
                let terms = self.common.terms(&run);
                let rule = Divide {
                    rate: terms.rate,
                    keep: S::real(self.alpha.keep),
                    rest: S::real(self.alpha.rest),
                    eps: S::real(self.eps),
                    momentum: S::real(self.momentum),
                    centered: $is_centered,
                };
                S::$update(terms, slots(state, run.range.clone()), run, &rule);
            }
        }
    };
}
rmsprop!(Plain, Plain, 1, false, update_rmsprop, "The average `v` of squares.");
rmsprop!(
    Centered,
    Plain,
    2,
    true,
    update_two_of_rmsprop,
    "The averages `v` of squares and `m` of gradients."
);
rmsprop!(Plain, Rolling, 2, false, update_two_of_rmsprop, "The average `v` of squares, and the velocity.");
rmsprop!(
    Centered,
    Rolling,
    3,
    true,
    update_three_of_rmsprop,
    "The averages `v` of squares and `m` of gradients, and the velocity."
);
