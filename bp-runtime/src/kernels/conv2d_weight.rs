//! The weight gradient of convolutions: products summed over positions and samples, in the lanes.

use super::block::{each, is_double, out_of_line, parts, pieces, splat, with_size};
use crate::geometry::Axis;
use crate::geometry::Convolution2d;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Output channels and taps in a block.
const fn block<V: Simd, S: Lanes>() -> (usize, usize) {
    match register::<V>() {
        16 if is_double::<S>() => (4, 3),
        16 => (4, 5),
        8 => (2, 2),
        4 if cfg!(target_arch = "aarch64") => (3, 2),
        _ => (2, 1),
    }
}

/// What the blocks of one group have in common.
#[derive(Clone, Copy)]
struct Group<'a, S: Lanes> {
    x: &'a [S::Array],
    dy: &'a [S::Array],
    rows: &'a Axis,
    columns: &'a Axis,
    vectors: usize,
    /// Distances of neighbouring taps in x (in vectors) and in the weights.
    x_step: usize,
    weight_step: usize,
}

#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    convolution: &Convolution2d,
    tile: usize,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    let vectors = tile / S::LANES;
    let (dweight, dbias) = gradient.split_at_mut(convolution.weights().min(gradient.len()));
    let [rows, columns] = &convolution.axes;
    let [into, out] = convolution.per_group();
    let plane = rows.output * columns.output * vectors;
    for (db, dy) in dbias.iter_mut().zip(pieces(S::vectors(dy), plane)) {
        *db = *db + sum::<V, S>(v, dy);
    }
    let [x_plane, kernel] = [rows.input * columns.input * vectors, rows.kernel * columns.kernel];
    let groups = pieces(S::vectors(x), into * x_plane);
    for (group, (x, dy)) in groups.zip(pieces(S::vectors(dy), out * plane)).enumerate() {
        let dweight = dweight.part_mut(group * out..);
        // Kernels of one column find several taps at once in neighbouring channels instead.
        let (channels, along, x_step, weight_step) = if columns.kernel == 1 {
            (1, into, x_plane, kernel * convolution.out_channels)
        } else {
            (into, columns.kernel, columns.dilation * vectors, convolution.out_channels)
        };
        for (channel, height) in parts(out, block::<V, S>().0) {
            let dy = dy.part(channel * plane..);
            let dweight = dweight.part_mut(channel..);
            for plane in 0..channels {
                let x = x.part(plane * x_plane..);
                let group = Group::<'_, S> { x, dy, rows, columns, vectors, x_step, weight_step };
                for ky in 0..rows.kernel {
                    let first = (plane * rows.kernel + ky) * columns.kernel * convolution.out_channels;
                    let dweight = dweight.part_mut(first..);
                    with_size!(height, block::<V, S>().0, R =>
                        taps_of_row::<V, S, R>(v, &group, ky, along, dweight));
                }
            }
        }
    }
}

/// The taps of one row of the kernel, for the first `R` output channels.
#[inline(always)]
fn taps_of_row<V: Simd, S: Lanes, const R: usize>(
    v: V,
    group: &Group<'_, S>,
    ky: usize,
    along: usize,
    dweight: &mut [S],
) {
    let columns = group.columns;
    // The outputs that all taps of the row have in common; what a tap has beside them is added after.
    let common = (0..columns.kernel)
        .map(|tap| columns.outputs_of(tap))
        .reduce(|a, b| a.start.max(b.start)..a.end.min(b.end))
        .filter(|common| !common.is_empty())
        .unwrap_or(0..0);
    for (tap, width) in parts(along, block::<V, S>().1) {
        let spot = Spot { ky, tap, common: common.clone() };
        with_size!(width, block::<V, S>().1, K =>
            out_of_line!(v => panel::<V, S, R, K>(v, group, &spot, dweight)));
    }
}

/// Where a block stands: its row of the kernel, its first tap, and the output columns that all taps of the row meet.
struct Spot {
    ky: usize,
    tap: usize,
    common: Range<usize>,
}

/// `R` output channels and `K` taps.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize, const K: usize>(
    v: V,
    group: &Group<'_, S>,
    spot: &Spot,
    dweight: &mut [S],
) {
    let Group { rows, columns, vectors, x_step, .. } = *group;
    let zero = splat::<V, S>(v, S::from(0_i8));
    let mut acc = [[zero; K]; R];
    let all_taps = slices::<S, R, K>(group);
    // Along a row of the kernel, or along channels.
    let shift = if columns.kernel == 1 { 0 } else { spot.tap };
    let across = if columns.kernel == 1 { spot.tap * x_step } else { 0 };
    let common = &spot.common;
    let places = |oy: usize, column: usize, tap: usize| {
        let row = across + rows.position(oy, spot.ky) * columns.input * vectors;
        let x = row.wrapping_add(columns.position(column, tap).wrapping_mul(vectors));
        [(oy * columns.output + column) * vectors, x]
    };
    // Columns side by side are one stretch of vectors.
    let (stretches, length) = if columns.stride == 1 {
        (common.len().min(1), common.len() * vectors)
    } else {
        (common.len(), vectors)
    };
    for oy in rows.outputs_of(spot.ky) {
        for stretch in 0..stretches {
            let places = places(oy, common.start + stretch, shift);
            multiply_add::<V, S, R, K>(v, &all_taps, places, length, &mut acc);
        }
    }
    for k in 0..if columns.kernel == 1 { 0 } else { K } {
        let all = columns.outputs_of(spot.tap + k);
        if all == *common {
            continue;
        }
        let (before, after) =
            if common.is_empty() { (all, 0..0) } else { (all.start..common.start, common.end..all.end) };
        let tap = slices::<S, R, 1>(group);
        let mut one = each!(r in R, from [zero] => [acc[r][k]]);
        for oy in rows.outputs_of(spot.ky) {
            for column in before.clone().chain(after.clone()) {
                let places = places(oy, column, spot.tap + k);
                multiply_add::<V, S, R, 1>(v, &tap, places, vectors, &mut one);
            }
        }
        for r in 0..R {
            acc[r][k] = one[r][0];
        }
    }
    for k in 0..K {
        let sums = sums::<V, S, R>(each!(r in R, from zero => acc[r][k])).to_array();
        let dweight = dweight.part_mut((spot.tap + k) * group.weight_step..);
        for (dweight, sum) in dweight.iter_mut().zip(sums.as_ref()).take(R) {
            *dweight = *dweight + *sum;
        }
    }
}

/// The planes of `R` output channels, and what `K` taps meet from the first that any of them does; each of one length.
type Slices<'a, S, const R: usize, const K: usize> =
    ([&'a [<S as Lanes>::Array]; R], [&'a [<S as Lanes>::Array]; K]);

/// Where the input is so small that taps lie further apart than it is long, there is nothing that all of them meet.
#[inline(always)]
fn slices<'a, S: Lanes, const R: usize, const K: usize>(group: &Group<'a, S>) -> Slices<'a, S, R, K> {
    let plane = group.rows.output * group.columns.output * group.vectors;
    let length = group.x.len().saturating_sub((K - 1) * group.x_step);
    let (mut dy, mut x): Slices<'_, S, R, K> = ([&[]; R], [&[]; K]);
    for r in 0..R {
        dy[r] = group.dy.part(r * plane..(r + 1) * plane);
    }
    for k in 0..K {
        x[k] = if length == 0 { &[] } else { group.x.part(k * group.x_step..k * group.x_step + length) };
    }
    (dy, x)
}

/// `acc[r][k] += Σ x[k] dy[r]` over so many vectors from the given places of `dy` and `x` on.
#[inline(always)]
fn multiply_add<V: Simd, S: Lanes, const R: usize, const K: usize>(
    v: V,
    (dy, x): &Slices<'_, S, R, K>,
    [mut dy_place, mut x_place]: [usize; 2],
    length: usize,
    acc: &mut [[S::Vector<V>; K]; R],
) {
    for _ in 0..length {
        // They always are; said here, so that there is no branch that panics.
        if !(dy.iter().all(|dy| dy_place < dy.len()) && x.iter().all(|x| x_place < x.len())) {
            does_not_fit();
            break;
        }
        let zero = splat::<V, S>(v, S::from(0_i8));
        let dy = each!(r in R, from zero => S::Vector::<V>::load_array_ref(v, &dy[r][dy_place]));
        for k in 0..K {
            let x = S::Vector::<V>::load_array_ref(v, &x[k][x_place]);
            for r in 0..R {
                acc[r][k] = x.mul_add(dy[r], acc[r][k]);
            }
        }
        dy_place += 1;
        x_place = x_place.wrapping_add(1);
    }
}

/// The sums of up to as many vectors as one has lanes, in its first lanes: neighbours are added, then neighbours of
/// these sums.
#[inline(always)]
fn sums<V: Simd, S: Lanes, const N: usize>(mut x: [S::Vector<V>; N]) -> S::Vector<V> {
    let mut count = N;
    for _ in 0..S::LANES.trailing_zeros() {
        for place in 0..count.div_ceil(2) {
            let (a, b) = (x[2 * place], x[(2 * place + 1).min(count - 1)]);
            x[place] = a.unzip_low(b) + a.unzip_high(b);
        }
        count = count.div_ceil(2);
    }
    x[0]
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
