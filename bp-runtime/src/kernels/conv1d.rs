//! Convolutions of time-first sequences, samples in the lanes.

use super::block::{
    Panel, columns, each, load_place, out_of_line, outer, parts, splat, store_block, with_size,
};
use crate::geometry::Axis;
use crate::geometry::Convolution1d;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, register};

/// Channels in a block: of one vector of samples in forward and input gradient; of outputs and inputs in the gradient
/// of the weights.
const fn block<V: Simd>() -> (usize, [usize; 2]) {
    match register::<V>() {
        16 => (8, [4, 4]),
        8 => (6, [3, 2]),
        4 if cfg!(target_arch = "aarch64") => (6, [3, 2]),
        _ => (2, [2, 1]),
    }
}

/// Sizes that all kernels read: channels of a group, vectors in a feature.
#[derive(Clone, Copy)]
struct Sizes {
    axis: Axis,
    into: usize,
    out: usize,
    all_into: usize,
    all_out: usize,
    groups: usize,
}

impl Sizes {
    #[inline(always)]
    fn of(convolution: &Convolution1d) -> Self {
        let Convolution1d { in_channels, out_channels, groups, .. } = *convolution;
        let groups = groups.max(1);
        let (into, out) = (in_channels / groups, out_channels / groups);
        Self { axis: convolution.axis, into, out, all_into: in_channels, all_out: out_channels, groups }
    }

    /// Place of the weights of a tap, from an input channel of a group on, for the group's first output.
    #[inline(always)]
    fn weight(&self, tap: usize, input: usize, group: usize) -> usize {
        (tap * self.into + input) * self.all_out + group * self.out
    }

    /// Place of the first input feature of a group that a tap meets, in features.
    #[inline(always)]
    fn source(&self, step: usize, tap: usize, group: usize) -> usize {
        self.axis.position(step, tap) * self.all_into + group * self.into
    }
}

#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    convolution: &Convolution1d,
    tile: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let sizes = Sizes::of(convolution);
    let (weight, bias) = parameters.split_at(convolution.weights().min(parameters.len()));
    let vectors = tile / S::LANES;
    let (x, y) = (S::vectors(x), S::vectors_mut(y));
    for (step, y) in y.pieces_mut(sizes.all_out * vectors).enumerate() {
        for group in 0..sizes.groups {
            for (output, count) in parts(sizes.out, block::<V>().0) {
                let first = group * sizes.out + output;
                let bias = bias.after(first);
                let y = y.part_mut(first * vectors..);
                for vector in 0..vectors {
                    let spot = Spot { step, group, output, vector, vectors };
                    with_size!(count, block::<V>().0, R =>
                        out_of_line!(v => forward_panel::<V, S, R>(v, &sizes, &spot, (weight, bias), x, y)));
                }
            }
        }
    }
}

/// Where a block of outputs stands.
struct Spot {
    step: usize,
    group: usize,
    output: usize,
    vector: usize,
    vectors: usize,
}

#[inline(always)]
fn forward_panel<V: Simd, S: Lanes, const R: usize>(
    v: V,
    sizes: &Sizes,
    spot: &Spot,
    (weight, bias): (&[S], &[S]),
    x: &[S::Array],
    y: &mut [S::Array],
) {
    let Spot { step, group, output, vector, vectors } = *spot;
    let zero = S::from(0_i8);
    let mut acc = [[splat::<V, S>(v, zero)]; R];
    for (acc, bias) in acc.iter_mut().zip(bias) {
        *acc = [splat(v, *bias)];
    }
    for tap in sizes.axis.taps(step) {
        let from = sizes.source(step, tap, group) * vectors;
        let x = x.part(from..from + sizes.into * vectors);
        let first = sizes.weight(tap, 0, 0);
        let weight = weight.part(first..first + sizes.into * sizes.all_out);
        let weight = Panel { values: weight, row: sizes.all_out, first: group * sizes.out + output };
        acc = columns::<V, S, R, 1>(v, acc, weight, Panel { values: x, row: vectors, first: vector });
    }
    store_block::<V, S, R, 1>(acc, y, vectors, vector);
}

#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    convolution: &Convolution1d,
    tile: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let sizes = Sizes::of(convolution);
    dx.fill(S::from(0_i8));
    let weight = parameters.part(..convolution.weights());
    let vectors = tile / S::LANES;
    let (dy, dx) = (S::vectors(dy), S::vectors_mut(dx));
    for (step, dy) in dy.pieces(sizes.all_out * vectors).enumerate() {
        for (group, dy) in dy.pieces(sizes.out * vectors).enumerate() {
            for tap in sizes.axis.taps(step) {
                let dx = dx.part_mut(sizes.source(step, tap, group) * vectors..);
                for (input, count) in parts(sizes.into, block::<V>().0) {
                    let weight = weight.part(sizes.weight(tap, input, group)..);
                    let dx = dx.part_mut(input * vectors..);
                    for vector in 0..vectors {
                        with_size!(count, block::<V>().0, R =>
                            out_of_line!(v =>
                                input_panel::<V, S, R>(v, &sizes, weight, (dy, vector, vectors), dx)));
                    }
                }
            }
        }
    }
}

/// `dx[i] += Σₒ w[i][o] dy[o]` for `R` input channels of a group, at one tap of one output.
#[inline(always)]
fn input_panel<V: Simd, S: Lanes, const R: usize>(
    v: V,
    sizes: &Sizes,
    weight: &[S],
    (dy, vector, vectors): (&[S::Array], usize, usize),
    dx: &mut [S::Array],
) {
    let mut rows: [&[S]; R] = [&[]; R];
    for (r, row) in rows.iter_mut().enumerate() {
        *row = weight.part(r * sizes.all_out..r * sizes.all_out + sizes.out);
    }
    let zero = S::from(0_i8);
    let mut acc =
        each!(r in R, from [splat::<V, S>(v, zero)] => [load_place::<V, S>(v, dx, r * vectors + vector)]);
    for output in 0..sizes.out {
        let weights = each!(r in R, from zero => rows[r].get(output).copied().unwrap_or(zero));
        outer(v, &mut acc, &weights, &[load_place::<V, S>(v, dy, output * vectors + vector)]);
    }
    store_block::<V, S, R, 1>(acc, dx, vectors, vector);
}

#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    convolution: &Convolution1d,
    tile: usize,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    let sizes = Sizes::of(convolution);
    let (dweight, dbias) = gradient.split_at_mut(convolution.weights().min(gradient.len()));
    for dy in dy.pieces(sizes.all_out * tile) {
        for (db, dy) in dbias.iter_mut().zip(dy.pieces(tile)) {
            *db = dy.iter().fold(*db, |sum, &dy| sum + dy);
        }
    }
    let vectors = tile / S::LANES;
    let (x, dy) = (S::vectors(x), S::vectors(dy));
    let (_, [tall, wide]) = block::<V>();
    for group in 0..sizes.groups {
        for tap in 0..sizes.axis.kernel {
            for (input, width) in parts(sizes.into, wide) {
                for (output, height) in parts(sizes.out, tall) {
                    let first = sizes.weight(tap, input, group) + output;
                    let dweight = dweight.part_mut(first..);
                    let spot = Products { tap, group, input, output, vectors };
                    with_size!(height, block::<V>().1[0], R => with_size!(width, block::<V>().1[1], C =>
                        out_of_line!(v =>
                            weight_panel::<V, S, R, C>(v, &sizes, &spot, (x, dy), dweight))));
                }
            }
        }
    }
}

/// Where a block of weights stands.
struct Products {
    tap: usize,
    group: usize,
    input: usize,
    output: usize,
    vectors: usize,
}

/// `C` input channels and `R` output channels at one tap, summed over steps and samples.
#[inline(always)]
fn weight_panel<V: Simd, S: Lanes, const R: usize, const C: usize>(
    v: V,
    sizes: &Sizes,
    spot: &Products,
    (x, dy): (&[S::Array], &[S::Array]),
    dweight: &mut [S],
) {
    let Products { tap, group, input, output, vectors } = *spot;
    let zero = splat::<V, S>(v, S::from(0_i8));
    let mut acc = [[zero; C]; R];
    for step in sizes.axis.outputs_of(tap) {
        let from = (sizes.source(step, tap, group) + input) * vectors;
        let to = (step * sizes.all_out + group * sizes.out + output) * vectors;
        for vector in 0..vectors {
            let x = each!(c in C, from zero => load_place::<V, S>(v, x, from + c * vectors + vector));
            let dy = each!(r in R, from zero => load_place::<V, S>(v, dy, to + r * vectors + vector));
            for r in 0..R {
                for c in 0..C {
                    acc[r][c] = x[c].mul_add(dy[r], acc[r][c]);
                }
            }
        }
    }
    for r in 0..R {
        for c in 0..C {
            if let Some(dweight) = dweight.get_mut(c * sizes.all_out + r) {
                *dweight = *dweight + acc[r][c].reduce_sum();
            }
        }
    }
}
