//! Dense layers for one sample: matrix–vector products, bound by the memory that the weights stream from.

use super::block::{
    first_lanes, is_double, load, load_at, load_partly, load_unless, out_of_line, parts, pieces, pieces_mut,
    splat, store_partly, with_size,
};
use super::dense_narrow::{self as narrow, with_narrow};
use crate::geometry::Matrix;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Select as _, Simd, SimdBase as _, SimdFloat as _, register};
use core::hint::black_box;

/// Vectors of outputs in a block with one sum for each output: fewer within a network that is compiled as a whole, where
/// each size is written out in place.
const fn block<V: Simd, S: Lanes, const WITHIN: bool>() -> usize {
    let most = match register::<V>() {
        16 if is_double::<S>() => 4,
        16 => 8,
        8 => 4,
        _ => 2,
    };
    if WITHIN { most / 2 } else { most }
}

/// Outputs in the lanes, inputs broadcast.
///
/// Few outputs are summed in parts (in four: inputs 0, 4, 8, …; 1, 5, 9, …), so that enough multiply-adds are
/// under way; in how many depends on the matrix only, not on the instruction set.
///
/// Not `WITHIN` a network that is compiled as a whole, blocks are functions of their own.
#[inline(always)]
pub(crate) fn forward<V: Simd, S: Lanes, const WITHIN: bool>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let (mut xs, mut ys) = (x, y);
    for _ in 0..matrix.rows {
        // Not zipped chunks: those divide by the sizes first, which takes longer than a small matrix.
        let Some((x, next)) = xs.split_at_checked(matrix.inputs) else { break };
        let Some((y, places)) = core::mem::take(&mut ys).split_at_mut_checked(matrix.outputs) else { break };
        (xs, ys) = (next, places);
        with_narrow!(matrix.outputs, S,
            O => narrow::forward::<V, S, O>(v, matrix, parameters, x, y),
            else columns::<V, S, WITHIN>(v, matrix, parameters, x, y));
    }
}

/// [`forward`] as a kernel.
#[inline(always)]
pub(super) fn forward_apart<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    forward::<V, S, false>(v, matrix, parameters, x, y);
}

/// [`forward`] for one row, in blocks of columns of the weights.
#[inline(always)]
fn columns<V: Simd, S: Lanes, const WITHIN: bool>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let start = -S::from(0_i8);
    let io = |vector: usize| Column { matrix, parameters, x, first: vector * S::LANES, start };
    match matrix.outputs.div_ceil(S::LANES) {
        1 => block_of::<V, S, WITHIN, 4, 1>(v, io(0), y),
        2 if const { register::<V>() >= 16 } => block_of::<V, S, WITHIN, 4, 2>(v, io(0), y),
        2 => {
            for vector in 0..2 {
                block_of::<V, S, WITHIN, 4, 1>(v, io(vector), y.part_mut(vector * S::LANES..));
            }
        }
        _ => in_turn::<V, S, WITHIN>(v, matrix, parameters, x, y, -S::from(0_i8)),
    }
}

/// [`forward`] for one row with a single sum for each output, over the inputs in turn, from the bias or else `start`. With 0
/// these are the sums of a convolution, of which this is one place.
#[inline(always)]
pub(crate) fn in_turn<V: Simd, S: Lanes, const WITHIN: bool>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
    start: S,
) {
    for (vector, count) in parts(matrix.outputs.div_ceil(S::LANES), block::<V, S, WITHIN>()) {
        let y = y.part_mut(vector * S::LANES..);
        let io = Column { matrix, parameters, x, first: vector * S::LANES, start };
        with_size!(count, block::<V, S, WITHIN>(), C => block_of::<V, S, WITHIN, 1, C>(v, io, y));
    }
}

/// A place of a convolution of a sequence, as a kernel.
#[inline(always)]
pub(super) fn place_apart<V: Simd, S: Lanes>(v: V, matrix: &Matrix, parameters: &[S], x: &[S], y: &mut [S]) {
    in_turn::<V, S, false>(v, matrix, parameters, x, y, S::from(0_i8));
}

#[inline(always)]
fn block_of<V: Simd, S: Lanes, const WITHIN: bool, const K: usize, const C: usize>(
    v: V,
    io: Column<'_, S>,
    y: &mut [S],
) {
    if const { WITHIN } {
        column::<V, S, K, C>(v, io, y);
    } else {
        out_of_line!(v => column::<V, S, K, C>(v, io, y));
    }
}

/// A column of the weights, from output `first`, and what it is multiplied with.
struct Column<'a, S> {
    matrix: &'a Matrix,
    parameters: &'a [S],
    x: &'a [S],
    first: usize,
    /// What the first part begins with where there is no bias.
    start: S,
}

/// `C` vectors of outputs, summed in `K` parts.
#[inline(always)]
fn column<V: Simd, S: Lanes, const K: usize, const C: usize>(v: V, io: Column<'_, S>, y: &mut [S]) {
    let Column { matrix, parameters, x, first, start } = io;
    // −0, which added to a number leaves it as it is.
    let mut acc = [[splat(v, -S::from(0_i8)); C]; K];
    acc[0] = [splat(v, start); C];
    if matrix.bias {
        let bias = parameters.after(matrix.inputs * matrix.outputs + first);
        for c in 0..C {
            acc[0][c] = load_partly(v, bias.after(c * S::LANES));
        }
    }
    let weight = parameters.part(first..);
    let (mut acc, done) = whole_rows::<V, S, K, C>(v, acc, matrix.outputs, weight, x);
    for (input, &x) in x.iter().enumerate().skip(done) {
        let row = weight.part(input * matrix.outputs..);
        for part in 0..K {
            if part == input % K {
                acc[part] = last_row(v, acc[part], row, x);
            }
        }
    }
    let mut parts = K;
    while parts > 1 {
        parts /= 2;
        for k in 0..parts {
            for c in 0..C {
                acc[k][c] = acc[2 * k][c] + acc[2 * k + 1][c];
            }
        }
    }
    for c in 0..C {
        store_partly(v, acc[0][c], y.part_mut(c * S::LANES..));
    }
}

/// `acc[k] + Σ x · weight` over the rows that whole vectors can be read from, and how many those are. Lanes
/// beyond a row hold what comes after it, and are never stored.
// By itself, because sums would not stay in registers beside what reads less than a vector.
#[inline(always)]
fn whole_rows<V: Simd, S: Lanes, const K: usize, const C: usize>(
    v: V,
    mut acc: [[S::Vector<V>; C]; K],
    outputs: usize,
    weight: &[S],
    x: &[S],
) -> ([[S::Vector<V>; C]; K], usize) {
    let reach = (K - 1) * outputs + C * S::LANES;
    let (groups, _) = x.as_chunks::<K>();
    let mut count = groups.len();
    while count > 0 && (count - 1) * K * outputs + reach > weight.len() {
        count -= 1;
    }
    // Neither the number nor the inputs are known to the compiler, even where sizes are constants. Written out without an
    // end to each round, sums would be put one after the other instead of side by side, and what inputs are made of among
    // them, which takes far longer; and an input is copied to all lanes for nothing when it is read from memory.
    let (_, end) = black_box((x.first(), count));
    let mut rest = weight;
    'rows: for (group, x) in groups.iter().enumerate() {
        if group >= end {
            break;
        }
        for k in 0..K {
            let row = rest.get(k * outputs..).and_then(|row| S::vectors(row).first_chunk());
            let Some(row) = row else { break 'rows };
            let (row, x) = (load::<V, S, C>(v, row), splat::<V, S>(v, x[k]));
            for c in 0..C {
                acc[k][c] = row[c].mul_add(x, acc[k][c]);
            }
        }
        rest = rest.after(K * outputs);
    }
    (acc, K * count)
}

/// `acc + x · row`, where there may be fewer weights than lanes.
#[inline(always)]
fn last_row<V: Simd, S: Lanes, const C: usize>(
    v: V,
    mut acc: [S::Vector<V>; C],
    row: &[S],
    x: S,
) -> [S::Vector<V>; C] {
    let x = splat::<V, S>(v, x);
    for c in 0..C {
        acc[c] = load_partly::<V, S>(v, row.part(c * S::LANES..)).mul_add(x, acc[c]);
    }
    acc
}

/// Rows of the weights times `dy`: outputs in the lanes, a sum over them for each input.
#[inline(always)]
pub(crate) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    for (dx, dy) in pieces_mut(dx, matrix.inputs).zip(pieces(dy, matrix.outputs)) {
        with_narrow!(matrix.outputs, S,
            O => narrow::input_gradient::<V, S, O>(v, parameters, dy, dx),
            else dot_products(v, parameters, dy, dx));
    }
}

/// [`input_gradient`] for one row, several inputs at once.
#[inline(always)]
fn dot_products<V: Simd, S: Lanes>(v: V, parameters: &[S], dy: &[S], dx: &mut [S]) {
    match const { block::<V, S, false>() } {
        8 => dot_blocks::<V, S, 8>(v, parameters, dy, dx),
        _ => dot_blocks::<V, S, 4>(v, parameters, dy, dx),
    }
}

/// [`dot_products`] with `R` inputs at once.
#[inline(always)]
fn dot_blocks<V: Simd, S: Lanes, const R: usize>(v: V, parameters: &[S], dy: &[S], dx: &mut [S]) {
    let mut weight = parameters;
    for dx in dx.chunks_mut(R) {
        let reach = (R - 1) * dy.len() + dy.len().next_multiple_of(S::LANES);
        match <&mut [S; R]>::try_from(&mut *dx) {
            Ok(dx) if reach <= weight.len() => *dx = dot_rows(v, weight, dy),
            _ => {
                for (dx, row) in dx.iter_mut().zip(weight.chunks(dy.len().max(1))) {
                    *dx = dot_row(v, row, dy);
                }
            }
        }
        weight = weight.after(R * dy.len());
    }
}

/// The products of `R` rows with `dy`.
#[inline(always)]
fn dot_rows<V: Simd, S: Lanes, const R: usize>(v: V, weight: &[S], dy: &[S]) -> [S; R] {
    let zero = splat::<V, S>(v, S::from(0_i8));
    let mut acc = [zero; R];
    let whole = dy.len() / S::LANES * S::LANES;
    for (vector, dyv) in S::vectors(dy).iter().enumerate() {
        let dyv = S::Vector::<V>::load_array_ref(v, dyv);
        for r in 0..R {
            acc[r] = load_at(v, weight, r * dy.len() + vector * S::LANES).mul_add(dyv, acc[r]);
        }
    }
    if whole < dy.len() {
        // What lies beyond the row is not ours, and may be NaN.
        let mask = first_lanes::<V, S>(v, dy.len() - whole);
        let rest = load_partly(v, dy.part(whole..));
        for r in 0..R {
            acc[r] = mask.select(load_at(v, weight, r * dy.len() + whole), zero).mul_add(rest, acc[r]);
        }
    }
    let mut sums = [S::from(0_i8); R];
    for r in 0..R {
        sums[r] = acc[r].reduce_sum();
    }
    sums
}

/// The product of one row with `dy`, where nothing needs to follow the row.
#[inline(always)]
fn dot_row<V: Simd, S: Lanes>(v: V, row: &[S], dy: &[S]) -> S {
    let mut acc = splat::<V, S>(v, S::from(0_i8));
    for (row, dy) in row.chunks(S::LANES).zip(dy.chunks(S::LANES)) {
        acc = load_partly(v, row).mul_add(load_partly::<V, S>(v, dy), acc);
    }
    acc.reduce_sum()
}

/// An outer product added to the gradient, or to zeros in its place.
#[inline(always)]
pub(crate) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    x: &[S],
    dy: &[S],
    (gradient, mut first): (&mut [S], bool),
) {
    let (dweight, dbias) = gradient.split_at_mut((matrix.inputs * matrix.outputs).min(gradient.len()));
    for (x, dy) in pieces(x, matrix.inputs).zip(pieces(dy, matrix.outputs)) {
        with_narrow!(matrix.outputs, S,
        O => narrow::weight_gradient::<V, S, O>(v, x, dy, (dweight, first)),
        else for (&x, dweight) in x.iter().zip(pieces_mut(dweight, matrix.outputs)) {
            add_scaled(v, x, dy, (dweight, first));
        });
        add_scaled(v, S::from(1_i8), dy, (dbias, first));
        first = false;
    }
}

/// `to += scale · values`, from zero if it is the first.
#[inline(always)]
fn add_scaled<V: Simd, S: Lanes>(v: V, scale: S, values: &[S], (to, first): (&mut [S], bool)) {
    let factor = splat::<V, S>(v, scale);
    let whole = to.len().min(values.len()) / S::LANES * S::LANES;
    let ((to, to_rest), (values, rest)) = (to.divided_mut(whole), values.divided(whole));
    for (to, values) in S::vectors_mut(to).iter_mut().zip(S::vectors(values)) {
        let before = if first { splat(v, S::from(0_i8)) } else { S::Vector::<V>::load_array_ref(v, to) };
        S::Vector::<V>::load_array_ref(v, values).mul_add(factor, before).store_array(to);
    }
    if !to_rest.is_empty() {
        let sum = load_partly::<V, S>(v, rest).mul_add(factor, load_unless(v, first, to_rest));
        store_partly(v, sum, to_rest);
    }
}
