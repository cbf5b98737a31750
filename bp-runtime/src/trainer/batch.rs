//! Batches: their checks, and their way into tiles.

use crate::calls::Calls;
use crate::learning::Learning;
use crate::losses::{HeadFactors, Outputs, Sum, TargetError};
use crate::network::{Network, Trainable, Training};
use crate::parts::{Parts as _, does_not_fit};
use crate::{AsTarget, Error, Flat, Loss, Pass, Sample, Scalar};
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
pub(super) fn inlined<S, F: Fn(Range<usize>, Outputs<'_, S>) -> Sum<S>>(loss: F) -> F {
    loss
}

/// The declared loss of a tile of a batch with these targets and weights.
#[inline(always)]
pub(super) fn declared<'a, N: Trainable, Y: AsTarget<N::Target>>(
    factors: &'a HeadFactors<N::Scalar>,
    ys: &'a [Y],
    weights: Option<&'a [N::Scalar]>,
) -> impl Fn(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar> + Sync {
    inlined::<N::Scalar, _>(
        #[inline(always)]
        move |range, outputs| {
            let weights = weights.map(|weights| weights.part(range.clone()));
            N::LOSS.tile::<N::Outputs, Y>(factors, outputs, ys.part(range), weights)
        },
    )
}

/// The loss of a tile that `loss` gives sample by sample, the first of which is number `first`.
pub(super) fn written_on_the_spot<N: Network>(
    loss: &mut impl FnMut(usize, &N::Output, &mut N::Output) -> N::Scalar,
    first: usize,
) -> impl FnMut(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar> {
    move |range, mut outputs| {
        outputs.dy.fill(N::Scalar::ZERO);
        let mut sum = Sum::default();
        for (lane, index) in range.enumerate() {
            sum += spot::<N>(&mut outputs, lane, |y, dy| loss(first + index, y, dy));
        }
        sum
    }
}

/// The loss of one sample of a tile, written on the spot: given the output and the place for its gradient.
#[inline(always)]
pub(super) fn spot<N: Network>(
    outputs: &mut Outputs<'_, N::Scalar>,
    lane: usize,
    loss: impl FnOnce(&N::Output, &mut N::Output) -> N::Scalar,
) -> Sum<N::Scalar> {
    outputs.sample::<N::Outputs, _>(lane, |y, dy| {
        let loss = match (N::Output::from_flat(y), N::Output::from_flat_mut(dy)) {
            (Some(y), Some(dy)) => loss(y, dy),
            _ => {
                does_not_fit();
                N::Scalar::NAN
            }
        };
        Sum { loss, weight: N::Scalar::ONE }
    })
}

/// The sample of a tile that its loss is not finite for: the first with an output or a gradient that is not, or else the
/// one with the largest gradient.
#[cold]
#[inline(never)]
pub(super) fn culprit<S: Scalar>(y: &[S], dy: &[S], tile: usize, samples: Range<usize>) -> usize {
    let real = samples.len().max(1);
    let lanes = |values: &[S], wanted: &dyn Fn(S) -> bool| {
        let lanes = values
            .iter()
            .enumerate()
            .filter(|(_, value)| wanted(**value))
            .map(|(place, _)| place % tile.max(1));
        lanes.filter(|lane| *lane < real).min()
    };
    let not_finite = |value: S| !value.is_finite();
    let largest = dy.iter().fold(S::ZERO, |largest, dy| if dy.abs() > largest { dy.abs() } else { largest });
    let lane = lanes(y, &not_finite).or_else(|| lanes(dy, &not_finite));
    samples.start + lane.or_else(|| lanes(dy, &|dy| dy.abs() == largest)).unwrap_or(0)
}

/// What the tiles of one batch have in common.
pub(super) struct Batch<'a, N: Network> {
    pub(super) net: &'a N,
    pub(super) xs: &'a [N::Sample],
    pub(super) seed: u64,
    pub(super) step: u64,
    /// Samples of the step in batches before this one.
    pub(super) first: usize,
    /// Whether layers begin from what they remember.
    pub(super) carried: bool,
    /// Whether batch normalisation keeps its statistics.
    pub(super) frozen: bool,
}

impl<N: Network> Batch<'_, N> {
    /// The most samples of a tile.
    #[inline(always)]
    pub(super) fn tile(&self) -> usize {
        N::Workspace::tile(self.xs.len())
    }

    /// Number of tiles.
    #[inline(always)]
    pub(super) fn tiles(&self) -> usize {
        tiles(self.xs.len(), self.tile())
    }

    /// The most samples that a tile has.
    #[inline(always)]
    pub(super) fn widest(&self) -> usize {
        self.xs.len().div_ceil(self.tiles())
    }

    /// Which sample of a tile whose loss is not finite that is, from what its pass has left.
    #[cold]
    pub(super) fn culprit(&self, tile: usize, workspace: &mut N::Workspace) -> usize {
        let (width, most) = (workspace.width(), self.tile());
        let Outputs { y, dy, .. } = workspace.outputs();
        culprit(y, dy, width, samples_of(tile, self.xs.len(), most))
    }

    /// Forward, loss and backward of one tile. `loss` is given the tile's range of samples and its outputs.
    #[inline(always)]
    pub(super) fn run<C: Calls, R>(
        &self,
        calls: C,
        tile: usize,
        workspace: &mut N::Workspace,
        loss: impl FnOnce(Range<usize>, Outputs<'_, N::Scalar>) -> R,
        learning: &mut impl Learning<N::Scalar>,
    ) -> R {
        let range = samples_of(tile, self.xs.len(), self.tile());
        let samples = self.xs.part(range.clone());
        workspace.fit(self.widest());
        *workspace.pass_mut() = Pass {
            training: true,
            seed: self.seed,
            step: self.step,
            first_sample: self.first + range.start,
            samples: samples.len(),
            frozen: self.frozen,
            carried: self.carried,
        };
        let width = workspace.width();
        load(samples, workspace.input_mut(), width);
        workspace.forward(calls, self.net.core());
        let result = loss(range, workspace.outputs());
        workspace.backward(calls, &mut [], learning);
        result
    }
}

/// Fills a tile; places without a sample repeat the first, because zeros could turn into NaN on the way.
#[inline(always)]
pub(super) fn load<S: Scalar, X: Sample<S>>(samples: &[X], x: &mut [S], tile: usize) {
    X::load(samples, x, tile);
    if samples.len() < tile {
        for feature in x.pieces_mut(tile) {
            let (real, rest) = feature.divided_mut(samples.len());
            if let Some(first) = real.first() {
                rest.fill(*first);
            }
        }
    }
}

/// At least one sample, and no index that an embedding does not know.
#[inline(always)]
pub(super) fn check_samples<N: Network>(xs: &[N::Sample]) -> Result<(), Error> {
    if xs.is_empty() { Err(Error::EmptyBatch) } else { check_indices::<N>(xs) }
}

/// No index that an embedding does not know.
#[inline(always)]
pub(super) fn check_indices<N: Network>(xs: &[N::Sample]) -> Result<(), Error> {
    match xs.iter().position(|x| !x.is_within(N::INPUT_ROWS)) {
        Some(sample) => Err(Error::IndexOutOfRange { sample, rows: N::INPUT_ROWS }),
        None => Ok(()),
    }
}

/// One weight for each sample: finite, not negative.
pub(super) fn check_weights<S: Scalar>(inputs: usize, weights: &[S]) -> Result<(), Error> {
    Error::check_lengths("inputs", inputs, "weights", weights.len())?;
    let invalid = |weight: &S| !(weight.is_finite() && *weight >= S::ZERO);
    if let Some(sample) = weights.iter().position(invalid) {
        return Err(Error::InvalidWeight { sample });
    }
    Ok(())
}

#[inline(always)]
pub(super) fn check_targets<N: Trainable, Y: AsTarget<N::Target>>(
    xs: &[N::Sample],
    ys: &[Y],
    weights: Option<&[N::Scalar]>,
) -> Result<(), Error> {
    Error::check_lengths("inputs", xs.len(), "targets", ys.len())?;
    let mut counts = ys.is_empty();
    for (sample, (x, target)) in xs.iter().zip(ys).enumerate() {
        // The target of a sample that counts nothing may be anything.
        if weights.and_then(|weights| weights.get(sample)) == Some(&N::Scalar::ZERO) {
            continue;
        }
        counts |= N::LOSS.weight_with(target) > N::Scalar::ZERO;
        N::LOSS.check_with(N::OUTPUTS, target).map_err(|error| match error {
            TargetError::OutOfRange { label, classes } => Error::LabelOutOfRange { sample, label, classes },
            TargetError::Invalid(expected) => Error::InvalidTarget { sample, expected },
        })?;
        let length = x.length();
        if length.is_some() && !target.with(|target| N::LOSS.fits(target, length)) {
            return Err(Error::InvalidTarget { sample, expected: "as many steps as the sample has" });
        }
    }
    // Before anything is computed, so that what has been accumulated stays.
    if counts { Ok(()) } else { Err(Error::NothingCounts) }
}
