//! Batches: their checks, and their way into tiles.

use crate::losses::TargetError;
use crate::network::{Network, Trainable};
use crate::{AsTarget, Error, Loss, Sample, Scalar};
use core::ops::Range;

/// A batch spread evenly over as few tiles as hold it, each with its range of samples.
pub(super) fn tiles<X>(xs: &[X], tile: usize) -> impl Iterator<Item = (Range<usize>, &[X])> {
    let count = xs.len().div_ceil(tile).max(1);
    (0..count).map(move |index| {
        let range = xs.len() * index / count..xs.len() * (index + 1) / count;
        (range.clone(), &xs[range])
    })
}

/// Fills a tile; places without a sample repeat the first, because zeros could turn into NaN on the way.
pub(super) fn load<S: Scalar, X: Sample<S>>(samples: &[X], x: &mut [S], tile: usize) {
    X::load(samples, x, tile);
    if samples.len() < tile {
        for feature in x.chunks_exact_mut(tile) {
            let (real, rest) = feature.split_at_mut(samples.len());
            if let Some(first) = real.first() {
                rest.fill(*first);
            }
        }
    }
}

/// At least one sample, and no index that an embedding does not know.
pub(super) fn check_samples<N: Network>(xs: &[N::Sample]) -> Result<(), Error> {
    if xs.is_empty() {
        return Err(Error::EmptyBatch);
    }
    match xs.iter().position(|x| !x.is_within(N::INPUT_ROWS)) {
        Some(sample) => Err(Error::IndexOutOfRange { sample, rows: N::INPUT_ROWS }),
        None => Ok(()),
    }
}

pub(super) fn check_targets<N: Trainable, Y: AsTarget<N::Target>>(
    inputs: usize,
    ys: &[Y],
) -> Result<(), Error> {
    Error::check_lengths("inputs", inputs, "targets", ys.len())?;
    for (sample, target) in ys.iter().enumerate() {
        target.with(|target| N::LOSS.check(N::OUTPUTS, target)).map_err(|error| match error {
            TargetError::OutOfRange => Error::LabelOutOfRange { sample, classes: N::OUTPUTS },
            TargetError::Invalid(expected) => Error::InvalidTarget { sample, expected },
        })?;
    }
    Ok(())
}
