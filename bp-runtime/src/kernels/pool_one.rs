//! Pooling of one sample: output columns in the lanes, or channels where there are enough of them.

use super::Kernels;
use super::block::{load_partly, splat, store_partly};
use super::by_channels::{self, Piece, ROOM, scatter};
use super::pool::number;
use super::transpose::{Places, gather};
use crate::geometry::{Axis, Pooling};
use crate::parts::{Parts as _, take_mut};
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

/// Calls `f` with the runs of inputs of a window, of a pooling without dilation: row by row, or all rows at once where the window
/// is as wide as the image.
#[inline(always)]
fn runs(of: &Outputs, axes: &[Axis; 2], mut f: impl FnMut(Range<usize>)) {
    if of.across.is_empty() || of.down.is_empty() {
        return;
    }
    let whole = of.across.len() == axes[1].input;
    let (count, length) = if whole { (1, of.down.len()) } else { (of.down.len(), 1) };
    for run in 0..count {
        let first = of.input(axes, of.down.start + run, of.across.start);
        f(first..first + length * of.across.len());
    }
}

/// Calls `f` with one channel of each lane at some rows: what they are, their pooling, and room for the input and for two
/// planes of the output. Returns whether this is the way for such a pooling.
#[inline(always)]
fn channels_in_lanes<V: Simd, S: Lanes>(
    pooling: &Pooling,
    mut f: impl FnMut(&Piece, &Pooling, [&mut [S]; 3]),
) -> bool {
    if const { by_channels::pays::<V, S>() } {
        let axes = &pooling.axes;
        let height = by_channels::rows_at_once(pooling.channels, axes, axes[1].input, 2);
        if height > 0 {
            let mut room = [S::from(0_i8); ROOM];
            by_channels::each_piece(
                pooling.channels,
                axes,
                height,
                #[inline(always)]
                |piece| {
                    let mut rest = &mut room[..];
                    let input = take_mut(&mut rest, piece.input.places * S::LANES);
                    let output = take_mut(&mut rest, piece.output.places * S::LANES);
                    let other = take_mut(&mut rest, output.len());
                    f(piece, &pooling.part(piece.rows.clone()).0, [input, output, other]);
                },
            );
            return true;
        }
    }
    false
}

/// Calls `f` for all outputs.
#[inline(always)]
fn outputs<S: Lanes>(pooling: &Pooling, mut f: impl FnMut(&Outputs)) {
    let [rows, columns] = &pooling.axes;
    let inside = columns.interior();
    for channel in 0..pooling.channels {
        for row in 0..rows.output {
            let mut column = 0;
            while column < columns.output {
                let across = columns.taps(column);
                // Beside them, windows that reach into the padding are computed one by one.
                let left = if inside.contains(&column) { inside.end - column } else { 1 };
                let count = left.min(S::LANES);
                let place = (channel * rows.output + row) * columns.output + column;
                f(&Outputs { place, count, channel, row, column, down: rows.taps(row), across });
                column += count;
            }
        }
    }
}

/// So many numbers from a place on, a distance apart.
#[inline(always)]
fn spaced<V: Simd, S: Lanes>(v: V, x: &[S], place: usize, step: usize, count: usize) -> S::Vector<V> {
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
fn add_spaced<V: Simd, S: Lanes>(
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

/// Whether a window is a whole plane, whose numbers lie side by side as they are.
#[inline(always)]
fn is_global(pooling: &Pooling) -> bool {
    pooling.axes.iter().all(|axis| axis.output == 1 && axis.kernel >= axis.input)
}

/// `saved` takes the tap that won, or is empty.
#[inline(always)]
pub(super) fn max_forward<V: Simd, S: Kernels>(
    v: V,
    pooling: &Pooling,
    x: &[S],
    y: &mut [S],
    saved: &mut [S],
) {
    if channels_in_lanes::<V, S>(
        pooling,
        #[inline(always)]
        |piece, part, [xs, ys, winners]| {
            gather(v, x, &piece.input, S::vectors_mut(xs), Places::TOGETHER);
            S::max_pool2d_forward(part, S::LANES, xs, ys, winners);
            scatter(v, ys, Places::TOGETHER, y, &piece.output, false);
            if !saved.is_empty() {
                scatter(v, winners, Places::TOGETHER, saved, &piece.output, false);
            }
        },
    ) {
        return;
    }
    let columns = pooling.axes[1];
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let zero = splat::<V, S>(v, S::from(0_i8));
            let (mut best, mut winner, mut first) = (zero, zero, true);
            for ky in of.down.clone() {
                for kx in of.across.clone() {
                    let x = spaced::<V, S>(v, x, of.input(&pooling.axes, ky, kx), columns.stride, of.count);
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
pub(super) fn max_backward<V: Simd, S: Kernels>(
    v: V,
    pooling: &Pooling,
    saved: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    dx.fill(S::from(0_i8));
    if channels_in_lanes::<V, S>(
        pooling,
        #[inline(always)]
        |piece, part, [dxs, dys, winners]| {
            gather(v, saved, &piece.output, S::vectors_mut(winners), Places::TOGETHER);
            gather(v, dy, &piece.output, S::vectors_mut(dys), Places::TOGETHER);
            S::max_pool2d_backward(part, S::LANES, winners, dys, dxs);
            scatter(v, dxs, Places::TOGETHER, dx, &piece.input, true);
        },
    ) {
        return;
    }
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
                    add_spaced::<V, S>(v, share, dx, to, of.count);
                }
            }
        },
    );
}

#[inline(always)]
pub(super) fn avg_forward<V: Simd, S: Kernels>(v: V, pooling: &Pooling, x: &[S], y: &mut [S]) {
    if !is_global(pooling)
        && channels_in_lanes::<V, S>(
            pooling,
            #[inline(always)]
            |piece, part, [xs, ys, _]| {
                gather(v, x, &piece.input, S::vectors_mut(xs), Places::TOGETHER);
                S::avg_pool2d_forward(part, S::LANES, xs, ys);
                scatter(v, ys, Places::TOGETHER, y, &piece.output, false);
            },
        )
    {
        return;
    }
    let step = pooling.axes[1].stride;
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let mut sum = splat::<V, S>(v, S::from(0_i8));
            if of.count == 1 {
                // A window by itself, perhaps the whole plane: its columns in the lanes.
                runs(
                    of,
                    &pooling.axes,
                    #[inline(always)]
                    |run| {
                        for x in x.part(run).chunks(S::LANES) {
                            sum += load_partly::<V, S>(v, x);
                        }
                    },
                );
                sum = splat(v, sum.reduce_sum());
            } else {
                for ky in of.down.clone() {
                    for kx in of.across.clone() {
                        sum += spaced::<V, S>(v, x, of.input(&pooling.axes, ky, kx), step, of.count);
                    }
                }
            }
            let count = splat::<V, S>(v, number(pooling.count(of.row, of.column)));
            store_partly(v, sum / count, y.part_mut(of.place..of.place + of.count));
        },
    );
}

#[inline(always)]
pub(super) fn avg_backward<V: Simd, S: Kernels>(v: V, pooling: &Pooling, dy: &[S], dx: &mut [S]) {
    dx.fill(S::from(0_i8));
    if !is_global(pooling)
        && channels_in_lanes::<V, S>(
            pooling,
            #[inline(always)]
            |piece, part, [dxs, dys, _]| {
                gather(v, dy, &piece.output, S::vectors_mut(dys), Places::TOGETHER);
                S::avg_pool2d_backward(part, S::LANES, dys, dxs);
                scatter(v, dxs, Places::TOGETHER, dx, &piece.input, true);
            },
        )
    {
        return;
    }
    let step = pooling.axes[1].stride;
    outputs::<S>(
        pooling,
        #[inline(always)]
        |of| {
            let count = splat::<V, S>(v, number(pooling.count(of.row, of.column)));
            let share = load_partly::<V, S>(v, dy.part(of.place..of.place + of.count)) / count;
            if of.count == 1 {
                let first = share.to_array().as_ref().first().copied();
                let share = splat::<V, S>(v, first.unwrap_or(S::from(0_i8)));
                return runs(
                    of,
                    &pooling.axes,
                    #[inline(always)]
                    |run| {
                        for dx in dx.part_mut(run).chunks_mut(S::LANES) {
                            store_partly(v, load_partly::<V, S>(v, dx) + share, dx);
                        }
                    },
                );
            }
            for ky in of.down.clone() {
                for kx in of.across.clone() {
                    add_spaced::<V, S>(v, share, dx, (of.input(&pooling.axes, ky, kx), step), of.count);
                }
            }
        },
    );
}
