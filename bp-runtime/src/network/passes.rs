//! [`Passes`]: the innermost of the traits.

use crate::calls::Calls;
use crate::layer::Pass;
use crate::learning::Learning;
use crate::{Flat, Zeroed};

/// The code that `#[network]` writes: one call per layer, for tiles of any size `T`.
pub trait Passes: Flat {
    /// One number for each trained parameter, in fields named as the network's.
    type Gradients: Flat<Number = Self::Number>;
    /// What forward keeps for backward, and what backward works in.
    type Slots<const T: usize>: Zeroed + Send;
    /// What prediction works in.
    type InferenceSlots<const T: usize>: Zeroed + Send;

    /// How many numbers are measured in training, for [`commit`](Self::commit): by batch normalisation that is not frozen.
    const MEASURED: usize = 0;
    /// Whether there are any.
    const MEASURES: bool = Self::MEASURED > 0;
    /// Whether passes over one sample are compiled as a whole: see [`calls`](crate::calls).
    const IS_TINY: bool = false;

    /// Prediction: computes `y` from `x` and keeps nothing.
    fn infer<C: Calls, const T: usize>(
        &self,
        calls: C,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::InferenceSlots<T>,
    );

    /// Computes `y` from `x` and keeps what backward needs.
    fn forward<C: Calls, const T: usize>(
        &self,
        calls: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
    );

    /// The chain rule from the last layer to the first. `dy` is consumed; `dx` is overwritten, or left
    /// alone where it is empty; `learning` has the parameters, and says what becomes of their gradients.
    #[expect(clippy::too_many_arguments, reason = "each is one symbol of the chain rule")]
    fn backward<C: Calls, const T: usize, L: Learning<Self::Number>>(
        calls: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &[[Self::Number; T]],
        dy: &mut [[Self::Number; T]],
        dx: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
        learning: &mut L,
    );

    /// Visits what has been measured since the last step, layer by layer.
    fn measured<const T: usize>(slots: &Self::Slots<T>, visit: &mut impl FnMut(&[Self::Number])) {
        let _ = (slots, visit);
    }

    /// Visits the same, to change it.
    fn measured_mut<const T: usize>(slots: &mut Self::Slots<T>, visit: &mut impl FnMut(&mut [Self::Number])) {
        let _ = (slots, visit);
    }

    /// Takes over what forward measured (running statistics), once the step has succeeded.
    fn commit<const T: usize>(&mut self, slots: &mut Self::Slots<T>) {
        let _ = slots;
    }

    /// Brings parameters back into their bounds, after each step: rows of an embedding with `max_norm`.
    #[inline(always)]
    fn settle(&mut self) {}

    /// See [`fold_batch_norm`](crate::Network::fold_batch_norm).
    fn fold(&mut self) {}
}
