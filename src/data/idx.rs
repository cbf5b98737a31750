//! [`Idx`]: the file format of MNIST.

use super::Error;
use crate::{Real, Scalar};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// An array from an IDX file, the format of MNIST, Fashion-MNIST, EMNIST and their like: two zero bytes, the type of the values,
/// the number of dimensions, each dimension as a big-endian 32-bit number, then the values, the last dimension fastest.
///
/// Files that are packed are read through the reader that unpacks them.
///
/// ```
/// use backprop::data::Idx;
/// // Two images of one row and three columns.
/// let file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
/// let idx = Idx::parse(file.as_slice())?;
/// assert_eq!(idx.dimensions(), [2, 1, 3]);
/// let images: Vec<[f32; 3]> = idx.samples()?;
/// assert_eq!(images, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// # Ok::<(), backprop::data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    dimensions: Vec<usize>,
    kind: u8,
    bytes: Vec<u8>,
}

/// Bytes of a value, for each type there is.
fn width(kind: u8) -> Option<usize> {
    match kind {
        0x08 | 0x09 => Some(1),
        0x0b => Some(2),
        0x0c | 0x0d => Some(4),
        0x0e => Some(8),
        _ => None,
    }
}

impl Idx {
    /// Reads a file that is not packed.
    ///
    /// # Errors
    /// A file that cannot be read, or is no whole IDX file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let at = |error| Error::Io { path: Some(path.to_owned()), error };
        match Self::parse(File::open(path).map_err(at)?) {
            Err(Error::Io { error, .. }) => Err(at(error)),
            Err(Error::Idx(error)) => Err(Error::Idx(format!("{}: {error}", path.display()))),
            idx => idx,
        }
    }

    /// Reads bytes. No more memory is taken than there are bytes, whatever the header says.
    ///
    /// # Errors
    /// Bytes that cannot be read, or are no whole IDX file.
    pub fn parse(mut reader: impl Read) -> Result<Self, Error> {
        let failed = |error| Error::Io { path: None, error };
        let mut header = Vec::new();
        (&mut reader).take(4).read_to_end(&mut header).map_err(failed)?;
        let &[0, 0, kind, rank] = header.as_slice() else {
            return Err(Error::Idx(format!(
                "begins with the bytes {header:02x?}; expected an IDX file, [00, 00, type, dimensions]"
            )));
        };
        let width = width(kind).ok_or_else(|| {
            Error::Idx(format!("has values of type {kind:#04x}; expected 0x08 to 0x0e, of an IDX file"))
        })?;
        let mut sizes = Vec::new();
        (&mut reader).take(4 * u64::from(rank)).read_to_end(&mut sizes).map_err(failed)?;
        let dimensions: Vec<usize> =
            sizes.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size) as usize).collect();
        // Of sizes that are 0 the others must fit all the same: their product is the size of a sample.
        let most = dimensions.iter().try_fold(width, |bytes, size| bytes.checked_mul((*size).max(1)));
        let count = most.map(|_| dimensions.iter().product::<usize>());
        let bytes_there = count.map(|count| count * width).filter(|bytes| *bytes < usize::MAX);
        let Some((count, expected)) = count.zip(bytes_there) else {
            return Err(Error::Idx(format!("holds an array of {dimensions:?}, more than memory can hold")));
        };
        if dimensions.len() < usize::from(rank) {
            return Err(Error::Idx(format!("ends after {} of {rank} dimensions", dimensions.len())));
        }
        let mut bytes = Vec::new();
        // One byte more than expected shows that there are more.
        reader.take(expected as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() < expected {
            return Err(Error::Idx(format!("ends after {} values; expected {count}", bytes.len() / width)));
        }
        if bytes.len() > expected {
            return Err(Error::Idx(format!("goes on after the {count} values expected")));
        }
        Ok(Self { dimensions, kind, bytes })
    }

    /// The dimensions, the slowest first: samples, and those of a sample.
    pub fn dimensions(&self) -> &[usize] {
        &self.dimensions
    }

    /// The values, where they are unsigned bytes: pixels, labels.
    pub fn bytes(&self) -> Option<&[u8]> {
        (self.kind == 0x08).then_some(&self.bytes)
    }

    /// All values as numbers, those of one sample after the other's.
    pub fn numbers<S: Scalar>(&self) -> Vec<S> {
        let (bytes, number) = (&self.bytes, |value: f64| S::real(value.into()));
        let (twos, fours) = (bytes.as_chunks().0, bytes.as_chunks().0);
        match self.kind {
            0x08 => bytes.iter().map(|byte| number(f64::from(*byte))).collect(),
            0x09 => bytes.iter().map(|byte| number(f64::from(byte.cast_signed()))).collect(),
            0x0b => twos.iter().map(|two| number(f64::from(i16::from_be_bytes(*two)))).collect(),
            0x0c => fours.iter().map(|four| number(f64::from(i32::from_be_bytes(*four)))).collect(),
            0x0d => fours.iter().map(|four| S::real(Real::from(f32::from_be_bytes(*four)))).collect(),
            _ => bytes.as_chunks().0.iter().map(|eight| number(f64::from_be_bytes(*eight))).collect(),
        }
    }

    /// The values as samples of `N` numbers, as many as all dimensions but the first make.
    ///
    /// # Errors
    /// [`Error::Idx`] if that is another number.
    pub fn samples<S: Scalar, const N: usize>(&self) -> Result<Vec<[S; N]>, Error> {
        let found: usize = self.dimensions.iter().skip(1).product();
        if found != N || self.dimensions.is_empty() {
            return Err(Error::Idx(format!(
                "holds an array of {:?}, samples of {found} numbers; expected {N}",
                self.dimensions
            )));
        }
        Ok(self.numbers().as_chunks().0.to_vec())
    }
}
