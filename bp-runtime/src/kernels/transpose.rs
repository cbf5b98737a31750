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

/// `to[place × step][lane] = from[lane × row + place]` for `count` places. What there is none of is of no meaning.
#[inline(always)]
pub(super) fn lanes<V: Simd, S: Lanes>(
    v: V,
    from: &[S],
    (row, count): (usize, usize),
    to: &mut [S::Array],
    step: usize,
) {
    if S::LANES == 16 {
        out_of_line!(v => lanes_by::<V, S, 16>(v, from, (row, count), to, step));
    } else {
        out_of_line!(v => lanes_by::<V, S, 8>(v, from, (row, count), to, step));
    }
}

/// The same with the number of lanes as `N`.
#[inline(always)]
fn lanes_by<V: Simd, S: Lanes, const N: usize>(
    v: V,
    from: &[S],
    (row, count): (usize, usize),
    to: &mut [S::Array],
    step: usize,
) {
    let mut first = 0;
    while first + N <= count {
        // The last rows may end with the slice: then their numbers are there, and no more than these.
        let block = square::<V, S, N>(v, from, row, first);
        for n in 0..N {
            if let Some(to) = to.get_mut((first + n) * step) {
                block[n].store_array(to);
            }
        }
        first += N;
    }
    for place in first..count {
        if let Some(to) = to.get_mut(place * step) {
            for (to, row) in to.as_mut().iter_mut().zip(from.chunks(row.max(1))) {
                *to = row.get(place).copied().unwrap_or(S::from(0_i8));
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
fn square<V: Simd, S: Lanes, const N: usize>(
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
