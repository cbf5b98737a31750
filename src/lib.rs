//! Neural networks that the Rust compiler writes.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "safetensors")]
pub mod safetensors;

pub use backprop_macros::network;
pub use backprop_runtime::{
    Error, Flat, GenericArray, Layer, Loss, Network, Optimizer, Real, Rng, Scalar, Trainable, Trainer,
    Zeroed, error, flat, initializers, layer, layers, length, losses, network as networks, optimizers,
    rand_core, rng, sample, trainer, typenum,
};

/// What most programs need: `use backprop::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "alloc")]
    pub use crate::networks::Boxed;
    pub use crate::optimizers::*;
    pub use crate::{Flat, Loss, Network, Trainable, Trainer, Zeroed, network};
}

/// What generated code calls. Not for use by hand, and not stable.
#[doc(hidden)]
pub mod codegen {
    pub use backprop_runtime::broken::Anything;
    pub use backprop_runtime::budget;
    pub use backprop_runtime::flat::{flat_array, flat_array_mut, zero};
    pub use backprop_runtime::layer::{Backward, Forward, Fused, InPlace, Layer, Pass};
    pub use backprop_runtime::losses::{Heads, Sum, TargetError};
    pub use backprop_runtime::moves::{add, add_part, copy, put, take};
    pub use backprop_runtime::network::{
        Network, Passes, Scratch, Summary, SummaryRow, Tape, Tensor, Trainable, new_by_value, tile,
    };
    pub use backprop_runtime::rand_core::Rng as RandomGenerator;
    pub use backprop_runtime::{Flat, Loss, Zeroed, any_loss, broken, flat, length, zeroed};
}

pub use backprop_runtime::length::max;
