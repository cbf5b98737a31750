//! Batches: their checks, and their way into tiles.

use crate::calls::Calls;
use crate::learning::Learning;
use crate::losses::{Sum, TargetError};
use crate::network::{Network, Trainable, Training};
use crate::{AsTarget, Error, Loss, Pass, Sample, Scalar};
use core::ops::Range;

/// How many tiles hold so many samples, at least one.
#[inline(always)]
pub(super) fn tiles(samples: usize, tile: usize) -> usize {
    samples.div_ceil(tile).max(1)
}

/// The samples of one of the tiles, over which a batch is spread evenly.
#[inline(always)]
pub(super) fn samples_of(index: usize, samples: usize, tile: usize) -> Range<usize> {
    let count = tiles(samples, tile);
    let end = |index: usize| if tile == 1 { index.min(samples) } else { samples * index / count };
    end(index)..end(index + 1)
}

/// The closure itself: one that is named cannot be marked to be inlined, an argument can.
#[inline(always)]
pub(super) fn inlined<S, F: Fn(Range<usize>, &[S], &mut [S]) -> Sum<S>>(loss: F) -> F {
    loss
}

/// What the tiles of one batch have in common.
pub(super) struct Batch<'a, N: Network> {
    pub(super) net: &'a N,
    pub(super) xs: &'a [N::Sample],
    pub(super) seed: u64,
    pub(super) step: u64,
    /// Samples of the step in batches before this one.
    pub(super) first: usize,
}

impl<N: Network> Batch<'_, N> {
    /// Number of tiles.
    #[inline(always)]
    pub(super) fn tiles(&self) -> usize {
        tiles(self.xs.len(), N::Workspace::TILE)
    }

    /// Forward, loss and backward of one tile. `loss` is given the tile's range of samples, its output, and the place
    /// for its gradient.
    #[inline(always)]
    pub(super) fn run<C: Calls, R>(
        &self,
        calls: C,
        tile: usize,
        workspace: &mut N::Workspace,
        loss: impl FnOnce(Range<usize>, &[N::Scalar], &mut [N::Scalar]) -> R,
        learning: &mut impl Learning<N::Scalar>,
    ) -> R {
        let range = samples_of(tile, self.xs.len(), N::Workspace::TILE);
        let samples = &self.xs[range.clone()];
        *workspace.pass_mut() = Pass {
            training: true,
            seed: self.seed,
            step: self.step,
            first_sample: self.first + range.start,
            samples: samples.len(),
            frozen: false,
        };
        load(samples, workspace.input_mut(), N::Workspace::TILE);
        workspace.forward(calls, self.net.core());
        let (y, dy) = workspace.output();
        let result = loss(range, y, dy);
        workspace.backward(calls, &mut [], learning);
        result
    }
}

/// Fills a tile; places without a sample repeat the first, because zeros could turn into NaN on the way.
#[inline(always)]
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
#[inline(always)]
pub(super) fn check_samples<N: Network>(xs: &[N::Sample]) -> Result<(), Error> {
    if xs.is_empty() {
        return Err(Error::EmptyBatch);
    }
    match xs.iter().position(|x| !x.is_within(N::INPUT_ROWS)) {
        Some(sample) => Err(Error::IndexOutOfRange { sample, rows: N::INPUT_ROWS }),
        None => Ok(()),
    }
}

#[inline(always)]
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
