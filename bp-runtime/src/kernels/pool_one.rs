//! Pooling of one sample: output columns in the lanes.

use super::block::{load_partly, splat, store_partly};
use super::pool::number;
use crate::geometry::{Axis, Pooling};
use crate::parts::Parts as _;
use crate::simd::{Lanes, Select as _, Simd, SimdBase as _};
use core::ops::Range;

/// Up to a vector of outputs side by side that meet the same taps.
struct Outputs {
    /// The first of them, and how many.
    place: usize,
    count: usize,
    channel: usize,
    row: usize,
    column: usize,
    down: Range<usize>,
    across: Range<usize>,
}

impl Outputs {
    /// The first one's input at a tap.
    #[inline(always)]
    fn input(&self, [rows, columns]: &[Axis; 2], ky: usize, kx: usize) -> usize {
        (self.channel * rows.input + rows.position(self.row, ky)) * columns.input
            + columns.position(self.column, kx)
    }
}

/// The inputs of a window in a row of it, of a pooling without dilation.
#[inline(always)]
fn row_of<'a, S>(of: &Outputs, axes: &[Axis; 2], x: &'a [S], ky: usize) -> &'a [S] {
    if of.across.is_empty() {
        return &[];
    }
    let first = of.input(axes, ky, of.across.start);
    x.part(first..first + of.across.len())
}

/// Calls `f` for all outputs.
#[inline(always)]
fn outputs<S: Lanes>(pooling: &Pooling, mut f: impl FnMut(&Outputs)) {
    let [rows, columns] = &pooling.axes;
    for channel in 0..pooling.channels {
        for row in 0..rows.output {
            let mut column = 0;
            while column < columns.output {
                let across = columns.taps(column);
                let same = |other: &usize| columns.taps(*other) == across;
                let count = (column..columns.output).take(S::LANES).take_while(same).count();
                let place = (channel * rows.output + row) * columns.output + column;
                f(&Outputs { place, count, channel, row, column, down: rows.taps(row), across });
                column += count;
            }
        }
    }
}

/// So many numbers from a place on, a distance apart.
#[inline(always)]
fn gather<V: Simd, S: Lanes>(v: V, x: &[S], place: usize, step: usize, count: usize) -> S::Vector<V> {
    match step {
        1 => load_partly(v, x.after(place)),
        2 => {
            let low = load_partly::<V, S>(v, x.after(place));
            low.deinterleave(load_partly::<V, S>(v, x.after(place + S::LANES))).0
        }
        _ => {
            let mut numbers = splat::<V, S>(v, S::from(0_i8)).to_array();
            for (number, x) in
                numbers.as_mut().iter_mut().zip(x.after(place).iter().step_by(step.max(1))).take(count)
            {
                *number = *x;
            }
            S::Vector::<V>::load_array(v, numbers)
        }
    }
}

/// Adds so many numbers to those from a place on, a distance apart.
#[inline(always)]
fn scatter<V: Simd, S: Lanes>(
    v: V,
    values: S::Vector<V>,
    to: &mut [S],
    (place, step): (usize, usize),
    count: usize,
) {
    let to = to.part_mut(place..);
    match step {
        1 => {
            let to = to.part_mut(..count);
            store_partly(v, load_partly::<V, S>(v, to) + values, to);
        }
        2 => {
            // Nothing is added to what is between them.
            let (low, high) = values.interleave(splat::<V, S>(v, S::from(0_i8)));
            let to = to.part_mut(..2 * count - 1);
            let (first, second) = to.split_at_mut(S::LANES.min(to.len()));
            store_partly(v, load_partly::<V, S>(v, first) + low, first);
            if !second.is_empty() {
                store_partly(v, load_partly::<V, S>(v, second) + high, second);
            }
        }
        _ => {
            let values = values.to_array();
            for (to, value) in to.iter_mut().step_by(step.max(1)).zip(values.as_ref()).take(count) {
                *to = *to + *value;
            }
        }
    }
}

/// `saved` takes the tap that won, or is empty.
#[inline(always)]
pub(super) fn max_forward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, x: &[S], y: &mut [S], saved: &mut [S]) {
    let columns = pooling.axes[1];
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let zero = splat::<V, S>(v, S::from(0_i8));
            let (mut best, mut winner, mut first) = (zero, zero, true);
            for ky in of.down.clone() {
                for kx in of.across.clone() {
                    let x = gather::<V, S>(v, x, of.input(&pooling.axes, ky, kx), columns.stride, of.count);
                    let tap = splat::<V, S>(v, number(ky * columns.kernel + kx));
                    // NaN wins.
                    let wins = x.simd_gt(best) | x.simd_ne(x);
                    best = if first { x } else { wins.select(x, best) };
                    winner = if first { tap } else { wins.select(tap, winner) };
                    first = false;
                }
            }
            let places = of.place..of.place + of.count;
            store_partly(v, best, y.part_mut(places.clone()));
            if let Some(saved) = saved.get_mut(places) {
                store_partly(v, winner, saved);
            }
        },
    );
}

#[inline(always)]
pub(super) fn max_backward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, saved: &[S], dy: &[S], dx: &mut [S]) {
    dx.fill(S::from(0_i8));
    let columns = pooling.axes[1];
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let places = of.place..of.place + of.count;
            let winner = load_partly::<V, S>(v, saved.part(places.clone()));
            let dy = load_partly::<V, S>(v, dy.part(places));
            for ky in of.down.clone() {
                for kx in of.across.clone() {
                    let tap = splat::<V, S>(v, number(ky * columns.kernel + kx));
                    let share = winner.simd_eq(tap).select(dy, splat::<V, S>(v, S::from(0_i8)));
                    let to = (of.input(&pooling.axes, ky, kx), columns.stride);
                    scatter::<V, S>(v, share, dx, to, of.count);
                }
            }
        },
    );
}

#[inline(always)]
pub(super) fn avg_forward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, x: &[S], y: &mut [S]) {
    let step = pooling.axes[1].stride;
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let mut sum = splat::<V, S>(v, S::from(0_i8));
            for ky in of.down.clone() {
                if of.count == 1 {
                    // A window by itself, perhaps the whole plane: its columns in the lanes.
                    for x in row_of(of, &pooling.axes, x, ky).chunks(S::LANES) {
                        sum += load_partly::<V, S>(v, x);
                    }
                    continue;
                }
                for kx in of.across.clone() {
                    sum += gather::<V, S>(v, x, of.input(&pooling.axes, ky, kx), step, of.count);
                }
            }
            if of.count == 1 {
                sum = splat(v, sum.reduce_sum());
            }
            let count = splat::<V, S>(v, number(pooling.count(of.row, of.column)));
            store_partly(v, sum / count, y.part_mut(of.place..of.place + of.count));
        },
    );
}

#[inline(always)]
pub(super) fn avg_backward<V: Simd, S: Lanes>(v: V, pooling: &Pooling, dy: &[S], dx: &mut [S]) {
    dx.fill(S::from(0_i8));
    let step = pooling.axes[1].stride;
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let count = splat::<V, S>(v, number(pooling.count(of.row, of.column)));
            let share = load_partly::<V, S>(v, dy.part(of.place..of.place + of.count)) / count;
            for ky in of.down.clone() {
                if of.count == 1 && !of.across.is_empty() {
                    let share =
                        splat::<V, S>(v, share.to_array().as_ref().first().copied().unwrap_or(S::from(0_i8)));
                    let first = of.input(&pooling.axes, ky, of.across.start);
                    for dx in dx.part_mut(first..first + of.across.len()).chunks_mut(S::LANES) {
                        store_partly(v, load_partly::<V, S>(v, dx) + share, dx);
                    }
                    continue;
                }
                for kx in of.across.clone() {
                    scatter::<V, S>(v, share, dx, (of.input(&pooling.axes, ky, kx), step), of.count);
                }
            }
        },
    );
}
