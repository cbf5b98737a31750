//! The weight gradient of convolutions of one sample: output channels in the lanes, summed over positions.

use super::bias;
use super::block::{each, load_partly, out_of_line, parts, splat, store_partly, with_size};
use super::by_channels;
use super::conv_one::Sweep;
use super::conv_one_depthwise as depthwise;
use super::conv_one_images as images;
use super::conv_one_planes as planes;
use super::conv_one_planes_weight as by_planes;
use super::transpose::{self, Places, Planes};
use crate::geometry::ConvolutionOne;
use crate::parts::{Parts as _, does_not_fit};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};
use core::ops::Range;

/// Weights of an output channel in a block.
const fn block<V: Simd>() -> usize {
    match register::<V>() {
        16 => 8,
        8 => 5,
        4 if cfg!(target_arch = "aarch64") => 5,
        _ => 2,
    }
}

/// Output positions with up to a vector of channels side by side.
#[derive(Clone)]
struct Positions<'a, S> {
    dy: &'a [S],
    /// Distances of rows and columns in `dy`.
    steps: [usize; 2],
    rows: Range<usize>,
    columns: Range<usize>,
}

/// `dW += x ⋆ dy`, `db += Σ dy`
#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    if depthwise::is_such(of) {
        return depthwise::weight_gradient(v, of, x, dy, gradient);
    }
    let (dweight, dbias) = gradient.split_at_mut(of.weights().min(gradient.len()));
    if const { by_channels::pays::<V, S>() } {
        let height = images::rows_at_once(of);
        if height > 0 {
            images::weight_gradient(v, of, height, (x, dy), dweight);
            return bias::gradient(v, of.output_plane(), dy, dbias);
        }
    }
    let [into, out] = of.channels;
    let sweep = Sweep::forward(of, &[], x);
    let rows_at_once = if of.y_steps[2] == 1 { planes::rows_at_once::<S>(&sweep, out) } else { 0 };
    if rows_at_once > 0 {
        out_of_line!(v => by_planes::weight_gradient(v, &sweep, of.groups, rows_at_once, dy, dweight));
        return bias::gradient(v, of.output_plane(), dy, dbias);
    }
    for group in 0..of.groups {
        let x = x.after(group * into * of.x_steps[0]);
        for channel in (0..out).step_by(S::LANES) {
            let channels = S::LANES.min(out - channel);
            let channel = group * out + channel;
            let dy = dy.after(channel * of.y_steps[0]);
            let dweight = dweight.part_mut(channel..);
            let dbias = dbias.get_mut(channel..channel + channels).unwrap_or_default();
            let products = Products { of, x, channels };
            out_of_line!(v => one_vector(v, &products, dy, (dweight, dbias)));
        }
    }
}

/// What the blocks of a vector of channels have in common.
struct Products<'a, S> {
    of: &'a ConvolutionOne,
    x: &'a [S],
    channels: usize,
}

/// Up to a vector of channels.
#[inline(always)]
fn one_vector<V: Simd, S: Lanes>(
    v: V,
    products: &Products<'_, S>,
    dy: &[S],
    (dweight, dbias): (&mut [S], &mut [S]),
) {
    let of = products.of;
    if of.y_steps[0] == 1 {
        let [rows, columns] = [0..of.axes[0].output, 0..of.axes[1].output];
        let positions = Positions { dy, steps: [of.y_steps[1], of.y_steps[2]], rows, columns };
        all_taps(v, products, &positions, (dweight, dbias));
    } else {
        brought_together(v, products, dy, &mut [S::from(0_i8); 4096], (dweight, dbias));
    }
}

/// The same where channels do not lie side by side: some positions after the other, they are brought together.
#[inline(always)]
fn brought_together<V: Simd, S: Lanes>(
    v: V,
    products: &Products<'_, S>,
    dy: &[S],
    room: &mut [S],
    (dweight, dbias): (&mut [S], &mut [S]),
) {
    let of = products.of;
    let [rows, columns] = [of.axes[0].output, of.axes[1].output];
    let vectors = room.len() / S::LANES;
    let width = columns.min(vectors).max(1);
    let height = (vectors / width).max(1);
    for row in (0..rows).step_by(height) {
        let rows = row..rows.min(row + height);
        for column in (0..columns).step_by(width) {
            let columns = column..columns.min(column + width);
            // Whole rows follow each other.
            let (lines, length) = if width == of.axes[1].output {
                (1, rows.len() * columns.len())
            } else {
                (rows.len(), columns.len())
            };
            for line in 0..lines {
                let from = dy.after((row + line) * of.y_steps[1] + column * of.y_steps[2]);
                let to = S::vectors_mut(room).part_mut(line * columns.len()..);
                transpose::gather(v, from, &Planes::all(of.y_steps[0], length), to, Places::TOGETHER);
            }
            let steps = [columns.len() * S::LANES, S::LANES];
            let positions = Positions { dy: room, steps, rows: rows.clone(), columns };
            all_taps(v, products, &positions, (&mut *dweight, &mut *dbias));
        }
    }
}

/// All weights of up to a vector of channels, and their biases.
#[inline(always)]
fn all_taps<V: Simd, S: Lanes>(
    v: V,
    products: &Products<'_, S>,
    positions: &Positions<'_, S>,
    (dweight, dbias): (&mut [S], &mut [S]),
) {
    let of = products.of;
    let [rows, columns] = &of.axes;
    if !dbias.is_empty() {
        add_up(v, positions, dbias);
    }
    // Blocks of channels, which meet the same positions, or of taps, which do not at the edges.
    let [into, along] = [of.channels[0], columns.kernel];
    let by_taps = into < along.min(4);
    let (others, count) = if by_taps { (into, along) } else { (along, into) };
    for ky in 0..rows.kernel {
        let rows = common(&positions.rows, &rows.outputs_of(ky));
        for other in 0..others {
            for (first, count) in parts(count, const { block::<V>() }) {
                let [plane, kx] = if by_taps { [other, first] } else { [first, other] };
                let spot = Spot { plane, taps: [ky, kx], by_taps, rows: rows.clone() };
                some_weights(v, products, positions, &spot, count, dweight);
            }
        }
    }
}

#[inline(always)]
fn common(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let start = a.start.max(b.start);
    start..a.end.min(b.end).max(start)
}

/// Which weights a block has, and the rows of the output that they meet.
#[derive(Clone)]
struct Spot {
    /// The first one's channel, and its taps in rows and columns.
    plane: usize,
    taps: [usize; 2],
    /// Whether others are of the next taps in the row, or of the next channels.
    by_taps: bool,
    rows: Range<usize>,
}

/// So many weights of each channel: what they meet together, then what single taps meet beside it.
#[inline(always)]
fn some_weights<V: Simd, S: Lanes>(
    v: V,
    products: &Products<'_, S>,
    positions: &Positions<'_, S>,
    spot: &Spot,
    count: usize,
    dweight: &mut [S],
) {
    let columns = &products.of.axes[1];
    let met = |tap: usize| common(&positions.columns, &columns.outputs_of(tap));
    let kx = spot.taps[1];
    // What all taps meet, whichever of them a block has: so the order of a sum does not depend on the block.
    let [first, last] =
        if spot.by_taps { [met(0), met(columns.kernel.saturating_sub(1))] } else { [met(kx), met(kx)] };
    // Later taps meet earlier outputs.
    let all = first.start..last.end.max(first.start);
    if !all.is_empty() {
        with_size!(count, block::<V>(), R =>
            out_of_line!(v => panel::<V, S, R>(v, products, positions, (spot, all.clone()), dweight)));
    }
    if !spot.by_taps {
        return;
    }
    for k in 0..count {
        let own = met(kx + k);
        let [before, after] = if all.is_empty() {
            [own, 0..0]
        } else {
            [own.start..all.start.min(own.end), all.end.max(own.start)..own.end]
        };
        let spot = Spot { taps: [spot.taps[0], kx + k], ..spot.clone() };
        for columns in [before, after] {
            if !columns.is_empty() {
                out_of_line!(v => panel::<V, S, 1>(v, products, positions, (&spot, columns.clone()), dweight));
            }
        }
    }
}

/// `R` weights of each channel, over the given columns.
#[inline(always)]
fn panel<V: Simd, S: Lanes, const R: usize>(
    v: V,
    products: &Products<'_, S>,
    positions: &Positions<'_, S>,
    (spot, across): (&Spot, Range<usize>),
    dweight: &mut [S],
) {
    let of = products.of;
    let [rows, columns] = &of.axes;
    let [ky, kx] = spot.taps;
    let (x_step, weight_step) = if spot.by_taps {
        (columns.dilation * of.x_steps[2], of.weight_steps[2])
    } else {
        (of.x_steps[0], of.weight_steps[0])
    };
    // Each as long as the others, so that they are checked once.
    let x = products.x.after(spot.plane * of.x_steps[0]);
    let length = x.len().saturating_sub((R - 1) * x_step);
    let mut sources: [&[S]; R] = [&[]; R];
    for r in 0..R {
        sources[r] = x.get(r * x_step..).and_then(|x| x.get(..length)).unwrap_or(&[]);
    }
    let mut acc = [splat::<V, S>(v, S::from(0_i8)); R];
    // The last positions may lack numbers behind them to fill a vector: these terms follow below.
    let mut missing = false;
    let next = columns.stride * of.x_steps[2];
    for row in spot.rows.clone() {
        let mut place =
            rows.position(row, ky) * of.x_steps[1] + columns.position(across.start, kx) * of.x_steps[2];
        let mut from = (row - positions.rows.start) * positions.steps[0]
            + (across.start - positions.columns.start) * positions.steps[1];
        for _ in across.clone() {
            if !sources.iter().all(|source| place < source.len()) {
                does_not_fit();
                break;
            }
            let Some(dy) = positions.dy.get(from..).and_then(|dy| S::vectors(dy).first()) else {
                missing = true;
                break;
            };
            let dy = S::Vector::<V>::load_array_ref(v, dy);
            for r in 0..R {
                acc[r] = dy.mul_add(splat::<V, S>(v, sources[r][place]), acc[r]);
            }
            place += next;
            from += positions.steps[1];
        }
    }
    let first = spot.plane * of.weight_steps[0] + ky * of.weight_steps[1] + kx * of.weight_steps[2];
    let dweight = dweight.part_mut(first..);
    let sums = each!(r in R, from acc[0].to_array() => acc[r].to_array());
    add_sums(&sums, (weight_step, products.channels), dweight);
    if missing {
        let steps = (x_step, weight_step, R);
        add_last_positions(products, positions, (spot, across), steps, dweight);
    }
}

/// Adds the sums of a block to the gradient, which has them at a distance. Compiled once, not in every panel.
#[inline(never)]
fn add_sums<S: Lanes>(sums: &[S::Array], (step, channels): (usize, usize), dweight: &mut [S]) {
    for (r, sums) in sums.iter().enumerate() {
        for (dw, sum) in dweight.part_mut(r * step..).iter_mut().zip(sums.as_ref()).take(channels) {
            *dw = *dw + *sum;
        }
    }
}

/// The positions whose channels cannot be read as a whole vector.
#[inline(never)]
fn add_last_positions<S: Lanes>(
    products: &Products<'_, S>,
    positions: &Positions<'_, S>,
    (spot, across): (&Spot, Range<usize>),
    (x_step, weight_step, count): (usize, usize, usize),
    dweight: &mut [S],
) {
    let of = products.of;
    let [rows, columns] = &of.axes;
    let x = products.x.after(spot.plane * of.x_steps[0]);
    for row in spot.rows.clone() {
        for column in across.clone() {
            let from = (row - positions.rows.start) * positions.steps[0]
                + (column - positions.columns.start) * positions.steps[1];
            if from + S::LANES <= positions.dy.len() {
                continue;
            }
            let place = rows.position(row, spot.taps[0]) * of.x_steps[1]
                + columns.position(column, spot.taps[1]) * of.x_steps[2];
            for r in 0..count {
                let Some(x) = x.get(place + r * x_step) else { continue };
                let dweight = dweight.part_mut(r * weight_step..).iter_mut().take(products.channels);
                for (dw, dy) in dweight.zip(positions.dy.after(from)) {
                    *dw = *dw + *x * *dy;
                }
            }
        }
    }
}

/// The biases.
#[inline(always)]
fn add_up<V: Simd, S: Lanes>(v: V, positions: &Positions<'_, S>, dbias: &mut [S]) {
    let mut sum = splat::<V, S>(v, S::from(0_i8));
    for row in 0..positions.rows.len() {
        for column in 0..positions.columns.len() {
            let from = row * positions.steps[0] + column * positions.steps[1];
            sum += load_partly::<V, S>(v, positions.dy.after(from));
        }
    }
    store_partly(v, load_partly::<V, S>(v, dbias) + sum, dbias);
}
