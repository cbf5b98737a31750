//! The weight gradient of convolutions of one sample with few output channels in a group: the places of planes in the
//! lanes. See [`conv_one_planes`](super::conv_one_planes).

use super::block::{each, out_of_line, parts, splat, with_size};
use super::conv_one::Sweep;
use super::conv_one_planes::{Planes, ROOM, TAPS, copy, offsets};
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Output channels and taps in a block.
const fn block<V: Simd>() -> (usize, usize) {
    match register::<V>() {
        16 => (4, 4),
        8 => (2, 2),
        _ => (2, 1),
    }
}

/// The gradient of all weights, so many rows of the output at a time. `sweep` is the forward pass of the first group.
#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    sweep: &Sweep<'_, S>,
    groups: usize,
    height: usize,
    dy: &[S],
    dweight: &mut [S],
) {
    let mut room = [S::from(0_i8); ROOM];
    let mut taps = [[0; 2]; TAPS];
    let [rows, columns] = &sweep.lines;
    let across = 0..columns.count;
    for row in (0..rows.count).step_by(height.max(1)) {
        let down = row..rows.count.min(row + height);
        let planes = Planes::of(&sweep.lines, [&down, &across]);
        let count = offsets(sweep, &planes, [&down, &across], &mut taps);
        let places = (down.len() * planes.0[1].count).next_multiple_of(S::LANES);
        room.fill(S::from(0_i8));
        // The outputs first: nothing that is not finite is read behind the sources but what belongs to them.
        let (outputs, sources) = room.split_at_mut((places * sweep.channels).min(ROOM));
        for group in 0..groups {
            let of =
                Sweep { source: sweep.source.part(group * sweep.planes * sweep.source_steps[0]..), ..*sweep };
            copy(&of, &planes, sources);
            let dy = dy.part(group * of.channels * of.out_steps[0]..);
            copy_outputs(&of, dy, &down, (planes.0[1].count, places), outputs);
            let run = Run { of: &of, size: planes.size(), places, sources, outputs };
            let dweight = dweight.part_mut(group * of.channels..);
            for plane in 0..of.planes {
                for (tap, width) in parts(count, const { block::<V>().1 }) {
                    let taps = taps.part(tap..tap + width);
                    for (channel, height) in parts(of.channels, const { block::<V>().0 }) {
                        with_size!(height, block::<V>().0, R => with_size!(width, block::<V>().1, K =>
                            out_of_line!(v =>
                                panel::<V, S, R, K>(v, &run, [plane, channel], taps, dweight))));
                    }
                }
            }
        }
    }
}

/// Copies some rows of all channels, as far apart as the sources' are.
#[inline(never)]
fn copy_outputs<S: Lanes>(
    of: &Sweep<'_, S>,
    dy: &[S],
    down: &Range<usize>,
    (pitch, places): (usize, usize),
    to: &mut [S],
) {
    let width = of.lines[1].count;
    for channel in 0..of.channels {
        for (row, place) in down.clone().enumerate() {
            let from = channel * of.out_steps[0] + place * of.out_steps[1];
            let first = channel * places + row * pitch;
            for (to, dy) in to.part_mut(first..first + width).iter_mut().zip(dy.part(from..from + width)) {
                *to = *dy;
            }
        }
    }
}

/// What the blocks of one group have in common.
struct Run<'a, S> {
    of: &'a Sweep<'a, S>,
    /// Numbers of a copied plane, and of an output channel.
    size: usize,
    places: usize,
    sources: &'a [S],
    outputs: &'a [S],
}

/// `R` output channels and `K` taps of a plane.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize, const K: usize>(
    v: V,
    run: &Run<'_, S>,
    [plane, channel]: [usize; 2],
    taps: &[[usize; 2]],
    dweight: &mut [S],
) {
    let zero = splat::<V, S>(v, S::from(0_i8));
    let places = run.places;
    let mut dy: [&[S::Array]; R] = [&[]; R];
    let mut x: [&[S::Array]; K] = [&[]; K];
    for r in 0..R {
        dy[r] = S::vectors(run.outputs.part((channel + r) * places..(channel + r + 1) * places));
    }
    for (x, [offset, _]) in x.iter_mut().zip(taps) {
        let first = plane * run.size + offset;
        *x = S::vectors(run.sources.part(first..first + places));
    }
    let mut acc = [[zero; K]; R];
    for vector in 0..places / S::LANES {
        // They always are; said here, so that there is no branch that panics.
        if !(dy.iter().all(|dy| vector < dy.len()) && x.iter().all(|x| vector < x.len())) {
            does_not_fit();
            break;
        }
        let dy = each!(r in R, from zero => S::Vector::<V>::load_array_ref(v, &dy[r][vector]));
        for k in 0..K {
            let x = S::Vector::<V>::load_array_ref(v, &x[k][vector]);
            for r in 0..R {
                acc[r][k] = x.mul_add(dy[r], acc[r][k]);
            }
        }
    }
    for (k, [_, weight]) in taps.iter().enumerate().take(K) {
        let first = plane * run.of.weight_steps[0] + weight + channel;
        for r in 0..R {
            match dweight.get_mut(first + r) {
                Some(dw) => *dw = *dw + acc[r][k].reduce_sum(),
                None => does_not_fit(),
            }
        }
    }
}
