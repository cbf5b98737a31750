//! Networks by value, and in boxes.

use super::{LARGEST_BY_VALUE, Network};
#[cfg(feature = "alloc")]
use super::{Summary, Trainable};
use crate::Zeroed;
use crate::block::expect;
use crate::flat::zero;
use rand_core::Rng;

/// Refuses a network that is too large for [`Network::new`]. That checks it itself, so that the compiler names the call of it.
#[track_caller]
pub const fn expect_by_value<N>() {
    expect(
        size_of::<N>() <= LARGEST_BY_VALUE,
        "this network is larger than 256 KiB: use `boxed(&mut rng)`, or a `static` of `zeroed()` and `initialize(&mut rng)`",
    );
}

/// What [`Network::new`] does for a declared struct, [if it may](expect_by_value).
#[inline]
pub fn new_by_value<N: Network + Zeroed, R: Rng + ?Sized>(rng: &mut R) -> N {
    let mut network: N = zero();
    network.initialize(rng);
    network
}

/// Networks of any size, built in a box.
#[cfg(feature = "alloc")]
pub trait Boxed: Network + Zeroed {
    /// A network with drawn parameters in a box, built there.
    fn boxed<R: Rng + ?Sized>(rng: &mut R) -> alloc::boxed::Box<Self> {
        let mut network = Self::zeroed_box();
        network.initialize(rng);
        network
    }

    /// A copy in a box, made there: for a network of any size, where `Clone` would pass over the stack. A network of more than
    /// 256 KiB with `#[derive(Clone)]` is refused.
    fn boxed_clone(&self) -> alloc::boxed::Box<Self> {
        let mut network = Self::zeroed_box();
        Self::copy_from(&mut network, self);
        network
    }
}

#[cfg(feature = "alloc")]
impl<N: Network + Zeroed> Boxed for N {}

/// A box is the network in it.
#[cfg(feature = "alloc")]
impl<N: Network + Zeroed> Network for alloc::boxed::Box<N> {
    type Scalar = N::Scalar;
    type Sample = N::Sample;
    type Output = N::Output;
    type InputGradient = N::InputGradient;
    type ParameterArray = N::ParameterArray;
    type Gradients = N::Gradients;
    type Tape = N::Tape;
    type Scratch = N::Scratch;
    type BatchScratch = N::BatchScratch;
    type Workspace = N::Workspace;
    type Inputs = N::Inputs;
    type Outputs = N::Outputs;
    type Stored = N::Stored;
    type Trained = N::Trained;
    type Tensors = N::Tensors;
    type Core = N::Core;

    const NAME: &'static str = N::NAME;
    const PARAMETERS: usize = N::PARAMETERS;
    const TILE: usize = N::TILE;
    const INPUT_ROWS: usize = N::INPUT_ROWS;

    fn core(&self) -> &Self::Core {
        (**self).core()
    }
    fn core_mut(&mut self) -> &mut Self::Core {
        (**self).core_mut()
    }
    fn parameters(&self) -> &Self::ParameterArray {
        (**self).parameters()
    }
    fn parameters_mut(&mut self) -> &mut Self::ParameterArray {
        (**self).parameters_mut()
    }
    fn summary(&self) -> Summary {
        (**self).summary()
    }
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Self {
        N::boxed(rng)
    }
}

#[cfg(feature = "alloc")]
impl<N: Trainable + Zeroed> Trainable for alloc::boxed::Box<N> {
    type Target = N::Target;
    type Loss = N::Loss;
    const LOSS: Self::Loss = N::LOSS;
}
