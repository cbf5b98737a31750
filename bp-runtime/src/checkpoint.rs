//! Checkpoints: a network and all that its training needs to go on, as bytes.
//!
//! [`Trainer::to_bytes`](crate::Trainer::to_bytes) writes one, without heap and without `std`;
//! [`Trainer::save`](crate::Trainer::save) writes it to a file; an [`OnlineTrainer`](crate::OnlineTrainer) has both too. What
//! follows the header is the same on every machine.
//!
//! ```text
//! 8 bytes   `\x89bp\r\n\x1a\n\0`: not text, and changed by what takes it for text
//! 4         version of this layout, 1
//! 4         CRC-32 of all that follows (IEEE 802.3, as zlib's)
//! 8         length of the checkpoint, header included
//! 8         fingerprint of the declaration
//! 4, 4      bytes of a number (4, 8), samples of a tile
//! 8, 8, 8   numbers stored, numbers trained, bytes of the optimizer's state
//! 32, 32    names of network and optimizer, for messages; the optimizer's must be the same
//! …         the network's numbers, then the trainer's: [`Trainer`](crate::Trainer) says which
//! ```

use crate::saved::{Reader, Saved, Writer, saved};
use crate::{Block, Network};
use typenum::Unsigned as _;

mod error;

#[cfg(feature = "std")]
pub use error::FileError;
pub use error::{Error, Name};

/// Begins what follows in the checkpoint of a run.
#[cfg(feature = "std")]
pub(crate) const RUN: [u8; 8] = *b"\x89bprun\n\0";
/// Begins the checkpoint of a trainer.
pub(crate) const TRAINER: [u8; 8] = *b"\x89bp\r\n\x1a\n\0";
const VERSION: u32 = 1;
/// Bytes of magic, version, sum and length.
pub(crate) const PREFIX: usize = 24;
/// Where the summed bytes begin: behind magic, version, and the sum itself.
const SUMMED: usize = 16;

/// Writes what stands before the bytes behind the first [`PREFIX`].
pub(crate) fn seal(magic: [u8; 8], bytes: &mut [u8]) {
    let length = bytes.len() as u64;
    if let Some((prefix, _)) = bytes.split_at_mut_checked(PREFIX) {
        let mut to = Writer::new(prefix);
        to.put(&magic);
        (VERSION, (0_u32, length)).write(&mut to);
    }
    let sum = crc32(bytes.get(SUMMED..).unwrap_or(&[]));
    if let Some(place) = bytes.get_mut(SUMMED - u32::BYTES..) {
        sum.write(&mut Writer::new(place));
    }
}

/// The bytes behind the prefix, and what follows them, of bytes that [`seal`] has sealed.
pub(crate) fn open(magic: [u8; 8], bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    if bytes.is_empty() || !magic.starts_with(bytes.get(..magic.len()).unwrap_or(bytes)) {
        return Err(Error::NoCheckpoint);
    }
    let truncated = |expected| Error::Truncated { found: bytes.len(), expected };
    let Some((prefix, _)) = bytes.split_first_chunk::<PREFIX>() else { return Err(truncated(PREFIX as u64)) };
    let mut from = Reader::new(prefix);
    let (_, found): (u64, u32) = (from.value(), from.value());
    let (sum, length): (u32, u64) = (from.value(), from.value());
    if found != VERSION {
        return Err(Error::Version { found });
    }
    let end = usize::try_from(length).unwrap_or(usize::MAX);
    let (Some(summed), Some(behind)) = (bytes.get(SUMMED..end), bytes.get(PREFIX..end)) else {
        return Err(if end < PREFIX { Error::Corrupt } else { truncated(length) });
    };
    if crc32(summed) != sum {
        return Err(Error::Corrupt);
    }
    Ok((behind, bytes.get(end..).unwrap_or(&[])))
}

/// Writes a checkpoint of so many bytes to a file, which appears whole or not at all.
#[cfg(feature = "std")]
pub(crate) fn save(
    path: &std::path::Path,
    length: usize,
    write: impl FnOnce(&mut [u8]) -> Result<(), Error>,
) -> Result<(), FileError> {
    let mut bytes = alloc::vec![0; length];
    write(&mut bytes)
        .and_then(|()| crate::files::write(path, &bytes).map_err(Error::io("write")))
        .map_err(|source| FileError { path: path.to_owned(), source })
}

/// Reads a file of [`save`].
#[cfg(feature = "std")]
pub(crate) fn load(
    path: &std::path::Path,
    read: impl FnOnce(&[u8]) -> Result<(), Error>,
) -> Result<(), FileError> {
    std::fs::read(path)
        .map_err(Error::io("read"))
        .and_then(|bytes| read(&bytes))
        .map_err(|source| FileError { path: path.to_owned(), source })
}

/// The checksum of IEEE 802.3, of zlib and PNG: any change of up to 32 neighbouring bits changes it.
fn crc32(bytes: &[u8]) -> u32 {
    // For four bits at a time: 64 bytes of constants, where a table for eight has a kilobyte.
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut index = 0;
        while index < table.len() {
            let (mut sum, mut bit) = (index as u32, 0);
            while bit < 4 {
                sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
                bit += 1;
            }
            table[index] = sum;
            index += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |sum, byte| {
        let sum = sum ^ u32::from(*byte);
        let sum = TABLE[(sum & 15) as usize] ^ sum >> 4;
        TABLE[(sum & 15) as usize] ^ sum >> 4
    })
}

saved! {
    /// What a checkpoint is of.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub(crate) struct Origin {
        fingerprint: u64,
        scalar: u32,
        tile: u32,
        stored: u64,
        trained: u64,
        state: u64,
        network: Name,
        optimizer: Name,
    }
}

impl Origin {
    /// Of a trainer that works on so many samples together, and whose optimizer has so many bytes of state.
    pub(crate) fn of<N: Network>(tile: usize, optimizer: Name, state: usize) -> Self {
        Self {
            fingerprint: <N::Core as Block>::FINGERPRINT,
            scalar: size_of::<N::Scalar>() as u32,
            tile: tile as u32,
            stored: N::Stored::U64,
            trained: N::Trained::U64,
            state: state as u64,
            network: Name::of(N::NAME),
            optimizer,
        }
    }

    /// Writes a checkpoint of this into the first `length` bytes: `body` appends what it consists of.
    pub(crate) fn seal(
        &self,
        bytes: &mut [u8],
        length: usize,
        body: impl FnOnce(&mut Writer<'_>),
    ) -> Result<(), Error> {
        let found = bytes.len();
        let bytes = bytes.get_mut(..length).ok_or(Error::Room { found, needed: length })?;
        if let Some(behind) = bytes.get_mut(PREFIX..) {
            let mut to = Writer::new(behind);
            self.write(&mut to);
            body(&mut to);
        }
        seal(TRAINER, bytes);
        Ok(())
    }

    /// The body of a checkpoint that is of the same and has this length, and what follows it.
    pub(crate) fn open<'b>(&self, bytes: &'b [u8], length: usize) -> Result<(&'b [u8], &'b [u8]), Error> {
        let (body, rest) = open(TRAINER, bytes)?;
        if body.len() < Self::BYTES {
            return Err(Error::Corrupt);
        }
        let mut from = Reader::new(body);
        from.value::<Self>().check(self)?;
        // The numbers follow from the origin.
        if PREFIX + body.len() != length {
            return Err(Error::Corrupt);
        }
        Ok((from.rest(), rest))
    }

    /// An error that names what differs. How the struct of the network is called makes no difference.
    fn check(&self, expected: &Self) -> Result<(), Error> {
        if self.scalar != expected.scalar {
            return Err(Error::Scalar { found: self.scalar, expected: expected.scalar });
        }
        let network = |of: &Self| (of.fingerprint, of.stored, of.trained);
        if network(self) != network(expected) {
            return Err(Error::Network {
                found: self.network,
                found_numbers: self.stored,
                expected: expected.network,
                expected_numbers: expected.stored,
            });
        }
        if (self.optimizer, self.state) != (expected.optimizer, expected.state) {
            return Err(Error::Optimizer { found: self.optimizer, expected: expected.optimizer });
        }
        if self.tile != expected.tile {
            return Err(Error::Tile { found: self.tile, expected: expected.tile });
        }
        Ok(())
    }
}

/// What a declaration comes to: the macro's hash of layers and graph, the fingerprints of networks within it, and names,
/// shapes and places of all that is stored. Constant, and the same on every machine.
#[doc(hidden)]
pub const fn fingerprint(declaration: u64, blocks: &[u64], tensors: &[crate::Tensor]) -> u64 {
    let (mut hash, mut index) = (Hash::new().number(declaration), 0);
    while index < blocks.len() {
        hash = hash.number(blocks[index]);
        index += 1;
    }
    index = 0;
    while index < tensors.len() {
        hash = hash.tensor(&tensors[index]);
        index += 1;
    }
    hash.0
}

/// FNV-1a, of 64 bits.
struct Hash(u64);

impl Hash {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    const fn number(mut self, number: u64) -> Self {
        let mut shift = 0;
        while shift < u64::BITS {
            self = self.byte((number >> shift) as u8);
            shift += 8;
        }
        self
    }

    const fn text(mut self, text: &str) -> Self {
        let mut index = 0;
        while index < text.len() {
            self = self.byte(text.as_bytes()[index]);
            index += 1;
        }
        self.byte(0)
    }

    const fn tensor(mut self, tensor: &crate::Tensor) -> Self {
        let mut index = 0;
        while index < tensor.networks.len() {
            self = self.text(tensor.networks[index]);
            index += 1;
        }
        self = self.text(tensor.layer).text(tensor.name).number(tensor.offset as u64);
        self = self.number(match tensor.trained {
            Some(place) => place as u64,
            None => u64::MAX,
        });
        let mut axis = 0;
        while axis < tensor.rank {
            self = self.number(tensor.shape[axis] as u64).number(tensor.strides[axis] as u64);
            axis += 1;
        }
        self.number(tensor.rank as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_that_of_zlib() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(&[]), 0);
    }
}
