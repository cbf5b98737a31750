//! Attention between its projections: products of steps with steps, head by head.

use super::block::{load_partly, load_place, pieces, pieces_mut, splat, store_partly};
use super::transpose::{self, Places, Planes};
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
        let size = heads.features / heads.heads.max(1);
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
    if tile == 1 {
        return dots_one(v, heads, (a, a_rows), (b, b_rows), [factor, beyond], out);
    }
    for (row, out) in pieces_mut(out, heads.time * tile).enumerate() {
        let (head, step) = (row / heads.time.max(1), row % heads.time.max(1));
        let a = a.part(a_rows.range(heads, tile, head, step));
        for (other, out) in pieces_mut(out, tile).enumerate() {
            if heads.causal && other > step {
                out.fill(beyond);
                continue;
            }
            let b = b.part(b_rows.range(heads, tile, head, other));
            dot(v, a, b, factor, out);
        }
    }
}

/// `out = factor Σ a[i] b[i]`, for each sample of a tile.
#[inline(always)]
fn dot<V: Simd, S: Lanes>(v: V, a: &[S], b: &[S], factor: S, out: &mut [S]) {
    let vectors = out.len() / S::LANES;
    let (a, b) = (S::vectors(a), S::vectors(b));
    for (vector, out) in S::vectors_mut(out).iter_mut().enumerate() {
        let mut acc = splat::<V, S>(v, S::from(0_i8));
        for place in (vector..a.len()).step_by(vectors) {
            let b = load_place::<V, S>(v, b, place);
            acc = load_place::<V, S>(v, a, place).mul_add(b, acc);
        }
        (acc * splat::<V, S>(v, factor)).store_array(out);
    }
}

/// Features of a head that are transposed at a time.
const FEATURES: usize = 32;

/// [`dots`] for one sample: the other steps in the lanes. Their features are transposed, some of a vector of steps at a
/// time.
#[inline(always)]
fn dots_one<V: Simd, S: Lanes>(
    v: V,
    heads: &Heads,
    (a, a_rows): (&[S], Rows),
    (b, b_rows): (&[S], Rows),
    [factor, beyond]: [S; 2],
    out: &mut [S],
) {
    let time = heads.time;
    let mut room = [S::from(0_i8); FEATURES * 16];
    let room = S::vectors_mut(&mut room);
    for (head, out) in pieces_mut(out, time * time).enumerate() {
        for other in (0..time).step_by(S::LANES) {
            let others = other..time.min(other + S::LANES);
            let range = b_rows.range(heads, 1, head, other);
            let size = range.len();
            for feature in (0..size).step_by(FEATURES) {
                let count = FEATURES.min(size - feature);
                transpose::gather(
                    v,
                    b.after(range.start + feature),
                    &Planes::all(b_rows.stride, count),
                    room,
                    Places::TOGETHER,
                );
                // Earlier steps see none of these.
                for step in if heads.causal { other } else { 0 }..time {
                    let a = a.part(a_rows.range(heads, 1, head, step)).part(feature..feature + count);
                    let out = out.part_mut(step * time..).part_mut(others.clone());
                    let mut acc = splat::<V, S>(v, S::from(0_i8));
                    for (a, b) in a.iter().zip(&*room) {
                        acc = S::Vector::<V>::load_array_ref(v, b).mul_add(splat::<V, S>(v, *a), acc);
                    }
                    let acc = acc * splat::<V, S>(v, factor);
                    let acc = if feature == 0 { acc } else { load_partly::<V, S>(v, out) + acc };
                    store_partly(v, acc, out);
                }
            }
        }
        if heads.causal {
            for (step, out) in pieces_mut(out, time).enumerate() {
                out.part_mut(step + 1..).fill(beyond);
            }
        }
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
    if tile == 1 {
        return sums_one(v, heads, (weights, factor, transposed), (from, from_rows), (to, to_rows));
    }
    for (row, weights) in pieces(weights, heads.time * tile).enumerate() {
        let (head, step) = (row / heads.time.max(1), row % heads.time.max(1));
        let seen = if heads.causal { step + 1 } else { heads.time };
        for (other, weights) in pieces(weights, tile).take(seen).enumerate() {
            let (source, target) = if transposed { (step, other) } else { (other, step) };
            let from = from.part(from_rows.range(heads, tile, head, source));
            let to = to.part_mut(to_rows.range(heads, tile, head, target));
            add_weighted(v, weights, factor, from, to);
        }
    }
}

/// `to[i] += factor weights from[i]`, for each sample of a tile.
#[inline(always)]
fn add_weighted<V: Simd, S: Lanes>(v: V, weights: &[S], factor: S, from: &[S], to: &mut [S]) {
    let vectors = weights.len() / S::LANES;
    let (from, to) = (S::vectors(from), S::vectors_mut(to));
    for (vector, weights) in S::vectors(weights).iter().enumerate() {
        let weights = S::Vector::<V>::load_array_ref(v, weights) * splat::<V, S>(v, factor);
        for place in (vector..from.len()).step_by(vectors) {
            let sum = load_place::<V, S>(v, from, place).mul_add(weights, load_place::<V, S>(v, to, place));
            if let Some(to) = to.get_mut(place) {
                sum.store_array(to);
            }
        }
    }
}

/// [`sums`] for one sample: a step's features in the lanes.
#[inline(always)]
fn sums_one<V: Simd, S: Lanes>(
    v: V,
    heads: &Heads,
    (weights, factor, transposed): (&[S], S, bool),
    (from, from_rows): (&[S], Rows),
    (to, to_rows): (&mut [S], Rows),
) {
    let time = heads.time;
    for (head, weights) in pieces(weights, time * time).enumerate() {
        for target in 0..time {
            let sources = match (heads.causal, transposed) {
                (true, true) => target..time,
                (true, false) => 0..target + 1,
                (false, _) => 0..time,
            };
            let to = to.part_mut(to_rows.range(heads, 1, head, target));
            for (vector, to) in to.chunks_mut(S::LANES).enumerate() {
                let mut acc = splat::<V, S>(v, S::from(0_i8));
                for source in sources.clone() {
                    let place = if transposed { source * time + target } else { target * time + source };
                    let weight = weights.get(place).copied().unwrap_or(S::from(0_i8));
                    // What lies behind the head's features is not stored.
                    let from = from.after(from_rows.range(heads, 1, head, source).start + vector * S::LANES);
                    acc = load_partly::<V, S>(v, from).mul_add(splat::<V, S>(v, weight), acc);
                }
                let sum = acc.mul_add(splat::<V, S>(v, factor), load_partly(v, to));
                store_partly(v, sum, to);
            }
        }
    }
}
