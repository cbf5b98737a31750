//! [`OnlineTrainer`]: one sample at a time, in the least memory.

mod saved;

use super::batch::{check_samples, check_targets, inlined, load, spot};
use crate::block::learn_alike;
use crate::calls::{Apart, Calls, with_calls};
use crate::flat::zero;
use crate::learning::Descend;
use crate::losses::{Outputs, Sum};
use crate::network::{LARGEST_BY_VALUE, Network, Passes as _, Trainable, Training};
use crate::{AsTarget, Block, Error, Loss, Pass, Real, Scalar, Zeroed};
use core::ops::Range;
use core::slice::from_ref;

/// Plain stochastic gradient descent, one sample a step, that updates each layer as its backward pass is done: there is
/// no buffer for gradients.
///
/// `w ← w − learning_rate ∂loss/∂w`, as [`Sgd`](crate::optimizers::Sgd) in batches of one, up to rounding: the loss's
/// gradient is multiplied by the learning rate before it is propagated, instead of each parameter's after. A
/// layer's input gradient is computed with the weights from before the step.
///
/// It takes the network and [`BYTES`](Self::BYTES) in all. The price: no momentum, no clipping, no accumulation; and
/// while a target that is wrong, or a loss or output gradient that is not finite, leave the network as it was, a
/// gradient that overflows *on its way back* goes undetected and corrupts the weights. A network with `attention` or
/// `batch_norm`, frozen or not, cannot be trained so, because their gradients depend on their own numbers: the build says
/// so.
///
/// ```
/// use backprop::prelude::*;
///
/// #[network(input = 2, layers = [dense(8), tanh, dense(1)], loss = mse)]
/// struct Xor;
///
/// # fn main() -> Result<(), backprop::Error> {
/// let mut net = Xor::new(&mut backprop::rng(1));
/// let mut trainer = OnlineTrainer::new(0.05);
/// let table = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
/// for _ in 0..2_000 {
///     for (x, y) in &table {
///         trainer.step(&mut net, x, y)?;
///     }
/// }
/// assert!(net.predict(&[0.0, 1.0])[0] > 0.9);
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0080
/// use backprop::prelude::*;
///
/// #[network(input = [4, 6], layers = [attention(2), flatten, dense(1)], loss = mse)]
/// struct Net;
///
/// let mut net = Net::new(&mut backprop::rng(1));
/// OnlineTrainer::new(0.1).step(&mut net, &[0.0; 24], &[0.0]);
/// ```
#[derive(Clone, Debug)]
pub struct OnlineTrainer<N: Network> {
    learning_rate: N::Scalar,
    /// Whether the learning rate has been set.
    is_set: bool,
    seed: u64,
    step: u64,
    tape: N::Tape,
}

impl<N: Network> OnlineTrainer<N> {
    /// Bytes of the network and the trainer: all that training takes.
    pub const BYTES: usize = size_of::<N::Core>() + size_of::<Self>();

    /// A trainer by value: up to 256 KiB, beyond that use [`boxed`](Self::boxed).
    pub fn new(learning_rate: impl Into<Real>) -> Self {
        const {
            assert!(
                size_of::<Self>() <= LARGEST_BY_VALUE,
                "this trainer is larger than 256 KiB: use `OnlineTrainer::boxed`, or `zeroed` in a static"
            );
        }
        let mut trainer = Self::zeroed();
        trainer.set_learning_rate(learning_rate);
        trainer
    }

    /// A trainer in a box, built there.
    #[cfg(feature = "alloc")]
    pub fn boxed(learning_rate: impl Into<Real>) -> alloc::boxed::Box<Self> {
        let mut trainer = Self::zeroed_box();
        trainer.set_learning_rate(learning_rate);
        trainer
    }

    /// A trainer without a learning rate, for instance in a `static`: [set](Self::set_learning_rate) it before the first
    /// step, which is an error otherwise.
    pub const fn zeroed() -> Self {
        zero()
    }

    /// Sets the learning rate from the next step on.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<Real>) {
        self.learning_rate = N::Scalar::real(learning_rate.into());
        self.is_set = true;
    }

    /// Sets the seed of dropout (0 unless set).
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// One step with the declared loss, of which it returns the value before the step.
    ///
    /// # Errors
    /// A learning rate that is negative, not finite or was never set, an index that the embedding has no row for, a target the
    /// loss is not defined for, a loss or its gradient with respect to the output that is not finite, a sample that counts
    /// nothing. The network is as before then.
    pub fn step<Y>(&mut self, net: &mut N, x: &N::Sample, y: &Y) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        check_targets::<N, Y>(from_ref(x), from_ref(y), None)?;
        let factors = &N::LOSS.factors(from_ref(y), None);
        let loss = inlined::<N::Scalar, _>(
            #[inline(always)]
            |_, outputs| {
                let Sum { loss, weight } = N::LOSS.tile::<N::Outputs, Y>(factors, outputs, from_ref(y), None);
                Sum { loss, weight: N::LOSS.divisor(weight) }
            },
        );
        with_calls!(N::Core, 1, calls => self.learn(calls, net, x, loss))
    }

    /// One step with a loss written on the spot: it is given the network's output and the place for the gradient with
    /// respect to it (zero at first), and returns the loss.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn step_with(
        &mut self,
        net: &mut N,
        x: &N::Sample,
        loss: impl FnOnce(&N::Output, &mut N::Output) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        self.learn(Apart, net, x, |_, mut outputs| spot::<N>(&mut outputs, 0, loss))
    }

    #[inline(always)]
    fn learn<C: Calls>(
        &mut self,
        calls: C,
        net: &mut N,
        x: &N::Sample,
        loss: impl FnOnce(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar>,
    ) -> Result<N::Scalar, Error> {
        const {
            assert!(
                learn_alike(<N::Core as Block>::TENSORS),
                "an `OnlineTrainer` changes all layers at one learning rate: leave `learning_rate` out of the layers, or use a \
                 `Trainer`"
            );
        }
        check_samples::<N>(from_ref(x))?;
        let Self { learning_rate, is_set, seed, step, tape } = self;
        if !(*is_set && *learning_rate >= N::Scalar::ZERO && learning_rate.is_finite()) {
            return Err(Error::InvalidLearningRate);
        }
        *tape.pass_mut() = Pass { training: true, seed: *seed, step: *step, samples: 1, ..Pass::default() };
        load(from_ref(x), tape.input_mut(), 1);
        tape.forward(calls, net.core());
        let mut outputs = tape.outputs();
        let Sum { loss, weight } = loss(0..1, outputs.reborrow());
        if !loss.is_finite() {
            return Err(Error::NonFiniteLoss { sample: 0 });
        }
        if weight <= N::Scalar::ZERO {
            return Err(Error::NothingCounts);
        }
        let dy = outputs.dy;
        for dy in &mut *dy {
            *dy = -*learning_rate * *dy / weight;
        }
        // After the division, which may overflow.
        if !dy.iter().all(|dy| dy.is_finite()) {
            return Err(Error::NonFiniteLoss { sample: 0 });
        }
        tape.backward(calls, &mut [], &mut Descend::new(net.parameters_mut().as_mut()));
        net.core_mut().settle();
        *step += 1;
        Ok(loss / weight)
    }
}

#[expect(unsafe_code, reason = "a trainer may begin as zero bytes")]
// SAFETY: a number, a bool (0 is `false`), two integers, and a tape that is `Zeroed`.
unsafe impl<N: Network> Zeroed for OnlineTrainer<N> {}
