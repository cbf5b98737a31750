#![doc = include_str!("../README.md")]
//!
//! # The declaration
//!
//! See [`network`], the attribute; [`Network`] and [`Trainable`] for the methods that it gives a struct;
//! [`Trainer`] for training, [`OnlineTrainer`] for training in the least memory; [`OwnLayer`], [`Loss`] and
//! [`Optimizer`] to bring your own; [`catalogue`] for all layers, losses, initializers, optimizers and schedules there
//! are. [`guide::expansion`] reads what the macro writes, line by line beside the chain rule.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "data")]
pub mod data;
pub mod guide;
#[cfg(feature = "safetensors")]
pub mod safetensors;
#[cfg(feature = "tensorboard")]
pub mod tensorboard;

#[doc = include_str!("catalogue.md")]
pub mod catalogue {}

pub use backprop_macros::network;
#[cfg(feature = "distributed")]
pub use backprop_runtime::ranks;
pub use backprop_runtime::{
    Block, Embedded, Error, Flat, GenericArray, Layer, Loss, Network, OnlineTrainer, Optimizer, OwnLayer,
    Pretrained, Real, Rng, Scalar, Sequence, StateOf, Streaming, Trainable, Trainer, Zeroed, average,
    checkpoint, error, flat, initializers, layer, layers, length, losses, math, metrics, network as networks,
    optimizers, permutation, rand_core, rng, sample, saved, schedules, streaming, trainer, typenum, weights,
};

/// What most programs need: `use backprop::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "alloc")]
    pub use crate::networks::Boxed;
    pub use crate::optimizers::*;
    pub use crate::sample::{AsTarget, Class};
    #[cfg(feature = "alloc")]
    pub use crate::trainer::Fit;
    pub use crate::{
        Embedded, Flat, Loss, Network, OnlineTrainer, Pretrained, Scalar, Sequence, Streaming, Trainable,
        Trainer, Zeroed, network,
    };
}

/// What generated code calls. Not for use by hand, and not stable.
#[doc(hidden)]
pub mod codegen {
    pub use backprop_runtime::block::{
        Block, InList, Listed, Rows, biases, expect, listed, only_biases, table,
    };
    pub use backprop_runtime::broken::{Undeclared, Unknown};
    pub use backprop_runtime::budget;
    pub use backprop_runtime::calls::{Apart, Calls, is_tiny, is_tiny_step};
    pub use backprop_runtime::checkpoint::fingerprint;
    pub use backprop_runtime::flat::{flat_array, flat_array_mut, zero};
    pub use backprop_runtime::initializers;
    pub use backprop_runtime::layer::{Backward, Forward, GradientPart, InPlace, Layer, Pass};
    pub use backprop_runtime::layers::ActivationFormula;
    pub use backprop_runtime::learning::{Accumulate, Learning};
    pub use backprop_runtime::length::{Length, half_of_outputs};
    pub use backprop_runtime::losses::{
        HeadFactors, Heads, LossFormula, MeasuredHeads, Sum, TargetError, room,
    };
    pub use backprop_runtime::math::{Float, functions};
    pub use backprop_runtime::moves::{add, add_part, add_product, copy, multiply, put, take};
    pub use backprop_runtime::network::{
        Drawing, LARGEST_BY_VALUE, Network, Passes, Scratch, Summary, SummaryRow, Tape, Tensor, Trainable,
        TwoWidths, Workspaces, expect_by_value, measuring_tile, narrow, new_by_value, tile,
    };
    pub use backprop_runtime::rand_core::Rng as RandomGenerator;
    pub use backprop_runtime::sequence::{Sequence, silence, split};
    pub use backprop_runtime::streaming::{
        AllAtOnce, BlockRoom, Blocks, Carries, GoesBackward, JoinsTime, JoinsTimeless, LooksAhead, Memory,
        NoState, PositionForEachStep, Shortens, SlopeForEachStep, State, StepRoom, StepTile, Steps,
        Streaming, Strides, exchange, expect_causal, first_of, part, streams,
    };
    pub use core::option::Option::{None, Some};

    pub use backprop_runtime::{
        AsTarget, Error, Flat, Loss, Pretrained, Real, Zeroed, broken, flat, length, no_steps, not_causal,
        place, weights, zeroed,
    };
}

pub use backprop_runtime::length::max;

/// A trainer refuses a network whose batch normalisation would measure over a tile of one sample, also where the tile was
/// chosen and not declared. This one trains:
///
/// ```
/// use backprop::prelude::*;
/// #[network(input = [1, 1100, 2000], layers = [batch_norm, global_avg_pool], loss = mse, tile = 16)]
/// struct Large;
/// fn step(net: &mut Large, trainer: &mut Trainer<Large, Sgd>) {
///     let _ = trainer.update(net);
/// }
/// # let _ = step as fn(&mut _, &mut _);
/// ```
///
/// Without a declared tile it does not build:
///
/// ```compile_fail
/// use backprop::prelude::*;
/// #[network(input = [1, 1100, 2000], layers = [batch_norm, global_avg_pool], loss = mse)]
/// struct Large;
/// fn step(net: &mut Large, trainer: &mut Trainer<Large, Sgd>) {
///     let _ = trainer.update(net);
/// }
/// # let _ = step as fn(&mut _, &mut _);
/// ```
#[cfg(doctest)]
pub struct TileOfOneSample;
