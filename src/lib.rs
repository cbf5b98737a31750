#![doc = include_str!("../README.md")]
//!
//! # The declaration
//!
//! See [`network`], the attribute; [`Network`] and [`Trainable`] for the methods that it gives a struct;
//! [`Trainer`] for training; [`OwnLayer`], [`Loss`] and [`Optimizer`] to bring your own.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "safetensors")]
pub mod safetensors;

pub use backprop_macros::network;
pub use backprop_runtime::{
    Block, Error, Flat, GenericArray, Layer, Loss, Network, Optimizer, OwnLayer, Real, Rng, Scalar,
    Trainable, Trainer, Zeroed, average, error, flat, initializers, layer, layers, length, losses, math,
    network as networks, optimizers, rand_core, rng, sample, schedules, trainer, typenum,
};

/// What most programs need: `use backprop::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "alloc")]
    pub use crate::networks::Boxed;
    pub use crate::optimizers::*;
    pub use crate::sample::{AsTarget, Class};
    pub use crate::{Flat, Loss, Network, Scalar, Trainable, Trainer, Zeroed, network};
}

/// What generated code calls. Not for use by hand, and not stable.
#[doc(hidden)]
pub mod codegen {
    pub use backprop_runtime::block::{Block, Rows, flat_part, part, table};
    pub use backprop_runtime::broken::Anything;
    pub use backprop_runtime::budget;
    pub use backprop_runtime::calls::{Calls, is_tiny};
    pub use backprop_runtime::flat::{flat_array, flat_array_mut, zero};
    pub use backprop_runtime::layer::{Backward, Forward, Fused, InPlace, Layer, Pass};
    pub use backprop_runtime::layers::ActivationFormula;
    pub use backprop_runtime::losses::{Heads, LossFormula, Sum, TargetError};
    pub use backprop_runtime::math::{Float, functions};
    pub use backprop_runtime::moves::{add, add_part, copy, put, take};
    pub use backprop_runtime::network::{
        Network, Passes, Scratch, Summary, SummaryRow, Tape, Tensor, Trainable, new_by_value, tile,
    };
    pub use backprop_runtime::rand_core::Rng as RandomGenerator;
    pub use backprop_runtime::{Flat, Loss, Real, Zeroed, any_loss, broken, flat, length, zeroed};
}

pub use backprop_runtime::length::max;
