//! Convolutions, samples in the lanes: forward and input gradient are one kernel, a sliding product.

use super::Kernels;
use super::block::{
    chunk, each, is_double, load, load_place, out_of_line, parts, pieces_mut, splat, with_size,
};
use super::line::Line;
use crate::geometry::Convolution2d;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Output planes and places of a row in a block.
const fn block<V: Simd, S: Lanes>() -> (usize, usize) {
    match register::<V>() {
        16 if is_double::<S>() => (4, 4),
        16 => (6, 4),
        8 => (6, 1),
        4 if cfg!(target_arch = "aarch64") => (6, 1),
        _ => (2, 1),
    }
}

/// One group of a convolution, in either direction.
#[derive(Clone, Copy, Debug)]
pub struct Slide<'a, S> {
    weights: Weights<'a, S>,
    /// Distance of the weights of neighbouring output planes.
    out_step: usize,
    bias: &'a [S],
    source: &'a [S],
    /// Planes of the source.
    planes: usize,
    /// Rows and columns of a source plane.
    size: [usize; 2],
    /// Output planes, and the columns of one.
    out_planes: usize,
    out_width: usize,
    /// Rows and columns of the output.
    lines: [Line; 2],
}

/// The weights of an output plane, and distances among them: of source planes, of taps in rows and in columns.
#[derive(Clone, Copy, Debug)]
struct Weights<'a, S> {
    values: &'a [S],
    plane: usize,
    row: usize,
    column: usize,
}

impl<'a, S> Weights<'a, S> {
    /// Those that the lines of a convolution meet, from all of its group.
    #[inline(always)]
    fn on(lines: &[Line; 2], convolution: &Convolution2d, plane: usize, values: &'a [S]) -> Self {
        let [rows, columns] = lines;
        let [row, column] = [convolution.axes[1].kernel * convolution.out_channels, convolution.out_channels];
        // Where no tap meets the source, the first may lie behind the last weight.
        let values = values.after(rows.tap * row + columns.tap * column);
        Self { values, plane, row: rows.tap_step * row, column: columns.tap_step * column }
    }
}

/// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]`
pub(crate) fn forward<S: Kernels>(
    convolution: &Convolution2d,
    tile: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let (weight, bias) = parameters.split_at(convolution.weights().min(parameters.len()));
    let [rows, columns] = convolution.axes;
    let [into, out] = convolution.per_group();
    let xs = x.pieces(into * rows.input * columns.input * tile);
    let ys = y.pieces_mut(out * rows.output * columns.output * tile);
    for (group, (source, y)) in xs.zip(ys).enumerate() {
        let lines = [Line::forward(&rows), Line::forward(&columns)];
        let weight = weight.part(group * out..);
        let slide = Slide {
            weights: Weights::on(
                &lines,
                convolution,
                rows.kernel * columns.kernel * convolution.out_channels,
                weight,
            ),
            out_step: 1,
            bias: bias.after(group * out),
            source,
            planes: into,
            size: [rows.input, columns.input],
            out_planes: out,
            out_width: columns.output,
            lines,
        };
        S::conv2d_slide(&slide, tile, y);
    }
}

/// `dx`, the transposed convolution of `dy`
pub(crate) fn input_gradient<S: Kernels>(
    convolution: &Convolution2d,
    tile: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let [rows, columns] = convolution.axes;
    let [into, out] = convolution.per_group();
    let dys = dy.pieces(out * rows.output * columns.output * tile);
    let dxs = dx.pieces_mut(into * rows.input * columns.input * tile);
    for (group, (source, dx)) in dys.zip(dxs).enumerate() {
        let weight = parameters.part(group * out..convolution.weights());
        for row_phase in 0..rows.stride.min(rows.input) {
            for column_phase in 0..columns.stride.min(columns.input) {
                let lines = [Line::backward(&rows, row_phase), Line::backward(&columns, column_phase)];
                let slide = Slide {
                    weights: Weights::on(&lines, convolution, 1, weight),
                    out_step: rows.kernel * columns.kernel * convolution.out_channels,
                    bias: &[],
                    source,
                    planes: out,
                    size: [rows.output, columns.output],
                    out_planes: into,
                    out_width: columns.input,
                    lines,
                };
                S::conv2d_slide(&slide, tile, dx);
            }
        }
    }
}

/// Weights that are brought together at a time.
const TOGETHER: usize = 4096;

/// All output planes of a group, on the given lines.
#[inline(always)]
pub(super) fn slide<V: Simd, S: Lanes>(v: V, slide: &Slide<'_, S>, tile: usize, out: &mut [S]) {
    let [rows, columns] = &slide.lines;
    let room = if slide.out_step == 1 { TOGETHER } else { TOGETHER / (rows.taps * columns.taps).max(1) };
    let plane = out.len() / S::LANES / slide.out_planes.max(1);
    let out = S::vectors_mut(out);
    for (channel, height) in parts(slide.out_planes, block::<V, S>().0.min(room).max(1)) {
        let values = slide.weights.values.after(channel * slide.out_step);
        let bias = slide.bias.after(channel);
        let slide = Slide { weights: Weights { values, ..slide.weights }, bias, ..*slide };
        let out = out.part_mut(channel * plane..);
        with_size!(height, block::<V, S>().0, R =>
            some_planes::<V, S, R>(v, &slide, tile / S::LANES, (plane, out)));
    }
}

/// The first `R` output planes.
#[inline(always)]
fn some_planes<V: Simd, S: Lanes, const R: usize>(
    v: V,
    slide: &Slide<'_, S>,
    vectors: usize,
    (plane, out): (usize, &mut [S::Array]),
) {
    let columns = &slide.lines[1];
    if R == 1 && slide.planes == 1 && columns.source_step == 1 && columns.step == 1 {
        return row_by_row(v, slide, vectors, out);
    }
    if R == 1 || slide.out_step == 1 {
        return all_rows::<V, S, R>(v, slide, vectors, false, (plane, out));
    }
    // Where the weights of the planes do not lie together, they are brought there, to be read as one stream.
    let mut room = [S::from(0_i8); TOGETHER];
    let [down, along] = [slide.lines[0].taps, slide.lines[1].taps];
    for (first, planes) in parts(slide.planes, TOGETHER / (R * down * along).max(1)) {
        let values = slide.weights.values.after(first * slide.weights.plane);
        let from = Weights { values, ..slide.weights };
        let taps = (0..down).flat_map(|row| (0..along).map(move |column| (row, column)));
        for ((row, column), to) in taps.zip(pieces_mut(&mut room, planes * R)) {
            let tap = row * from.row + column * from.column;
            for (p, to) in to.as_chunks_mut::<R>().0.iter_mut().enumerate() {
                for r in 0..R {
                    let place = tap + p * from.plane + r * slide.out_step;
                    to[r] = from.values.get(place).copied().unwrap_or(S::from(0_i8));
                }
            }
        }
        let weights = Weights { values: &room, plane: R, row: along * planes * R, column: planes * R };
        let size = slide.size[0] * slide.size[1] * vectors * S::LANES;
        let source = slide.source.part(first * size..);
        let part = Slide { weights, source, planes, ..*slide };
        all_rows::<V, S, R>(v, &part, vectors, first > 0, (plane, &mut *out));
    }
}

/// One output plane of one source plane, as each of a depthwise convolution is: too few products for a block of sums.
/// Each tap multiplies a row of the source and adds it to a row of the output.
#[inline(always)]
fn row_by_row<V: Simd, S: Lanes>(v: V, slide: &Slide<'_, S>, vectors: usize, out: &mut [S::Array]) {
    let [rows, columns] = &slide.lines;
    let width = slide.size[1] * vectors;
    let bias = splat::<V, S>(v, slide.bias.first().copied().unwrap_or(S::from(0_i8)));
    for j in 0..rows.count {
        let place = ((rows.first + j * rows.step) * slide.out_width + columns.first) * vectors;
        let Some(out) = out.get_mut(place..place + columns.count * vectors) else { return does_not_fit() };
        for out in &mut *out {
            bias.store_array(out);
        }
        for u in rows.taps(j) {
            let Some(source) = S::vectors(slide.source).get(rows.place(j, u) * width..) else {
                return does_not_fit();
            };
            let source = source.part(..width);
            for c in 0..columns.taps {
                let weight = slide.weights.values.get(u * slide.weights.row + c * slide.weights.column);
                let weight = splat::<V, S>(v, weight.copied().unwrap_or(S::from(0_i8)));
                // Outputs before the first that the tap meets, or places of the source before the first it is met by.
                let shift = (columns.place(0, c) as isize).wrapping_mul(vectors as isize);
                let out = out.get_mut(shift.min(0).unsigned_abs()..).unwrap_or_default();
                let source = source.after(shift.max(0).unsigned_abs());
                for (out, x) in out.iter_mut().zip(source) {
                    let x = S::Vector::<V>::load_array_ref(v, x);
                    x.mul_add(weight, S::Vector::<V>::load_array_ref(v, out)).store_array(out);
                }
            }
        }
    }
}

/// Where the sum of a block begins: among the weights, among the rows and in a row of the source, and in the output.
#[derive(Clone, Copy)]
struct Spot {
    weight: usize,
    row: usize,
    place: usize,
    to: usize,
    /// Taps in rows and in columns.
    taps: [usize; 2],
    /// Distance of the block's places in source and output.
    steps: [usize; 2],
}

/// All rows of the first `R` output planes, to which the sums are added if there are `more`.
#[inline(always)]
fn all_rows<V: Simd, S: Lanes, const R: usize>(
    v: V,
    slide: &Slide<'_, S>,
    vectors: usize,
    more: bool,
    out: (usize, &mut [S::Array]),
) {
    out_of_line!(v => row_by_block::<V, S, R>(v, slide, vectors, more, out));
}

#[inline(always)]
fn row_by_block<V: Simd, S: Lanes, const R: usize>(
    v: V,
    slide: &Slide<'_, S>,
    vectors: usize,
    more: bool,
    (plane, out): (usize, &mut [S::Array]),
) {
    let [rows, columns] = &slide.lines;
    let [height, width] = slide.size;
    let zero = S::from(0_i8);
    let bias = each!(r in R, from zero => slide.bias.get(r).copied().unwrap_or(zero));
    let sum = Sum::<'_, S, R> {
        bias: if more { None } else { Some(bias) },
        source: S::vectors(slide.source),
        weights: slide.weights,
        planes: slide.planes,
        steps: [
            height * width * vectors,
            rows.source_tap_step.wrapping_mul(width * vectors),
            columns.source_tap_step.wrapping_mul(vectors),
        ],
        plane,
    };
    let interior = columns.interior();
    for j in 0..rows.count {
        let down = rows.taps(j);
        let spot = |column: usize, across: Range<usize>| Spot {
            weight: down.start * slide.weights.row + across.start * slide.weights.column,
            row: rows.place(j, down.start).wrapping_mul(width * vectors),
            place: columns.place(column, across.start).wrapping_mul(vectors),
            to: ((rows.first + j * rows.step) * slide.out_width + columns.first + column * columns.step)
                * vectors,
            taps: [down.len(), across.len()],
            steps: [1; 2],
        };
        for column in (0..interior.start).chain(interior.end.max(interior.start)..columns.count) {
            places_of_run(v, &sum, spot(column, columns.taps(column)), vectors, &mut *out);
        }
        if interior.is_empty() {
            continue;
        }
        let inside = spot(interior.start, 0..columns.taps);
        if columns.source_step == 1 && columns.step == 1 {
            // Side by side, the vectors of samples are places of the row like its columns.
            places_of_run(v, &sum, inside, interior.len() * vectors, &mut *out);
        } else {
            for vector in 0..vectors {
                let (place, to) = (inside.place.wrapping_add(vector), inside.to + vector);
                let steps = [columns.source_step, columns.step].map(|step| step * vectors);
                places_of_run(v, &sum, Spot { place, to, steps, ..inside }, interior.len(), &mut *out);
            }
        }
    }
}

/// What all sums of an output row have in common.
struct Sum<'a, S: Lanes, const R: usize> {
    /// What a sum begins with, unless that is what the output holds.
    bias: Option<[S; R]>,
    source: &'a [S::Array],
    weights: Weights<'a, S>,
    planes: usize,
    /// Distances in the source: of planes, of taps in rows and in columns.
    steps: [usize; 3],
    /// Length of an output plane.
    plane: usize,
}

/// So many places that the same taps meet.
#[inline(always)]
fn places_of_run<V: Simd, S: Lanes, const R: usize>(
    v: V,
    sum: &Sum<'_, S, R>,
    spot: Spot,
    count: usize,
    out: &mut [S::Array],
) {
    let apart = spot.steps != [1; 2];
    let mut place = 0;
    while place < count {
        let several = const { block::<V, S>().1 == 4 };
        let (first, width) = match count - place {
            4.. if several => (place, 4),
            // It overlaps the one before it rather than be narrower, unless it adds to what that one has written.
            3 if several && count > 3 && sum.bias.is_some() => (count - 4, 4),
            2..4 if several && !apart => (place, 2),
            _ => (place, 1),
        };
        let [step, out_step] = spot.steps;
        let spot =
            Spot { place: spot.place.wrapping_add(first * step), to: spot.to + first * out_step, ..spot };
        match width {
            4 if const { block::<V, S>().1 == 4 } && apart => {
                out_of_line!(v => panel::<V, S, R, 4, true>(v, sum, spot, out))
            }
            4 if const { block::<V, S>().1 == 4 } => {
                out_of_line!(v => panel::<V, S, R, 4, false>(v, sum, spot, out))
            }
            2 if const { block::<V, S>().1 == 4 } => {
                out_of_line!(v => panel::<V, S, R, 2, false>(v, sum, spot, out))
            }
            _ => out_of_line!(v => panel::<V, S, R, 1, false>(v, sum, spot, out)),
        }
        place = first + width;
    }
}

/// `R` output planes at `P` places, side by side or `APART`.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize, const P: usize, const APART: bool>(
    v: V,
    sum: &Sum<'_, S, R>,
    spot: Spot,
    out: &mut [S::Array],
) {
    let [step, out_step] = spot.steps;
    let mut acc = [[splat::<V, S>(v, S::from(0_i8)); P]; R];
    for r in 0..R {
        for p in 0..P {
            acc[r][p] = match sum.bias {
                Some(bias) => splat(v, bias[r]),
                None => load_place::<V, S>(v, out, r * sum.plane + spot.to + p * out_step),
            };
        }
    }
    let Weights { values, plane, row, column } = sum.weights;
    let mut loops = [
        (sum.planes, sum.steps[0], plane),
        (spot.taps[0], sum.steps[1], row),
        (spot.taps[1], sum.steps[2], column),
    ];
    // The innermost loop is one that has something to do.
    for _ in 0..2 {
        if loops[2].0 == 1 {
            loops.rotate_right(1);
        }
    }
    let [(planes, plane_step, plane_weight), (rows, row_step, row_weight), (taps, tap_step, tap_weight)] =
        loops;
    let first = spot.row.wrapping_add(spot.place);
    for a in 0..planes {
        for b in 0..rows {
            let mut place =
                first.wrapping_add(a.wrapping_mul(plane_step)).wrapping_add(b.wrapping_mul(row_step));
            let mut weight = spot.weight + a * plane_weight + b * row_weight;
            for _ in 0..taps {
                let Some(w) = chunk::<S, R>(values, weight) else {
                    does_not_fit();
                    break;
                };
                let Some(x) = sources::<V, S, P, APART>(v, sum.source, place, step) else {
                    does_not_fit();
                    break;
                };
                for r in 0..R {
                    let w = splat(v, w[r]);
                    for p in 0..P {
                        acc[r][p] = x[p].mul_add(w, acc[r][p]);
                    }
                }
                place = place.wrapping_add(tap_step);
                weight += tap_weight;
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            match out.get_mut(r * sum.plane + spot.to + p * out_step) {
                Some(out) => acc[r][p].store_array(out),
                None => does_not_fit(),
            }
        }
    }
}

/// The vectors at `P` places, side by side or `APART` by `step`.
#[inline(always)]
fn sources<V: Simd, S: Lanes, const P: usize, const APART: bool>(
    v: V,
    source: &[S::Array],
    place: usize,
    step: usize,
) -> Option<[S::Vector<V>; P]> {
    if !APART {
        return Some(load::<V, S, P>(v, chunk(source, place)?));
    }
    let source = source.get(place..)?;
    let mut x = [splat::<V, S>(v, S::from(0_i8)); P];
    for p in 0..P {
        x[p] = S::Vector::<V>::load_array_ref(v, source.get(p * step)?);
    }
    Some(x)
}
