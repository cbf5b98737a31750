//! Convolutions of one sample: each output is one sum, over input channels, rows and columns of the kernel in this order.

use super::{Four, add_scaled, four};
use crate::Scalar;
use crate::geometry::Convolution2d;
use crate::parts::Parts as _;

/// One group of a convolution.
struct Group<'a, S> {
    of: &'a Convolution2d,
    weight: &'a [S],
    x: &'a [S],
    /// Input channels.
    into: usize,
}

/// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]`
pub(in crate::kernels) fn forward<S: Scalar>(of: &Convolution2d, parameters: &[S], x: &[S], y: &mut [S]) {
    let (weight, bias) = parameters.split_at(of.weights().min(parameters.len()));
    let [rows, columns] = &of.axes;
    let [into, out] = of.per_group();
    let plane = of.output_plane();
    let xs = x.chunks_exact((into * rows.input * columns.input).max(1));
    let ys = y.chunks_exact_mut((out * plane).max(1));
    for (group, (x, y)) in xs.zip(ys).enumerate() {
        let (weight, bias) = (weight.after(group * out), bias.after(group * out));
        let group = Group { of, weight, x, into };
        let mut next = 0;
        while next < out {
            // Four channels, the last again rather than fewer.
            let channel = if out < 4 { next } else { next.min(out - 4) };
            let width = if out < 4 { 1 } else { 4 };
            let bias = |channel: usize| bias.get(channel).copied().unwrap_or(S::ZERO);
            let start = [bias(channel), bias(channel + 1), bias(channel + 2), bias(channel + 3)];
            let planes = y.get_mut(channel * plane..).unwrap_or_default();
            for oy in 0..rows.output {
                for ox in 0..columns.output {
                    let sums = group.sums(start, channel, [oy, ox], width);
                    let places = planes.iter_mut().skip(oy * columns.output + ox).step_by(plane.max(1));
                    for (y, sum) in places.zip(sums).take(width) {
                        *y = sum;
                    }
                }
            }
            next += width;
        }
    }
}

impl<S: Scalar> Group<'_, S> {
    /// The sums of four channels from `channel` on at an output; of one, if that is the width.
    #[inline(always)]
    fn sums(&self, start: Four<S>, channel: usize, [oy, ox]: [usize; 2], width: usize) -> Four<S> {
        let [rows, columns] = &self.of.axes;
        let out_channels = self.of.out_channels.max(1);
        let (down, across) = (rows.taps(oy), columns.taps(ox));
        let mut sums = start;
        for ic in 0..self.into {
            for ky in down.clone() {
                let row = (ic * rows.input + rows.position(oy, ky)) * columns.input;
                let tap = (ic * rows.kernel + ky) * columns.kernel + across.start;
                let x = self.x.after(row + columns.position(ox, across.start));
                let x = x.iter().step_by(columns.dilation.max(1)).take(across.len());
                let weight = self.weight.after(tap * out_channels + channel);
                for (x, weight) in x.zip(weight.chunks(out_channels)) {
                    match four(weight, 0) {
                        Some(weight) if width == 4 => sums = add_scaled(sums, weight, *x),
                        _ => sums[0] += weight.first().copied().unwrap_or(S::ZERO) * *x,
                    }
                }
            }
        }
        sums
    }
}
