//! Weights in [safetensors](https://huggingface.co/docs/safetensors) files, with PyTorch's names and layouts.
//!
//! A tensor is named by its layer and its place in it, `conv1.weight`, and is stored as PyTorch stores it:
//! `[outputs, inputs]` for a dense layer, `[outputs, inputs, height, width]` for a convolution. PyTorch reads
//! such a file with `model.load_state_dict(safetensors.torch.load_file(path))` into a module whose parts have
//! the same names, and writes one with `safetensors.torch.save_file(model.state_dict(), path)`. Of batch normalisation the
//! running statistics are among the tensors; PyTorch's count of batches, `num_batches_tracked`, is passed over.
//!
//! Files as people have them are read and written with [`Options`]: names with a prefix or with the numbers of `nn.Sequential`,
//! 16-bit numbers, Keras' layouts, a part of a network, metadata.
//!
//! ```
//! use backprop::prelude::*;
//! use backprop::safetensors;
//!
//! /// Two numbers in, one out.
//! #[network(input = 2, layers = [hidden: dense(4), tanh, out: dense(1)])]
//! struct Small;
//!
//! let trained = Small::new(&mut backprop::rng(1));
//! let bytes = safetensors::to_bytes(&trained)?;
//!
//! let mut copy = Small::new(&mut backprop::rng(2));
//! safetensors::from_bytes(&mut copy, &bytes)?;
//! assert_eq!(copy.parameters(), trained.parameters());
//! # Ok::<(), safetensors::Error>(())
//! ```

mod error;
mod keras;
mod names;
mod numbers;
mod options;
mod report;

pub use error::Error;
pub use numbers::Precision;
pub use options::Options;
pub use report::{OtherShape, Report};

use crate::Network;
use std::path::Path;

/// All that a network stores, as the bytes of a safetensors file.
///
/// The same network gives the same bytes.
///
/// # Errors
/// [`Error::Format`] if the header would be larger than the format allows (100 MB of names).
pub fn to_bytes<N: Network>(network: &N) -> Result<Vec<u8>, Error> {
    Options::new().to_bytes(network)
}

/// Reads the bytes of a safetensors file into a network.
///
/// Names, shapes, types and lengths are all checked before the first number is changed.
///
/// # Errors
/// [`Error::Format`], [`Error::Names`], [`Error::Shape`], [`Error::Type`]; the network is as before then.
pub fn from_bytes<N: Network>(network: &mut N, bytes: &[u8]) -> Result<(), Error> {
    Options::new().from_bytes(network, bytes).map(|_| ())
}

/// Writes all that a network stores to a safetensors file.
///
/// The file appears whole or not at all: the bytes go to a new file beside it, which then takes its name. A symbolic
/// link stays and the file that it leads to is written; a file that is there keeps its permissions; a folder, a pipe or
/// a device is refused. What a save that was killed left beside the file is removed by the next.
///
/// ```no_run
/// # use backprop::prelude::*;
/// # #[network(input = 2, layers = [dense(1)])]
/// # struct Small;
/// # let network = Small::new(&mut backprop::rng(1));
/// backprop::safetensors::save(&network, "small.safetensors")?;
/// # Ok::<(), backprop::safetensors::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`], and what [`to_bytes`] reports.
pub fn save<N: Network>(network: &N, path: impl AsRef<Path>) -> Result<(), Error> {
    Options::new().save(network, path)
}

/// Reads a safetensors file into a network.
///
/// ```no_run
/// # use backprop::prelude::*;
/// # #[network(input = 2, layers = [dense(1)])]
/// # struct Small;
/// # let mut network = Small::new(&mut backprop::rng(1));
/// backprop::safetensors::load(&mut network, "small.safetensors")?;
/// # Ok::<(), backprop::safetensors::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`], or [`Error::InFile`] with what [`from_bytes`] reports; the network is as before then.
pub fn load<N: Network>(network: &mut N, path: impl AsRef<Path>) -> Result<(), Error> {
    Options::new().load(network, path).map(|_| ())
}
