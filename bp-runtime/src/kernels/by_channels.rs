//! Channels of one sample's image in the lanes, for layers that treat them alike: depthwise convolutions and pooling.
//!
//! A vector's worth of channels is transposed, as many rows at a time as stay in the first-level cache. Then a place is a
//! vector, as a feature of a tile's samples is: nothing is left over at the ends of rows, and a stride costs nothing.
//!
//! For `f32` where registers are wide: elsewhere, what lies in planes is computed in planes, for the sake of less code.

use super::block::{is_double, load_at, load_place, out_of_line, splat, store_at};
use super::transpose::{Places, Planes, transposed};
use crate::geometry::Axis;
use crate::simd::{Lanes, Simd, register};
use core::ops::Range;

/// Numbers that rows are transposed to.
pub(super) const ROOM: usize = 4096;

/// Numbers of a vector.
const LANES: usize = 16;

/// Whether layers are computed so.
pub(super) const fn pays<V: Simd, S>() -> bool {
    register::<V>() >= 8 && !is_double::<S>()
}

/// A vector's worth of channels at some rows of the output.
pub(super) struct Piece {
    pub(super) channels: Range<usize>,
    /// Places of the output.
    pub(super) rows: Range<usize>,
    /// The axes of these rows.
    pub(super) axes: [Axis; 2],
    pub(super) input: Planes,
    pub(super) output: Planes,
}

/// How many rows of the output are worked on at a time, with their input in rows of so many places, and `planes` of the output's
/// size; none where channels are too few for it to pay, or rows too long.
#[inline(never)]
pub(super) fn rows_at_once(
    channels: usize,
    [rows, columns]: &[Axis; 2],
    length: usize,
    planes: usize,
) -> usize {
    if 2 * channels < LANES {
        return 0;
    }
    let more = rows.stride * length + planes * columns.output;
    let fixed = rows.reach().saturating_sub(rows.stride) * length;
    let room = (ROOM / LANES).saturating_sub(fixed);
    room.checked_div(more).unwrap_or(0).min(rows.output)
}

impl Piece {
    /// The piece of that number, of those that so many rows at a time make.
    #[inline(never)]
    pub(super) fn of(
        channels: usize,
        [rows, columns]: &[Axis; 2],
        height: usize,
        number: usize,
    ) -> Option<Self> {
        let down = rows.output.div_ceil(height.max(1)).max(1);
        let (channel, row) = (number / down * LANES, number % down * height);
        if channel >= channels || row >= rows.output {
            return None;
        }
        let channels = channel..channels.min(channel + LANES);
        let down = row..rows.output.min(row + height);
        let (part, first) = rows.part(down.clone());
        let planes = |axis: usize, row: usize, count: usize, length: usize| Planes {
            first: channel * axis * length + row * length,
            plane: axis * length,
            places: count * length,
            channels: channels.len(),
        };
        Some(Self {
            axes: [part, *columns],
            input: planes(rows.input, first, part.input, columns.input),
            output: planes(rows.output, row, down.len(), columns.output),
            channels,
            rows: down,
        })
    }
}

/// Calls `f` with all pieces, so many rows at a time.
#[inline(always)]
pub(super) fn each_piece(channels: usize, axes: &[Axis; 2], height: usize, mut f: impl FnMut(&Piece)) {
    let mut number = 0;
    while let Some(piece) = Piece::of(channels, axes, height, number) {
        f(&piece);
        number += 1;
    }
}

/// Transposes back to a piece of an image: `more` adds to what is there.
#[inline(always)]
pub(super) fn scatter<V: Simd, S: Lanes>(
    v: V,
    from: &[S],
    rows: Places,
    to: &mut [S],
    of: &Planes,
    more: bool,
) {
    let from = S::vectors(from);
    out_of_line!(v => scatter_apart::<V, S>(v, from, rows, to, of, more));
}

#[inline(always)]
fn scatter_apart<V: Simd, S: Lanes>(
    v: V,
    from: &[S::Array],
    mut rows: Places,
    to: &mut [S],
    of: &Planes,
    more: bool,
) {
    let to = to.get_mut(of.first..).unwrap_or_default();
    let zero = splat::<V, S>(v, S::from(0_i8));
    let (mut first, mut column) = (0, 0);
    while first + LANES <= of.places {
        let mut block = [zero; LANES];
        for n in 0..LANES {
            block[n] = load_place::<V, S>(v, from, rows.next(&mut column));
        }
        let block = transposed::<V, S, LANES>(block);
        for n in 0..LANES {
            if n < of.channels {
                let place = n * of.plane + first;
                let sum = if more { block[n] + load_at::<V, S>(v, to, place) } else { block[n] };
                store_at::<V, S>(v, sum, to, place);
            }
        }
        first += LANES;
    }
    for place in first..of.places {
        let Some(from) = from.get(rows.next(&mut column)) else { break };
        for (channel, value) in from.as_ref().iter().enumerate().take(of.channels) {
            if let Some(to) = to.get_mut(channel * of.plane + place) {
                *to = if more { *to + *value } else { *value };
            }
        }
    }
}
