//! The one loop of all optimizers: a formula over parameters, gradients and state, in vectors.

use super::{Risk, Trial, Update};
use crate::math::Float;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Simd, SimdBase};
use crate::{Real, Scalar, dispatch};
use core::ops::Range;
use generic_array::{ArrayLength, GenericArray};

/// The vector of `S` on the instruction set `V`.
type Vector<S, V> = <S as crate::simd::Lanes>::Vector<V>;

/// The formula of an optimizer, for one parameter or a vector of them, each with `K` numbers of state.
///
/// Only plain operations, no fused ones: an update gives the same bits on every instruction set.
pub(super) trait Rule<S: Scalar, const K: usize> {
    /// The new parameters; `g` is the gradient of what is minimised, weight decay included.
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, state: &mut [F; K]) -> F;
}

/// What optimizers have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Common {
    pub(super) learning_rate: Real,
    pub(super) weight_decay: Real,
    pub(super) decoupled: bool,
    pub(super) maximize: bool,
}

impl Common {
    pub(super) const fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate: Real::new(learning_rate),
            weight_decay: Real::new(0.0),
            decoupled: false,
            maximize: false,
        }
    }

    /// [`Optimizer::risk`](super::Optimizer::risk) of rate and decay.
    pub(super) fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        let rate = S::real(self.learning_rate) * rate;
        let decay = S::real(self.weight_decay) * decay;
        // Up to there each step shrinks parameters, and does not turn their signs.
        if !(is_within(rate, Real::new(0.0), LARGE)
            && is_within(decay, Real::new(0.0), ONE)
            && rate * decay <= S::ONE)
        {
            Risk::Settings
        } else if decay > S::ZERO && !self.decoupled {
            Risk::Parameters
        } else {
            Risk::Gradients
        }
    }

    /// The settings for one run: its group's factors, and the batch's scale.
    #[inline]
    pub(super) fn terms<S: Scalar>(&self, run: &Update<'_, S>) -> Terms<S> {
        let rate = S::real(self.learning_rate) * run.learning_rate;
        let decay = S::real(self.weight_decay) * run.weight_decay;
        Terms {
            rate,
            scale: if self.maximize { -run.scale } else { run.scale },
            decay: if self.decoupled { S::ZERO } else { decay },
            shrink: if self.decoupled { S::ONE - rate * decay } else { S::ONE },
        }
    }
}

/// What happens to gradients and parameters before the formula: `g ← scale · g + decay · w`, then
/// `w ← shrink · w`.
#[derive(Clone, Copy, Debug)]
pub struct Terms<S> {
    /// The learning rate of the run, for the formula's own use.
    pub(super) rate: S,
    pub(super) scale: S,
    pub(super) decay: S,
    pub(super) shrink: S,
}

/// An average of the past: `keep = β` of it stays at each step, `rest = 1 − β` is new.
///
/// The rest is computed when the optimizer is made: `1 − 0.999` in `f32` at run time would be off by 10⁻⁵.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Beta {
    pub(super) keep: Real,
    pub(super) rest: Real,
}

const ONE: Real = Real::new(1.0);
const LARGE: Real = Real::new(1e9);

/// Whether a number lies between two others; NaN does not.
pub(super) fn is_within<S: Scalar>(x: S, low: Real, high: Real) -> bool {
    x >= S::real(low) && x <= S::real(high)
}

/// Whether an ε keeps a quotient of numbers below 10⁹ from overflowing, even where the denominator is zero beside it.
pub(super) fn is_usual_eps<S: Scalar>(eps: Real) -> bool {
    is_within(S::real(eps), Real::new(9e-13), LARGE)
}

/// Whether a factor lets what it is applied to at each step grow no faster than by addition.
pub(super) fn is_fraction<S: Scalar>(factor: Real) -> bool {
    is_within(S::real(factor), Real::new(0.0), ONE)
}

impl Beta {
    /// Whether it is from 0 to nearly 1, so that what is divided by the gathered weight stays finite.
    pub(super) fn is_usual<S: Scalar>(self) -> bool {
        is_fraction::<S>(self.keep) && S::real(self.rest) >= S::real(Real::new(1e-6))
    }

    pub(super) const fn new(beta: f64) -> Self {
        Self { keep: Real::new(beta), rest: Real::new(1.0 - beta) }
    }
}

/// `x` rounded to the precision of `f32`, as PyTorch keeps some of its counters whatever the network's type.
///
/// Veltkamp's splitting: what is left of `x` when the bits beyond the 24th have been pushed out and back.
pub(super) fn single<S: Scalar>(x: S) -> S {
    let ratio = S::real(Real::new(f32::EPSILON as f64)) / S::EPSILON;
    let pushed = x * (ratio + S::ONE);
    pushed - (pushed - x)
}

/// The state of the parameters in `range`.
pub(super) fn slots<S, L: ArrayLength, const K: usize>(
    state: &mut [GenericArray<S, L>; K],
    range: Range<usize>,
) -> [&mut [S]; K] {
    state.each_mut().map(|slot| slot.get_mut(range.clone()).unwrap_or_default())
}

/// Applies a rule to a run of parameters, in one pass; or tries what it would write.
pub(super) fn apply<S: Scalar, const K: usize>(
    terms: Terms<S>,
    state: [&mut [S]; K],
    run: Update<'_, S>,
    rule: &impl Rule<S, K>,
) {
    let Update { parameters, gradients, trial, .. } = run;
    match trial {
        None => dispatch!(
            S: v => pass(v, terms, parameters, gradients, state, rule),
            plain one_by_one(terms, parameters, gradients, state, rule)
        ),
        Some(trial) => try_out(terms, parameters, gradients, state, rule, trial),
    }
}

/// [`apply`] to copies, a few numbers at a time.
#[cold]
#[inline(never)]
fn try_out<S: Scalar, const K: usize>(
    terms: Terms<S>,
    parameters: &[S],
    gradients: &[S],
    state: [&mut [S]; K],
    rule: &impl Rule<S, K>,
    trial: &mut Trial<S>,
) {
    const FEW: usize = 16;
    for (block, (w, g)) in parameters.chunks(FEW).zip(gradients.chunks(FEW)).enumerate() {
        let mut room = [[S::ZERO; FEW]; K];
        let mut new = [S::ZERO; FEW];
        let (new, _) = new.split_at_mut(w.len());
        new.copy_from_slice(w);
        for (room, slot) in room.iter_mut().zip(&state) {
            for (place, value) in room.iter_mut().zip(slot.iter().skip(block * FEW)) {
                *place = *value;
            }
        }
        let memory = room.each_mut().map(|room| room.split_at_mut(w.len()).0);
        one_by_one(terms, new, g, memory, rule);
        trial.look_at(new);
        room.iter().for_each(|room| trial.look_at(room));
    }
}

/// [`apply`] without vectors, to the same bits.
#[inline]
fn one_by_one<S: Scalar, const K: usize>(
    terms: Terms<S>,
    parameters: &mut [S],
    gradients: &[S],
    mut state: [&mut [S]; K],
    rule: &impl Rule<S, K>,
) {
    for (place, (w, g)) in parameters.iter_mut().zip(gradients).enumerate() {
        let mut memory = [S::ZERO.alone(); K];
        for (memory, slot) in memory.iter_mut().zip(&state) {
            let Some(slot) = slot.get(place) else { return does_not_fit() };
            *memory = slot.alone();
        }
        *w = S::of(terms.apply(w.alone(), g.alone(), &mut memory, rule));
        for (memory, slot) in memory.into_iter().zip(&mut state) {
            if let Some(slot) = slot.get_mut(place) {
                *slot = S::of(memory);
            }
        }
    }
}

/// [`apply`] in a function that is compiled for an instruction set.
#[inline(always)]
pub(super) fn pass<V: Simd, S: Scalar, const K: usize>(
    v: V,
    terms: Terms<S>,
    parameters: &mut [S],
    gradients: &[S],
    state: [&mut [S]; K],
    rule: &impl Rule<S, K>,
) {
    let whole = parameters.len().min(gradients.len()) / S::LANES * S::LANES;
    let (parameters, place) = parameters.divided_mut(whole);
    let (gradients, g) = gradients.divided(whole);
    let split = state.map(|slot| slot.split_at_mut_checked(whole).unwrap_or_default());
    let (mut state, mut slots): ([&mut [S::Array]; K], [&mut [S]; K]) =
        (core::array::from_fn(|_| Default::default()), core::array::from_fn(|_| Default::default()));
    for (k, (whole, rest)) in split.into_iter().enumerate() {
        (state[k], slots[k]) = (S::vectors_mut(whole), rest);
    }
    let zero = Vector::<S, V>::splat(v, S::ZERO);
    // Few instructions for each vector: many of them are under way at once, and their way from memory is long.
    for (place, (w, g)) in S::vectors_mut(parameters).iter_mut().zip(S::vectors(gradients)).enumerate() {
        let mut memory = [zero; K];
        for (memory, slot) in memory.iter_mut().zip(&state) {
            let Some(slot) = slot.get(place) else { return };
            *memory = Vector::<S, V>::load_array_ref(v, slot);
        }
        let (old, g) = (Vector::<S, V>::load_array_ref(v, w), Vector::<S, V>::load_array_ref(v, g));
        terms.apply(old, g, &mut memory, rule).store_array(w);
        for (memory, slot) in memory.iter().zip(&mut state) {
            if let Some(slot) = slot.get_mut(place) {
                memory.store_array(slot);
            }
        }
    }

    if place.is_empty() {
        return;
    }
    let mut memory = [zero; K];
    for (memory, slot) in memory.iter_mut().zip(&slots) {
        *memory = S::load_few(v, slot);
    }
    let (w, g) = (S::load_few(v, place), S::load_few(v, g));
    S::store_few::<V>(terms.apply(w, g, &mut memory, rule), place);
    for (memory, slot) in memory.iter().zip(slots) {
        S::store_few::<V>(*memory, slot);
    }
}

impl<S: Scalar> Terms<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>, const K: usize>(
        &self,
        w: F,
        g: F,
        memory: &mut [F; K],
        rule: &impl Rule<S, K>,
    ) -> F {
        let g = g * self.scale + w * self.decay;
        rule.apply(w * self.shrink, g, memory)
    }
}

/// Builder methods that optimizers share, and the learning rate of [`Optimizer`](super::Optimizer), for
/// types with a field `common: Common`.
macro_rules! common {
    (weight_decay) => {
        /// Weight decay `λ`: adds `λ w` to the gradient, as the penalty `λ/2 ‖w‖²` would. Default 0.
        #[must_use]
        pub const fn weight_decay(mut self, weight_decay: f64) -> Self {
            self.common.weight_decay = Real::new(weight_decay);
            self
        }
    };
    (decoupled_weight_decay) => {
        /// Lets the weight decay shrink the parameters, `w ← (1 − η λ) w`, instead of entering the gradient.
        #[must_use]
        pub const fn decoupled_weight_decay(mut self) -> Self {
            self.common.decoupled = true;
            self
        }
    };
    (maximize) => {
        /// Climbs instead of descending: follows `−g`.
        #[must_use]
        pub const fn maximize(mut self) -> Self {
            self.common.maximize = true;
            self
        }
    };
    (eps) => {
        /// `ε`, which keeps the denominator from zero.
        #[must_use]
        pub const fn eps(mut self, eps: f64) -> Self {
            self.eps = Real::new(eps);
            self
        }
    };
    (betas) => {
        /// `β₁` and `β₂`: how much the averages of gradients and of their sizes keep at each step.
        #[must_use]
        pub const fn betas(mut self, beta1: f64, beta2: f64) -> Self {
            self.betas = (Beta::new(beta1), Beta::new(beta2));
            self
        }
    };
    (learning_rate) => {
        fn learning_rate(&self) -> Real {
            self.common.learning_rate
        }

        fn set_learning_rate(&mut self, learning_rate: Real) {
            self.common.learning_rate = learning_rate;
        }
    };
    (clock) => {
        const TRIES: bool = true;

        fn attempt<S: Scalar, L: ArrayLength>(
            &self,
            state: &mut Self::State<S, L>,
            attempt: impl FnOnce(&mut Self::State<S, L>) -> bool,
        ) -> bool {
            let clock = state.0;
            self.begin::<S, L>(state);
            let succeeded = attempt(state);
            if !succeeded {
                state.0 = clock;
            }
            succeeded
        }
    };
    (no_clock) => {
        const TRIES: bool = true;
    };
    ($($option:ident),+) => { $( $crate::optimizers::rule::common!($option); )+ };
}
pub(super) use common;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_is_the_cast_and_nothing_in_single_precision() {
        for i in 1..1000 {
            let x = f64::from(i).sqrt() * 1e-3;
            assert_eq!(single(x), f64::from(x as f32));
            assert_eq!(single(x as f32), x as f32);
        }
    }
}
