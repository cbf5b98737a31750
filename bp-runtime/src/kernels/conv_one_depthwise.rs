//! Depthwise convolutions of one sequence: channels, which lie side by side in sequence and weights, in the lanes.

use super::block::{load_partly, splat, store_partly};
use super::line::Line;
use crate::geometry::{Axis, ConvolutionOne};
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdFloat as _};
use core::ops::Range;

/// Whether a convolution is one of these.
#[inline(always)]
pub(super) fn is_such(of: &ConvolutionOne) -> bool {
    of.axes[0] == Axis::POINT && of.channels == [1, 1] && of.groups > 1 && of.x_steps[2] == of.groups
}

/// The channels of a step.
#[inline(always)]
fn step(step: usize, channels: usize) -> Range<usize> {
    step * channels..(step + 1) * channels
}

/// `y[t][c] = b[c] + Σₖ w[k][c] x[t + k][c]`
#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(v: V, of: &ConvolutionOne, parameters: &[S], x: &[S], y: &mut [S]) {
    let bias = parameters.after(of.weights());
    sweep(v, of.groups, &Line::forward(&of.axes[1]), (parameters, bias), x, y);
}

/// `dx`, the transposed convolution of `dy`
#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let axis = &of.axes[1];
    for phase in 0..axis.stride.min(axis.input) {
        sweep(v, of.groups, &Line::backward(axis, phase), (parameters, &[]), dy, dx);
    }
}

/// The outputs of a line.
#[inline(always)]
fn sweep<V: Simd, S: Lanes>(
    v: V,
    channels: usize,
    line: &Line,
    (weights, bias): (&[S], &[S]),
    source: &[S],
    out: &mut [S],
) {
    for j in 0..line.count {
        let out = out.part_mut(step(line.first + j * line.step, channels));
        for first in (0..channels).step_by(S::LANES) {
            let lanes = first..channels.min(first + S::LANES);
            let mut sum = load_partly::<V, S>(v, bias.get(lanes.clone()).unwrap_or_default());
            for u in line.taps(j) {
                let weight = weights.part(step(line.tap + u * line.tap_step, channels)).part(lanes.clone());
                let x = source.part(step(line.place(j, u), channels)).part(lanes.clone());
                sum = load_partly::<V, S>(v, x).mul_add(load_partly(v, weight), sum);
            }
            store_partly(v, sum, out.part_mut(lanes));
        }
    }
}

/// `dW[k][c] += Σₜ x[t + k][c] dy[t][c]`, `db += Σₜ dy[t]`
#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    let (channels, axis) = (of.groups, &of.axes[1]);
    let (dweight, dbias) = gradient.split_at_mut(of.weights().min(gradient.len()));
    for first in (0..channels).step_by(S::LANES) {
        let lanes = first..channels.min(first + S::LANES);
        for tap in 0..axis.kernel {
            let mut sum = splat::<V, S>(v, S::from(0_i8));
            for t in axis.outputs_of(tap) {
                let x = x.part(step(axis.position(t, tap), channels)).part(lanes.clone());
                let dy = dy.part(step(t, channels)).part(lanes.clone());
                sum = load_partly::<V, S>(v, x).mul_add(load_partly(v, dy), sum);
            }
            let dweight = dweight.part_mut(step(tap, channels)).part_mut(lanes.clone());
            store_partly(v, load_partly::<V, S>(v, dweight) + sum, dweight);
        }
        if let Some(dbias) = dbias.get_mut(lanes.clone()) {
            let mut sum = load_partly::<V, S>(v, dbias);
            for t in 0..axis.output {
                sum += load_partly::<V, S>(v, dy.part(step(t, channels)).part(lanes.clone()));
            }
            store_partly(v, sum, dbias);
        }
    }
}
