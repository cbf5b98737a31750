//! `cross_entropy` with samples in the lanes of a vector.

use super::{CrossEntropy, Factors};
use crate::Scalar;

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

/// [`Loss::sample`](crate::Loss::sample) in all lanes, in the same order of operations: the losses, not
/// yet multiplied by sample weights, and all of `dy`.
#[inline(always)]
pub(super) fn vector<S: Scalar, const W: usize>(
    entropy: &CrossEntropy<W>,
    tile: usize,
    first: usize,
    lanes: &[Lane<S>; 16],
    y: &[S],
    dy: &mut [S],
) -> [S; 16] {
    let (largest, total) = exponentials(tile, first, y, dy);
    let mut logarithm = largest;
    for (logarithm, total) in logarithm.iter_mut().zip(&total).take(S::LANES) {
        *logarithm = total.ln() + *logarithm;
    }
    let mut losses = [S::ZERO; 16];
    for (index, ((loss, lane), logarithm)) in losses.iter_mut().zip(lanes).zip(&logarithm).enumerate() {
        if lane.counts {
            let right = y.chunks_exact(tile).nth(lane.class).and_then(|row| row.get(first + index));
            *loss = match right {
                Some(y) => lane.factors.right * (*logarithm - *y),
                None => S::NAN,
            };
        }
    }
    let mut scale = lanes.map(|lane| lane.factors.right);
    if entropy.smoothing.is_some() {
        let spread = spread(entropy, tile, first, &logarithm, y);
        let all = entropy.total_weight::<S>(y.len() / tile);
        for (((loss, scale), lane), spread) in losses.iter_mut().zip(&mut scale).zip(lanes).zip(&spread) {
            if lane.counts {
                *loss += lane.factors.each * *spread;
                *scale += lane.factors.each * all;
            }
        }
    }
    for (scale, total) in scale.iter_mut().zip(&total) {
        *scale /= *total;
    }
    gradients(entropy, tile, first, lanes, &scale, dy);
    losses
}

/// For every lane the largest output and Σ e^(y − largest), with the terms of that sum in `dy`.
#[inline(always)]
fn exponentials<S: Scalar>(tile: usize, first: usize, y: &[S], dy: &mut [S]) -> ([S; 16], [S; 16]) {
    let mut largest = [-S::INFINITY; 16];
    for row in y.chunks_exact(tile) {
        for (largest, y) in largest.iter_mut().zip(row.iter().skip(first)).take(S::LANES) {
            *largest = if *y > *largest { *y } else { *largest };
        }
    }
    let mut total = [S::ZERO; 16];
    for (y, dy) in y.chunks_exact(tile).zip(dy.chunks_exact_mut(tile)) {
        let lanes = y.iter().zip(dy).skip(first).zip(&largest).zip(&mut total);
        for (((y, term), largest), total) in lanes.take(S::LANES) {
            *term = (*y - *largest).exp();
            *total += *term;
        }
    }
    (largest, total)
}

/// For every lane −Σ w[c] ln p[c].
#[inline(always)]
fn spread<S: Scalar, const W: usize>(
    entropy: &CrossEntropy<W>,
    tile: usize,
    first: usize,
    logarithm: &[S; 16],
    y: &[S],
) -> [S; 16] {
    let mut spread = [S::ZERO; 16];
    for (class, row) in y.chunks_exact(tile).enumerate() {
        let weight = entropy.classes.weight::<S>(class);
        let lanes = spread.iter_mut().zip(logarithm).zip(row.iter().skip(first));
        for ((spread, logarithm), y) in lanes.take(S::LANES) {
            *spread += weight * (*logarithm - *y);
        }
    }
    spread
}

/// From the terms of the softmax to the gradients, where they stand.
#[inline(always)]
fn gradients<S: Scalar, const W: usize>(
    entropy: &CrossEntropy<W>,
    tile: usize,
    first: usize,
    lanes: &[Lane<S>; 16],
    scale: &[S; 16],
    dy: &mut [S],
) {
    for (class, row) in dy.chunks_exact_mut(tile).enumerate() {
        let weight = entropy.classes.weight::<S>(class);
        for ((dy, lane), scale) in row.iter_mut().skip(first).zip(lanes).zip(scale).take(S::LANES) {
            let right = if lane.class == class { lane.factors.right } else { S::ZERO };
            let gradient = (*dy * *scale - lane.factors.each * weight - right) * lane.sample;
            // Not zero times something: what does not count may hold anything.
            *dy = if lane.counts { gradient } else { S::ZERO };
        }
    }
}
