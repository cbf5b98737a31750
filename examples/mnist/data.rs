//! The files of MNIST: gzip around IDX.

use backprop::data::{self, Idx};
use flate2::read::GzDecoder;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

const SIDE: usize = 28;

/// The grey values of one digit, row by row, shifted and scaled to mean 0 and deviation 1 over the set.
pub(crate) type Image = [f32; SIDE * SIDE];

/// Names of a pair of files, and how many digits they hold.
pub(crate) struct Source {
    images: &'static str,
    labels: &'static str,
    count: usize,
}

/// The digits to learn from.
pub(crate) const TRAIN: Source =
    Source { images: "train-images-idx3-ubyte.gz", labels: "train-labels-idx1-ubyte.gz", count: 60_000 };
/// The digits to be measured with.
pub(crate) const TEST: Source =
    Source { images: "t10k-images-idx3-ubyte.gz", labels: "t10k-labels-idx1-ubyte.gz", count: 10_000 };

/// The project's own copy, wherever the program is started.
pub(crate) fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/mnist")
}

/// Images and what they show.
pub(crate) struct Digits {
    /// One for each digit.
    pub(crate) images: Vec<Image>,
    /// 0 to 9.
    pub(crate) labels: Vec<u8>,
}

impl Digits {
    /// Reads a pair of files.
    pub(crate) fn read(folder: &Path, source: &Source) -> Result<Self, Error> {
        let labels = read_idx(folder.join(source.labels), &[source.count])?;
        if let Some(place) = labels.iter().position(|label| *label > 9) {
            let problem = Problem::Label { place, found: labels[place] };
            return Err(Error { path: folder.join(source.labels), problem });
        }
        let pixels = read_idx(folder.join(source.images), &[source.count, SIDE, SIDE])?;
        let images = pixels.as_chunks().0.iter().map(normalized).collect();
        Ok(Self { images, labels })
    }
}

/// Bytes to numbers: 0.1307 and 0.3081 are mean and deviation over the training images.
fn normalized(pixels: &[u8; SIDE * SIDE]) -> Image {
    pixels.map(|pixel| (f32::from(pixel) / 255.0 - 0.1307) / 0.3081)
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) struct Error {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Open(io::Error),
    Unpack(io::Error),
    Idx(data::Error),
    Dimensions { found: Vec<usize>, expected: Vec<usize> },
    Label { place: usize, found: u8 },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.problem {
            Problem::Open(error) => write!(
                f,
                "{error}; expected a file of the MNIST database in this folder (another one: --data DIR)"
            ),
            Problem::Unpack(error) => {
                write!(f, "cannot be unpacked: {error}; expected a whole gzip file, copy it again")
            }
            Problem::Idx(error) => write!(f, "{error}"),
            Problem::Dimensions { found, expected } => {
                write!(f, "holds an array of {found:?}; expected {expected:?}")
            }
            Problem::Label { place, found } => {
                write!(f, "label number {place} is {found}; expected a digit from 0 to 9")
            }
        }
    }
}

impl std::error::Error for Error {}

/// The values of an IDX file of bytes, which must have the given dimensions.
fn read_idx(path: PathBuf, dimensions: &[usize]) -> Result<Vec<u8>, Error> {
    match try_read_idx(&path, dimensions) {
        Ok(values) => Ok(values),
        Err(problem) => Err(Error { path, problem }),
    }
}

fn try_read_idx(path: &Path, dimensions: &[usize]) -> Result<Vec<u8>, Problem> {
    let file = File::open(path).map_err(Problem::Open)?;
    let idx = Idx::parse(GzDecoder::new(file)).map_err(|error| match error {
        data::Error::Io { error, .. } => Problem::Unpack(error),
        error => Problem::Idx(error),
    })?;
    match idx.bytes() {
        Some(values) if idx.dimensions() == dimensions => Ok(values.to_vec()),
        _ => Err(Problem::Dimensions { found: idx.dimensions().to_vec(), expected: dimensions.to_vec() }),
    }
}
