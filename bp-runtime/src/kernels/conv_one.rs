//! Convolutions of one sample, of images and sequences: channels in the lanes, and output columns in the lanes where
//! enough of them lie side by side in the input ([`conv_one_columns`](super::conv_one_columns)).
//!
//! The input gradient is a convolution of `dy` with the weights transposed, which are brought together for it.

use super::block::{chunk, each, load_partly, out_of_line, parts, splat, with_size};
use super::by_channels;
use super::conv_one_columns as across_columns;
use super::conv_one_depthwise as depthwise;
use super::conv_one_images as images;
use super::conv_one_planes as planes;
use super::line::Line;
use super::transpose::{self, Places, Planes};
use crate::geometry::ConvolutionOne;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Positions in a block.
const fn block<V: Simd>() -> usize {
    match register::<V>() {
        16 => 8,
        8 => 6,
        4 if cfg!(target_arch = "aarch64") => 6,
        _ => 2,
    }
}

/// One group of a convolution, in either direction.
#[derive(Clone, Copy)]
pub(super) struct Sweep<'a, S> {
    pub(super) weights: &'a [S],
    pub(super) bias: &'a [S],
    pub(super) source: &'a [S],
    /// Channels of the source, and of the output.
    pub(super) planes: usize,
    pub(super) channels: usize,
    pub(super) lines: [Line; 2],
    /// Distance of output channels in the weights.
    pub(super) channel_step: usize,
    /// Distances in the weights, of planes, taps in rows and in columns; in source and output, of channels, rows and
    /// columns.
    pub(super) weight_steps: [usize; 3],
    pub(super) source_steps: [usize; 3],
    pub(super) out_steps: [usize; 3],
    /// Whether sums are added to what the output holds.
    pub(super) more: bool,
}

impl<'a, S: Lanes> Sweep<'a, S> {
    /// The first group of a convolution.
    #[inline(always)]
    pub(super) fn forward(of: &ConvolutionOne, parameters: &'a [S], x: &'a [S]) -> Self {
        Self {
            // With the biases behind them, so that whole vectors can be read up to the last weight.
            weights: parameters,
            bias: parameters.after(of.weights()),
            source: x,
            planes: of.channels[0],
            channels: of.channels[1],
            lines: [Line::forward(&of.axes[0]), Line::forward(&of.axes[1])],
            channel_step: 1,
            weight_steps: of.weight_steps,
            source_steps: of.x_steps,
            out_steps: of.y_steps,
            more: false,
        }
    }
}

/// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]`
#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(v: V, of: &ConvolutionOne, parameters: &[S], x: &[S], y: &mut [S]) {
    if depthwise::is_such(of) {
        return depthwise::forward(v, of, parameters, x, y);
    }
    if const { by_channels::pays::<V, S>() } {
        let height = images::rows_at_once(of);
        if height > 0 {
            return images::forward(v, of, height, parameters, x, y);
        }
    }
    let [into, out] = of.channels;
    let first = Sweep::forward(of, parameters, x);
    let range = across_columns::range::<S>(of);
    let rows_at_once = planes::rows_at_once::<S>(&first, 0);
    // With several channels, columns beside the range are few enough to be computed by themselves.
    let nearly_all = if out < 4 { of.axes[1].output } else { of.axes[1].output * 3 / 4 };
    if range.len() < nearly_all && rows_at_once > 0 {
        out_of_line!(v => planes::all_groups(v, &first, (of.groups, out), rows_at_once, y));
        return;
    }
    for group in 0..of.groups {
        let sweep = Sweep {
            weights: parameters.part(group * out..),
            bias: first.bias.after(group * out),
            source: x.after(group * into * of.x_steps[0]),
            ..first
        };
        let y = y.part_mut(group * out * of.y_steps[0]..);
        if !range.is_empty() {
            across_columns::forward(
                v,
                of,
                (sweep.weights, sweep.bias),
                range.clone(),
                (sweep.source, &mut *y),
            );
        }
        all_channels(v, &sweep, range.clone(), y);
    }
}

/// `dx`, the transposed convolution of `dy`
#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    if depthwise::is_such(of) {
        return depthwise::input_gradient(v, of, parameters, dy, dx);
    }
    if const { by_channels::pays::<V, S>() } {
        let height = images::rows_at_once(of);
        if height > 0 {
            return images::input_gradient(v, of, height, parameters, dy, dx);
        }
    }
    let [into, out] = of.channels;
    let [rows, columns] = &of.axes;
    for row_phase in 0..rows.stride.min(rows.input) {
        for column_phase in 0..columns.stride.min(columns.input) {
            let first = Sweep {
                weights: parameters.part(..of.weights()),
                bias: &[],
                source: dy,
                planes: out,
                channels: into,
                lines: [Line::backward(rows, row_phase), Line::backward(columns, column_phase)],
                channel_step: of.weight_steps[0],
                weight_steps: [1, of.weight_steps[1], of.weight_steps[2]],
                source_steps: of.y_steps,
                out_steps: of.x_steps,
                more: false,
            };
            let rows_at_once = planes::rows_at_once::<S>(&first, 0);
            if rows_at_once > 0 {
                out_of_line!(v => planes::all_groups(v, &first, (of.groups, out), rows_at_once, dx));
                continue;
            }
            for channel in 0..(of.groups * into.div_ceil(S::LANES)) {
                let groups = of.groups.max(1);
                let (group, channel) = (channel % groups, channel / groups * S::LANES);
                let sweep = Sweep {
                    weights: first.weights.part(group * out + channel * first.channel_step..),
                    source: dy.after(group * out * of.y_steps[0]),
                    channels: S::LANES.min(into - channel),
                    ..first
                };
                let dx = dx.part_mut((group * into + channel) * of.x_steps[0]..);
                out_of_line!(v => transposed(v, &sweep, dx));
            }
        }
    }
}

/// [`all_channels`] of up to a vector of them that lie apart in the weights, where those of the source lie side by side.
#[inline(always)]
fn transposed<V: Simd, S: Lanes>(v: V, of: &Sweep<'_, S>, out: &mut [S]) {
    let room = &mut [S::from(0_i8); 4096];
    let [rows, columns] = &of.lines;
    let vectors = room.len() / S::LANES;
    // As many planes as a transposed block has; as many taps as there is room for; more planes in the rest.
    let planes = of.planes.min(S::LANES).max(1);
    let across = columns.taps.min(vectors / planes).max(1);
    let down = rows.taps.min(vectors / (planes * across)).max(1);
    let most = vectors / (across * down) / planes * planes;
    let mut more = false;
    for (plane, planes) in blocks(of.planes, most) {
        for (row, down) in blocks(rows.taps, down) {
            for (column, across) in blocks(columns.taps, across) {
                let lines = [rows.with_taps(row..row + down), columns.with_taps(column..column + across)];
                for u in 0..down {
                    for c in 0..across {
                        let tap = (lines[0].tap + u * lines[0].tap_step) * of.weight_steps[1]
                            + (lines[1].tap + c * lines[1].tap_step) * of.weight_steps[2];
                        let from = of.weights.after(tap + plane * of.weight_steps[0]);
                        let to = S::vectors_mut(room).part_mut(u * across + c..);
                        transpose::gather(
                            v,
                            from,
                            &Planes::all(of.channel_step, planes),
                            to,
                            Places::apart(down * across),
                        );
                    }
                }
                let sweep = Sweep {
                    weights: room,
                    source: of.source.after(plane * of.source_steps[0]),
                    planes,
                    lines,
                    channel_step: 1,
                    weight_steps: [down * across * S::LANES, across * S::LANES, S::LANES],
                    more,
                    ..*of
                };
                all_channels(v, &sweep, 0..0, out);
                more = true;
            }
        }
    }
}

/// `count` things in blocks of a size, the last of what is left; one of nothing, if there are none.
#[inline(always)]
fn blocks(count: usize, size: usize) -> impl Iterator<Item = (usize, usize)> {
    let size = size.max(1);
    (0..count.max(1)).step_by(size).map(move |first| (first, size.min(count - first)))
}

/// All channels at all places but for a range of columns, vector by vector.
#[inline(always)]
fn all_channels<V: Simd, S: Lanes>(v: V, of: &Sweep<'_, S>, except: Range<usize>, out: &mut [S]) {
    let [rows, columns] = &of.lines;
    for channel in (0..of.channels).step_by(S::LANES) {
        let part = Sweep {
            weights: of.weights.part(channel..),
            bias: of.bias.after(channel),
            channels: S::LANES.min(of.channels - channel),
            ..*of
        };
        let out = out.part_mut(channel * of.out_steps[0]..);
        let mut row = 0;
        while row < rows.count {
            let height = same_taps(rows, row..rows.count);
            let mut column = 0;
            while column < columns.count {
                if except.contains(&column) {
                    column = except.end;
                    continue;
                }
                let end = if column < except.start { except.start } else { columns.count };
                let width = same_taps(columns, column..end);
                rectangle(v, &part, [row, column], [height, width], out);
                column += width;
            }
            row += height;
        }
    }
}

/// How many outputs from the first of a range on meet the same taps.
#[inline(always)]
fn same_taps(line: &Line, range: Range<usize>) -> usize {
    let taps = line.taps(range.start);
    range.take_while(|j| line.taps(*j) == taps).count()
}

/// Where a block of positions stands: among the weights, in the source and in the output.
#[derive(Clone, Copy)]
struct Spot {
    weight: usize,
    place: usize,
    to: usize,
    /// Taps in rows and in columns.
    taps: [usize; 2],
    /// Distance of its positions in source and output.
    steps: [usize; 2],
}

/// All places of a rectangle, which meet the same taps, along its rows or its columns.
#[inline(always)]
fn rectangle<V: Simd, S: Lanes>(
    v: V,
    of: &Sweep<'_, S>,
    [row, column]: [usize; 2],
    [height, width]: [usize; 2],
    out: &mut [S],
) {
    let [rows, columns] = &of.lines;
    let [down, across] = [rows.taps(row), columns.taps(column)];
    let place = rows.place(row, down.start).wrapping_mul(of.source_steps[1]);
    let spot = Spot {
        weight: down.start * of.weight_steps[1] + across.start * of.weight_steps[2],
        place: place.wrapping_add(columns.place(column, across.start).wrapping_mul(of.source_steps[2])),
        to: (rows.first + row * rows.step) * of.out_steps[1]
            + (columns.first + column * columns.step) * of.out_steps[2],
        taps: [down.len(), across.len()],
        steps: [0; 2],
    };
    let by_row = [rows.source_step * of.source_steps[1], rows.step * of.out_steps[1]];
    let by_column = [columns.source_step * of.source_steps[2], columns.step * of.out_steps[2]];
    let most = const { block::<V>() };
    let along_rows = height * width.div_ceil(most) <= width * height.div_ceil(most);
    let (lines, by_line, count, steps) =
        if along_rows { (height, by_row, width, by_column) } else { (width, by_column, height, by_row) };
    for line in 0..lines {
        for (first, count) in parts(count, most) {
            let place = spot.place.wrapping_add(line * by_line[0] + first * steps[0]);
            let to = spot.to + line * by_line[1] + first * steps[1];
            let spot = Spot { place, to, steps, ..spot };
            with_size!(count, block::<V>(), P => out_of_line!(v => panel::<V, S, P>(v, of, &spot, out)));
        }
    }
}

/// Up to a vector of channels at `P` positions.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const P: usize>(v: V, of: &Sweep<'_, S>, spot: &Spot, out: &mut [S]) {
    let mut acc = [load_partly::<V, S>(v, of.bias); P];
    let [rows, columns] = &of.lines;
    let [row, column] = [rows.source_tap_step, columns.source_tap_step];
    let mut loops = [
        (of.planes, of.source_steps[0], of.weight_steps[0]),
        (spot.taps[0], row.wrapping_mul(of.source_steps[1]), of.weight_steps[1]),
        (spot.taps[1], column.wrapping_mul(of.source_steps[2]), of.weight_steps[2]),
    ];
    // The innermost loop is over neighbours in the source, and one that has something to do.
    if of.source_steps[0] == 1 {
        loops.rotate_left(1);
    }
    for _ in 0..2 {
        if loops[2].0 == 1 {
            loops.rotate_right(1);
        }
    }
    let [outer, middle, inner] = loops;
    // Sources of the positions, each as long as the others, so that they are checked once.
    let (weights, step) = (of.weights, spot.steps[0]);
    let length = of.source.len().saturating_sub((P - 1) * step);
    let mut sources: [&[S]; P] = [&[]; P];
    for p in 0..P {
        sources[p] = of.source.get(p * step..).and_then(|source| source.get(..length)).unwrap_or(&[]);
    }
    // The last weights may lack others behind them to fill a vector: these terms, the last of the sum, follow below.
    let mut missing = false;
    for a in 0..outer.0 {
        for b in 0..middle.0 {
            let mut weight = spot.weight + a * outer.2 + b * middle.2;
            let mut place =
                spot.place.wrapping_add(a.wrapping_mul(outer.1)).wrapping_add(b.wrapping_mul(middle.1));
            for _ in 0..inner.0 {
                let Some(w) = weights.get(weight..).and_then(|w| S::vectors(w).first()) else {
                    missing = true;
                    break;
                };
                let w = S::Vector::<V>::load_array_ref(v, w);
                if step == 1 {
                    // Side by side: one place to count.
                    let Some(x) = chunk::<S, P>(of.source, place) else {
                        does_not_fit();
                        break;
                    };
                    for p in 0..P {
                        acc[p] = w.mul_add(splat::<V, S>(v, x[p]), acc[p]);
                    }
                } else {
                    if !sources.iter().all(|source| place < source.len()) {
                        does_not_fit();
                        break;
                    }
                    for p in 0..P {
                        acc[p] = w.mul_add(splat::<V, S>(v, sources[p][place]), acc[p]);
                    }
                }
                weight += inner.2;
                place = place.wrapping_add(inner.1);
            }
        }
    }
    let mut values = each!(p in P, from acc[0].to_array() => acc[p].to_array());
    if missing {
        let values = &mut values[..];
        out_of_line!(v => add_last_terms(v, of, spot, [outer, middle, inner], values));
    }
    store_channels(of, spot, &values, out);
}

/// The terms whose weights cannot be read as whole vectors, added as the others are.
#[inline(always)]
fn add_last_terms<V: Simd, S: Lanes>(
    v: V,
    of: &Sweep<'_, S>,
    spot: &Spot,
    [outer, middle, inner]: [(usize, usize, usize); 3],
    values: &mut [S::Array],
) {
    for a in 0..outer.0 {
        for b in 0..middle.0 {
            for c in 0..inner.0 {
                let weight = spot.weight + a * outer.2 + b * middle.2 + c * inner.2;
                if weight + S::LANES <= of.weights.len() {
                    continue;
                }
                let w = load_partly::<V, S>(v, of.weights.part(weight..));
                let place = spot
                    .place
                    .wrapping_add(a.wrapping_mul(outer.1))
                    .wrapping_add(b.wrapping_mul(middle.1))
                    .wrapping_add(c.wrapping_mul(inner.1));
                for (p, values) in values.iter_mut().enumerate() {
                    let x = of.source.get(place.wrapping_add(p * spot.steps[0])).copied();
                    let x = splat::<V, S>(v, x.unwrap_or(S::from(0_i8)));
                    w.mul_add(x, S::Vector::<V>::load_array_ref(v, values)).store_array(values);
                }
            }
        }
    }
}

/// The channels of neighbouring positions. Compiled once, not in every panel.
#[inline(never)]
fn store_channels<S: Lanes>(of: &Sweep<'_, S>, spot: &Spot, values: &[S::Array], out: &mut [S]) {
    for (p, values) in values.iter().enumerate() {
        let out = out.part_mut(spot.to + p * spot.steps[1]..);
        let values = values.as_ref();
        if of.more {
            for (out, value) in out.iter_mut().step_by(of.out_steps[0].max(1)).zip(values).take(of.channels) {
                *out = *out + *value;
            }
        } else if of.out_steps[0] == 1 {
            for (out, value) in out.iter_mut().zip(values).take(of.channels) {
                *out = *value;
            }
        } else {
            for (out, value) in out.iter_mut().step_by(of.out_steps[0].max(1)).zip(values).take(of.channels) {
                *out = *value;
            }
        }
    }
}
