//! Convolutions, samples in the lanes: forward and input gradient are one kernel, a sliding product.

use super::block::{chunk, load_place, parts, pieces, pieces_mut, splat, with_size};
use super::line::Line;
use crate::layers::Conv2d;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::array::from_fn;
use core::ops::Range;

/// Output planes and positions in a block. Backward, where the weights of neighbouring planes do not lie together,
/// their places need registers too.
const fn block<V: Simd, const FORWARD: bool>() -> (usize, usize) {
    match register::<V>() {
        16 => (6, 4),
        8 if FORWARD => (3, 2),
        8 => (2, 2),
        4 if cfg!(target_arch = "aarch64") => (3, 2),
        _ => (2, 1),
    }
}

/// One group of a convolution, in either direction.
#[derive(Clone, Copy)]
struct Slide<'a, S: Lanes> {
    weight: &'a [S],
    /// Distance of the weights of neighbouring output planes.
    weight_step: usize,
    /// Distance of the weights of neighbouring source planes.
    plane_step: usize,
    /// Distance of the weights of neighbouring taps: rows, columns.
    tap_step: [usize; 2],
    source: &'a [S::Array],
    /// Planes of the source.
    planes: usize,
    /// Rows and columns of a source plane.
    size: [usize; 2],
    /// Sample vectors in a feature.
    vectors: usize,
}

#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    layer: &Conv2d,
    tile: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let vectors = tile / S::LANES;
    let (weight, bias) = parameters.split_at(layer.weights().min(parameters.len()));
    let [rows, columns] = layer.axes();
    let [into, out] = layer.per_group();
    let xs = pieces(S::vectors(x), into * rows.input * columns.input * vectors);
    let ys = pieces_mut(S::vectors_mut(y), out * rows.output * columns.output * vectors);
    for (group, (source, y)) in xs.zip(ys).enumerate() {
        let slide = Slide {
            weight: weight.get(group * out..).unwrap_or(&[]),
            weight_step: 1,
            plane_step: rows.kernel * columns.kernel * layer.out_channels,
            tap_step: [columns.kernel * layer.out_channels, layer.out_channels],
            source,
            planes: into,
            size: [rows.input, columns.input],
            vectors,
        };
        let bias = bias.get(group * out..).unwrap_or(&[]);
        let lines = [Line::forward(&rows), Line::forward(&columns)];
        planes::<V, S, true>(v, &slide, bias, lines, (out, columns.output), y);
    }
}

#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    layer: &Conv2d,
    tile: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let vectors = tile / S::LANES;
    let [rows, columns] = layer.axes();
    let [into, out] = layer.per_group();
    let dys = pieces(S::vectors(dy), out * rows.output * columns.output * vectors);
    let dxs = pieces_mut(S::vectors_mut(dx), into * rows.input * columns.input * vectors);
    for (group, (source, dx)) in dys.zip(dxs).enumerate() {
        let slide = Slide {
            weight: parameters.get(group * out..layer.weights()).unwrap_or(&[]),
            weight_step: rows.kernel * columns.kernel * layer.out_channels,
            plane_step: 1,
            tap_step: [columns.kernel * layer.out_channels, layer.out_channels],
            source,
            planes: out,
            size: [rows.output, columns.output],
            vectors,
        };
        for row_phase in 0..rows.stride.min(rows.input) {
            for column_phase in 0..columns.stride.min(columns.input) {
                let lines = [Line::backward(&rows, row_phase), Line::backward(&columns, column_phase)];
                planes::<V, S, false>(v, &slide, &[], lines, (into, columns.input), dx);
            }
        }
    }
}

/// All output planes of a group, `out`, on the given lines.
#[inline(always)]
fn planes<V: Simd, S: Lanes, const FORWARD: bool>(
    v: V,
    slide: &Slide<'_, S>,
    bias: &[S],
    lines: [Line; 2],
    (count, width): (usize, usize),
    out: &mut [S::Array],
) {
    let [rows, columns] = lines;
    let plane = out.len() / count.max(1);
    let interior = columns.interior();
    let (channels, positions) = block::<V, FORWARD>();
    for (channel, height) in parts(count, channels) {
        let slide =
            &Slide { weight: slide.weight.get(channel * slide.weight_step..).unwrap_or(&[]), ..*slide };
        let bias = bias.get(channel..).unwrap_or(&[]);
        let out = out.get_mut(channel * plane..).unwrap_or(&mut []);
        for j in 0..rows.count {
            let taps = [rows.taps(j), 0..columns.taps];
            let mut column = 0;
            while column < columns.count {
                let inside = interior.contains(&column) && interior.len() >= positions && positions > 1;
                // The last block of the interior overlaps the one before it rather than be narrower.
                let first = if inside { column.min(interior.end - positions) } else { column };
                let mut taps = taps.clone();
                taps[1] = if inside { 0..columns.taps } else { columns.taps(column) };
                let place = (rows.first + j * rows.step) * width + columns.first + first * columns.step;
                let spot = Spot {
                    lines: &lines,
                    taps: &taps,
                    source: [rows.place(j, 0), columns.place(first, 0)],
                    place: place * slide.vectors,
                    plane,
                };
                let mut vector = 0;
                while vector < slide.vectors {
                    // A block is wide in positions, or at the edges in sample vectors.
                    let steps = [columns.source_step, columns.step].map(|step| step * slide.vectors);
                    let pair =
                        const { block::<V, FORWARD>().1 == 4 } && !inside && vector + 2 <= slide.vectors;
                    if const { block::<V, FORWARD>().1 == 4 } && inside {
                        with_size!(height, block::<V, FORWARD>().0, R =>
                            panel::<V, S, R, 4, FORWARD>(v, slide, bias, &spot, (vector, steps), out));
                    } else if const { block::<V, FORWARD>().1 == 2 } && inside {
                        with_size!(height, block::<V, FORWARD>().0, R =>
                            panel::<V, S, R, 2, FORWARD>(v, slide, bias, &spot, (vector, steps), out));
                    } else if const { block::<V, FORWARD>().1 == 4 } && pair {
                        with_size!(height, block::<V, FORWARD>().0, R =>
                            panel::<V, S, R, 2, FORWARD>(v, slide, bias, &spot, (vector, [1; 2]), out));
                    } else {
                        with_size!(height, block::<V, FORWARD>().0, R =>
                            panel::<V, S, R, 1, FORWARD>(v, slide, bias, &spot, (vector, steps), out));
                    }
                    vector += if pair { 2 } else { 1 };
                }
                column = if inside { first + positions } else { column + 1 };
            }
        }
    }
}

/// Where a block stands.
struct Spot<'a> {
    lines: &'a [Line; 2],
    taps: &'a [Range<usize>; 2],
    /// Row and column in the source that tap 0 meets.
    source: [usize; 2],
    /// Place in the output plane, in vectors, and the length of a plane.
    place: usize,
    plane: usize,
}

/// `R` output planes, from a sample vector on `P` vectors that lie `steps` apart, in source and output.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize, const P: usize, const FORWARD: bool>(
    v: V,
    slide: &Slide<'_, S>,
    bias: &[S],
    spot: &Spot<'_>,
    (vector, [step, out_step]): (usize, [usize; 2]),
    out: &mut [S::Array],
) {
    let [rows, columns] = spot.lines;
    let [height, width] = slide.size;
    let zero = S::from(0_i8);
    let mut acc: [[S::Vector<V>; P]; R] = from_fn(|r| [splat(v, bias.get(r).copied().unwrap_or(zero)); P]);
    let tap_step = columns.source_tap_step.wrapping_mul(slide.vectors);
    let weight_step = columns.tap_step * slide.tap_step[1];
    // Where no tap meets the source, places would be negative.
    let planes = if spot.taps[1].is_empty() { 0 } else { slide.planes };
    for plane in 0..planes {
        for u in spot.taps[0].clone() {
            let row = spot.source[0].wrapping_add(u.wrapping_mul(rows.source_tap_step));
            let first = spot.taps[1].start;
            let column = spot.source[1].wrapping_add(first.wrapping_mul(columns.source_tap_step));
            let mut place = ((plane * height + row) * width + column) * slide.vectors + vector;
            let tap = [rows.tap + u * rows.tap_step, columns.tap + first * columns.tap_step];
            let mut weight =
                plane * slide.plane_step + tap[0] * slide.tap_step[0] + tap[1] * slide.tap_step[1];
            for _ in spot.taps[1].clone() {
                let x: [S::Vector<V>; P] = from_fn(|p| load_place::<V, S>(v, slide.source, place + p * step));
                let w: [S; R] = if FORWARD {
                    chunk(slide.weight, weight).copied().unwrap_or([zero; R])
                } else {
                    from_fn(|r| slide.weight.get(weight + r * slide.weight_step).copied().unwrap_or(zero))
                };
                for r in 0..R {
                    let w = splat(v, w[r]);
                    for p in 0..P {
                        acc[r][p] = x[p].mul_add(w, acc[r][p]);
                    }
                }
                place = place.wrapping_add(tap_step);
                weight += weight_step;
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            if let Some(out) = out.get_mut(r * spot.plane + spot.place + p * out_step + vector) {
                acc[r][p].store_array(out);
            }
        }
    }
}
