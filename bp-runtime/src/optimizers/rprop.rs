//! Rprop.

use super::rule::{Common, Rule, common, is_within, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Rprop, resilient backpropagation: follows signs, for full batches. PyTorch's `Rprop`;
/// Riedmiller and Braun (1993), [doi:10.1109/ICNN.1993.298623](https://doi.org/10.1109/ICNN.1993.298623).
///
/// Every parameter has a step size `Δ` of its own, at first the learning rate:
///
/// ```text
/// g · g' > 0:  Δ ← min(η₊ Δ, Δmax)
/// g · g' < 0:  Δ ← max(η₋ Δ, Δmin),  g ← 0
/// w ← w − sign(g) Δ,  g' ← g
/// ```
///
/// | Option | Default |
/// |---|---|
/// | learning rate: the first `Δ` | 10⁻² ([`default`](Self::default)) |
/// | `η₋`, `η₊` | 0.5, 1.2 |
/// | `Δmin`, `Δmax` | 10⁻⁶, 50 |
///
/// There is no weight decay, and a learning rate that is set after the first step changes nothing.
///
/// ```
/// use backprop_runtime::optimizers::{Optimizer, Rprop};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64, 1.0]);
/// let mut state = zero();
/// let rprop = Rprop::new(0.1);
/// rprop.step(&mut state, &mut w, &GenericArray::from_array([1e3, -1e-3]));
/// rprop.step(&mut state, &mut w, &GenericArray::from_array([1e3, 1e-3]));
/// // One goes on, a little further; the other has overshot, and waits.
/// assert!((w[0] - 0.78).abs() < 1e-12 && (w[1] - 1.1).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rprop {
    common: Common,
    etas: (Real, Real),
    step_sizes: (Real, Real),
}

impl Rprop {
    /// Rprop with first steps of size `learning_rate`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            etas: (Real::new(0.5), Real::new(1.2)),
            step_sizes: (Real::new(1e-6), Real::new(50.0)),
        }
    }

    common!(maximize);

    /// `η₋` and `η₊`: factors on the step size after the sign has changed, and after it has not.
    #[must_use]
    pub const fn etas(mut self, minus: f64, plus: f64) -> Self {
        self.etas = (Real::new(minus), Real::new(plus));
        self
    }

    /// `Δmin` and `Δmax`: the smallest and the largest step size.
    #[must_use]
    pub const fn step_sizes(mut self, min: f64, max: f64) -> Self {
        self.step_sizes = (Real::new(min), Real::new(max));
        self
    }
}

impl Default for Rprop {
    /// First steps of size 10⁻².
    fn default() -> Self {
        Self::new(1e-2)
    }
}

pub struct Signs<S> {
    minus: S,
    plus: S,
    min: S,
    max: S,
    /// The learning rate at the first step, then 0.
    initial: S,
}

impl<S: Scalar> Rule<S, 2> for Signs<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [previous, size]: &mut [F; 2]) -> F {
        let zero = w.constant(S::ZERO);
        let one = w.constant(S::ONE);
        // Of the sign alone: the product of two small gradients would be 0.
        let agreement = F::select(g.equal(zero), zero, one.copysign(g)) * *previous;
        let turned = agreement.less(zero);
        let grown = F::select(zero.less(agreement), w.constant(self.plus), one);
        let factor = F::select(turned, w.constant(self.minus), grown);
        *size = ((*size + self.initial) * factor).max(w.constant(self.min)).min(w.constant(self.max));
        *previous = F::select(turned, zero, g);
        let sign = F::select(previous.equal(zero), zero, one.copysign(*previous));
        w - sign * *size
    }
}

impl Optimizer for Rprop {
    /// The number of steps, and the last gradients and step sizes.
    type State<S: Scalar, L: ArrayLength> = (usize, [GenericArray<S, L>; 2]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        self.common.risk(rate, decay).max(Risk::unless(
            is_within(S::real(self.etas.0), Real::new(0.0), Real::new(1e9))
                && is_within(S::real(self.etas.1), Real::new(0.0), Real::new(1e9))
                && is_within(S::real(self.step_sizes.1), Real::new(0.0), Real::new(1e9)),
        ))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, (steps, _): &mut Self::State<S, L>) {
        *steps = steps.saturating_add(1);
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (steps, state): &mut Self::State<S, L>, run: Update<'_, S>) {
        let terms = self.common.terms(&run);
        let rule = Signs {
            minus: S::real(self.etas.0),
            plus: S::real(self.etas.1),
            min: S::real(self.step_sizes.0),
            max: S::real(self.step_sizes.1),
            initial: if *steps <= 1 { terms.rate } else { S::ZERO },
        };
        S::update_rprop(terms, slots(state, run.range.clone()), run, &rule);
    }
}
