//! Convolutions of one sample: output columns in the lanes where they lie side by side in the input, output
//! channels in the lanes elsewhere.

use super::block::{chunk, is_double, load_partly, out_of_line, parts, splat, with_size};
use crate::geometry::Axis;
use crate::geometry::Convolution2d;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Channels or columns in a block.
const fn block<V: Simd, S: Lanes>() -> usize {
    match register::<V>() {
        16 if is_double::<S>() => 4,
        16 => 8,
        8 => 6,
        _ => 2,
    }
}

/// One group of a convolution for one sample.
#[derive(Clone, Copy)]
struct Group<'a, S> {
    convolution: &'a Convolution2d,
    axes: &'a [Axis; 2],
    weight: &'a [S],
    bias: &'a [S],
    x: &'a [S],
    /// Channels of the group, in and out.
    into: usize,
    out: usize,
}

#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    convolution: &Convolution2d,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let (weight, bias) = parameters.split_at(convolution.weights().min(parameters.len()));
    let axes = &convolution.axes;
    let [rows, columns] = axes;
    let [into, out] =
        [convolution.in_channels / convolution.groups, convolution.out_channels / convolution.groups];
    let ys = y.chunks_exact_mut(out * rows.output * columns.output);
    for (group, (x, y)) in x.chunks_exact(into * rows.input * columns.input).zip(ys).enumerate() {
        let weight = weight.part(group * out..);
        let bias = bias.after(group * out);
        let group = Group { convolution, axes, weight, bias, x, into, out };
        let inside = inside(columns);
        // Whichever fills more lanes; the outputs of whole vectors of columns lie together.
        let half = S::LANES / 2;
        let [across_lanes, beside_lanes] =
            [inside.len().next_multiple_of(half) * out, inside.len() * out.next_multiple_of(S::LANES)];
        let good = inside.len() >= S::LANES || across_lanes <= beside_lanes;
        let inside = if columns.stride == 1 && inside.len() >= half && good { inside } else { 0..0 };
        across(v, &group, inside.clone(), y);
        beside(v, &group, inside, y);
    }
}

/// The outputs that all columns of the kernel meet.
#[inline(always)]
fn inside(columns: &Axis) -> Range<usize> {
    (0..columns.kernel)
        .map(|tap| columns.outputs_of(tap))
        .reduce(|a, b| a.start.max(b.start)..a.end.min(b.end))
        .unwrap_or(0..0)
}

/// Output columns of a range in the lanes: half a vector of a row, and the next half of the same row or of another that
/// meets the same taps. Rows are so rarely a multiple of a vector long.
#[inline(always)]
fn across<V: Simd, S: Lanes>(v: V, group: &Group<'_, S>, range: Range<usize>, y: &mut [S]) {
    let [rows, _] = group.axes;
    if range.is_empty() {
        return;
    }
    let mut first = 0;
    while first < rows.output {
        let taps = rows.taps(first);
        let count = (first..rows.output).take_while(|oy| rows.taps(*oy) == taps).count();
        let halves = Halves {
            row: first,
            end: first + count,
            half: S::LANES / 2,
            range: range.clone(),
            place: 0,
            last: [0; 2],
        };
        for (channel, height) in parts(group.out, block::<V, S>()) {
            with_size!(height, block::<V, S>(), R =>
                out_of_line!(v => across_rows::<V, S, R>(v, group, &taps, channel, halves.clone(), y)));
        }
        first += count;
    }
}

/// `R` channels at all of these places.
#[inline(always)]
fn across_rows<V: Simd, S: Lanes, const R: usize>(
    v: V,
    group: &Group<'_, S>,
    taps: &Range<usize>,
    channel: usize,
    mut halves: Halves,
    y: &mut [S],
) {
    while halves.row < halves.end {
        let places = [halves.next(), halves.next()];
        across_panel::<V, S, R>(v, group, taps, channel, places, y);
    }
}

/// Halves of vectors side by side in rows, one row after the other.
#[derive(Clone)]
struct Halves {
    /// The next one's row, and where rows end.
    row: usize,
    end: usize,
    /// Columns of a row, and of half a vector.
    range: Range<usize>,
    half: usize,
    /// The next one's first column, counted from the range.
    place: usize,
    last: [usize; 2],
}

impl Halves {
    /// Row and column of the next; of the last, once there is none.
    #[inline(always)]
    fn next(&mut self) -> [usize; 2] {
        if self.row < self.end {
            // The last of a row overlaps the one before it.
            self.last = [self.row, self.range.start + self.place.min(self.range.len() - self.half)];
            self.place += self.half;
            if self.place >= self.range.len() {
                (self.place, self.row) = (0, self.row + 1);
            }
        }
        self.last
    }
}

/// So many numbers from a place on, if there are.
#[inline(always)]
fn piece<S>(values: &[S], first: usize, length: usize) -> Option<&[S]> {
    values.get(first..)?.get(..length)
}

/// `R` channels of a vector, of which each half is at a row and a column.
#[inline(always)]
fn across_panel<V: Simd, S: Lanes, const R: usize>(
    v: V,
    group: &Group<'_, S>,
    taps: &Range<usize>,
    channel: usize,
    places: [[usize; 2]; 2],
    y: &mut [S],
) {
    let [rows, columns] = group.axes;
    let zero = S::from(0_i8);
    let mut acc = [splat::<V, S>(v, zero); R];
    for (acc, bias) in acc.iter_mut().zip(group.bias.after(channel)) {
        *acc = splat(v, *bias);
    }
    let span = columns.kernel.saturating_sub(1) * columns.dilation + S::LANES / 2;
    let [low, high] = places.map(|[oy, ox]| {
        // Where no tap meets the input, it may have no position either.
        let row = if taps.is_empty() { 0 } else { rows.position(oy, taps.start) };
        row * columns.input + columns.position(ox, 0)
    });
    for ic in 0..group.into {
        for ky in taps.clone() {
            let row = (ic * rows.input + (ky - taps.start) * rows.dilation) * columns.input;
            let tap = (ic * rows.kernel + ky) * columns.kernel;
            // As long as each other, so that both are checked once.
            let Some(low) = piece(group.x, low + row, span) else { continue };
            let Some(high) = piece(group.x, high + row, span) else { continue };
            for kx in 0..columns.kernel {
                // Not a default in place of what is missing: the choice of which would be made for a vector of weights,
                // and each taken out of it again.
                let weight =
                    chunk::<S, R>(group.weight, (tap + kx) * group.convolution.out_channels + channel);
                let Some(weight) = weight else { continue };
                let place = kx * columns.dilation;
                let Some(low) = S::half(low, place) else { continue };
                let Some(high) = S::half(high, place) else { continue };
                let x = S::load_halves(v, low, high);
                for r in 0..R {
                    acc[r] = x.mul_add(splat::<V, S>(v, weight[r]), acc[r]);
                }
            }
        }
    }
    let [low, high] = places.map(|[oy, ox]| oy * columns.output + ox);
    let plane = rows.output * columns.output;
    for r in 0..R {
        let first = (channel + r) * plane;
        S::store_halves::<V>(acc[r], y, [first + low, first + high]);
    }
}

/// Output channels in the lanes, for all columns outside a range.
#[inline(always)]
fn beside<V: Simd, S: Lanes>(v: V, group: &Group<'_, S>, except: Range<usize>, y: &mut [S]) {
    let [rows, columns] = group.axes;
    let inside = {
        let taps = |ox: usize| columns.taps(ox).len() == columns.kernel;
        let first = (0..columns.output).find(|ox| taps(*ox)).unwrap_or(columns.output);
        first..(first..columns.output).take_while(|ox| taps(*ox)).last().map_or(first, |last| last + 1)
    };
    let mut channel = 0;
    while channel < group.out {
        for oy in 0..rows.output {
            let mut ox = 0;
            while ox < columns.output {
                if except.contains(&ox) {
                    ox = except.end;
                    continue;
                }
                let end = if ox < except.start { inside.end.min(except.start) } else { inside.end };
                let width =
                    if inside.contains(&ox) { block::<V, S>().min(end.saturating_sub(ox)).max(1) } else { 1 };
                with_size!(width, block::<V, S>(), P =>
                    out_of_line!(v => beside_panel::<V, S, P>(v, group, [channel, oy, ox], y)));
                ox += width;
            }
        }
        channel += S::LANES;
    }
}

#[inline(always)]
fn beside_panel<V: Simd, S: Lanes, const P: usize>(
    v: V,
    group: &Group<'_, S>,
    [channel, oy, ox]: [usize; 3],
    y: &mut [S],
) {
    let [rows, columns] = group.axes;
    let zero = S::from(0_i8);
    let lanes = S::LANES.min(group.out - channel);
    let mut bias = splat::<V, S>(v, zero).to_array();
    for (to, bias) in bias.as_mut().iter_mut().zip(group.bias.after(channel)) {
        *to = *bias;
    }
    let mut acc: [S::Vector<V>; P] = [S::Vector::<V>::load_array(v, bias); P];
    let across = columns.taps(ox);
    for ic in 0..group.into {
        for ky in rows.taps(oy) {
            let row = (ic * rows.input + rows.position(oy, ky)) * columns.input;
            let tap = (ic * rows.kernel + ky) * columns.kernel;
            for kx in across.clone() {
                let place = (tap + kx) * group.convolution.out_channels + channel;
                // The last taps may lack weights behind them to fill a vector: they follow below.
                let Some(weight) = group.weight.get(place..).and_then(|rest| S::vectors(rest).first()) else {
                    continue;
                };
                let weight = S::Vector::<V>::load_array_ref(v, weight);
                let x = group.x.part(row + columns.position(ox, kx)..);
                if columns.stride == 1 {
                    let Some(x) = x.first_chunk::<P>() else { continue };
                    for p in 0..P {
                        acc[p] = weight.mul_add(splat::<V, S>(v, x[p]), acc[p]);
                    }
                } else {
                    for p in 0..P {
                        let x = x.get(p * columns.stride).copied().unwrap_or(zero);
                        acc[p] = weight.mul_add(splat::<V, S>(v, x), acc[p]);
                    }
                }
            }
        }
    }
    last_taps(v, group, [channel, oy, ox], &mut acc);
    let plane = rows.output * columns.output;
    for p in 0..P {
        let first = channel * plane + oy * columns.output + ox + p;
        let places = y.part_mut(first..).iter_mut().step_by(plane).take(lanes);
        for (y, value) in places.zip(acc[p].to_array().as_ref()) {
            *y = *value;
        }
    }
}

/// The taps whose weights end the convolution's. They are the last of the sum, whatever the position.
#[inline(always)]
fn last_taps<V: Simd, S: Lanes>(
    v: V,
    group: &Group<'_, S>,
    [channel, oy, ox]: [usize; 3],
    acc: &mut [S::Vector<V>],
) {
    let [rows, columns] = group.axes;
    let taps = group.into * rows.kernel * columns.kernel;
    let whole = (group.weight.len() + group.convolution.out_channels).saturating_sub(channel + S::LANES);
    for tap in whole / group.convolution.out_channels..taps {
        let [ky, kx] = [tap / columns.kernel % rows.kernel, tap % columns.kernel];
        if !rows.taps(oy).contains(&ky) || !columns.taps(ox).contains(&kx) {
            continue;
        }
        let weight = group.weight.part(tap * group.convolution.out_channels + channel..);
        let weight = load_partly::<V, S>(v, weight);
        let channel = tap / columns.kernel / rows.kernel;
        let row = (channel * rows.input + rows.position(oy, ky)) * columns.input;
        for (p, acc) in acc.iter_mut().enumerate() {
            let x = group.x.get(row + columns.position(ox + p, kx)).copied().unwrap_or(S::from(0_i8));
            *acc = weight.mul_add(x, *acc);
        }
    }
}
