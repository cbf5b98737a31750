//! `cross_entropy` with samples in the lanes of a vector.

use super::super::samples::Samples;
use super::{CrossEntropy, Factors};
use crate::Scalar;
use crate::math::Float;
use crate::parts::Parts as _;

/// What is known of a sample before its outputs are looked at.
#[derive(Clone, Copy)]
pub(super) struct Lane<S> {
    pub(super) class: usize,
    /// Whether the sample is real and not ignored.
    pub(super) counts: bool,
    /// How often it counts.
    pub(super) sample: S,
    pub(super) factors: Factors<S>,
}

impl<S: Scalar> Lane<S> {
    pub(super) const EMPTY: Self = Self {
        class: 0,
        counts: false,
        sample: S::ZERO,
        factors: Factors { weight: S::ZERO, right: S::ZERO, each: S::ZERO },
    };
}

/// What is known of the samples of a vector once their outputs have been looked at.
pub(super) struct Known<S> {
    /// ln Σ e^(y − largest)
    logarithm: [S; 16],
    largest: [S; 16],
    /// The part of the loss that comes of smoothed labels.
    spread: [S; 16],
}

impl<S: Scalar> Known<S> {
    pub(super) const NOTHING: Self =
        Self { logarithm: [S::ZERO; 16], largest: [S::ZERO; 16], spread: [S::ZERO; 16] };
}

/// One vector of samples of a tile.
pub(super) struct Vector<'a, const W: usize> {
    entropy: &'a CrossEntropy<W>,
    tile: usize,
    /// The sample in the first lane.
    first: usize,
}

impl<'a, const W: usize> Vector<'a, W> {
    pub(super) fn new(entropy: &'a CrossEntropy<W>, tile: usize, first: usize) -> Self {
        Self { entropy, tile, first }
    }

    /// This vector's part of every row of a tile.
    #[inline(always)]
    fn rows<'y, S: Scalar>(&self, tile: &'y [S]) -> impl Iterator<Item = &'y [S]> {
        tile.chunks_exact(S::LANES).skip(self.first / S::LANES).step_by((self.tile / S::LANES).max(1))
    }

    /// As [`rows`](Self::rows), to write.
    #[inline(always)]
    fn rows_mut<'y, S: Scalar>(&self, tile: &'y mut [S]) -> impl Iterator<Item = &'y mut [S]> {
        tile.chunks_exact_mut(S::LANES).skip(self.first / S::LANES).step_by((self.tile / S::LANES).max(1))
    }

    /// [`Loss::sample`](crate::Loss::sample) of samples: this vector's part of `dy`, but for what only the right class knows, and
    /// what that is to know.
    #[inline(always)]
    pub(super) fn run<S: Scalar, N: Samples<S>>(
        &self,
        of: N,
        lanes: &[Lane<S>; 16],
        y: &[S],
        dy: &mut [S],
        known: &mut Known<S>,
    ) {
        let (largest, total) = self.exponentials(of, y, dy);
        let logarithm = total.ln();
        let right = of.load(&lanes.map(|lane| lane.factors.right));
        let each = of.load(&lanes.map(|lane| lane.factors.each));
        let mut scale = right;
        let mut spread = of.every(S::ZERO);
        if self.entropy.smoothing.is_some() {
            scale = right + each * self.entropy.total_weight::<S>(y.len() / self.tile.max(1));
            spread = each * self.spread(of, logarithm, largest, y);
        }
        self.gradients(of, lanes, scale / total, each, dy);
        of.store(logarithm, &mut known.logarithm);
        of.store(largest, &mut known.largest);
        of.store(spread, &mut known.spread);
    }

    /// For every sample the largest output and Σ e^(y − largest), with the terms of that sum in `dy`.
    #[inline(always)]
    fn exponentials<S: Scalar, N: Samples<S>>(
        &self,
        of: N,
        y: &[S],
        dy: &mut [S],
    ) -> (N::Numbers, N::Numbers) {
        let mut largest = of.every(-S::INFINITY);
        for y in self.rows(y) {
            let y = of.load(y);
            largest = Float::select(largest.less(y), y, largest);
        }
        let mut total = of.every(S::ZERO);
        for (y, dy) in self.rows(y).zip(self.rows_mut(dy)) {
            let term = (of.load(y) - largest).exp();
            total = total + term;
            of.store(term, dy);
        }
        (largest, total)
    }

    /// For every sample −Σ w[c] ln p[c].
    #[inline(always)]
    fn spread<S: Scalar, N: Samples<S>>(
        &self,
        of: N,
        logarithm: N::Numbers,
        largest: N::Numbers,
        y: &[S],
    ) -> N::Numbers {
        let mut spread = of.every(S::ZERO);
        for (class, y) in self.rows(y).enumerate() {
            spread = spread + (logarithm + (largest - of.load(y))) * self.entropy.classes.weight::<S>(class);
        }
        spread
    }

    /// From the terms of the softmax to the gradients, where they stand, but for the right class.
    #[inline(always)]
    fn gradients<S: Scalar, N: Samples<S>>(
        &self,
        of: N,
        lanes: &[Lane<S>; 16],
        scale: N::Numbers,
        each: N::Numbers,
        dy: &mut [S],
    ) {
        let sample = of.load(&lanes.map(|lane| lane.sample));
        let counts = of.load(&lanes.map(|lane| if lane.counts { S::ONE } else { S::ZERO }));
        let zero = of.every(S::ZERO);
        let counts = zero.less(counts);
        for (class, dy) in self.rows_mut(dy).enumerate() {
            let term = of.load(dy);
            let gradient = (term * scale - each * self.entropy.classes.weight::<S>(class)) * sample;
            // Not zero times something: what does not count may hold anything.
            of.store(Float::select(counts, gradient, zero), dy);
        }
    }

    /// What only the right class knows: the losses, not yet multiplied by sample weights, and the rest of one gradient.
    #[inline(always)]
    pub(super) fn losses<S: Scalar>(
        &self,
        lanes: &[Lane<S>; 16],
        known: &Known<S>,
        y: &[S],
        dy: &mut [S],
    ) -> [S; 16] {
        let mut losses = [S::ZERO; 16];
        let values = known.logarithm.iter().zip(&known.largest).zip(&known.spread);
        for (index, ((loss, lane), ((logarithm, largest), spread))) in
            losses.iter_mut().zip(lanes).zip(values).enumerate()
        {
            if !lane.counts {
                continue;
            }
            let Factors { right, .. } = lane.factors;
            let place = self.first + index;
            let y = y.pieces(self.tile).nth(lane.class).and_then(|row| row.get(place));
            *loss = y.map_or(S::NAN, |y| right * (*logarithm + (*largest - *y)) + *spread);
            let dy = dy.pieces_mut(self.tile).nth(lane.class).and_then(|row| row.get_mut(place));
            if let Some(dy) = dy {
                *dy -= right * lane.sample;
            }
        }
        losses
    }
}
