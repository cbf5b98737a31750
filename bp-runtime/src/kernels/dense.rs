//! Dense layers: samples in the lanes, and for one sample, outputs in the lanes.

use super::block::{
    Panel, columns, each, first_lanes, is_double, load, load_at, load_partly, out_of_line, parts, pieces,
    pieces_mut, rows, splat, store, store_at, store_block, store_partly, with_size,
};
use super::transpose::transpose;
use crate::geometry::Matrix;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Select as _, Simd, SimdBase as _, register};

/// Rows in a block of one and of two vectors: so that accumulators, operands and a broadcast fit the registers, and
/// enough of them are under way to hide the latency of a multiply-add. Where the numbers to broadcast do not lie
/// together, their places need registers too.
const fn block<V: Simd, const TOGETHER: bool>() -> usize {
    match register::<V>() {
        16 => 8,
        8 if TOGETHER => 6,
        8 => 4,
        // 32 registers of 16 bytes there, 16 elsewhere.
        4 if cfg!(target_arch = "aarch64") => 6,
        _ => 2,
    }
}

/// Sample vectors in a block.
const fn vectors_in_block<V: Simd>() -> usize {
    if register::<V>() == 16 { 2 } else { 1 }
}

/// Inputs and output vectors in a block of the weight gradient, whose sums are short: the larger, the fewer blocks
/// begin and end.
const fn weight_block<V: Simd, S: Lanes>() -> (usize, usize) {
    match register::<V>() {
        16 if is_double::<S>() => (6, 2),
        16 => (6, 3),
        8 => (6, 1),
        4 if cfg!(target_arch = "aarch64") => (6, 1),
        _ => (2, 1),
    }
}

#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    tile: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let vectors = tile / S::LANES;
    let (weight, bias) = parameters.split_at((matrix.inputs * matrix.outputs).min(parameters.len()));
    let xs = pieces(S::vectors(x), matrix.inputs * vectors);
    for (x, y) in xs.zip(pieces_mut(S::vectors_mut(y), matrix.outputs * vectors)) {
        for (output, count) in parts(matrix.outputs, block::<V, true>()) {
            let weight = Panel { values: weight, row: matrix.outputs, first: output };
            let bias = bias.after(output);
            let y = y.part_mut(output * vectors..);
            for (vector, width) in parts(vectors, vectors_in_block::<V>()) {
                let x = Panel { values: x, row: vectors, first: vector };
                if const { vectors_in_block::<V>() == 2 } && width == 2 {
                    with_size!(count, block::<V, true>(), R =>
                        out_of_line!(v => forward_panel::<V, S, R, 2>(v, weight, bias, x, y)));
                } else {
                    with_size!(count, block::<V, true>(), R =>
                        out_of_line!(v => forward_panel::<V, S, R, 1>(v, weight, bias, x, y)));
                }
            }
        }
    }
}

#[inline(always)]
fn forward_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    weight: Panel<'_, S>,
    bias: &[S],
    x: Panel<'_, S::Array>,
    y: &mut [S::Array],
) {
    let mut acc = [[splat::<V, S>(v, S::from(0_i8)); C]; R];
    for (acc, bias) in acc.iter_mut().zip(bias) {
        *acc = [splat(v, *bias); C];
    }
    let acc = columns::<V, S, R, C>(v, acc, weight, x);
    store_block::<V, S, R, C>(acc, y, x.row, x.first);
}

#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    tile: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let vectors = tile / S::LANES;
    let dys = pieces(S::vectors(dy), matrix.outputs * vectors);
    for (dy, dx) in dys.zip(pieces_mut(S::vectors_mut(dx), matrix.inputs * vectors)) {
        for (input, count) in parts(matrix.inputs, block::<V, false>()) {
            let weight = Panel { values: parameters, row: matrix.outputs, first: input };
            let dx = dx.part_mut(input * vectors..);
            for (vector, width) in parts(vectors, vectors_in_block::<V>()) {
                let dy = Panel { values: dy, row: vectors, first: vector };
                if const { vectors_in_block::<V>() == 2 } && width == 2 {
                    with_size!(count, block::<V, false>(), R =>
                        out_of_line!(v => input_panel::<V, S, R, 2>(v, weight, dy, dx)));
                } else {
                    with_size!(count, block::<V, false>(), R =>
                        out_of_line!(v => input_panel::<V, S, R, 1>(v, weight, dy, dx)));
                }
            }
        }
    }
}

#[inline(always)]
fn input_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    weight: Panel<'_, S>,
    dy: Panel<'_, S::Array>,
    dx: &mut [S::Array],
) {
    let zero = splat(v, S::from(0_i8));
    let acc = rows::<V, S, R, C>(v, [[zero; C]; R], weight, dy);
    store_block::<V, S, R, C>(acc, dx, dy.row, dy.first);
}

#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    matrix: &Matrix,
    tile: usize,
    x: &[S],
    dy: &[S],
    (gradient, first): (&mut [S], bool),
    (scratch, done): (&mut [S], bool),
) {
    let vectors = matrix.outputs.div_ceil(S::LANES);
    let Some(transposed) = scratch.get_mut(..vectors * S::LANES * tile) else { return does_not_fit() };
    let (dweight, dbias) = gradient.split_at_mut((matrix.inputs * matrix.outputs).min(gradient.len()));
    let xs = pieces(x, matrix.inputs * tile);
    for (row, (x, dy)) in xs.zip(pieces(dy, matrix.outputs * tile)).enumerate() {
        if !done {
            transpose(v, dy, tile, transposed, vectors * S::LANES);
        }
        let dy = S::vectors(transposed);
        let first = first && row == 0;
        bias_gradient(v, Panel { values: dy, row: vectors, first: 0 }, dbias, first);
        for (input, count) in parts(matrix.inputs, weight_block::<V, S>().0) {
            let x = Panel { values: x, row: tile, first: input };
            for (vector, width) in parts(vectors, weight_block::<V, S>().1) {
                let dy = Panel { values: dy, row: vectors, first: vector };
                let place = input * matrix.outputs + vector * S::LANES;
                let dw = (dweight.part_mut(place..), first);
                with_size!(count, weight_block::<V, S>().0, R => with_size!(width, weight_block::<V, S>().1, C =>
                    out_of_line!(v => weight_panel::<V, S, R, C>(v, matrix, x, dy, dw))));
            }
        }
    }
}

#[inline(always)]
fn weight_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    matrix: &Matrix,
    x: Panel<'_, S>,
    dy: Panel<'_, S::Array>,
    (dweight, first): (&mut [S], bool),
) {
    let outputs = matrix.outputs;
    if outputs - dy.first * S::LANES < C * S::LANES {
        return last_weight_panel::<V, S, R, C>(v, outputs, x, dy, (dweight, first));
    }
    let zero = splat(v, S::from(0_i8));
    let acc = rows::<V, S, R, C>(v, [[zero; C]; R], x, dy);
    // What was there is added at the end: nothing waits for it, the next block's products least of all.
    for r in 0..R {
        let row = dweight.part_mut(r * outputs..);
        if let Some(place) = S::vectors_mut(row).first_chunk_mut() {
            let before = if first { [zero; C] } else { load::<V, S, C>(v, place) };
            store::<V, S, C>(each!(c in C, from zero => acc[r][c] + before[c]), place);
        }
    }
}

/// The same where the last vector reaches beyond the row.
///
/// What lies there is the beginning of the next row. It is read and written back as it was; rows are
/// stored in order, so that what the next row brings stands in the end.
#[inline(always)]
fn last_weight_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    outputs: usize,
    x: Panel<'_, S>,
    dy: Panel<'_, S::Array>,
    (dweight, first): (&mut [S], bool),
) {
    let last = (C - 1) * S::LANES;
    let zero = splat(v, S::from(0_i8));
    if dweight.len() < (R - 1) * outputs + C * S::LANES {
        // The end of all weights: nothing comes behind the last row.
        for r in 0..R {
            let x = Panel { first: x.first + r, ..x };
            let row = dweight.part_mut(r * outputs..);
            let [acc] = rows::<V, S, 1, C>(v, [[zero; C]], x, dy);
            let row = row.part_mut(..outputs - dy.first * S::LANES);
            for (acc, row) in acc.into_iter().zip(row.chunks_mut(S::LANES)) {
                let before = if first { zero } else { load_partly(v, row) };
                store_partly(v, acc + before, row);
            }
        }
        return;
    }
    let mask = first_lanes::<V, S>(v, outputs - dy.first * S::LANES - last);
    let acc = rows::<V, S, R, C>(v, [[zero; C]; R], x, dy);
    let before = each!(r in R, from [zero; C] =>
        each!(c in C, from zero => load_at(v, dweight, r * outputs + c * S::LANES)));
    for r in 0..R {
        for c in 0..C {
            let sum = if first { acc[r][c] } else { acc[r][c] + before[r][c] };
            let values = if c < C - 1 { sum } else { mask.select(sum, before[r][c]) };
            store_at(v, values, dweight, r * outputs + c * S::LANES);
        }
    }
}

/// `db += Σₜ dy[t]`
#[inline(always)]
fn bias_gradient<V: Simd, S: Lanes>(v: V, dy: Panel<'_, S::Array>, dbias: &mut [S], first: bool) {
    for (vector, dbias) in dbias.chunks_mut(S::LANES).enumerate() {
        let mut acc = splat(v, S::from(0_i8));
        for sample in pieces(dy.values, dy.row) {
            if let Some(dy) = sample.get(vector) {
                acc += S::Vector::<V>::load_array_ref(v, dy);
            }
        }
        let before = if first { splat(v, S::from(0_i8)) } else { load_partly::<V, S>(v, dbias) };
        store_partly(v, acc + before, dbias);
    }
}
