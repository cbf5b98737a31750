//! Why a checkpoint is refused, and the names that messages quote.

use super::VERSION;
use crate::saved::{Reader, Saved, Writer};
use core::fmt;

/// Why a checkpoint was not written or not taken over. Network, trainer and file are as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The buffer is too small.
    Room {
        /// How many bytes there are.
        found: usize,
        /// How many the checkpoint takes.
        needed: usize,
    },
    /// Gradients are pending that lie on several ranks.
    Pending,
    /// The bytes do not begin as a checkpoint does.
    NoCheckpoint,
    /// The checkpoint is of another version of the layout.
    Version {
        /// Its version.
        found: u32,
    },
    /// Bytes are missing.
    Truncated {
        /// How many there are.
        found: usize,
        /// How many the checkpoint has.
        expected: u64,
    },
    /// Bytes have been changed: their sum is another.
    Corrupt,
    /// The checkpoint is of another network, or of one that was declared otherwise.
    Network {
        /// The struct's name in the checkpoint.
        found: Name,
        /// How many numbers it stores.
        found_numbers: u64,
        /// The struct's name here.
        expected: Name,
        /// How many numbers it stores.
        expected_numbers: u64,
    },
    /// The checkpoint is of a network of another precision.
    Scalar {
        /// Bytes of its numbers: 4 for `f32`, 8 for `f64`.
        found: u32,
        /// Bytes of the numbers here.
        expected: u32,
    },
    /// The checkpoint is of a network with another tile, which gives other bits.
    Tile {
        /// Its tile.
        found: u32,
        /// The tile here.
        expected: u32,
    },
    /// The checkpoint is of another optimizer.
    Optimizer {
        /// Its name.
        found: Name,
        /// The name here.
        expected: Name,
    },
    /// The checkpoint is of a trainer alone, not of a run of [`fit`](crate::Trainer::fit).
    NoRun,
    /// The checkpoint is of a run of [`fit`](crate::Trainer::fit) with other settings or data.
    Run {
        /// What differs, for instance `batch`.
        setting: &'static str,
        /// What it is in the checkpoint.
        found: u64,
        /// What it is here.
        expected: u64,
    },
    /// The operating system refused to read or write the file.
    #[cfg(feature = "std")]
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// What kind of error it was.
        kind: std::io::ErrorKind,
        /// The system's own number of the error.
        code: Option<i32>,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Room { found, needed } => write!(
                f,
                "a checkpoint takes {needed} bytes and there are {found}: give a buffer of `Trainer::CHECKPOINT_BYTES`"
            ),
            Self::Pending => f.write_str(
                "what is accumulated lies on several ranks and is not saved: call `update` or `discard` before",
            ),
            Self::NoCheckpoint => {
                f.write_str("this is no checkpoint: give what `to_bytes` or `save` of a trainer has written")
            }
            Self::Version { found } => write!(
                f,
                "the checkpoint has the layout {found}, this version of the library reads {VERSION}: read it with the version that wrote it"
            ),
            Self::Truncated { found, expected } => {
                write!(f, "the checkpoint is cut off, {found} bytes of {expected}: copy it again")
            }
            Self::Corrupt => f.write_str(
                "bytes of the checkpoint have been changed, their checksum is another: copy it again",
            ),
            Self::Network { found, found_numbers, expected, expected_numbers } => {
                write!(f, "the checkpoint is of a network `{found}` ")?;
                if found_numbers == expected_numbers {
                    f.write_str("with other layers, names or settings")?;
                } else {
                    write!(f, "of {found_numbers} numbers")?;
                }
                write!(
                    f,
                    ", this one is `{expected}` of {expected_numbers} numbers: declare the network as it was"
                )
            }
            Self::Scalar { found, expected } => write!(
                f,
                "the checkpoint is of a network in f{}, this one computes in f{}: declare `scalar = f{0}`",
                u64::from(found) * 8,
                u64::from(expected) * 8
            ),
            Self::Tile { found, expected } => write!(
                f,
                "the checkpoint is of a network that works on {found} samples together, this one on {expected}: declare `tile = {found}`"
            ),
            Self::Optimizer { found, expected } => write!(
                f,
                "the checkpoint is of a trainer with `{found}`, this one has `{expected}`: make the trainer with the same optimizer"
            ),
            Self::NoRun => f.write_str(
                "the checkpoint is of a trainer, not of a run: give `Fit::checkpoint` a path of its own",
            ),
            Self::Run { setting, found, expected } => write!(
                f,
                "the checkpoint is of a run with {setting} {found}, this one has {expected}: set it as it was, or remove the file to begin anew"
            ),
            #[cfg(feature = "std")]
            Self::Io { action, kind, code } => match (code, kind) {
                (Some(code), _) => {
                    write!(f, "cannot {action} the checkpoint: {}", std::io::Error::from_raw_os_error(code))
                }
                // What `files` refuses.
                (None, std::io::ErrorKind::InvalidInput) => write!(
                    f,
                    "cannot {action} the checkpoint: the path is not that of a regular file: give another path"
                ),
                (None, kind) => write!(f, "cannot {action} the checkpoint: {kind}"),
            },
        }
    }
}

impl core::error::Error for Error {}

#[cfg(feature = "std")]
impl Error {
    /// That the system refused to `read` or `write`.
    pub(crate) fn io(action: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Io { action, kind: error.kind(), code: error.raw_os_error() }
    }
}

/// Why a file was not written or not taken over. Network, trainer and file are as before.
#[cfg(feature = "std")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file.
    pub path: std::path::PathBuf,
    /// What is wrong.
    pub source: Error,
}

#[cfg(feature = "std")]
impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.source)
    }
}

#[cfg(feature = "std")]
impl core::error::Error for FileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// A name as a checkpoint holds it: its first 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Name([u8; 32]);

impl Name {
    /// Of a network.
    pub(crate) fn of(name: &str) -> Self {
        let mut this = Self::default();
        for (place, byte) in this.0.iter_mut().zip(name.bytes()) {
            *place = byte;
        }
        this
    }

    /// Of a type, without the modules that it and its arguments lie in, which may move: `Sgd<Momentum>`.
    pub(crate) fn of_type<T>() -> Self {
        let mut this = Self::default();
        let (mut length, mut word) = (0, 0);
        for byte in core::any::type_name::<T>().bytes() {
            match byte {
                b':' => length = word,
                _ => {
                    if let Some(place) = this.0.get_mut(length) {
                        *place = byte;
                    }
                    length += 1;
                    if !(byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()) {
                        word = length;
                    }
                }
            }
        }
        this.0.iter_mut().skip(length).for_each(|left_over| *left_over = 0);
        this
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        for chunk in self.0.get(..length).unwrap_or(&[]).utf8_chunks() {
            write!(f, "{}", chunk.valid().escape_debug())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Saved for Name {
    const BYTES: usize = 32;

    fn write(&self, to: &mut Writer<'_>) {
        to.put(&self.0);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        self.0 = from.take();
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
}

#[cfg(test)]
mod tests {
    use super::Name;
    use crate::optimizers::{Adam, Sgd};

    #[test]
    fn names_are_without_modules() {
        fn name<T>(_: T) -> String {
            Name::of_type::<T>().to_string()
        }
        assert_eq!(name(Adam::new(0.1)), "Adam");
        assert_eq!(name(Sgd::new(0.1).momentum(0.9)), "Sgd<Momentum>");
        assert_eq!(name((1_u8, [Some(2.0_f32); 3], "text")), "(u8, [Option<f32>; 3], &str)");
        assert_eq!(Name::of("bad\n\u{e9}").to_string(), "bad\\n\u{e9}");
        assert_eq!(Name::of(&"long".repeat(10)).to_string(), "long".repeat(8));
    }
}
