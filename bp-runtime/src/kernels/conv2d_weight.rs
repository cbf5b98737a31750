//! The weight gradient of convolutions: products summed over positions and samples, in the lanes.

use super::axis::Axis;
use super::block::{load_place, parts, pieces, splat, with_size};
use crate::layers::Conv2d;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::array::from_fn;
use core::ops::Range;

/// Output channels and taps in a block.
const fn block<V: Simd>() -> (usize, usize) {
    match register::<V>() {
        16 => (4, 5),
        8 => (2, 2),
        4 if cfg!(target_arch = "aarch64") => (3, 2),
        _ => (2, 1),
    }
}

/// What the blocks of one input channel, or of one group of 1×1 taps, have in common.
#[derive(Clone, Copy)]
struct Taps<'a, S: Lanes> {
    x: &'a [S::Array],
    dy: &'a [S::Array],
    rows: &'a Axis,
    columns: &'a Axis,
    /// The row of the kernel.
    ky: usize,
    vectors: usize,
    /// Distances of neighbouring taps in x (in features) and in the weights.
    x_step: usize,
    weight_step: usize,
}

#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    layer: &Conv2d,
    tile: usize,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    let vectors = tile / S::LANES;
    let (dweight, dbias) = gradient.split_at_mut(layer.weights().min(gradient.len()));
    let [rows, columns] = layer.axes();
    let [into, out] = layer.per_group();
    let plane = rows.output * columns.output * vectors;
    for (db, dy) in dbias.iter_mut().zip(pieces(S::vectors(dy), plane)) {
        *db = *db + sum::<V, S>(v, dy);
    }
    let [x_plane, kernel] = [rows.input * columns.input, rows.kernel * columns.kernel];
    let groups = pieces(S::vectors(x), into * x_plane * vectors);
    for (group, (x, dy)) in groups.zip(pieces(S::vectors(dy), out * plane)).enumerate() {
        // Kernels of one column find several taps at once in neighbouring channels instead.
        let (channels, along, x_step, weight_step) = if columns.kernel == 1 {
            (1, into, x_plane, kernel * layer.out_channels)
        } else {
            (into, columns.kernel, columns.dilation, layer.out_channels)
        };
        for channel in 0..channels {
            for ky in 0..rows.kernel {
                let x = x.get(channel * x_plane * vectors..).unwrap_or(&[]);
                let taps = Taps { x, dy, rows: &rows, columns: &columns, ky, vectors, x_step, weight_step };
                let first = (channel * rows.kernel + ky) * columns.kernel * layer.out_channels + group * out;
                let dweight = dweight.get_mut(first..).unwrap_or(&mut []);
                taps_of_row::<V, S>(v, &taps, (out, along), dweight);
            }
        }
    }
}

/// The taps of one row of the kernel, for all output channels.
#[inline(always)]
fn taps_of_row<V: Simd, S: Lanes>(v: V, taps: &Taps<'_, S>, (out, along): (usize, usize), dweight: &mut [S]) {
    let columns = taps.columns;
    let shared = columns.kernel == 1;
    let meets = |tap: usize| columns.outputs_of(if shared { 0 } else { tap });
    // The outputs that all taps of the row have in common; what a tap has beside them is added after.
    let common = (0..along).map(meets).reduce(|a, b| a.start.max(b.start)..a.end.min(b.end));
    let common = common.filter(|common| !common.is_empty()).unwrap_or(0..0);
    let (channels, width) = block::<V>();
    for (channel, height) in parts(out, channels) {
        for (tap, width) in parts(along, width) {
            let spot = Spot { channel, tap, range: common.clone() };
            with_size!(height, block::<V>().0, R => with_size!(width, block::<V>().1, K =>
                panel::<V, S, R, K>(v, taps, &spot, dweight)));
        }
        for tap in 0..along {
            let all = meets(tap);
            let rest =
                if common.is_empty() { [all, 0..0] } else { [all.start..common.start, common.end..all.end] };
            for range in rest {
                let spot = Spot { channel, tap, range };
                with_size!(height, block::<V>().0, R => panel::<V, S, R, 1>(v, taps, &spot, dweight));
            }
        }
    }
}

/// Where a block stands: its first output channel, its first tap, and the output columns.
struct Spot {
    channel: usize,
    tap: usize,
    range: Range<usize>,
}

/// `R` output channels and `K` taps.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize, const K: usize>(
    v: V,
    taps: &Taps<'_, S>,
    spot: &Spot,
    dweight: &mut [S],
) {
    let Taps { rows, columns, vectors, .. } = *taps;
    if spot.range.is_empty() {
        return;
    }
    let mut acc = [[splat::<V, S>(v, S::from(0_i8)); K]; R];
    let shift = if columns.kernel == 1 { 0 } else { spot.tap };
    let channels = if columns.kernel == 1 { spot.tap * taps.x_step } else { 0 };
    let plane = rows.output * columns.output * vectors;
    for oy in rows.outputs_of(taps.ky) {
        let mut dy = ((spot.channel * rows.output + oy) * columns.output + spot.range.start) * vectors;
        let column = columns.position(spot.range.start, shift);
        let mut x = (channels + rows.position(oy, taps.ky) * columns.input + column) * vectors;
        for _ in spot.range.clone() {
            for vector in 0..vectors {
                let dy: [S::Vector<V>; R] =
                    from_fn(|r| load_place::<V, S>(v, taps.dy, dy + r * plane + vector));
                let x: [S::Vector<V>; K] =
                    from_fn(|k| load_place::<V, S>(v, taps.x, x + k * taps.x_step * vectors + vector));
                for r in 0..R {
                    for k in 0..K {
                        acc[r][k] = x[k].mul_add(dy[r], acc[r][k]);
                    }
                }
            }
            dy += vectors;
            x += columns.stride * vectors;
        }
    }
    for k in 0..K {
        let first = (spot.tap + k) * taps.weight_step + spot.channel;
        for r in 0..R {
            if let Some(dweight) = dweight.get_mut(first + r) {
                *dweight = *dweight + acc[r][k].reduce_sum();
            }
        }
    }
}

/// The sum of all numbers, in four parts.
#[inline(always)]
fn sum<V: Simd, S: Lanes>(v: V, values: &[S::Array]) -> S {
    let mut acc = [splat::<V, S>(v, S::from(0_i8)); 4];
    let (groups, rest) = values.as_chunks::<4>();
    for group in groups {
        for k in 0..4 {
            acc[k] += S::Vector::<V>::load_array_ref(v, &group[k]);
        }
    }
    for values in rest {
        acc[0] += S::Vector::<V>::load_array_ref(v, values);
    }
    ((acc[0] + acc[1]) + (acc[2] + acc[3])).reduce_sum()
}
