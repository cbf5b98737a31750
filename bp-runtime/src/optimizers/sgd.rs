//! Stochastic gradient descent.

use super::{Optimizer, Update};
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Stochastic gradient descent, `w ← w − η (g + λ w)`, as PyTorch's `SGD`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd<M = Plain> {
    learning_rate: Real,
    weight_decay: Real,
    momentum: M,
}

/// No momentum, no state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plain;

/// Momentum, with a velocity for each parameter: see [`Sgd::momentum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    momentum: Real,
}

impl Sgd {
    /// Plain gradient descent with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate: Real::new(learning_rate), weight_decay: Real::new(0.0), momentum: Plain }
    }

    /// With momentum `μ`: `v ← μ v + g`, `w ← w − η v`.
    pub const fn momentum(self, momentum: f64) -> Sgd<Momentum> {
        Sgd {
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            momentum: Momentum { momentum: Real::new(momentum) },
        }
    }
}

impl Optimizer for Sgd {
    type State<S: Scalar, L: ArrayLength> = ();

    fn learning_rate(&self) -> Real {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: Real) {
        self.learning_rate = learning_rate;
    }

    fn update<S: Scalar, L: ArrayLength>(&self, (): &mut (), run: Update<'_, S>) {
        let rate = S::real(self.learning_rate) * run.learning_rate;
        let decay = S::real(self.weight_decay) * run.weight_decay;
        for (w, g) in run.parameters.iter_mut().zip(run.gradients) {
            *w -= rate * (*g * run.scale + decay * *w);
        }
    }
}

impl Optimizer for Sgd<Momentum> {
    type State<S: Scalar, L: ArrayLength> = GenericArray<S, L>;

    fn learning_rate(&self) -> Real {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: Real) {
        self.learning_rate = learning_rate;
    }

    fn update<S: Scalar, L: ArrayLength>(&self, velocity: &mut GenericArray<S, L>, run: Update<'_, S>) {
        let rate = S::real(self.learning_rate) * run.learning_rate;
        let decay = S::real(self.weight_decay) * run.weight_decay;
        let momentum = S::real(self.momentum.momentum);
        let velocity = velocity.get_mut(run.range).unwrap_or_default();
        for ((w, g), v) in run.parameters.iter_mut().zip(run.gradients).zip(velocity) {
            *v = momentum * *v + (*g * run.scale + decay * *w);
            *w -= rate * *v;
        }
    }
}
