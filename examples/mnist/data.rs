//! The files of MNIST: gzip around IDX, a header of big-endian numbers followed by bytes.

use flate2::read::GzDecoder;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
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
    Magic { found: Vec<u8>, expected: [u8; 4] },
    Dimensions { found: Vec<usize>, expected: Vec<usize> },
    Length { found: usize, expected: usize },
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
            Problem::Magic { found, expected } => {
                write!(
                    f,
                    "begins with the bytes {found:02x?}; expected {expected:02x?}, an IDX file of bytes"
                )
            }
            Problem::Dimensions { found, expected } => {
                write!(f, "holds an array of {found:?}; expected {expected:?}")
            }
            Problem::Length { found, expected } if found < expected => {
                write!(f, "ends after {found} values; expected {expected}")
            }
            Problem::Length { expected, .. } => write!(f, "goes on after the {expected} values expected"),
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
    let header = 4 + 4 * dimensions.len();
    let count: usize = dimensions.iter().product();
    let file = File::open(path).map_err(Problem::Open)?;
    let mut bytes = Vec::with_capacity(header + count + 1);
    // One byte more than expected shows that there are more, and has the checksum verified if there are not.
    GzDecoder::new(file).take(bytes.capacity() as u64).read_to_end(&mut bytes).map_err(Problem::Unpack)?;

    // Two zeros, the type of the values (8: unsigned bytes), the number of dimensions.
    let expected = [0, 0, 8, dimensions.len() as u8];
    if !bytes.starts_with(&expected) {
        bytes.truncate(4);
        return Err(Problem::Magic { found: bytes, expected });
    }
    if bytes.len() < header {
        return Err(Problem::Length { found: 0, expected: count });
    }
    let found: Vec<usize> =
        bytes[4..header].as_chunks().0.iter().map(|size| u32::from_be_bytes(*size) as usize).collect();
    if found != dimensions {
        return Err(Problem::Dimensions { found, expected: dimensions.to_vec() });
    }
    let values = bytes.split_off(header);
    if values.len() != count {
        return Err(Problem::Length { found: values.len(), expected: count });
    }
    Ok(values)
}
