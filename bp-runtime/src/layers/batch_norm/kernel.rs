//! The arithmetic of `batch_norm`, compiled once for each scalar type; sizes and the tile are arguments.

use crate::kernels::total;
use crate::layers::normalize::Gradients;
use crate::math::{Float, Function, map_with};
use crate::parts::Parts as _;
use crate::simd::Simd;
use crate::{Scalar, dispatch};
use core::ops::Range;

/// Channels that are worked on together: their deviations are found in one vector.
const TOGETHER: usize = 16;

/// What lasts from tile to tile.
pub(super) struct State<'a, S> {
    /// How many numbers of a channel have been measured since the last step.
    pub(super) count: &'a mut S,
    /// Their mean.
    pub(super) mean: &'a mut [S],
    /// The sum of their squared distances from it.
    pub(super) squares: &'a mut [S],
    /// The mean in the last tile.
    tile_mean: &'a mut [S],
    /// The reciprocal deviation in the last tile.
    tile_deviation: &'a mut [S],
}

impl<'a, S: Scalar> State<'a, S> {
    /// The parts of a state, if it is one.
    pub(super) fn of(channels: usize, state: &'a mut [S]) -> Option<Self> {
        let (count, rest) = state.split_first_mut()?;
        let mut parts = rest.pieces_mut(channels);
        let (mean, squares) = (parts.next()?, parts.next()?);
        Some(Self { count, mean, squares, tile_mean: parts.next()?, tile_deviation: parts.next()? })
    }

    /// Adds what has been measured elsewhere since the last step.
    #[cfg(any(feature = "distributed", feature = "rayon"))]
    pub(super) fn pool(&mut self, other: State<'_, S>) {
        if *other.count == S::ZERO {
            return;
        }
        for (channel, (mean, squares)) in other.mean.iter().zip(&*other.squares).enumerate() {
            self.add(channel, *other.count, *mean, *squares);
        }
        *self.count += *other.count;
    }

    /// Adds what has been measured in a tile, `count` numbers of a channel, to what was measured before (Chan, Golub
    /// and LeVeque, *Updating formulae and a pairwise algorithm for computing sample variances*, 1979).
    #[inline(always)]
    fn add(&mut self, channel: usize, tile_count: S, tile_mean: S, tile_squares: S) {
        let (Some(mean), Some(squares)) = (self.mean.get_mut(channel), self.squares.get_mut(channel)) else {
            return;
        };
        if *self.count == S::ZERO {
            (*mean, *squares) = (tile_mean, tile_squares);
            return;
        }
        let share = tile_count / (*self.count + tile_count);
        let distance = tile_mean - *mean;
        *mean += distance * share;
        *squares += tile_squares + distance * distance * *self.count * share;
    }
}

/// `1 / √(variance + eps)`
struct Reciprocal<S>(S);

impl<S: Scalar> Function<S> for Reciprocal<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.constant(S::ONE) / (x + self.0).sqrt()
    }
}

/// A layer at work on a tile: sizes of [`BatchNorm`](super::BatchNorm).
#[derive(Clone, Copy)]
pub(super) struct Work<S> {
    pub(super) rows: usize,
    pub(super) channels: usize,
    pub(super) inner: usize,
    pub(super) weights: usize,
    pub(super) biases: usize,
    pub(super) eps: S,
    /// Samples side by side.
    pub(super) tile: usize,
    /// How many of them are measured; nothing where running statistics are used.
    pub(super) measured: Option<usize>,
}

/// Mean, reciprocal deviation, weight and bias of some channels in a row.
pub(super) struct Few<S> {
    pub(super) mean: [S; TOGETHER],
    pub(super) deviation: [S; TOGETHER],
    pub(super) weight: [S; TOGETHER],
    bias: [S; TOGETHER],
}

impl<S: Scalar> Few<S> {
    /// What the distance from the mean is multiplied by.
    #[inline(always)]
    fn scale(&self) -> [S; TOGETHER] {
        let mut scale = self.deviation;
        for (scale, weight) in scale.iter_mut().zip(&self.weight) {
            *scale *= *weight;
        }
        scale
    }
}

impl<S: Scalar> Work<S> {
    /// How many numbers of a channel a tile has.
    pub(super) fn count(&self) -> S {
        S::from_usize(self.rows * self.inner * self.measured.unwrap_or(self.tile))
    }

    /// Where the numbers of a channel lie.
    #[inline(always)]
    pub(super) fn runs(&self, channel: usize) -> impl Iterator<Item = Range<usize>> + use<S> {
        let Self { rows, channels, inner, tile, .. } = *self;
        (0..rows).map(move |row| {
            let start = (row * channels + channel) * inner * tile;
            start..start + inner * tile
        })
    }

    /// Mean of a channel over the samples that are measured, and sum of the squared distances from it.
    ///
    /// Two passes: squares of small numbers are added, also where the mean is large.
    #[inline(always)]
    fn measure(&self, x: &[S], channel: usize, samples: usize, lanes: &mut [S]) -> (S, S) {
        lanes.fill(S::ZERO);
        for run in self.runs(channel) {
            for x in x.part(run).pieces(self.tile) {
                for (sum, x) in lanes.iter_mut().zip(x) {
                    *sum += *x;
                }
            }
        }
        let mean = total(lanes.part(..samples)) / self.count();
        lanes.fill(S::ZERO);
        for run in self.runs(channel) {
            for x in x.part(run).pieces(self.tile) {
                for (sum, x) in lanes.iter_mut().zip(x) {
                    let distance = *x - mean;
                    *sum += distance * distance;
                }
            }
        }
        (mean, total(lanes.part(..samples)))
    }

    /// Parameters of some channels, with the running statistics.
    #[inline(always)]
    pub(super) fn few<V: Simd>(&self, v: V, parameters: &[S], channels: Range<usize>) -> Few<S> {
        let mut few = Few {
            mean: [S::ZERO; TOGETHER],
            deviation: [S::ZERO; TOGETHER],
            weight: [S::ONE; TOGETHER],
            bias: [-S::ZERO; TOGETHER],
        };
        let statistics = self.weights + self.biases;
        for (count, start, to) in [
            (self.weights, 0, &mut few.weight),
            (self.biases, self.weights, &mut few.bias),
            (self.channels, statistics, &mut few.mean),
            (self.channels, statistics + self.channels, &mut few.deviation),
        ] {
            if count > 0 {
                let from = parameters.part(start + channels.start..start + channels.end);
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from;
                }
            }
        }
        map_with(v, &Reciprocal(self.eps), &mut few.deviation);
        few
    }

    /// Channels in groups that are worked on together.
    #[inline(always)]
    pub(super) fn groups(&self) -> impl Iterator<Item = Range<usize>> + use<S> {
        let channels = self.channels;
        (0..channels).step_by(TOGETHER).map(move |first| first..channels.min(first + TOGETHER))
    }

    /// `lanes` has room for a number of each sample.
    #[inline(always)]
    fn forward<V: Simd>(
        &self,
        v: V,
        parameters: &[S],
        x: &[S],
        y: &mut [S],
        state: &mut [S],
        lanes: &mut [S],
    ) {
        let count = self.count();
        let mut state = State::of(self.channels, state);
        for channels in self.groups() {
            let mut few = self.few(v, parameters, channels.clone());
            if let (Some(samples), Some(state)) = (self.measured, &mut state) {
                let places = few.mean.iter_mut().zip(&mut few.deviation);
                for (channel, (mean, deviation)) in channels.clone().zip(places) {
                    let squares;
                    (*mean, squares) = self.measure(x, channel, samples, lanes);
                    state.add(channel, count, *mean, squares);
                    *deviation = squares / count;
                }
                map_with(v, &Reciprocal(self.eps), &mut few.deviation);
                for (from, to) in
                    [(&few.mean, &mut *state.tile_mean), (&few.deviation, &mut *state.tile_deviation)]
                {
                    for (to, from) in to.iter_mut().skip(channels.start).zip(from) {
                        *to = *from;
                    }
                }
            }
            self.normalize(&few, channels, x, y);
        }
        if let (Some(_), Some(state)) = (self.measured, state) {
            *state.count += count;
        }
    }

    /// [`normalize`](Self::normalize) by running statistics, where `x` stands.
    #[inline(always)]
    fn predict<V: Simd>(&self, v: V, parameters: &[S], y: &mut [S]) {
        for channels in self.groups() {
            let few = self.few(v, parameters, channels.clone());
            let scale = few.scale();
            let places = few.mean.iter().zip(&scale).zip(&few.bias);
            let is_done = |((mean, scale), bias): ((&S, &S), &S)| {
                *mean == S::ZERO && *scale == S::ONE && *bias == S::ZERO
            };
            if self.inner * self.tile == 1 {
                if places.clone().take(channels.len()).all(is_done) {
                    continue;
                }
                for row in 0..self.rows {
                    let part = row * self.channels + channels.start..row * self.channels + channels.end;
                    let y = y.part_mut(part);
                    for (y, ((mean, scale), bias)) in y.iter_mut().zip(places.clone()) {
                        *y = (*y - *mean) * *scale + *bias;
                    }
                }
                continue;
            }
            for (channel, place) in channels.zip(places) {
                if is_done(place) {
                    continue;
                }
                let ((mean, scale), bias) = place;
                for run in self.runs(channel) {
                    for y in y.part_mut(run) {
                        *y = (*y - *mean) * *scale + *bias;
                    }
                }
            }
        }
    }

    /// The chain rule of [`predict`](Self::predict), where the gradient stands.
    #[inline(always)]
    fn scale<V: Simd>(&self, v: V, parameters: &[S], d: &mut [S]) {
        for channels in self.groups() {
            let scale = self.few(v, parameters, channels.clone()).scale();
            for (channel, scale) in channels.zip(&scale) {
                for run in self.runs(channel) {
                    for d in d.part_mut(run) {
                        *d *= *scale;
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn normalize(&self, few: &Few<S>, channels: Range<usize>, x: &[S], y: &mut [S]) {
        let scale = few.scale();
        if self.inner * self.tile == 1 {
            // Single numbers: channels side by side, instead of samples.
            for row in 0..self.rows {
                let part = row * self.channels + channels.start..row * self.channels + channels.end;
                let (Some(x), Some(y)) = (x.get(part.clone()), y.get_mut(part)) else { continue };
                let places = few.mean.iter().zip(&scale).zip(&few.bias);
                for ((x, y), ((mean, scale), bias)) in x.iter().zip(y).zip(places) {
                    *y = (*x - *mean) * *scale + *bias;
                }
            }
            return;
        }
        let places = few.mean.iter().zip(&scale).zip(&few.bias);
        for (channel, ((mean, scale), bias)) in channels.zip(places) {
            for run in self.runs(channel) {
                let (Some(x), Some(y)) = (x.get(run.clone()), y.get_mut(run)) else { continue };
                for (x, y) in x.iter().zip(y) {
                    *y = (*x - *mean) * *scale + *bias;
                }
            }
        }
    }
}

/// The kernels of a scalar type.
pub(super) trait Kernel: Scalar {
    /// Normalises; where it measures, leaves that in the state.
    fn forward(
        work: &Work<Self>,
        parameters: &[Self],
        x: &[Self],
        y: &mut [Self],
        state: &mut [Self],
        lanes: &mut [Self],
    );
    /// Normalises by running statistics, in place.
    fn predict(work: &Work<Self>, parameters: &[Self], y: &mut [Self]);
    /// The chain rule of [`predict`](Self::predict), with parameters that are constants.
    fn scale(work: &Work<Self>, parameters: &[Self], d: &mut [Self]);
    /// The chain rule of [`forward`](Self::forward).
    fn backward(work: &Work<Self>, io: Gradients<'_, Self>, lanes: &mut [Self]);
}

macro_rules! kernels {
    ($scalar:ident) => {
        impl Kernel for $scalar {
            $crate::simd::kernel! {
                fn forward(
                    work: &Work<Self>,
                    parameters: &[Self],
                    x: &[Self],
                    y: &mut [Self],
                    state: &mut [Self],
                    lanes: &mut [Self],
                ) {
                    dispatch!(Self: v => work.forward(v, parameters, x, y, state, lanes));
                }
            }

            $crate::simd::kernel! {
                fn predict(work: &Work<Self>, parameters: &[Self], y: &mut [Self]) {
                    dispatch!(Self: v => work.predict(v, parameters, y));
                }
            }

            $crate::simd::kernel! {
                fn scale(work: &Work<Self>, parameters: &[Self], d: &mut [Self]) {
                    dispatch!(Self: v => work.scale(v, parameters, d));
                }
            }

            $crate::simd::kernel! {
                fn backward(work: &Work<Self>, io: Gradients<'_, Self>, lanes: &mut [Self]) {
                    dispatch!(Self: v => work.backward(v, io, lanes));
                }
            }
        }
    };
}
kernels!(f32);
kernels!(f64);
