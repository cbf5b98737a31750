//! Convolutions of one sample, output columns in the lanes, where they lie side by side in the input.

use super::block::{chunk, is_double, out_of_line, parts, splat, with_size};
use crate::geometry::ConvolutionOne;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdFloat as _, register};
use core::ops::Range;

/// Channels in a block.
const fn block<V: Simd, S: Lanes>() -> usize {
    match register::<V>() {
        16 if is_double::<S>() => 4,
        16 => 8,
        8 => 6,
        _ => 2,
    }
}

/// The columns for which this fills more lanes than channels would.
#[inline(always)]
pub(super) fn range<S: Lanes>(of: &ConvolutionOne) -> Range<usize> {
    let columns = &of.axes[1];
    if columns.stride != 1 || of.x_steps[2] != 1 || of.y_steps[2] != 1 {
        return 0..0;
    }
    // The outputs that all columns of the kernel meet.
    let [first, last] = [columns.outputs_of(0), columns.outputs_of(columns.kernel.saturating_sub(1))];
    let inside = first.start..last.end;
    // The outputs of whole vectors of columns lie together.
    let half = S::LANES / 2;
    let out = of.channels[1];
    let [across, beside] =
        [inside.len().next_multiple_of(half) * out, inside.len() * out.next_multiple_of(S::LANES)];
    let good = inside.len() >= half && (inside.len() >= S::LANES || across <= beside);
    if good { inside } else { 0..0 }
}

/// What the blocks of one group have in common.
struct Group<'a, S> {
    of: &'a ConvolutionOne,
    weights: &'a [S],
    bias: &'a [S],
    x: &'a [S],
}

/// Output columns of a range: half a vector of a row, and the next half of the same row or of another that meets the same
/// taps. Rows are so rarely a multiple of a vector long.
#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    (weights, bias): (&[S], &[S]),
    range: Range<usize>,
    (x, y): (&[S], &mut [S]),
) {
    let rows = &of.axes[0];
    let group = Group { of, weights, bias, x };
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
        for (channel, height) in parts(of.channels[1], block::<V, S>()) {
            with_size!(height, block::<V, S>(), R =>
                out_of_line!(v => all_rows::<V, S, R>(v, &group, &taps, channel, halves.clone(), y)));
        }
        first += count;
    }
}

/// `R` channels at all of these places.
#[inline(always)]
fn all_rows<V: Simd, S: Lanes, const R: usize>(
    v: V,
    group: &Group<'_, S>,
    taps: &Range<usize>,
    channel: usize,
    mut halves: Halves,
    y: &mut [S],
) {
    while halves.row < halves.end {
        let places = [halves.next(), halves.next()];
        panel::<V, S, R>(v, group, taps, channel, places, y);
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
fn panel<V: Simd, S: Lanes, const R: usize>(
    v: V,
    group: &Group<'_, S>,
    taps: &Range<usize>,
    channel: usize,
    places: [[usize; 2]; 2],
    y: &mut [S],
) {
    let Group { of, weights, bias, x } = *group;
    let [rows, columns] = &of.axes;
    let zero = S::from(0_i8);
    let mut acc = [splat::<V, S>(v, zero); R];
    for (acc, bias) in acc.iter_mut().zip(bias.after(channel)) {
        *acc = splat(v, *bias);
    }
    let span = columns.kernel.saturating_sub(1) * columns.dilation + S::LANES / 2;
    let [low, high] = places.map(|[oy, ox]| {
        // Where no tap meets the input, it may have no position either.
        let row = if taps.is_empty() { 0 } else { rows.position(oy, taps.start) };
        row * of.x_steps[1] + columns.position(ox, 0)
    });
    for ic in 0..of.channels[0] {
        for ky in taps.clone() {
            let row = ic * of.x_steps[0] + (ky - taps.start) * rows.dilation * of.x_steps[1];
            let tap = ic * of.weight_steps[0] + ky * of.weight_steps[1];
            // As long as each other, so that both are checked once.
            let Some(low) = piece(x, low + row, span) else { continue };
            let Some(high) = piece(x, high + row, span) else { continue };
            for kx in 0..columns.kernel {
                // Not a default in place of what is missing: the choice of which would be made for a vector of weights,
                // and each taken out of it again.
                let Some(weight) = chunk::<S, R>(weights, tap + kx * of.weight_steps[2] + channel) else {
                    continue;
                };
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
    let [low, high] = places.map(|[oy, ox]| oy * of.y_steps[1] + ox);
    for r in 0..R {
        let first = (channel + r) * of.y_steps[0];
        S::store_halves::<V>(acc[r], y, [first + low, first + high]);
    }
}
