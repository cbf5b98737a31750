//! The optimizers: how parameters follow their gradients.
//!
//! | Optimizer | Numbers of state for each parameter | PyTorch |
//! |---|---|---|
//! | [`Sgd`] | 0; with momentum 1 | `SGD` |
//! | [`Adam`], [`AdamW`] | 2; AMSGrad 3 | `Adam`, `AdamW` |
//! | [`Adamax`], [`NAdam`], [`RAdam`] | 2 | the same names |
//! | [`RmsProp`] | 1 to 3 | `RMSprop` |
//! | [`Adagrad`] | 1 | the same name |
//! | [`Adadelta`] | 2 | the same name |
//! | [`Rprop`] | 2 | the same name |
//! | [`Asgd`] | 1 | `ASGD` |
//! | [`Lion`] | 1 | none |
//! | [`Penalized`] | those of the optimizer in it | penalty added to the loss |
//!
//! Formulas and defaults are PyTorch's. The learning rate may be any of [`schedules`](crate::schedules).
//! All are computed in the network's own precision, without fused operations: an update gives the same bits
//! on every machine.

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod asgd;
mod correction;
mod lion;
mod nadam;
mod penalized;
mod radam;
mod rmsprop;
mod rprop;
mod rule;
mod sgd;
mod updates;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::{Adam, AdamW, Amsgrad};
pub use adamax::Adamax;
pub use asgd::Asgd;
pub use correction::Correction;
pub use lion::Lion;
pub use nadam::{NAdam, NAdamClock};
pub use penalized::Penalized;
pub use radam::{RAdam, RAdamClock};
pub use rmsprop::{Centered, RmsProp, Rolling};
pub use rprop::Rprop;
pub use sgd::{Momentum, Plain, Sgd};
pub(crate) use updates::Updates;

use crate::simd::Simd;
use crate::{Real, Scalar, Zeroed, saved::Saved};
use core::ops::Range;
use generic_array::{ArrayLength, GenericArray};

/// One run of parameters to update, which all have the same settings.
#[derive(Debug)]
pub struct Update<'a, S> {
    /// The numbers to change.
    pub parameters: &'a mut [S],
    /// Their gradients, to be multiplied by `scale`.
    pub gradients: &'a [S],
    /// 1 / weight of the batch, times what clipping asks for.
    pub scale: S,
    /// Where the run stands among all trained parameters: the place of its state.
    pub range: Range<usize>,
    /// The parameter group's factor on the learning rate.
    pub learning_rate: S,
    /// The parameter group's factor on the weight decay.
    pub weight_decay: S,
    /// If it is there, nothing is written: what would be written is [looked at](Trial::look_at) instead. Only for an
    /// optimizer that [can](Optimizer::TRIES).
    pub trial: Option<&'a mut Trial<S>>,
}

/// What an update would write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial<S> {
    largest: S,
    finite: bool,
}

impl<S: Scalar> Default for Trial<S> {
    fn default() -> Self {
        Self { largest: S::ZERO, finite: true }
    }
}

impl<S: Scalar> Trial<S> {
    /// Takes note of new parameters, or of new numbers of state.
    pub fn look_at(&mut self, values: &[S]) {
        for value in values {
            self.finite &= value.is_finite();
            if value.abs() > self.largest {
                self.largest = value.abs();
            }
        }
    }

    /// Whether all were finite.
    pub fn is_finite(&self) -> bool {
        self.finite
    }

    /// The largest magnitude of those that were finite.
    pub fn largest(&self) -> S {
        self.largest
    }
}

/// What may make an update overflow, or 0 / 0, beside large gradients: what a [`Trainer`](crate::Trainer) must look at before
/// it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Nothing else.
    Gradients,
    /// Large parameters, which a weight decay adds to the gradient.
    Parameters,
    /// The settings: all that would be written is computed first.
    Settings,
}

impl Risk {
    /// No risk where the settings are usual.
    fn unless(usual: bool) -> Self {
        if usual { Self::Gradients } else { Self::Settings }
    }
}

/// A rule to change parameters by their gradients.
///
/// `State` is what it remembers, for `L` parameters, with zero bytes as its beginning. An option that needs
/// more state changes the type of the optimizer, so that a rule without memory carries none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    note = "give an optimizer with its learning rate, for instance `Adam::new(1e-3)` or `Sgd::new(0.1)`"
)]
pub trait Optimizer {
    /// What is remembered between steps.
    type State<S: Scalar, L: ArrayLength>: Zeroed + Saved + Send;

    /// The learning rate in force.
    fn learning_rate(&self) -> Real;
    /// Sets the learning rate from the next step on.
    fn set_learning_rate(&mut self, learning_rate: Real);
    /// Whether [`update`](Self::update) heeds [`Update::trial`]: then a step whose numbers may overflow is tried before
    /// anything is written.
    const TRIES: bool = false;
    /// What may make an update overflow, with the largest factors on learning rate and weight decay of any group.
    ///
    /// Without risk an update is finite, if gradients are below 10⁹ in magnitude and numbers of state below 10¹⁸, and parameters are finite.
    fn risk<S: Scalar>(&self, learning_rate: S, weight_decay: S) -> Risk {
        let _ = (learning_rate, weight_decay);
        Risk::Gradients
    }
    /// [Begins](Self::begin) a step, and calls `attempt`. If that gives `false`, the state is as it was before.
    fn attempt<S: Scalar, L: ArrayLength>(
        &self,
        state: &mut Self::State<S, L>,
        attempt: impl FnOnce(&mut Self::State<S, L>) -> bool,
    ) -> bool {
        self.begin::<S, L>(state);
        attempt(state)
    }
    /// Begins a step: called once, before the updates of all runs.
    fn begin<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>) {
        let _ = state;
    }
    /// Updates one run of parameters.
    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>);
    /// [`update`](Self::update), to the bit, in a function that is compiled for one instruction set.
    #[inline(always)]
    fn update_within<V: Simd, S: Scalar, L: ArrayLength>(
        &self,
        v: V,
        state: &mut Self::State<S, L>,
        run: Update<'_, S>,
    ) {
        let _ = v;
        self.update::<S, L>(state, run);
    }

    /// One step over numbers that are not a network's, all with the same settings.
    ///
    /// [`Trainer`](crate::Trainer) does this for the parameters of a network.
    fn step<S: Scalar, L: ArrayLength>(
        &self,
        state: &mut Self::State<S, L>,
        parameters: &mut GenericArray<S, L>,
        gradients: &GenericArray<S, L>,
    ) {
        self.begin::<S, L>(state);
        let run = Update {
            parameters,
            gradients,
            scale: S::ONE,
            range: 0..L::USIZE,
            learning_rate: S::ONE,
            weight_decay: S::ONE,
            trial: None,
        };
        self.update::<S, L>(state, run);
    }
}
