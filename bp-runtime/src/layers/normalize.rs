//! What layers have in common that normalise groups of features of one sample: `layer_norm`, `rms_norm`, `group_norm`,
//! `instance_norm`.
//!
//! Kernels are compiled in this crate, once for each scalar type; sizes and the tile are arguments.

use super::elementwise::copy;
use crate::kernels::{total, total_of};
use crate::parts::Parts as _;
use crate::{Real, Scalar, dispatch};

/// How features fall into groups that are normalised together, and which parameters they share.
///
/// Groups lie in a row, and so do runs of features with the same parameters. Parameters repeat when all have been
/// used: over the rows of a sequence.
#[derive(Clone, Copy)]
pub(super) struct Groups<S> {
    /// Features of a group.
    pub(super) size: usize,
    /// Features in a row that share parameters.
    pub(super) run: usize,
    /// How many weights there are; 0 without.
    pub(super) weights: usize,
    /// How many biases there are, behind the weights; 0 without.
    pub(super) biases: usize,
    /// Added to the variance.
    pub(super) eps: S,
    /// Whether the mean is subtracted.
    pub(super) centred: bool,
}

/// Whether a reciprocal deviation comes of squares that were neither infinite nor so small that digits were lost.
#[inline(always)]
fn is_exact<S: Scalar>(deviation: S) -> bool {
    deviation > S::ZERO && deviation < S::real(Real::new(1e15))
}

impl<S: Scalar> Groups<S> {
    /// Divides the parameters, or their gradient, into weights and biases.
    fn split<'a>(&self, parameters: &'a [S]) -> (&'a [S], &'a [S]) {
        parameters.split_at(self.weights.min(parameters.len()))
    }

    /// The reciprocal of how many features are averaged.
    fn share(&self) -> S {
        S::ONE / S::from_usize(self.size.max(1))
    }

    /// Mean and reciprocal deviation of a group, for each sample.
    ///
    /// Two passes: the variance is a mean of squares of small numbers, also where the mean is large.
    #[inline(always)]
    fn measure(&self, x: &[S], mean: &mut [S], deviation: &mut [S]) {
        let (tile, share) = (mean.len().max(1), self.share());
        mean.fill(S::ZERO);
        if self.centred {
            for x in x.pieces(tile) {
                for (mean, x) in mean.iter_mut().zip(x) {
                    *mean += *x;
                }
            }
            for mean in &mut *mean {
                *mean *= share;
            }
        }
        deviation.fill(S::ZERO);
        for x in x.pieces(tile) {
            for ((sum, mean), x) in deviation.iter_mut().zip(&*mean).zip(x) {
                let distance = *x - *mean;
                *sum += distance * distance;
            }
        }
        for deviation in &mut *deviation {
            *deviation = S::ONE / (*deviation * share + self.eps).sqrt();
        }
        if !deviation.iter().all(|deviation| is_exact(*deviation)) {
            for (lane, (mean, deviation)) in mean.iter_mut().zip(deviation).enumerate() {
                (*mean, *deviation) = self.measure_extreme(x.part(lane..), tile, *mean, *deviation);
            }
        }
    }

    /// Mean and reciprocal deviation of one sample's group, given what was found: measured in the largest number where squares
    /// were beyond the range of numbers.
    #[cold]
    #[inline(never)]
    fn measure_extreme(&self, x: &[S], tile: usize, mean: S, deviation: S) -> (S, S) {
        let numbers = || x.iter().step_by(tile.max(1));
        let unit = numbers().fold(S::ZERO, |unit, x| if x.abs() > unit { x.abs() } else { unit });
        if is_exact(deviation) || !numbers().all(|x| x.is_finite()) || unit == S::ZERO {
            return (mean, deviation);
        }
        let relative = if self.centred {
            numbers().fold(S::ZERO, |sum, x| sum + *x / unit) * self.share()
        } else {
            S::ZERO
        };
        let squares = numbers().fold(S::ZERO, |sum, x| {
            let distance = *x / unit - relative;
            sum + distance * distance
        });
        (relative * unit, S::ONE / (squares * self.share() + self.eps / unit / unit).sqrt() / unit)
    }

    /// The parameters of a group's runs, of weights or biases.
    fn of_group<'a>(&self, parameters: &'a [S], group: usize) -> &'a [S] {
        let runs = group * self.size / self.run.max(1);
        let place = runs % self.weights.max(self.biases).max(1);
        parameters.get(place..).unwrap_or(&[])
    }

    /// Calls `f` with each number of a group and its parameter.
    #[inline(always)]
    fn with_parameters(&self, numbers: &mut [S], parameters: &[S], f: impl Fn(&mut S, S)) {
        if self.run == 1 {
            for (number, parameter) in numbers.iter_mut().zip(parameters) {
                f(number, *parameter);
            }
            return;
        }
        for (numbers, parameter) in numbers.runs_mut(self.run).zip(parameters) {
            for number in numbers {
                f(number, *parameter);
            }
        }
    }

    /// One sample: features in the lanes.
    #[inline(always)]
    fn forward_one(&self, parameters: &[S], x: &[S], y: &mut [S], saved: &mut [S]) {
        let (weights, biases) = self.split(parameters);
        let size = self.size.max(1);
        let mut saved = saved.chunks_exact_mut(2);
        for (group, (x, y)) in x.pieces(size).zip(y.pieces_mut(size)).enumerate() {
            let mean = if self.centred { total_of([x], |[x]| x) * self.share() } else { S::ZERO };
            let square = |[x]: [S; 1]| (x - mean) * (x - mean);
            let variance = total_of([x], square) * self.share();
            let deviation = S::ONE / (variance + self.eps).sqrt();
            let (mean, deviation) = if is_exact(deviation) {
                (mean, deviation)
            } else {
                self.measure_extreme(x, 1, mean, deviation)
            };
            for (x, y) in x.iter().zip(&mut *y) {
                *y = (*x - mean) * deviation;
            }
            self.with_parameters(y, self.of_group(weights, group), |y, weight| *y *= weight);
            self.with_parameters(y, self.of_group(biases, group), |y, bias| *y += bias);
            if let Some([to_mean, to_deviation]) = saved.next() {
                (*to_mean, *to_deviation) = (mean, deviation);
            }
        }
    }

    /// `lanes` has room for two numbers of each sample.
    #[inline(always)]
    fn forward(&self, parameters: &[S], x: &[S], y: &mut [S], saved: &mut [S], lanes: &mut [S]) {
        let tile = (lanes.len() / 2).max(1);
        if tile == 1 {
            return self.forward_one(parameters, x, y, saved);
        }
        let (weights, biases) = self.split(parameters);
        let group = (self.size * tile).max(1);
        let mut saved = saved.pieces_mut(2 * tile);
        let mut first = 0;
        for (x, y) in x.pieces(group).zip(y.pieces_mut(group)) {
            let (mean, deviation) = lanes.divided_mut(tile);
            self.measure(x, mean, deviation);
            let run = (self.run * tile).max(1);
            let mut place = self.wrapped(first);
            for (x, y) in x.runs(run).zip(y.runs_mut(run)) {
                let weight = weights.get(place).copied().unwrap_or(S::ONE);
                let bias = biases.get(place).copied().unwrap_or(S::ZERO);
                for (x, y) in x.pieces(tile).zip(y.pieces_mut(tile)) {
                    let lanes = mean.iter().zip(&*deviation);
                    for ((x, y), (mean, deviation)) in x.iter().zip(y).zip(lanes) {
                        *y = (*x - *mean) * *deviation * weight + bias;
                    }
                }
                place += 1;
            }
            first = place;
            if let Some(saved) = saved.next() {
                copy(lanes, saved);
            }
        }
    }

    /// The place of a run's parameters, where those of all runs before it have been used.
    #[inline(always)]
    fn wrapped(&self, run: usize) -> usize {
        let parameters = self.weights.max(self.biases);
        if run >= parameters { 0 } else { run }
    }

    /// One sample: features in the lanes.
    #[inline(always)]
    fn backward_one(&self, io: Gradients<'_, S>) {
        let Gradients { parameters, x, saved, dy, dx, gradient } = io;
        let (weights, _) = self.split(parameters);
        // Biases may be trained alone.
        let (d_weights, d_biases) = gradient.split_at_mut(gradient.len().saturating_sub(self.biases));
        let (size, run, share) = (self.size.max(1), self.run.max(1), self.share());
        let mut dx = dx.pieces_mut(size);
        let groups = x.pieces(size).zip(dy.pieces(size)).zip(saved.chunks_exact(2));
        for (group, ((x, dy), saved)) in groups.enumerate() {
            let &[mean, deviation] = saved else { continue };
            let normalised = |x: S| (x - mean) * deviation;
            let place = (group * size / run) % self.weights.max(self.biases).max(1);
            let d_weights = d_weights.get_mut(place..).unwrap_or_default();
            let d_biases = d_biases.get_mut(place..).unwrap_or_default();
            if run == 1 {
                for (dw, (x, dy)) in d_weights.iter_mut().zip(x.iter().zip(dy)) {
                    *dw += *dy * normalised(*x);
                }
                for (db, dy) in d_biases.iter_mut().zip(dy) {
                    *db += *dy;
                }
            } else {
                let runs = x.runs(run).zip(dy.runs(run));
                for (dw, (x, dy)) in d_weights.iter_mut().zip(runs.clone()) {
                    *dw += total_of([x, dy], |[x, dy]| dy * normalised(x));
                }
                for (db, (_, dy)) in d_biases.iter_mut().zip(runs) {
                    *db += total_of([dy], |[dy]| dy);
                }
            }
            let Some(dx) = dx.next() else { continue };
            copy(dy, dx);
            self.with_parameters(dx, self.of_group(weights, group), |dx, weight| *dx *= weight);
            let g = if self.centred { total_of([&*dx], |[g]| g) * share } else { S::ZERO };
            let gx = total_of([&*dx, x], |[g, x]| g * normalised(x)) * share;
            for (dx, x) in dx.iter_mut().zip(x) {
                *dx = deviation * (*dx - g - normalised(*x) * gx);
            }
        }
    }

    /// `lanes` has room for four numbers of each sample.
    #[inline(always)]
    fn backward(&self, io: Gradients<'_, S>, lanes: &mut [S]) {
        let tile = (lanes.len() / 4).max(1);
        if tile == 1 {
            return self.backward_one(io);
        }
        let Gradients { parameters, x, saved, dy, dx, gradient } = io;
        let (weights, _) = self.split(parameters);
        // Biases may be trained alone.
        let (d_weights, d_biases) = gradient.split_at_mut(gradient.len().saturating_sub(self.biases));
        let (group, run, share) = ((self.size * tile).max(1), (self.run * tile).max(1), self.share());
        let mut dx = dx.pieces_mut(group);
        let (sums, of_run) = lanes.divided_mut(2 * tile);
        let (sum_g, sum_gx) = sums.divided_mut(tile);
        let (sum_dy, sum_dyx) = of_run.divided_mut(tile);
        let mut first = 0;
        let groups = x.pieces(group).zip(dy.pieces(group)).zip(saved.pieces(2 * tile));
        for ((x, dy), saved) in groups {
            let (mean, deviation) = saved.divided(tile);
            first = self.wrapped(first);
            let mut place = first;
            sum_g.fill(S::ZERO);
            sum_gx.fill(S::ZERO);
            for (x, dy) in x.runs(run).zip(dy.runs(run)) {
                sum_dy.fill(S::ZERO);
                sum_dyx.fill(S::ZERO);
                for (x, dy) in x.pieces(tile).zip(dy.pieces(tile)) {
                    let sums = sum_dy.iter_mut().zip(&mut *sum_dyx);
                    let lanes = mean.iter().zip(deviation);
                    for (((x, dy), (sum_dy, sum_dyx)), (mean, deviation)) in
                        x.iter().zip(dy).zip(sums).zip(lanes)
                    {
                        *sum_dy += *dy;
                        *sum_dyx += *dy * ((*x - *mean) * *deviation);
                    }
                }
                let weight = weights.get(place).copied().unwrap_or(S::ONE);
                for (sum, dy) in sum_g.iter_mut().zip(&*sum_dy) {
                    *sum += weight * *dy;
                }
                for (sum, dyx) in sum_gx.iter_mut().zip(&*sum_dyx) {
                    *sum += weight * *dyx;
                }
                if let Some(gradient) = d_weights.get_mut(place) {
                    *gradient += total(sum_dyx);
                }
                if let Some(gradient) = d_biases.get_mut(place) {
                    *gradient += total(sum_dy);
                }
                place += 1;
            }
            let runs = core::mem::replace(&mut first, place);
            let Some(dx) = dx.next() else { continue };
            for sum in sum_g.iter_mut() {
                *sum = if self.centred { *sum * share } else { S::ZERO };
            }
            for sum in sum_gx.iter_mut() {
                *sum *= share;
            }
            for (place, ((x, dy), dx)) in x.runs(run).zip(dy.runs(run)).zip(dx.runs_mut(run)).enumerate() {
                let weight = weights.get(runs + place).copied().unwrap_or(S::ONE);
                for ((x, dy), dx) in x.pieces(tile).zip(dy.pieces(tile)).zip(dx.pieces_mut(tile)) {
                    let sums = sum_g.iter().zip(&*sum_gx);
                    let lanes = mean.iter().zip(deviation).zip(sums);
                    for (((x, dy), dx), ((mean, deviation), (g, gx))) in x.iter().zip(dy).zip(dx).zip(lanes) {
                        let normalised = (*x - *mean) * *deviation;
                        *dx = *deviation * (weight * *dy - *g - normalised * *gx);
                    }
                }
            }
        }
    }
}

/// What backward reads and writes, all samples of a feature side by side.
pub(super) struct Gradients<'a, S> {
    pub(super) parameters: &'a [S],
    pub(super) x: &'a [S],
    pub(super) saved: &'a [S],
    pub(super) dy: &'a [S],
    pub(super) dx: &'a mut [S],
    pub(super) gradient: &'a mut [S],
}

/// The kernels of a scalar type.
pub(super) trait Normalize: Scalar {
    /// Normalises; keeps mean and reciprocal deviation of each group where there is room.
    fn normalize(
        groups: &Groups<Self>,
        parameters: &[Self],
        x: &[Self],
        y: &mut [Self],
        saved: &mut [Self],
        lanes: &mut [Self],
    );
    /// The chain rule of [`normalize`](Self::normalize).
    fn normalize_backward(groups: &Groups<Self>, io: Gradients<'_, Self>, lanes: &mut [Self]);
}

macro_rules! kernels {
    ($scalar:ident) => {
        impl Normalize for $scalar {
            $crate::simd::kernel! {
                fn normalize(
                    groups: &Groups<Self>,
                    parameters: &[Self],
                    x: &[Self],
                    y: &mut [Self],
                    saved: &mut [Self],
                    lanes: &mut [Self],
                ) {
                    dispatch!(Self: _v => groups.forward(parameters, x, y, saved, lanes));
                }
            }

            $crate::simd::kernel! {
                fn normalize_backward(groups: &Groups<Self>, io: Gradients<'_, Self>, lanes: &mut [Self]) {
                    dispatch!(Self: _v => groups.backward(io, lanes));
                }
            }
        }
    };
}
kernels!(f32);
kernels!(f64);

/// Makes a layer of a kind with a function `groups`.
macro_rules! normalizing {
    ($kind:ident) => {
        normalizing!(@scalar f32, $kind);
        normalizing!(@scalar f64, $kind);
    };
    (@scalar $scalar:ident, $kind:ident) => {
        impl $crate::Layer<$scalar> for $kind {
            fn forward<const T: usize>(&self, io: $crate::Forward<'_, $scalar, T>) {
                let $crate::Forward { parameters, x, y, saved, .. } = io;
                let (y, saved) = (y.as_flattened_mut(), saved.as_flattened_mut());
                let mut lanes = [[0.0; T]; 2];
                let lanes = lanes.as_flattened_mut();
                <$scalar as super::normalize::Normalize>::normalize(
                    &self.groups(), parameters, x.as_flattened(), y, saved, lanes,
                );
            }

            fn backward<const T: usize>(&self, io: $crate::Backward<'_, $scalar, T>) {
                let $crate::Backward { parameters, x, saved, dy, dx, gradient, .. } = io;
                let io = super::normalize::Gradients {
                    parameters,
                    x: x.as_flattened(),
                    saved: saved.as_flattened(),
                    dy: dy.as_flattened(),
                    dx: dx.as_flattened_mut(),
                    gradient,
                };
                let mut lanes = [[0.0; T]; 4];
                let lanes = lanes.as_flattened_mut();
                <$scalar as super::normalize::Normalize>::normalize_backward(&self.groups(), io, lanes);
            }
        }
    };
}
pub(super) use normalizing;
