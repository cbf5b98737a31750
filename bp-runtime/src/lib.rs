//! What networks declared with `backprop` call at run time: kernels, layers, losses, optimizers, and the
//! traits that tie them together.
//!
//! This crate needs neither `std` nor `alloc`. Depend on `backprop`, which re-exports what a user needs;
//! the code that `#[network]` writes refers to the items here.
//!
//! | Module | What |
//! |---|---|
//! | [`network`] | [`Network`] and [`Trainable`]: what the macro implements |
//! | [`layer`] | [`Layer`]: one step forward and its chain rule backward |
//! | [`layers`] | the layers |
//! | [`learning`] | what a backward pass does with gradients: add them up, or change the parameters at once |
//! | [`losses`], [`optimizers`], [`schedules`], [`initializers`] | as named |
//! | [`average`] | [`Ema`]: the moving average of a network's weights |
//! | [`trainer`] | [`Trainer`]: batches, tiles, errors, updates |
//! | [`checkpoint`], [`saved`] | a network and its training as bytes |
//! | `ranks` (with feature `distributed`) | what connects the processes that train one network together |
//! | [`math`] | elementary functions, for scalars and vectors |
//! | [`mod@flat`], [`mod@length`], [`scalar`] | numbers in a row, `typenum` lengths, `f32` and `f64` |
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod average;
pub mod block;
#[doc(hidden)]
pub mod broken;
pub mod budget;
pub mod calls;
pub mod checkpoint;
pub mod error;
#[cfg(feature = "std")]
#[doc(hidden)]
pub mod files;
pub mod flat;
mod geometry;
pub mod initializers;
mod kernels;
pub mod layer;
pub mod layers;
pub mod learning;
pub mod length;
pub mod losses;
pub mod math;
pub mod metrics;
pub mod moves;
pub mod network;
pub mod optimizers;
mod parts;
pub mod permutation;
#[cfg(feature = "distributed")]
pub mod ranks;
pub mod sample;
pub mod saved;
pub mod scalar;
pub mod schedules;
pub mod sequence;
pub mod simd;
pub mod streaming;
mod text;
mod total;
pub mod trainer;
pub mod weights;

pub use average::Ema;
pub use block::{Block, OwnLayer};
pub use error::Error;
pub use flat::{Flat, Zeroed};
pub use generic_array::{ArrayLength, GenericArray};
pub use layer::{Backward, Forward, GradientPart, InPlace, Layer, Pass};
pub use learning::Learning;
pub use losses::Loss;
#[cfg(feature = "alloc")]
pub use network::Boxed;
pub use network::{Network, Tensor, Trainable};
pub use optimizers::Optimizer;
pub use sample::{AsTarget, Sample};
pub use scalar::{Real, Scalar};
pub use sequence::Sequence;
pub use streaming::{StateOf, Streaming};
pub use trainer::{OnlineTrainer, Trainer};
pub use weights::{Embedded, Pretrained};

pub use rand_core;
pub use typenum;

/// The generator behind [`rng`]: small, fast, `no_std`.
pub type Rng = rand_xoshiro::Xoshiro128PlusPlus;

/// A small random generator from a seed; the same seed gives the same numbers on every platform.
///
/// ```
/// use backprop_runtime::rand_core::Rng;
/// assert_eq!(backprop_runtime::rng(7).next_u32(), backprop_runtime::rng(7).next_u32());
/// ```
pub fn rng(seed: u64) -> Rng {
    rand_core::SeedableRng::seed_from_u64(seed)
}
