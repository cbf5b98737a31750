//! Attention between its projections: products of steps with steps, head by head.

use super::block::{load_place, splat};
use crate::geometry::Heads;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _};

/// Where the features of a step begin in a slice: at `first + step × stride`, in features.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Place of step 0.
    pub first: usize,
    /// Distance of neighbouring steps.
    pub stride: usize,
}

impl Rows {
    /// The numbers of a head at a step.
    #[inline(always)]
    fn range(&self, heads: &Heads, tile: usize, head: usize, step: usize) -> core::ops::Range<usize> {
        let size = heads.features / heads.heads;
        let from = (self.first + step * self.stride + head * size) * tile;
        from..from + size * tile
    }
}

/// `out[h][t][u] = factor Σ a[t][h] · b[u][h]`, and `beyond` where step `t` does not see step `u`.
#[inline(always)]
pub(super) fn dots<V: Simd, S: Lanes>(
    v: V,
    heads: &Heads,
    tile: usize,
    (a, a_rows): (&[S], Rows),
    (b, b_rows): (&[S], Rows),
    [factor, beyond]: [S; 2],
    out: &mut [S],
) {
    for (row, out) in out.chunks_exact_mut(heads.time * tile).enumerate() {
        let (head, step) = (row / heads.time, row % heads.time);
        let a = a.part(a_rows.range(heads, tile, head, step));
        for (other, out) in out.chunks_exact_mut(tile).enumerate() {
            if heads.causal && other > step {
                out.fill(beyond);
                continue;
            }
            let b = b.part(b_rows.range(heads, tile, head, other));
            dot(v, a, b, factor, out);
        }
    }
}

/// `out = factor Σ a[i] b[i]`, for each sample.
#[inline(always)]
fn dot<V: Simd, S: Lanes>(v: V, a: &[S], b: &[S], factor: S, out: &mut [S]) {
    let tile = out.len();
    if tile.is_multiple_of(S::LANES) {
        let vectors = tile / S::LANES;
        let (a, b) = (S::vectors(a), S::vectors(b));
        for (vector, out) in S::vectors_mut(out).iter_mut().enumerate() {
            let mut acc = splat::<V, S>(v, S::from(0_i8));
            for place in (vector..a.len()).step_by(vectors) {
                let b = load_place::<V, S>(v, b, place);
                acc = load_place::<V, S>(v, a, place).mul_add(b, acc);
            }
            (acc * splat::<V, S>(v, factor)).store_array(out);
        }
        return;
    }
    out.fill(S::from(0_i8));
    for (a, b) in a.chunks_exact(tile).zip(b.chunks_exact(tile)) {
        for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
            *out = *out + a * b;
        }
    }
    for out in out {
        *out = *out * factor;
    }
}

/// `to[t][h] += factor Σᵤ weights[h][t][u] from[u][h]`, or with `transposed`
/// `to[u][h] += factor Σₜ weights[h][t][u] from[t][h]`.
#[inline(always)]
pub(super) fn sums<V: Simd, S: Lanes>(
    v: V,
    heads: &Heads,
    tile: usize,
    (weights, factor, transposed): (&[S], S, bool),
    (from, from_rows): (&[S], Rows),
    (to, to_rows): (&mut [S], Rows),
) {
    for (row, weights) in weights.chunks_exact(heads.time * tile).enumerate() {
        let (head, step) = (row / heads.time, row % heads.time);
        let seen = if heads.causal { step + 1 } else { heads.time };
        for (other, weights) in weights.chunks_exact(tile).take(seen).enumerate() {
            let (source, target) = if transposed { (step, other) } else { (other, step) };
            let from = from.part(from_rows.range(heads, tile, head, source));
            let to = to.part_mut(to_rows.range(heads, tile, head, target));
            add_weighted(v, weights, factor, from, to);
        }
    }
}

/// `to[i] += factor weights from[i]`, for each sample.
#[inline(always)]
fn add_weighted<V: Simd, S: Lanes>(v: V, weights: &[S], factor: S, from: &[S], to: &mut [S]) {
    let tile = weights.len();
    if tile.is_multiple_of(S::LANES) {
        let vectors = tile / S::LANES;
        let (from, to) = (S::vectors(from), S::vectors_mut(to));
        for (vector, weights) in S::vectors(weights).iter().enumerate() {
            let weights = S::Vector::<V>::load_array_ref(v, weights) * splat::<V, S>(v, factor);
            for place in (vector..from.len()).step_by(vectors) {
                let sum =
                    load_place::<V, S>(v, from, place).mul_add(weights, load_place::<V, S>(v, to, place));
                if let Some(to) = to.get_mut(place) {
                    sum.store_array(to);
                }
            }
        }
        return;
    }
    if let &[weight] = weights {
        let weight = weight * factor;
        for (to, &from) in to.iter_mut().zip(from) {
            *to = *to + weight * from;
        }
        return;
    }
    for (to, from) in to.chunks_exact_mut(tile).zip(from.chunks_exact(tile)) {
        for ((to, &from), &weight) in to.iter_mut().zip(from).zip(weights) {
            *to = *to + weight * factor * from;
        }
    }
}
