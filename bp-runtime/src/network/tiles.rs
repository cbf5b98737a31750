//! How many samples are worked on at a time.

use crate::simd::REPRODUCIBLE;

/// The tile for a network whose buffers hold `features` numbers for each sample.
///
/// 32 samples: a weight is read once for two vectors of them, and small batches still fill a tile. 16 where 32
/// would take more than two mebibytes of cache; 1 where even 16 would take more than 16 MiB, and on targets
/// without an operating system, whose memory is dear. `cargo bench --bench workloads -- tile` compares. A step, and an
/// evaluation, of up to four samples works on them one by one, with the numbers of `tile = 1`, unless the tile is declared or
/// layers measure. In the
/// [reproducible](crate::simd::REPRODUCIBLE) mode it is 1 on every target, since bits depend on it.
pub const fn tile<S>(features: usize) -> usize {
    if cfg!(target_os = "none") || REPRODUCIBLE {
        return 1;
    }
    let bytes = features * size_of::<S>();
    match bytes {
        0..=65_536 => 32,
        65_537..=1_048_576 => 16,
        _ => 1,
    }
}

/// The tile to train with where layers measure over it: 64 samples where they take up to two mebibytes, so that most batches
/// are measured as a whole; else as [`tile`] says.
pub const fn measuring_tile<S>(features: usize, measures: bool) -> usize {
    match tile::<S>(features) {
        32 if measures && features * size_of::<S>() <= 32_768 => 64,
        tile => tile,
    }
}

/// The tile for batches that fill no more of [`measuring_tile`]; one sample where nothing is measured.
pub const fn narrow(tile: usize, measures: bool) -> usize {
    match tile {
        _ if !measures => 1,
        33.. => 32,
        tile => tile,
    }
}
