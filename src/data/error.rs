//! Why data cannot be read.

use std::path::PathBuf;
use std::{fmt, io};

/// Why data cannot be read, or not be encoded as asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be opened or read.
    Io {
        /// The file; `None` of a reader.
        path: Option<PathBuf>,
        /// What the system says.
        error: io::Error,
    },
    /// The text is no CSV: a row has more or fewer fields than the header, for instance, or is not UTF-8.
    Csv(String),
    /// A table without rows, or no samples: there is nothing to learn from.
    Empty,
    /// No column has that name.
    NoColumn {
        /// The name.
        name: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// A field is no number.
    NotANumber {
        /// The column.
        column: String,
        /// The line of the file, from 1.
        line: u64,
        /// What stands there.
        value: String,
    },
    /// A field is empty, or holds a word that stands for a missing value.
    Missing {
        /// The column.
        column: String,
        /// The line of the file, from 1.
        line: u64,
    },
    /// A category that was not there when the categories were learnt.
    UnknownCategory {
        /// The column.
        column: String,
        /// The line of the file, from 1.
        line: u64,
        /// What stands there.
        value: String,
        /// The categories that were learnt.
        known: Vec<String>,
    },
    /// The columns give another number of features than the samples have.
    Width {
        /// What the samples have.
        expected: usize,
        /// What the columns give, by name.
        found: Vec<String>,
    },
    /// No IDX file, or one that is not whole.
    Idx(String),
    /// A folder has no folders in it, which would be classes.
    NoClasses {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder of a class has no pictures.
    NoPictures {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is no picture, or one that cannot be decoded.
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: String,
    },
    /// The shape that a picture shall have does not fit the sample.
    PictureShape {
        /// Channels, height, width.
        shape: [usize; 3],
        /// Numbers of the sample.
        numbers: usize,
    },
    /// There are not so many samples.
    NoSample {
        /// The one that was asked for.
        sample: usize,
        /// How many there are.
        samples: usize,
    },
    /// A number of a sample is infinite or not a number.
    NotFinite {
        /// The sample's place.
        sample: usize,
        /// The number's place in it.
        feature: usize,
    },
}

/// Some of the names, in quotes: a message has a bounded length.
fn some(names: &[String]) -> String {
    const MOST: usize = 12;
    let quoted: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", short(name))).collect();
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", quoted.join(", "))
}

/// The beginning of a text from a file.
fn short(text: &str) -> String {
    const MOST: usize = 40;
    let end = text.char_indices().nth(MOST).map(|(place, _)| place);
    end.map_or_else(|| text.escape_debug().to_string(), |end| format!("{}…", text[..end].escape_debug()))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path: Some(path), error } => write!(f, "{}: {error}", path.display()),
            Self::Io { path: None, error } => write!(f, "{error}"),
            Self::Csv(error) => write!(f, "{error}"),
            Self::Empty => f.write_str("there are no samples to learn from: give at least one"),
            Self::NoColumn { name, names } => {
                write!(f, "no column is named `{}`; there are {}", short(name), some(names))
            }
            Self::NotANumber { column, line, value } => write!(
                f,
                "line {line}, column `{}`: `{}` is not a number; a column of categories is `one_hot(…)`, or `Labels`",
                short(column),
                short(value)
            ),
            Self::Missing { column, line } => write!(
                f,
                "line {line}, column `{}`: the value is missing; say what stands for it, as `number(…).or_mean()`, or drop \
                 such rows with `complete`",
                short(column)
            ),
            Self::UnknownCategory { column, line, value, known } => write!(
                f,
                "line {line}, column `{}`: `{}` is none of the categories that were learnt, {}; learn from a table that has \
                 them all, or take zeros for others with `one_hot(…).or_zeros()`",
                short(column),
                short(value),
                some(known)
            ),
            Self::Width { expected, found } => {
                write!(
                    f,
                    "a sample has {expected} numbers, but the columns give {}: {}",
                    found.len(),
                    some(found)
                )
            }
            Self::Idx(error) => f.write_str(error),
            Self::NoClasses { folder } => write!(
                f,
                "{}: there is no folder in it; expected one for each class, named like it, with its pictures",
                folder.display()
            ),
            Self::NoPictures { folder } => write!(
                f,
                "{}: the class has no pictures, files that end in `.png`, `.jpg` or `.jpeg`; remove the folder, or add some",
                folder.display()
            ),
            Self::Picture { path, error } => write!(f, "{}: {error}", path.display()),
            Self::PictureShape { shape: [channels @ (1 | 3 | 4), height, width], numbers } => write!(
                f,
                "a picture of shape [{channels}, {height}, {width}] has {} numbers, the sample {numbers}",
                channels.saturating_mul(*height).saturating_mul(*width)
            ),
            Self::PictureShape { shape, .. } => write!(
                f,
                "a picture has no shape {shape:?}; expected [channels, height, width], with 1 (grey), 3 or 4 (opacity) channels"
            ),
            Self::NoSample { sample, samples } => {
                write!(f, "there is no sample {sample}: there are {samples}, from 0")
            }
            Self::NotFinite { sample, feature } => {
                write!(
                    f,
                    "number {feature} of sample {sample} is infinite or NaN: replace it, or leave the sample out"
                )
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
