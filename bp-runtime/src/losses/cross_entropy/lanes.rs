//! `cross_entropy` with samples in the lanes of a vector.

use super::super::per_output::first_vector;
use super::{CrossEntropy, Factors};
use crate::Scalar;
use crate::math::Float;
use crate::simd::{Simd, SimdBase};

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
    fn rows<'y, S: Scalar, V: Simd>(&self, v: V, tile: &'y [S]) -> impl Iterator<Item = S::Vector<V>> + 'y {
        let rows = tile.chunks_exact(S::LANES).skip(self.first / S::LANES).step_by(self.tile / S::LANES);
        rows.map(move |row| S::Vector::<V>::from_slice(v, row))
    }

    /// As [`rows`](Self::rows), to write.
    #[inline(always)]
    fn rows_mut<'y, S: Scalar>(&self, tile: &'y mut [S]) -> impl Iterator<Item = &'y mut [S]> {
        tile.chunks_exact_mut(S::LANES).skip(self.first / S::LANES).step_by(self.tile / S::LANES)
    }

    /// [`Loss::sample`](crate::Loss::sample) in all lanes: the losses, not yet multiplied by sample weights, and
    /// this vector's part of `dy`.
    #[inline(always)]
    pub(super) fn run<S: Scalar, V: Simd>(
        &self,
        v: V,
        lanes: &[Lane<S>; 16],
        y: &[S],
        dy: &mut [S],
    ) -> [S; 16] {
        let (largest, total) = self.exponentials(v, y, dy);
        let logarithm = total.ln();
        let right = first_vector::<S, V>(v, &lanes.map(|lane| lane.factors.right));
        let each = first_vector::<S, V>(v, &lanes.map(|lane| lane.factors.each));
        let mut scale = right;
        let mut spread = S::Vector::<V>::splat(v, S::ZERO);
        if self.entropy.smoothing.is_some() {
            scale = right + each * self.entropy.total_weight::<S>(y.len() / self.tile);
            spread = each * self.spread(v, logarithm, largest, y);
        }
        self.gradients(v, lanes, scale / total, each, dy);
        let known = [logarithm, largest, spread].map(|vector| vector.to_array());
        self.losses(lanes, known.each_ref().map(|vector| vector.as_ref()), y, dy)
    }

    /// For every lane the largest output and Σ e^(y − largest), with the terms of that sum in `dy`.
    #[inline(always)]
    fn exponentials<S: Scalar, V: Simd>(&self, v: V, y: &[S], dy: &mut [S]) -> (S::Vector<V>, S::Vector<V>) {
        let mut largest = S::Vector::<V>::splat(v, -S::INFINITY);
        for y in self.rows(v, y) {
            largest = Float::select(Float::less(largest, y), y, largest);
        }
        let mut total = S::Vector::<V>::splat(v, S::ZERO);
        for (y, dy) in self.rows(v, y).zip(self.rows_mut(dy)) {
            let term = (y - largest).exp();
            total += term;
            term.store_slice(dy);
        }
        (largest, total)
    }

    /// For every lane −Σ w[c] ln p[c].
    #[inline(always)]
    fn spread<S: Scalar, V: Simd>(
        &self,
        v: V,
        logarithm: S::Vector<V>,
        largest: S::Vector<V>,
        y: &[S],
    ) -> S::Vector<V> {
        let mut spread = S::Vector::<V>::splat(v, S::ZERO);
        for (class, y) in self.rows(v, y).enumerate() {
            spread += (logarithm + (largest - y)) * self.entropy.classes.weight::<S>(class);
        }
        spread
    }

    /// From the terms of the softmax to the gradients, where they stand, but for the right class.
    #[inline(always)]
    fn gradients<S: Scalar, V: Simd>(
        &self,
        v: V,
        lanes: &[Lane<S>; 16],
        scale: S::Vector<V>,
        each: S::Vector<V>,
        dy: &mut [S],
    ) {
        let sample = first_vector::<S, V>(v, &lanes.map(|lane| lane.sample));
        let counts = first_vector::<S, V>(v, &lanes.map(|lane| if lane.counts { S::ONE } else { S::ZERO }));
        let zero = S::Vector::<V>::splat(v, S::ZERO);
        let counts = Float::less(zero, counts);
        for (class, dy) in self.rows_mut(dy).enumerate() {
            let term = S::Vector::<V>::from_slice(v, dy);
            let gradient = (term * scale - each * self.entropy.classes.weight::<S>(class)) * sample;
            // Not zero times something: what does not count may hold anything.
            Float::select(counts, gradient, zero).store_slice(dy);
        }
    }

    /// What only the right class knows: the rest of the loss, and of one gradient.
    #[inline(always)]
    fn losses<S: Scalar>(
        &self,
        lanes: &[Lane<S>; 16],
        [logarithm, largest, spread]: [&[S]; 3],
        y: &[S],
        dy: &mut [S],
    ) -> [S; 16] {
        let mut losses = [S::ZERO; 16];
        let values = logarithm.iter().zip(largest).zip(spread);
        for (index, ((loss, lane), ((logarithm, largest), spread))) in
            losses.iter_mut().zip(lanes).zip(values).enumerate()
        {
            if !lane.counts {
                continue;
            }
            let Factors { right, .. } = lane.factors;
            let place = self.first + index;
            let y = y.chunks_exact(self.tile).nth(lane.class).and_then(|row| row.get(place));
            *loss = y.map_or(S::NAN, |y| right * (*logarithm + (*largest - *y)) + *spread);
            let dy = dy.chunks_exact_mut(self.tile).nth(lane.class).and_then(|row| row.get_mut(place));
            if let Some(dy) = dy {
                *dy -= right * lane.sample;
            }
        }
        losses
    }
}
