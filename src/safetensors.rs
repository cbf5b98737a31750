//! Weights in [safetensors](https://huggingface.co/docs/safetensors) files, with PyTorch's names and layouts.
//!
//! A tensor is named by its layer and its place in it, `conv1.weight`, and is stored as PyTorch stores it:
//! `[outputs, inputs]` for a dense layer, `[outputs, inputs, height, width]` for a convolution. PyTorch reads
//! such a file with `model.load_state_dict(safetensors.torch.load_file(path))` into a module whose parts have
//! the same names, and writes one with `safetensors.torch.save_file(model.state_dict(), path)`. Of batch normalisation the
//! running statistics are among the tensors; PyTorch's count of batches, `num_batches_tracked`, is passed over.
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

use crate::networks::Tensor;
use crate::{Network, Scalar};
use ::safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why weights were not read or written. A network that was to be overwritten is as it was before.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to read or write a file.
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could be read but its contents do not fit.
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with its contents.
        source: Box<Error>,
    },
    /// The bytes are not a safetensors file, or only a part of one.
    Format {
        /// How many bytes there are.
        bytes: usize,
        /// What is wrong with them.
        source: SafeTensorError,
    },
    /// The file lacks tensors of the network, or has some that the network lacks.
    Names {
        /// The network.
        network: &'static str,
        /// Tensors of the network that the file lacks.
        missing: Vec<String>,
        /// Tensors of the file that the network lacks.
        unexpected: Vec<String>,
    },
    /// A tensor has another shape than in the network.
    Shape {
        /// The network.
        network: &'static str,
        /// The tensor.
        tensor: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// Its shape in the network.
        expected: Vec<usize>,
    },
    /// A tensor holds numbers of another type than the network's.
    Type {
        /// The network.
        network: &'static str,
        /// The tensor.
        tensor: String,
        /// The type in the file, `F64`.
        found: Dtype,
        /// The network's type, `F32`.
        expected: Dtype,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, source } => write!(f, "cannot {action} `{}`: {source}", path.display()),
            Self::InFile { path, source } => write!(f, "`{}`: {source}", path.display()),
            Self::Format { bytes, source } => {
                use SafeTensorError::{HeaderTooSmall, InvalidHeaderLength, MetadataIncompleteBuffer};
                let why = source.to_string();
                write!(f, "not a whole safetensors file ({bytes} bytes): {}", Start(&why, 300))?;
                f.write_str(match source {
                    HeaderTooSmall | InvalidHeaderLength | MetadataIncompleteBuffer => {
                        "; it is cut off or was changed: copy it or write it again"
                    }
                    _ => "; expected 8 bytes of length, a JSON header of that length, and the numbers",
                })
            }
            Self::Names { network, missing, unexpected } => {
                write!(f, "the file's tensors are not those of the network `{network}`")?;
                for (what, names) in [("missing", missing), ("not in the network", unexpected)] {
                    if !names.is_empty() {
                        write!(f, "; {what}: {}", Quoted(names))?;
                    }
                }
                f.write_str(
                    "; read the file into the network that wrote it, or name the layers alike in both",
                )
            }
            Self::Shape { network, tensor, found, expected } => write!(
                f,
                "tensor `{tensor}` has the shape {}, the network `{network}` expects {expected:?}: \
                 the file belongs to a network of other sizes",
                Start(&format!("{found:?}"), 100)
            ),
            Self::Type { network, tensor, found, expected } => {
                let fix = match expected {
                    Dtype::F64 => "`tensor.double()` in PyTorch, or declare `scalar = f32`",
                    _ => "`tensor.float()` in PyTorch, or declare `scalar = f64` for a file of F64",
                };
                write!(
                    f,
                    "tensor `{tensor}` holds numbers of type {found}, the network `{network}` expects \
                     {expected}: convert the file ({fix})"
                )
            }
        }
    }
}

/// The beginning of a text that may quote a file, which may hold names of any length.
struct Start<'a>(&'a str, usize);

impl fmt::Display for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, characters) = *self;
        match text.char_indices().nth(characters) {
            None => f.write_str(text),
            Some((end, _)) => write!(f, "{}…", text.split_at(end).0),
        }
    }
}

/// Names as a message shows them: the first few, each cut.
struct Quoted<'a>(&'a [String]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: usize = 20;
        for (place, name) in self.0.iter().take(NAMES).enumerate() {
            write!(f, "{}`{}`", if place > 0 { ", " } else { "" }, Start(name, 100))?;
        }
        match self.0.len().saturating_sub(NAMES) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::InFile { source, .. } => Some(source),
            Self::Format { source, .. } => Some(source),
            Self::Names { .. } | Self::Shape { .. } | Self::Type { .. } => None,
        }
    }
}

/// All that a network stores, as the bytes of a safetensors file.
///
/// The same network gives the same bytes.
///
/// # Errors
/// [`Error::Format`] if the header would be larger than the format allows (100 MB of names).
pub fn to_bytes<N: Network>(network: &N) -> Result<Vec<u8>, Error> {
    let values = network.parameters().as_ref();
    let tensors: Vec<_> =
        stored::<N>().map(|tensor| (full_name(tensor), tensor, encode(tensor, values))).collect();
    let format = |source| Error::Format { bytes: size_of_val(values), source };
    let views = tensors
        .iter()
        .map(|(name, tensor, bytes)| {
            Ok((name, TensorView::new(dtype::<N>(), tensor.shape().to_vec(), bytes)?))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(format)?;
    // "pt" tells readers of the Python library that the layouts are PyTorch's. Collected instead of built,
    // because the crate's map is its own type or the standard library's, by a feature that others may set.
    let metadata = [("format".to_owned(), "pt".to_owned())].into_iter().collect();
    ::safetensors::serialize(views, Some(metadata)).map_err(format)
}

/// Reads the bytes of a safetensors file into a network.
///
/// Names, shapes, types and lengths are all checked before the first number is changed.
///
/// # Errors
/// [`Error::Format`], [`Error::Names`], [`Error::Shape`], [`Error::Type`]; the network is as before then.
pub fn from_bytes<N: Network>(network: &mut N, bytes: &[u8]) -> Result<(), Error> {
    let file =
        SafeTensors::deserialize(bytes).map_err(|source| Error::Format { bytes: bytes.len(), source })?;
    let tensors = matched::<N>(&file)?;
    let values = network.parameters_mut().as_mut();
    for (tensor, view) in tensors {
        decode(tensor, view.data(), values);
    }
    Ok(())
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
    let path = path.as_ref();
    let bytes = to_bytes(network)?;
    backprop_runtime::files::write(path, &bytes).map_err(|source| Error::Io {
        action: "write",
        path: path.to_owned(),
        source,
    })
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
    let path = path.as_ref();
    let bytes =
        fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
    from_bytes(network, &bytes)
        .map_err(|error| Error::InFile { path: path.to_owned(), source: Box::new(error) })
}

/// `conv1.weight`
fn full_name(tensor: &Tensor) -> String {
    tensor.path().to_string()
}

/// The type of a network's numbers in a file.
fn dtype<N: Network>() -> Dtype {
    if size_of::<N::Scalar>() == size_of::<f64>() { Dtype::F64 } else { Dtype::F32 }
}

/// The tensors of a network. What a layer lacks, such as the bias of a norm without one, is in no file.
fn stored<N: Network>() -> impl Iterator<Item = &'static Tensor> {
    N::tensors().iter().filter(|tensor| tensor.len > 0)
}

/// Whether a name is that of the count that PyTorch keeps beside the running statistics of batch normalisation.
fn is_batch_count<N: Network>(name: &str) -> bool {
    name.strip_suffix(".num_batches_tracked").is_some_and(|layer| {
        stored::<N>().any(|tensor| full_name(tensor).strip_suffix(".running_mean") == Some(layer))
    })
}

/// Every tensor of the network with its numbers in the file, if they fit.
fn matched<'a, N: Network>(file: &SafeTensors<'a>) -> Result<Vec<(&'static Tensor, TensorView<'a>)>, Error> {
    let network = N::NAME;
    let mut found: std::collections::BTreeMap<_, _> = file.iter().collect();
    let mut missing = Vec::new();
    let mut pairs = Vec::new();
    for tensor in stored::<N>() {
        let name = full_name(tensor);
        match found.remove(name.as_str()) {
            Some(view) => pairs.push((tensor, name, view)),
            None => missing.push(name),
        }
    }
    let unexpected: Vec<_> =
        found.into_keys().filter(|name| !is_batch_count::<N>(name)).map(str::to_owned).collect();
    if !(missing.is_empty() && unexpected.is_empty()) {
        return Err(Error::Names { network, missing, unexpected });
    }
    pairs
        .into_iter()
        .map(|(tensor, name, view)| {
            if view.shape() != tensor.shape() {
                let (found, expected) = (view.shape().to_vec(), tensor.shape().to_vec());
                return Err(Error::Shape { network, tensor: name, found, expected });
            }
            if view.dtype() != dtype::<N>() {
                let (found, expected) = (view.dtype(), dtype::<N>());
                return Err(Error::Type { network, tensor: name, found, expected });
            }
            Ok((tensor, view))
        })
        .collect()
}

/// A tensor's numbers in PyTorch's order.
fn encode<S: Scalar>(tensor: &Tensor, values: &[S]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(tensor.len * size_of::<S>());
    for value in tensor.places().filter_map(|place| values.get(place)) {
        bytes.extend_from_slice(value.to_le_bytes().as_ref());
    }
    bytes
}

/// Puts a tensor's numbers to their places.
fn decode<S: Scalar>(tensor: &Tensor, bytes: &[u8], values: &mut [S]) {
    for (place, bytes) in tensor.places().zip(bytes.chunks_exact(size_of::<S>())) {
        if let (Some(value), Ok(bytes)) = (values.get_mut(place), S::Bytes::try_from(bytes)) {
            *value = S::from_le_bytes(bytes);
        }
    }
}
