//! Register blocks: the inner loops of matrix products, and what cuts a matrix into them.

use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase, SimdFloat as _};
use core::slice::{ChunksExact, ChunksExactMut};

/// `R` rows of `C` vectors that stay in registers.
pub(super) type Block<V, S, const R: usize, const C: usize> = [[<S as Lanes>::Vector<V>; C]; R];

/// Whether numbers are `f64`: kernels have fewer sizes of blocks for them, each of which is code of its own.
pub(super) const fn is_double<S>() -> bool {
    size_of::<S>() == size_of::<f64>()
}

/// [`Parts::pieces`], as a function.
#[inline(always)]
pub(super) fn pieces<T>(values: &[T], length: usize) -> ChunksExact<'_, T> {
    values.pieces(length)
}

/// The same, to write.
#[inline(always)]
pub(super) fn pieces_mut<T>(values: &mut [T], length: usize) -> ChunksExactMut<'_, T> {
    values.pieces_mut(length)
}

/// `N` neighbours of a slice, if it is long enough.
#[inline(always)]
pub(super) fn chunk<T, const N: usize>(values: &[T], first: usize) -> Option<&[T; N]> {
    values.get(first..)?.first_chunk()
}

/// The same, to write.
#[inline(always)]
pub(super) fn chunk_mut<T, const N: usize>(values: &mut [T], first: usize) -> Option<&mut [T; N]> {
    values.get_mut(first..)?.first_chunk_mut()
}

#[inline(always)]
pub(super) fn splat<V: Simd, S: Lanes>(v: V, value: S) -> S::Vector<V> {
    S::Vector::<V>::splat(v, value)
}

#[inline(always)]
pub(super) fn load<V: Simd, S: Lanes, const C: usize>(v: V, from: &[S::Array; C]) -> [S::Vector<V>; C] {
    each!(c in C, from splat::<V, S>(v, S::from(0_i8)) => S::Vector::<V>::load_array_ref(v, &from[c]))
}

#[inline(always)]
pub(super) fn store<V: Simd, S: Lanes, const C: usize>(values: [S::Vector<V>; C], to: &mut [S::Array; C]) {
    for c in 0..C {
        values[c].store_array(&mut to[c]);
    }
}

/// The vector at a place of a slice; zero if the slice is too short.
#[inline(always)]
pub(super) fn load_at<V: Simd, S: Lanes>(v: V, from: &[S], place: usize) -> S::Vector<V> {
    match from.get(place..).and_then(|from| S::vectors(from).first()) {
        Some(from) => S::Vector::<V>::load_array_ref(v, from),
        None => splat(v, S::from(0_i8)),
    }
}

/// The vector of that number.
#[inline(always)]
pub(super) fn load_place<V: Simd, S: Lanes>(v: V, from: &[S::Array], place: usize) -> S::Vector<V> {
    match from.get(place) {
        Some(from) => S::Vector::<V>::load_array_ref(v, from),
        None => {
            does_not_fit();
            splat(v, S::from(0_i8))
        }
    }
}

/// Stores a vector at a place of a slice.
#[inline(always)]
pub(super) fn store_at<V: Simd, S: Lanes>(_: V, values: S::Vector<V>, to: &mut [S], place: usize) {
    match to.get_mut(place..).and_then(|to| S::vectors_mut(to).first_mut()) {
        Some(to) => values.store_array(to),
        None => does_not_fit(),
    }
}

/// A vector from as many numbers as there are, with zeros behind them.
#[inline(always)]
pub(super) fn load_partly<V: Simd, S: Lanes>(v: V, from: &[S]) -> S::Vector<V> {
    if let Some(from) = S::vectors(from).first() {
        return S::Vector::<V>::load_array_ref(v, from);
    }
    S::load_few(v, from)
}

/// [`load_partly`], or zero if that is what shall stand there: read as such, because a vector that is read right after
/// zeros were written over its place in other pieces waits for them.
#[inline(always)]
pub(super) fn load_unless<V: Simd, S: Lanes>(v: V, zero: bool, from: &[S]) -> S::Vector<V> {
    if zero { splat(v, S::from(0_i8)) } else { load_partly(v, from) }
}

/// Stores as many lanes of a vector as there are places.
#[inline(always)]
pub(super) fn store_partly<V: Simd, S: Lanes>(_: V, values: S::Vector<V>, to: &mut [S]) {
    if let Some(to) = S::vectors_mut(to).first_mut() {
        return values.store_array(to);
    }
    S::store_few::<V>(values, to);
}

/// A mask of the first `count` lanes.
#[inline(always)]
pub(super) fn first_lanes<V: Simd, S: Lanes>(v: V, count: usize) -> <S::Vector<V> as SimdBase<V>>::Mask {
    let number = |lane: usize| S::from(lane.min(S::LANES) as u8);
    S::Vector::<V>::from_fn(v, number).simd_lt(splat(v, number(count)))
}

/// Stores a block into rows of `row` vectors, from vector `first` of each.
#[inline(always)]
pub(super) fn store_block<V: Simd, S: Lanes, const R: usize, const C: usize>(
    values: Block<V, S, R, C>,
    to: &mut [S::Array],
    row: usize,
    first: usize,
) {
    // Counted, not zipped: a loop with another end than R is not unrolled, and the block leaves registers.
    for r in 0..R {
        match chunk_mut(to, r * row + first) {
            Some(to) => store::<V, S, C>(values[r], to),
            None => does_not_fit(),
        }
    }
}

/// `acc[r][c] += a[r] · b[c]`
#[inline(always)]
pub(super) fn outer<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    acc: &mut Block<V, S, R, C>,
    a: &[S; R],
    b: &[S::Vector<V>; C],
) {
    for r in 0..R {
        let a = splat(v, a[r]);
        for c in 0..C {
            acc[r][c] = b[c].mul_add(a, acc[r][c]);
        }
    }
}

/// Part of a matrix: its numbers, the length of a row, and where in a row the block begins.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a, T> {
    pub(super) values: &'a [T],
    pub(super) row: usize,
    pub(super) first: usize,
}

/// `acc[r][c] += Σₖ a[k][r] · b[k][c]`
#[inline(always)]
pub(super) fn columns<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    mut acc: Block<V, S, R, C>,
    a: Panel<'_, S>,
    b: Panel<'_, S::Array>,
) -> Block<V, S, R, C> {
    for (ak, bk) in pieces(a.values, a.row).zip(pieces(b.values, b.row)) {
        let (Some(ak), Some(bk)) = (chunk(ak, a.first), chunk(bk, b.first)) else {
            does_not_fit();
            break;
        };
        outer(v, &mut acc, ak, &load::<V, S, C>(v, bk));
    }
    acc
}

/// `acc[r][c] += Σₖ a[r][k] · b[k][c]`
#[inline(always)]
pub(super) fn rows<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    mut acc: Block<V, S, R, C>,
    a: Panel<'_, S>,
    b: Panel<'_, S::Array>,
) -> Block<V, S, R, C> {
    let Some(rows) = neighbours::<S, R>(a) else {
        does_not_fit();
        return acc;
    };
    let (mut place, row) = (b.first, b.row);
    for k in 0..a.row {
        let Some(bk) = chunk(b.values, place) else {
            does_not_fit();
            break;
        };
        // It always is; said here, so that there is no branch that panics.
        if !rows.iter().all(|row| k < row.len()) {
            does_not_fit();
            break;
        }
        let b = load::<V, S, C>(v, bk);
        for r in 0..R {
            // Not gathered before: there are not as many registers.
            let a = splat(v, rows[r][k]);
            for c in 0..C {
                acc[r][c] = b[c].mul_add(a, acc[r][c]);
            }
        }
        place += row;
    }
    acc
}

/// The first `R` rows.
#[inline(always)]
fn neighbours<'a, S, const R: usize>(a: Panel<'a, S>) -> Option<[&'a [S]; R]> {
    let mut rest = a.values.get(a.first * a.row..)?;
    let mut rows: [&[S]; R] = [&[]; R];
    for r in 0..R {
        (rows[r], rest) = rest.split_at_checked(a.row)?;
    }
    Some(rows)
}

/// `count` things in as few parts of at most `largest` as there can be, as even as can be: (start, length).
#[inline(always)]
pub(super) fn parts(count: usize, largest: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = count.div_ceil(largest.max(1)).max(1);
    let (length, longer) = (count / parts, count % parts);
    (0..parts).map(move |part| (part * length + part.min(longer), length + usize::from(part < longer)))
}

/// Evaluates an expression with a size as a constant, up to the largest that the instruction set has room
/// for. Other sizes do nothing, and are not compiled.
macro_rules! with_size {
    ($size:expr, $largest:expr, $constant:ident => $body:expr) => {
        $crate::kernels::block::with_size!(@ $size, $largest, $constant => $body; 1 2 3 4 5 6 7 8)
    };
    (@ $size:expr, $largest:expr, $constant:ident => $body:expr; $($literal:literal)*) => {
        match $size {
            $($literal => if const { $literal <= $largest } {
                const $constant: usize = $literal;
                $body
            })*
            _ => {}
        }
    };
}
pub(super) use with_size;

/// Calls a register panel as a function of its own, which is compiled once for the instruction set and its constants.
///
/// Inlined into the loops around it, a panel is copied to every place of every such loop: that took half of the time
/// that the crate takes to build.
macro_rules! out_of_line {
    ($v:expr => $call:expr) => {
        $crate::kernels::block::call_out_of_line(
            $v,
            #[inline(always)]
            || $call,
        )
    };
}
pub(super) use out_of_line;

/// `[value; count]` with a value for each place, written over one that is known.
///
/// Not `core::array::from_fn`: for every closure that it is given, several helpers are compiled.
macro_rules! each {
    ($place:ident in $count:expr, from $start:expr => $value:expr) => {{
        let mut all = [$start; $count];
        for $place in 0..$count {
            all[$place] = $value;
        }
        all
    }};
}
pub(super) use each;

/// What [`out_of_line!`] calls. Compiled without the instruction set, so that the compiler cannot inline the panel, which is
/// compiled with it, and what is left of this is a jump.
#[inline(never)]
pub(super) fn call_out_of_line<V: Simd, R>(v: V, panel: impl FnOnce() -> R) -> R {
    v.vectorize(panel)
}
