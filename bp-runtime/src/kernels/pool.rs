//! Pooling, samples in the lanes.

use super::block::{load_partly, splat, store_partly};
use crate::geometry::Axis;
use crate::geometry::Pooling;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Select as _, Simd, SimdBase as _};

/// Calls `f` with every output of a pooling: its place, its row and its column.
#[inline(always)]
fn outputs([rows, columns]: &[Axis; 2], channels: usize, mut f: impl FnMut(usize, usize, usize, usize)) {
    let mut place = 0;
    for channel in 0..channels {
        for oy in 0..rows.output {
            for ox in 0..columns.output {
                f(channel, place, oy, ox);
                place += 1;
            }
        }
    }
}

/// Calls `f` with every tap inside the input, and the place in the input that it meets.
#[inline(always)]
fn taps([rows, columns]: &[Axis; 2], channel: usize, oy: usize, ox: usize, mut f: impl FnMut(usize, usize)) {
    let [across, down] = [columns.taps(ox), rows.taps(oy)];
    if columns.kernel == 2 && rows.kernel == 2 && across == (0..2) && down == (0..2) {
        // The window that nearly everyone uses, with constant taps.
        let first = (channel * rows.input + rows.position(oy, 0)) * columns.input + columns.position(ox, 0);
        for tap in 0..4 {
            f(tap, first + tap / 2 * rows.dilation * columns.input + tap % 2 * columns.dilation);
        }
        return;
    }
    for ky in down {
        let row = (channel * rows.input + rows.position(oy, ky)) * columns.input;
        for kx in across.clone() {
            f(ky * columns.kernel + kx, row + columns.position(ox, kx));
        }
    }
}

/// `saved` takes the tap that won, or is empty.
#[inline(always)]
pub(super) fn max_forward<V: Simd, S: Lanes>(
    v: V,
    pooling: &Pooling,
    tile: usize,
    x: &[S],
    y: &mut [S],
    saved: &mut [S],
) {
    let vectors = tile / S::LANES;
    let axes = pooling.axes;
    let (x, y, saved) = (S::vectors(x), S::vectors_mut(y), S::vectors_mut(saved));
    outputs(
        &axes,
        pooling.channels,
        #[inline(always)]
        |channel, place, oy, ox| {
            for vector in 0..vectors {
                let (mut best, mut winner) =
                    (splat::<V, S>(v, S::from(0_i8)), splat::<V, S>(v, S::from(0_i8)));
                let mut first = true;
                taps(
                    &axes,
                    channel,
                    oy,
                    ox,
                    #[inline(always)]
                    |tap, from| {
                        let Some(x) = x.get(from * vectors + vector) else { return does_not_fit() };
                        let x = S::Vector::<V>::load_array_ref(v, x);
                        let tap = splat::<V, S>(v, number(tap));
                        // NaN wins.
                        let wins = x.simd_gt(best) | x.simd_ne(x);
                        best = if first { x } else { wins.select(x, best) };
                        winner = if first { tap } else { wins.select(tap, winner) };
                        first = false;
                    },
                );
                if let Some(y) = y.get_mut(place * vectors + vector) {
                    best.store_array(y);
                }
                if let Some(saved) = saved.get_mut(place * vectors + vector) {
                    winner.store_array(saved);
                }
            }
        },
    );
}

/// A vector from a place on, with zeros behind the end.
#[inline(always)]
fn load_from<V: Simd, S: Lanes>(v: V, x: &[S], place: usize) -> S::Vector<V> {
    load_partly(v, x.after(place))
}

/// The larger of two numbers, or NaN if one of them is.
#[inline(always)]
fn larger<V: Simd, S: Lanes>(a: S::Vector<V>, b: S::Vector<V>) -> S::Vector<V> {
    (b.simd_le(a) | a.simd_ne(a)).select(a, b)
}

/// Windows of 2×2 side by side, one sample, without the winners: output columns in the lanes.
#[inline(always)]
pub(super) fn max_forward_pairs<V: Simd, S: Lanes>(v: V, pooling: &Pooling, x: &[S], y: &mut [S]) {
    let [rows, columns] = pooling.axes;
    let mut rest = y;
    for channel in 0..pooling.channels {
        for oy in 0..rows.output {
            let mut place = (channel * rows.input + 2 * oy) * columns.input;
            let mut left = columns.output;
            while left > 0 {
                let count = left.min(S::LANES);
                let (low, high) = (place, place + S::LANES);
                let low = larger::<V, S>(load_from(v, x, low), load_from(v, x, low + columns.input));
                let high = larger::<V, S>(load_from(v, x, high), load_from(v, x, high + columns.input));
                let (even, odd) = low.deinterleave(high);
                // Lanes beyond the row go to the places of the next, which are written after it.
                store_partly(v, larger::<V, S>(even, odd), rest);
                rest = core::mem::take(&mut rest).part_mut(count..);
                (left, place) = (left - count, place + 2 * count);
            }
        }
    }
}

#[inline(always)]
pub(super) fn max_backward<V: Simd, S: Lanes>(
    v: V,
    pooling: &Pooling,
    tile: usize,
    saved: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let vectors = tile / S::LANES;
    let axes = pooling.axes;
    // Windows that share no input write their part of dx, others add to it.
    let shared = axes.iter().any(|axis| axis.kernel > axis.stride || axis.dilation > 1);
    let whole = |axis: &Axis| {
        axis.kernel == axis.stride && axis.before == 0 && axis.output * axis.kernel == axis.input
    };
    if shared || !axes.iter().all(whole) {
        dx.fill(S::from(0_i8));
    }
    let (saved, dy, dx) = (S::vectors(saved), S::vectors(dy), S::vectors_mut(dx));
    let zero = splat::<V, S>(v, S::from(0_i8));
    outputs(
        &axes,
        pooling.channels,
        #[inline(always)]
        |channel, place, oy, ox| {
            for vector in 0..vectors {
                let place = place * vectors + vector;
                let (Some(saved), Some(dy)) = (saved.get(place), dy.get(place)) else {
                    return does_not_fit();
                };
                let winner = S::Vector::<V>::load_array_ref(v, saved);
                let dy = S::Vector::<V>::load_array_ref(v, dy);
                taps(
                    &axes,
                    channel,
                    oy,
                    ox,
                    #[inline(always)]
                    |tap, to| {
                        let Some(dx) = dx.get_mut(to * vectors + vector) else { return does_not_fit() };
                        let share = winner.simd_eq(splat::<V, S>(v, number(tap))).select(dy, zero);
                        let before = if shared { S::Vector::<V>::load_array_ref(v, dx) } else { zero };
                        (before + share).store_array(dx);
                    },
                );
            }
        },
    );
}

/// A count as a number, added up from ones: exact, and without a conversion that `S` would have to name.
#[inline(always)]
pub(super) fn number<S: Lanes>(count: usize) -> S {
    let (high, low) = (count / 100, count % 100);
    let mut value = S::from(0_i8);
    for _ in 0..high {
        value = value + S::from(100_i8);
    }
    value + S::from(low as u8)
}

#[inline(always)]
pub(super) fn avg_forward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, tile: usize, x: &[S], y: &mut [S]) {
    let vectors = tile / S::LANES;
    let axes = pooling.axes;
    let (x, y) = (S::vectors(x), S::vectors_mut(y));
    outputs(
        &axes,
        pooling.channels,
        #[inline(always)]
        |channel, place, oy, ox| {
            let count = splat::<V, S>(v, number(pooling.count(oy, ox)));
            for vector in 0..vectors {
                let mut sum = splat::<V, S>(v, S::from(0_i8));
                taps(
                    &axes,
                    channel,
                    oy,
                    ox,
                    #[inline(always)]
                    |_, from| {
                        if let Some(x) = x.get(from * vectors + vector) {
                            sum += S::Vector::<V>::load_array_ref(v, x);
                        }
                    },
                );
                if let Some(y) = y.get_mut(place * vectors + vector) {
                    (sum / count).store_array(y);
                }
            }
        },
    );
}

#[inline(always)]
pub(super) fn avg_backward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, tile: usize, dy: &[S], dx: &mut [S]) {
    let vectors = tile / S::LANES;
    let axes = pooling.axes;
    dx.fill(S::from(0_i8));
    let (dy, dx) = (S::vectors(dy), S::vectors_mut(dx));
    outputs(
        &axes,
        pooling.channels,
        #[inline(always)]
        |channel, place, oy, ox| {
            let count = splat::<V, S>(v, number(pooling.count(oy, ox)));
            for vector in 0..vectors {
                let Some(dy) = dy.get(place * vectors + vector) else { return does_not_fit() };
                let share = S::Vector::<V>::load_array_ref(v, dy) / count;
                taps(
                    &axes,
                    channel,
                    oy,
                    ox,
                    #[inline(always)]
                    |_, to| {
                        if let Some(dx) = dx.get_mut(to * vectors + vector) {
                            (S::Vector::<V>::load_array_ref(v, dx) + share).store_array(dx);
                        }
                    },
                );
            }
        },
    );
}
