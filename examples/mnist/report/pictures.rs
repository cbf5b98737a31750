//! Pictures of few pixels, as addresses that hold them.

use super::grey;
use crate::data::Image;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::error::Error;
use std::io::Write as _;

/// What a pixel consists of, with its number of bytes: the last is opacity.
#[derive(Clone, Copy, PartialEq)]
enum Colour {
    Grey = 2,
    Full = 4,
}

/// Ink where the digit has some, nothing elsewhere.
pub(super) fn digit(image: &Image) -> Result<String, Box<dyn Error>> {
    // The page paints the ink: a mask has only transparency.
    let pixels: Vec<[u8; 2]> = grey(image).into_iter().map(|value| [value, value]).collect();
    encoded(Colour::Grey, pixels.as_flattened(), 28)
}

/// Positive weights in one colour and negative ones in another, more opaque the stronger they are.
pub(super) fn filter(weights: &[f32], width: usize, most: f32) -> Result<String, Box<dyn Error>> {
    const POSITIVE: [u8; 3] = [0xd9, 0x6c, 0x1e];
    const NEGATIVE: [u8; 3] = [0x2a, 0x7f, 0xd0];
    let pixels = weights.iter().map(|weight| {
        let [red, green, blue] = if *weight > 0.0 { POSITIVE } else { NEGATIVE };
        [red, green, blue, (255.0 * (weight.abs() / most.max(f32::MIN_POSITIVE))).round() as u8]
    });
    encoded(Colour::Full, pixels.collect::<Vec<_>>().as_flattened(), width)
}

/// A PNG file: a signature, and chunks of length, name, contents and checksum.
fn encoded(colour: Colour, pixels: &[u8], width: usize) -> Result<String, Box<dyn Error>> {
    let row = width * colour as usize;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for pixels in pixels.chunks_exact(row) {
        // Each row begins with its filter: none.
        packed.write_all(&[0])?;
        packed.write_all(pixels)?;
    }
    let mut header = Vec::new();
    header.extend(u32::try_from(width)?.to_be_bytes());
    header.extend(u32::try_from(pixels.len() / row)?.to_be_bytes());
    header.extend([8, if colour == Colour::Grey { 4 } else { 6 }, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, contents) in [(b"IHDR", header), (b"IDAT", packed.finish()?), (b"IEND", Vec::new())] {
        file.extend(u32::try_from(contents.len())?.to_be_bytes());
        let mut checksum = Crc::new();
        checksum.update(name);
        checksum.update(&contents);
        file.extend(name);
        file.extend(contents);
        file.extend(checksum.sum().to_be_bytes());
    }
    Ok(format!("data:image/png;base64,{}", BASE64_STANDARD.encode(file)))
}
