//! Convolutions of one sample with few output channels in a group, as depthwise ones: places of a plane in the lanes.
//!
//! Source planes are copied with zeros around them, and with a stride, each phase of it by itself. Then every tap is a
//! distance, the same at all places: rows follow each other without a gap, and vectors run across their ends. What they
//! compute between rows is not stored.

use super::block::{each, load, out_of_line, parts, splat, with_size};
use super::conv_one::Sweep;
use super::line::Line;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Output channels and vectors in a block.
const fn block<V: Simd>() -> (usize, usize) {
    match register::<V>() {
        16 => (4, 4),
        8 => (2, 2),
        _ => (2, 1),
    }
}

/// Numbers that planes are copied to. The same everywhere, because what is added first depends on it.
pub(super) const ROOM: usize = 4096;

/// Numbers that may be read behind planes.
pub(super) const BEHIND: usize = 4 * 16;

/// Most taps.
pub(super) const TAPS: usize = 64;

/// One axis of copied planes: place `first + k` of phase `f` holds the source's `(first + k) × phases + f`.
#[derive(Clone, Copy)]
pub(super) struct Copied {
    phases: usize,
    first: isize,
    pub(super) count: usize,
}

impl Copied {
    /// What some outputs of a line meet.
    #[inline(always)]
    fn of(line: &Line, outputs: &Range<usize>) -> Self {
        let phases = line.source_step.max(1) as isize;
        let ends = [0, line.taps.saturating_sub(1)].map(|tap| floor(line.place(0, tap) as isize, phases));
        let first = ends[0].min(ends[1]);
        let count = (ends[0].max(ends[1]) - first) as usize + outputs.len();
        Self { phases: phases as usize, first: first + outputs.start as isize, count }
    }

    /// Phase and place of what the first of the outputs meets at a tap.
    #[inline(always)]
    fn tap(&self, line: &Line, outputs: &Range<usize>, tap: usize) -> [usize; 2] {
        let place = line.place(outputs.start, tap) as isize;
        let phases = self.phases as isize;
        let whole = floor(place, phases);
        [(place - whole * phases) as usize, (whole - self.first) as usize]
    }

    /// The places of a phase that the source has.
    #[inline(always)]
    fn inside(&self, phase: usize, length: usize) -> Range<usize> {
        let phases = self.phases as isize;
        let start = -self.first.min(0);
        let end = floor(length as isize - phase as isize + phases - 1, phases) - self.first;
        let end = end.min(self.count as isize).max(0);
        start.min(end) as usize..end as usize
    }

    /// The source's number at a place of a phase.
    #[inline(always)]
    fn source(&self, phase: usize, place: usize) -> usize {
        ((self.first + place as isize) * self.phases as isize) as usize + phase
    }
}

/// `⌊a / b⌋` of a divisor above 0: said here, so that there is no branch that panics.
#[inline(always)]
fn floor(a: isize, b: isize) -> isize {
    a.checked_div_euclid(b).unwrap_or(0)
}

/// Rows and columns of copied planes.
#[derive(Clone, Copy)]
pub(super) struct Planes(pub(super) [Copied; 2]);

impl Planes {
    #[inline(always)]
    pub(super) fn of(lines: &[Line; 2], outputs: [&Range<usize>; 2]) -> Self {
        Self([Copied::of(&lines[0], outputs[0]), Copied::of(&lines[1], outputs[1])])
    }

    /// Numbers of a plane.
    #[inline(always)]
    pub(super) fn size(&self) -> usize {
        let [rows, columns] = &self.0;
        rows.phases * rows.count * columns.phases * columns.count
    }
}

/// How many rows of the output are computed at a time, with a copy of so many planes of the size of the output as well; none
/// if this is not the way for such a convolution.
#[inline(always)]
pub(super) fn rows_at_once<S: Lanes>(of: &Sweep<'_, S>, outputs: usize) -> usize {
    let [rows, columns] = &of.lines;
    if rows.taps * columns.taps > TAPS || rows.taps * columns.taps < 2 || of.source_steps[2] != 1 {
        return 0;
    }
    let across = 0..columns.count;
    let width = Planes::of(&of.lines, [&(0..1), &across]).0[1].count;
    if of.channels * width >= columns.count * of.channels.next_multiple_of(S::LANES) {
        return 0;
    }
    let fits = |count: usize| {
        let sources = Planes::of(&of.lines, [&(0..count), &across]).size() * of.planes;
        sources + outputs * (count * width).next_multiple_of(S::LANES) + BEHIND <= ROOM
    };
    let mut count = rows.count;
    while count > 0 && !fits(count) {
        count /= 2;
    }
    count
}

/// All channels of all groups at all places, so many rows at a time. A sweep is of the first group; the others' weights
/// follow by a distance.
#[inline(always)]
pub(super) fn all_groups<V: Simd, S: Lanes>(
    v: V,
    first: &Sweep<'_, S>,
    (groups, weight_step): (usize, usize),
    height: usize,
    out: &mut [S],
) {
    let mut room = [S::from(0_i8); ROOM];
    let mut taps = [[0; 2]; TAPS];
    let [rows, columns] = &first.lines;
    let across = 0..columns.count;
    for row in (0..rows.count).step_by(height.max(1)) {
        let down = row..rows.count.min(row + height);
        let planes = Planes::of(&first.lines, [&down, &across]);
        let count = offsets(first, &planes, [&down, &across], &mut taps);
        room.fill(S::from(0_i8));
        for group in 0..groups {
            let of = Sweep {
                weights: first.weights.part(group * weight_step..),
                bias: first.bias.after(group * first.channels),
                source: first.source.part(group * first.planes * first.source_steps[0]..),
                ..*first
            };
            let out = out.part_mut(group * of.channels * of.out_steps[0]..);
            copy(&of, &planes, &mut room);
            let run =
                Run { of: &of, planes: &planes, taps: taps.part(..count), source: &room, down: down.clone() };
            for (channel, height) in parts(of.channels, const { block::<V>().0 }) {
                with_size!(height, block::<V>().0, R =>
                    out_of_line!(v => some_channels::<V, S, R>(v, &run, channel, out)));
            }
        }
    }
}

/// Copies all planes of a source. What is around them is zero, and stays it.
#[inline(never)]
pub(super) fn copy<S: Lanes>(of: &Sweep<'_, S>, planes: &Planes, room: &mut [S]) {
    let [rows, columns] = &planes.0;
    let mut to = 0;
    for plane in 0..of.planes {
        let source = of.source.part(plane * of.source_steps[0]..);
        for row_phase in 0..rows.phases {
            let down = rows.inside(row_phase, of.lines[0].length);
            for phase in 0..columns.phases {
                let across = columns.inside(phase, of.lines[1].length);
                if !across.is_empty() && !down.is_empty() {
                    let from = rows.source(row_phase, down.start) * of.source_steps[1];
                    let source = source.part(from + columns.source(phase, across.start)..);
                    // A sequence has one row, and rows no distance.
                    let step = rows.phases * of.source_steps[1];
                    let source = source.chunks(if step == 0 { source.len().max(1) } else { step });
                    let room = room.part_mut(to + down.start * columns.count + across.start..);
                    let room = room.chunks_mut(columns.count.max(1)).take(down.len());
                    for (to, from) in room.zip(source) {
                        let to = to.part_mut(..across.len());
                        if columns.phases == 1 {
                            for (to, from) in to.iter_mut().zip(from) {
                                *to = *from;
                            }
                        } else {
                            for (to, from) in to.iter_mut().zip(from.iter().step_by(columns.phases.max(1))) {
                                *to = *from;
                            }
                        }
                    }
                }
                to += rows.count * columns.count;
            }
        }
    }
}

/// Where each tap is in the copied planes, and among the weights. Returns how many there are.
#[inline(never)]
pub(super) fn offsets<S: Lanes>(
    of: &Sweep<'_, S>,
    planes: &Planes,
    outputs: [&Range<usize>; 2],
    taps: &mut [[usize; 2]; TAPS],
) -> usize {
    let [rows, columns] = &planes.0;
    let pairs = (0..of.lines[0].taps).flat_map(|u| (0..of.lines[1].taps).map(move |c| (u, c)));
    for ((u, c), tap) in pairs.zip(taps) {
        let [row_phase, row] = rows.tap(&of.lines[0], outputs[0], u);
        let [phase, column] = columns.tap(&of.lines[1], outputs[1], c);
        let plane = (row_phase * columns.phases + phase) * rows.count;
        let weight = (of.lines[0].tap + u * of.lines[0].tap_step) * of.weight_steps[1]
            + (of.lines[1].tap + c * of.lines[1].tap_step) * of.weight_steps[2];
        *tap = [(plane + row) * columns.count + column, weight];
    }
    of.lines[0].taps * of.lines[1].taps
}

/// What the blocks of some rows have in common.
struct Run<'a, S> {
    of: &'a Sweep<'a, S>,
    planes: &'a Planes,
    taps: &'a [[usize; 2]],
    source: &'a [S],
    down: Range<usize>,
}

/// `R` channels at all places of some rows.
#[inline(always)]
fn some_channels<V: Simd, S: Lanes, const R: usize>(v: V, run: &Run<'_, S>, channel: usize, out: &mut [S]) {
    match const { block::<V>().1 } {
        4 => places::<V, S, R, 4>(v, run, channel, out),
        2 => places::<V, S, R, 2>(v, run, channel, out),
        _ => places::<V, S, R, 1>(v, run, channel, out),
    }
}

/// The same, `P` vectors at a time.
#[inline(always)]
fn places<V: Simd, S: Lanes, const R: usize, const P: usize>(
    v: V,
    run: &Run<'_, S>,
    channel: usize,
    out: &mut [S],
) {
    let of = run.of;
    let zero = S::from(0_i8);
    let pitch = run.planes.0[1].count;
    let size = run.planes.size();
    let end = run.down.len().saturating_sub(1) * pitch + of.lines[1].count;
    let bias = of.bias.after(channel);
    let bias = each!(r in R, from zero => bias.get(r).copied().unwrap_or(zero));
    let weights = of.weights.after(channel * of.channel_step);
    let mut first = 0;
    while first < end {
        let mut acc = each!(r in R, from [splat::<V, S>(v, zero); P] => [splat::<V, S>(v, bias[r]); P]);
        for plane in 0..of.planes {
            for &[offset, weight] in run.taps {
                let place = plane * size + first + offset;
                let Some(x) = run.source.get(place..).and_then(|x| S::vectors(x).first_chunk()) else {
                    does_not_fit();
                    break;
                };
                let x = load::<V, S, P>(v, x);
                let weight = weight + plane * of.weight_steps[0];
                for r in 0..R {
                    let w = weights.get(weight + r * of.channel_step).copied().unwrap_or(zero);
                    let w = splat::<V, S>(v, w);
                    for p in 0..P {
                        acc[r][p] = x[p].mul_add(w, acc[r][p]);
                    }
                }
            }
        }
        for r in 0..R {
            let values = each!(p in P, from acc[r][0].to_array() => acc[r][p].to_array());
            store(run, &values, first, out.part_mut((channel + r) * of.out_steps[0]..));
        }
        first += P * S::LANES;
    }
}

/// Stores what belongs to rows, of vectors that begin at a place.
#[inline(never)]
fn store<S: Lanes>(run: &Run<'_, S>, values: &[S::Array], first: usize, out: &mut [S]) {
    let of = run.of;
    let [rows, columns] = &of.lines;
    let pitch = run.planes.0[1].count.max(1);
    let step = columns.step * of.out_steps[2];
    let (mut row, mut column) = (first / pitch, first % pitch);
    for mut values in values.iter().map(AsRef::as_ref) {
        while !values.is_empty() && row < run.down.len() {
            let whole = values.len().min(pitch - column);
            let stored = whole.min(columns.count.saturating_sub(column));
            let to = (rows.first + (run.down.start + row) * rows.step) * of.out_steps[1]
                + (columns.first + column * columns.step) * of.out_steps[2];
            if stored == 0 {
            } else if step == 1 {
                for (out, value) in out.part_mut(to..to + stored).iter_mut().zip(values) {
                    *out = *value;
                }
            } else {
                for (out, value) in
                    out.part_mut(to..).iter_mut().step_by(step.max(1)).zip(values.part(..stored))
                {
                    *out = *value;
                }
            }
            values = values.after(whole);
            column += whole;
            if column >= pitch {
                (row, column) = (row + 1, 0);
            }
        }
    }
}
