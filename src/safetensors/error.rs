//! Why weights were not read or written.

use super::{Report, keras};
use ::safetensors::{Dtype, SafeTensorError};
use std::fmt;
use std::io;
use std::path::PathBuf;

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
    /// A number is too large for the type that the file shall have.
    Range {
        /// The network.
        network: &'static str,
        /// The tensor.
        tensor: String,
        /// The type, `F16`.
        dtype: Dtype,
    },
    /// No tensor of the file fits the network.
    Nothing {
        /// The network.
        network: &'static str,
        /// What was found instead.
        report: Box<Report>,
    },
    /// The file is of another format.
    OtherFormat {
        /// What it is.
        found: &'static str,
        /// How to make a safetensors file of it.
        remedy: &'static str,
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
                match hint(missing, unexpected) {
                    Some(option) => write!(f, "; read it with `{option}`"),
                    None => f.write_str(
                        "; read the file into the network that wrote it, name the layers alike in both, or map the names with `Options`",
                    ),
                }
            }
            Self::Nothing { network, report } => write!(
                f,
                "the file has no tensor of the network `{network}`: {report}; map the names with `Options`"
            ),
            Self::OtherFormat { found, remedy } => {
                write!(f, "this is {found}, not a safetensors file: convert it in Python, `{remedy}`")
            }
            Self::Range { network, tensor, dtype } => write!(
                f,
                "tensor `{tensor}` of the network `{network}` has a number that is too large for {dtype}: save as `Precision::BF16` or `F32`"
            ),
            Self::Shape { network, tensor, found, expected } => {
                let shape = format!("{found:?}");
                write!(f, "tensor `{tensor}` has the shape {}, ", Start(&shape, 100))?;
                write!(f, "the network `{network}` expects {expected:?}: ")?;
                f.write_str(if is_transposed(found, expected) {
                    "it is transposed, as in files of Keras; read those with `Options::new().keras()`, or save `tensor.T.contiguous()` in PyTorch"
                } else {
                    "the file belongs to a network of other sizes"
                })
            }
            Self::Type { network, tensor, found, expected } => {
                let fix = match expected {
                    Dtype::F64 => "`tensor.double()` in PyTorch, or declare `scalar = f32`",
                    _ => "`tensor.float()` in PyTorch, or declare `scalar = f64` for a file of F64",
                };
                write!(
                    f,
                    "tensor `{tensor}` holds numbers of type {found}, the network `{network}` expects \
                     {expected}: convert the file ({fix}), or read it with `Options::new().convert()`"
                )
            }
        }
    }
}

/// The beginning of a text that may quote a file, which may hold names of any length.
pub(super) struct Start<'a>(pub(super) &'a str, pub(super) usize);

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
pub(super) struct Quoted<'a>(pub(super) &'a [String]);

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
            Self::Names { .. }
            | Self::Shape { .. }
            | Self::Type { .. }
            | Self::Range { .. }
            | Self::Nothing { .. }
            | Self::OtherFormat { .. } => None,
        }
    }
}

/// Whether a shape has the axes of another in the order of Keras, which puts outputs last.
fn is_transposed(found: &[usize], expected: &[usize]) -> bool {
    let axes = keras::axes(expected.len());
    expected.len() > 1
        && found.len() == expected.len()
        && axes.iter().zip(found).all(|(axis, n)| expected[*axis] == *n)
}

/// The option that brings the names together, if one does.
fn hint(missing: &[String], unexpected: &[String]) -> Option<String> {
    let (ours, theirs) = (missing.first()?, unexpected.first()?);
    let is_numbered =
        |name: &String| name.split_once('.').is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    if unexpected.iter().all(is_numbered) && !ours.starts_with(|first: char| first.is_ascii_digit()) {
        return Some("Options::new().sequential()".to_owned());
    }
    let ending =
        |name: &String| missing.iter().find_map(|ours| name.strip_suffix(ours.as_str()).map(str::to_owned));
    let prefix = ending(theirs).filter(|prefix| !prefix.is_empty() && prefix.len() < 100)?;
    let all = unexpected.iter().all(|name| name.starts_with(&prefix));
    all.then(|| format!("Options::new().prefix({prefix:?})"))
}
