//! Dense layers: samples in the lanes, and for one sample, outputs in the lanes.

use super::block::{Panel, chunk_mut, columns, load, parts, rows, splat, store, with_size};
use super::transpose::transpose;
use crate::layers::Dense;
use crate::simd::{Lanes, Simd, SimdBase as _, register};

/// Outputs in a block of one and of two vectors of samples: so that accumulators, operands and a broadcast
/// fit the registers, and enough of them are under way to hide the latency of a multiply-add.
const fn block<V: Simd>() -> usize {
    match register::<V>() {
        16 => 8,
        8 => 6,
        // 32 registers of 16 bytes there, 16 elsewhere.
        4 if cfg!(target_arch = "aarch64") => 6,
        _ => 2,
    }
}

/// Sample vectors in a block.
const fn vectors_in_block<V: Simd>() -> usize {
    if register::<V>() == 16 { 2 } else { 1 }
}

#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    layer: &Dense,
    tile: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let vectors = tile / S::LANES;
    let (weight, bias) = parameters.split_at((layer.inputs * layer.outputs).min(parameters.len()));
    let xs = S::vectors(x).chunks_exact(layer.inputs * vectors);
    for (x, y) in xs.zip(S::vectors_mut(y).chunks_exact_mut(layer.outputs * vectors)) {
        for (output, count) in parts(layer.outputs, block::<V>()) {
            let weight = Panel { values: weight, row: layer.outputs, first: output };
            let bias = bias.get(output..).unwrap_or(&[]);
            let y = y.get_mut(output * vectors..).unwrap_or(&mut []);
            for (vector, width) in parts(vectors, vectors_in_block::<V>()) {
                let x = Panel { values: x, row: vectors, first: vector };
                if width == 2 {
                    with_size!(count, R => forward_panel::<V, S, R, 2>(v, weight, bias, x, y); 1 2 3 4 5 6 7 8);
                } else {
                    with_size!(count, R => forward_panel::<V, S, R, 1>(v, weight, bias, x, y); 1 2 3 4 5 6 7 8);
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
    let zero = S::from(0_i8);
    let acc = core::array::from_fn(|r| [splat(v, bias.get(r).copied().unwrap_or(zero)); C]);
    let acc = columns::<V, S, R, C>(v, acc, weight, x);
    for (acc, y) in acc.into_iter().zip(y.chunks_exact_mut(x.row)) {
        if let Some(y) = chunk_mut(y, x.first) {
            store::<V, S, C>(acc, y);
        }
    }
}

#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    layer: &Dense,
    tile: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let vectors = tile / S::LANES;
    let dys = S::vectors(dy).chunks_exact(layer.outputs * vectors);
    for (dy, dx) in dys.zip(S::vectors_mut(dx).chunks_exact_mut(layer.inputs * vectors)) {
        for (input, count) in parts(layer.inputs, block::<V>()) {
            let weight = Panel { values: parameters, row: layer.outputs, first: input };
            let dx = dx.get_mut(input * vectors..).unwrap_or(&mut []);
            for (vector, width) in parts(vectors, vectors_in_block::<V>()) {
                let dy = Panel { values: dy, row: vectors, first: vector };
                if width == 2 {
                    with_size!(count, R => input_panel::<V, S, R, 2>(v, weight, dy, dx); 1 2 3 4 5 6 7 8);
                } else {
                    with_size!(count, R => input_panel::<V, S, R, 1>(v, weight, dy, dx); 1 2 3 4 5 6 7 8);
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
    for (acc, dx) in acc.into_iter().zip(dx.chunks_exact_mut(dy.row)) {
        if let Some(dx) = chunk_mut(dx, dy.first) {
            store::<V, S, C>(acc, dx);
        }
    }
}

#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    layer: &Dense,
    tile: usize,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
    scratch: &mut [S],
) {
    let vectors = layer.outputs.div_ceil(S::LANES);
    let Some(transposed) = scratch.get_mut(..vectors * S::LANES * tile) else { return };
    let (dweight, dbias) = gradient.split_at_mut((layer.inputs * layer.outputs).min(gradient.len()));
    let xs = x.chunks_exact(layer.inputs * tile);
    for (x, dy) in xs.zip(dy.chunks_exact(layer.outputs * tile)) {
        transpose(v, dy, tile, transposed, vectors * S::LANES);
        let dy = S::vectors(transposed);
        for (vector, width) in parts(vectors, vectors_in_block::<V>()) {
            let dy = Panel { values: dy, row: vectors, first: vector };
            bias_gradient(v, dy, width, dbias.get_mut(vector * S::LANES..).unwrap_or(&mut []));
            for (input, count) in parts(layer.inputs, block::<V>()) {
                let x = Panel { values: x, row: tile, first: input };
                let first = input * layer.outputs + vector * S::LANES;
                let dweight = dweight.get_mut(first..).unwrap_or(&mut []);
                let outputs = layer.outputs;
                if width == 2 {
                    with_size!(count, R => weight_panel::<V, S, R, 2>(v, x, dy, dweight, outputs); 1 2 3 4 5 6 7 8);
                } else {
                    with_size!(count, R => weight_panel::<V, S, R, 1>(v, x, dy, dweight, outputs); 1 2 3 4 5 6 7 8);
                }
            }
        }
    }
}

#[inline(always)]
fn weight_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    x: Panel<'_, S>,
    dy: Panel<'_, S::Array>,
    dweight: &mut [S],
    outputs: usize,
) {
    let whole = outputs - dy.first * S::LANES >= C * S::LANES;
    let zero = splat(v, S::from(0_i8));
    let mut acc = [[zero; C]; R];
    if whole {
        for (acc, dweight) in acc.iter_mut().zip(dweight.chunks(outputs)) {
            if let Some(dweight) = S::vectors(dweight).first_chunk() {
                *acc = load::<V, S, C>(v, dweight);
            }
        }
    }
    let acc = rows::<V, S, R, C>(v, acc, x, dy);
    for (acc, dweight) in acc.into_iter().zip(dweight.chunks_mut(outputs)) {
        if whole {
            if let Some(dweight) = S::vectors_mut(dweight).first_chunk_mut() {
                store::<V, S, C>(acc, dweight);
            }
        } else {
            add_partly(v, acc, outputs - dy.first * S::LANES, dweight);
        }
    }
}

/// Adds the first `count` lanes of a row of vectors.
#[inline(always)]
fn add_partly<V: Simd, S: Lanes, const C: usize>(v: V, acc: [S::Vector<V>; C], count: usize, to: &mut [S]) {
    let to = to.get_mut(..count).unwrap_or(&mut []);
    for (acc, to) in acc.into_iter().zip(to.chunks_mut(S::LANES)) {
        add_to(v, acc, to);
    }
}

/// Adds as many lanes of a vector as there are places.
#[inline(always)]
fn add_to<V: Simd, S: Lanes>(v: V, values: S::Vector<V>, to: &mut [S]) {
    if let Some(to) = S::vectors_mut(to).first_mut() {
        (values + S::Vector::<V>::load_array_ref(v, to)).store_array(to);
        return;
    }
    for (to, value) in to.iter_mut().zip(values.to_array().as_ref()) {
        *to = *to + *value;
    }
}

/// `db += Σₜ dy[t]`, for the outputs of `width` vectors.
#[inline(always)]
fn bias_gradient<V: Simd, S: Lanes>(v: V, dy: Panel<'_, S::Array>, width: usize, dbias: &mut [S]) {
    for (vector, dbias) in dbias.chunks_mut(S::LANES).take(width).enumerate() {
        let mut acc = splat(v, S::from(0_i8));
        for sample in dy.values.chunks_exact(dy.row) {
            if let Some(dy) = sample.get(dy.first + vector) {
                acc += S::Vector::<V>::load_array_ref(v, dy);
            }
        }
        add_to(v, acc, dbias);
    }
}
