//! L1 and L2 penalties, for any optimizer.

use super::rule::is_within;
use super::{Optimizer, Risk, Update};
use crate::{Real, Scalar};
use generic_array::ArrayLength;

/// An optimizer of loss plus penalty: `L + λ₁ ‖w‖₁ + λ₂/2 ‖w‖²`.
///
/// Adds `λ₁ sign(w) + λ₂ w` to the gradient before the optimizer sees it, as a penalty that is part of the
/// loss would (`sign(0) = 0`, PyTorch's). The weight decay of an optimizer without the word "decoupled" in its
/// docs is the same as `l2`. A parameter group's factor on the weight decay is a factor on both penalties, so
/// that biases can be left out.
///
/// | Option | Default |
/// |---|---|
/// | `λ₁`, by [`l1`](Self::l1) | 0 |
/// | `λ₂`, by [`l2`](Self::l2) | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Optimizer, Penalized, Sgd};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0, -1.0, 0.0]);
/// let gradient = GenericArray::from_array([0.0, 0.0, 0.0]);
/// let mut state = zero();
/// Penalized::new(Sgd::new(0.5)).l1(0.25).step(&mut state, &mut w, &gradient);
/// assert_eq!(w, GenericArray::from_array([0.875, -0.875, 0.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalized<O> {
    optimizer: O,
    l1: Real,
    l2: Real,
}

impl<O> Penalized<O> {
    /// Without a penalty yet.
    pub const fn new(optimizer: O) -> Self {
        Self { optimizer, l1: Real::new(0.0), l2: Real::new(0.0) }
    }

    /// With the penalty `λ Σ |w|`, which drives parameters to zero.
    #[must_use]
    pub const fn l1(mut self, lambda: f64) -> Self {
        self.l1 = Real::new(lambda);
        self
    }

    /// With the penalty `λ/2 Σ w²`.
    #[must_use]
    pub const fn l2(mut self, lambda: f64) -> Self {
        self.l2 = Real::new(lambda);
        self
    }

    /// The optimizer within.
    pub const fn optimizer(&self) -> &O {
        &self.optimizer
    }
}

/// How many gradients are worked out at a time: they stand on the stack.
const BLOCK: usize = 256;

impl<O: Optimizer> Optimizer for Penalized<O> {
    type State<S: Scalar, L: ArrayLength> = O::State<S, L>;

    fn learning_rate(&self) -> Real {
        self.optimizer.learning_rate()
    }

    fn set_learning_rate(&mut self, learning_rate: Real) {
        self.optimizer.set_learning_rate(learning_rate);
    }

    const TRIES: bool = <O as Optimizer>::TRIES;

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        let (l1, l2) = (S::real(self.l1) * decay, S::real(self.l2) * decay);
        let usual =
            is_within(l1, Real::new(0.0), Real::new(1e9)) && is_within(l2, Real::new(0.0), Real::new(1.0));
        let penalty = if l2 > S::ZERO { Risk::Parameters } else { Risk::Gradients };
        self.optimizer.risk(rate, decay).max(Risk::unless(usual)).max(penalty)
    }

    fn attempt<S: Scalar, L: ArrayLength>(
        &self,
        state: &mut Self::State<S, L>,
        attempt: impl FnOnce(&mut Self::State<S, L>) -> bool,
    ) -> bool {
        self.optimizer.attempt::<S, L>(state, attempt)
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>) {
        self.optimizer.begin::<S, L>(state);
    }

    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>) {
        let l1 = S::real(self.l1) * run.weight_decay;
        let l2 = S::real(self.l2) * run.weight_decay;
        let mut penalized = [S::ZERO; BLOCK];
        let Update { parameters, gradients, scale, range, learning_rate, weight_decay, mut trial } = run;
        let mut start = range.start;
        for (parameters, gradients) in parameters.chunks_mut(BLOCK).zip(gradients.chunks(BLOCK)) {
            for ((place, w), g) in penalized.iter_mut().zip(&*parameters).zip(gradients) {
                *place = *g * scale + l2 * *w + sign(*w) * l1;
            }
            let range = start..start + parameters.len();
            start = range.end;
            let gradients = penalized.get(..parameters.len()).unwrap_or_default();
            let trial = trial.as_deref_mut();
            let block =
                Update { parameters, gradients, scale: S::ONE, range, learning_rate, weight_decay, trial };
            self.optimizer.update::<S, L>(state, block);
        }
    }
}

fn sign<S: Scalar>(w: S) -> S {
    if w > S::ZERO {
        S::ONE
    } else if w < S::ZERO {
        -S::ONE
    } else {
        S::ZERO
    }
}
