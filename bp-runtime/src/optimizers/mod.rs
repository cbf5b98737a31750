//! The optimizers: how parameters follow their gradients.

mod sgd;

pub use sgd::{Momentum, Plain, Sgd};

use crate::{Real, Scalar, Zeroed};
use core::ops::Range;
use generic_array::ArrayLength;

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
}

/// A rule to change parameters by their gradients.
///
/// `State` is what it remembers, for `L` parameters, with zero bytes as its beginning. An option that needs
/// more state changes the type of the optimizer, so that a rule without memory carries none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    note = "for instance `Adam::new(1e-3)`, `Sgd::new(0.1)`"
)]
pub trait Optimizer {
    /// What is remembered between steps.
    type State<S: Scalar, L: ArrayLength>: Zeroed + Send;

    /// The learning rate in force.
    fn learning_rate(&self) -> Real;
    /// Sets the learning rate from the next step on.
    fn set_learning_rate(&mut self, learning_rate: Real);
    /// Begins a step: called once, before the updates of all runs.
    fn begin<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>) {
        let _ = state;
    }
    /// Updates one run of parameters.
    fn update<S: Scalar, L: ArrayLength>(&self, state: &mut Self::State<S, L>, run: Update<'_, S>);
}
