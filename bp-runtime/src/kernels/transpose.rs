//! Transposing: samples into tiles, and a tile's gradient for the weights.

use super::block::{chunk_mut, load_at, out_of_line, pieces, pieces_mut, splat};
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _};

/// `to[column][row] = from[row][column]`, where rows of `from` have `columns` numbers, and those of `to` have
/// `row`, a multiple of the lanes and at least as many as `from` has rows. Numbers beyond become 0.
#[inline(always)]
pub(super) fn transpose<V: Simd, S: Lanes>(v: V, from: &[S], columns: usize, to: &mut [S], row: usize) {
    if S::LANES == 16 {
        blocks::<V, S, 16>(v, from, columns, to, row);
    } else {
        blocks::<V, S, 8>(v, from, columns, to, row);
    }
}

/// Places of some channels, each channel by itself.
#[derive(Clone, Copy)]
pub(super) struct Planes {
    /// Where they begin, how far channels are apart, how many places of each there are, and how many channels.
    pub(super) first: usize,
    pub(super) plane: usize,
    pub(super) places: usize,
    pub(super) channels: usize,
}

impl Planes {
    /// As many channels as there are lanes, so far apart, of so many places.
    #[inline(always)]
    pub(super) fn all(plane: usize, places: usize) -> Self {
        Self { first: 0, plane, places, channels: 16 }
    }
}

/// Where places lie, transposed: from the first on, in rows with a gap behind each.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) first: usize,
    pub(super) length: usize,
    pub(super) gap: usize,
}

impl Places {
    /// Side by side.
    pub(super) const TOGETHER: Self = Self { first: 0, length: usize::MAX, gap: 0 };

    /// A place every so many.
    #[inline(always)]
    pub(super) fn apart(step: usize) -> Self {
        Self { first: 0, length: 1, gap: step.saturating_sub(1) }
    }

    /// The place of a number.
    #[inline(always)]
    pub(super) fn next(&mut self, column: &mut usize) -> usize {
        let place = self.first;
        (self.first, *column) = (place + 1, *column + 1);
        if *column == self.length {
            (self.first, *column) = (self.first + self.gap, 0);
        }
        place
    }
}

/// Transposes places of channels: a vector for each place. Channels that there are not become zeros.
#[inline(always)]
pub(super) fn gather<V: Simd, S: Lanes>(v: V, from: &[S], of: &Planes, to: &mut [S::Array], rows: Places) {
    if S::LANES == 16 {
        out_of_line!(v => gather_by::<V, S, 16>(v, from, of, to, rows));
    } else {
        out_of_line!(v => gather_by::<V, S, 8>(v, from, of, to, rows));
    }
}

/// The same with the number of lanes as `N`.
#[inline(always)]
fn gather_by<V: Simd, S: Lanes, const N: usize>(
    v: V,
    from: &[S],
    of: &Planes,
    to: &mut [S::Array],
    mut rows: Places,
) {
    let end = of.first + of.channels.saturating_sub(1) * of.plane + of.places;
    let from = from.get(of.first..end.min(from.len())).unwrap_or_default();
    let (mut first, mut column) = (0, 0);
    while first + N <= of.places {
        let block = square::<V, S, N>(v, from, of.plane, first);
        for n in 0..N {
            if let Some(to) = to.get_mut(rows.next(&mut column)) {
                block[n].store_array(to);
            }
        }
        first += N;
    }
    for place in first..of.places {
        if let Some(to) = to.get_mut(rows.next(&mut column)) {
            for (channel, to) in to.as_mut().iter_mut().enumerate() {
                *to = from.get(channel * of.plane + place).copied().unwrap_or(S::from(0_i8));
            }
        }
    }
}

/// The same with the number of lanes as `N`.
#[inline(always)]
fn blocks<V: Simd, S: Lanes, const N: usize>(v: V, from: &[S], columns: usize, to: &mut [S], row: usize) {
    let vectors = row / N;
    let to = S::vectors_mut(to);
    for (group, rows) in from.chunks((N * columns).max(1)).take(vectors).enumerate() {
        let mut first = 0;
        while first + N <= columns {
            let block = square::<V, S, N>(v, rows, columns, first);
            let to = to.part_mut(first * vectors..);
            for n in 0..N {
                if let Some(to) = to.get_mut(n * vectors + group) {
                    block[n].store_array(to);
                }
            }
            first += N;
        }
        let rest = to.part_mut(first * vectors..);
        for (column, to) in (first..columns).zip(pieces_mut(rest, vectors)) {
            let Some([to]) = chunk_mut(to, group) else {
                does_not_fit();
                break;
            };
            let to = to.as_mut();
            to.fill(S::from(0_i8));
            for (to, row) in to.iter_mut().zip(pieces(rows, columns)) {
                if let Some(value) = row.get(column) {
                    *to = *value;
                }
            }
        }
    }
}

/// `N` columns of up to `N` rows, transposed.
#[inline(always)]
pub(super) fn square<V: Simd, S: Lanes, const N: usize>(
    v: V,
    rows: &[S],
    columns: usize,
    first: usize,
) -> [S::Vector<V>; N] {
    // Not from a closure: where it is not inlined, neither are its vectors.
    let mut block = [splat(v, S::from(0_i8)); N];
    for n in 0..N {
        block[n] = load_at(v, rows, n * columns + first);
    }
    transposed::<V, S, N>(block)
}

/// `N` vectors of `N` numbers, transposed.
#[inline(always)]
pub(super) fn transposed<V: Simd, S: Lanes, const N: usize>(
    mut block: [S::Vector<V>; N],
) -> [S::Vector<V>; N] {
    // A place in the block is a number of two halves, (row, column). Each round rotates it by one bit, and
    // as many rounds as a half has bits swap the halves.
    for _ in 0..N.trailing_zeros() {
        let old = block;
        for pair in 0..N / 2 {
            (block[2 * pair], block[2 * pair + 1]) = old[pair].interleave(old[pair + N / 2]);
        }
    }
    block
}
