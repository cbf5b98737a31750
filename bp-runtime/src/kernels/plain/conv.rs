//! Convolutions of one sample: each output is one sum, over input channels, rows and columns of the kernel in this order; of a
//! sequence, over taps and channels.

use super::{Four, add_scaled, four};
use crate::Scalar;
use crate::geometry::ConvolutionOne;
use crate::parts::Parts as _;

/// One group of a convolution.
struct Group<'a, S> {
    of: &'a ConvolutionOne,
    weight: &'a [S],
    x: &'a [S],
}

/// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]`
pub(in crate::kernels) fn forward<S: Scalar>(of: &ConvolutionOne, parameters: &[S], x: &[S], y: &mut [S]) {
    let (weight, bias) = parameters.split_at(of.weights().min(parameters.len()));
    let [rows, columns] = &of.axes;
    let [into, out] = of.channels;
    let [plane, row, column] = of.y_steps;
    for group in 0..of.groups {
        let (weight, bias) = (weight.after(group * out), bias.after(group * out));
        let y = y.get_mut(group * out * plane..).unwrap_or_default();
        let group = Group { of, weight, x: x.after(group * into * of.x_steps[0]) };
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
                    let places = planes.iter_mut().skip(oy * row + ox * column).step_by(plane.max(1));
                    for (y, sum) in places.zip(sums).take(width) {
                        *y = sum;
                    }
                }
            }
            next += width;
        }
    }
}

/// Terms of a sum: the first one's place, how far apart they are, and how many.
struct Terms {
    /// In the input and in the weights.
    first: [usize; 2],
    steps: [usize; 2],
    count: usize,
}

impl<S: Scalar> Group<'_, S> {
    /// The sums of four channels from `channel` on at an output; of one, if that is the width.
    #[inline(always)]
    fn sums(&self, start: Four<S>, channel: usize, [oy, ox]: [usize; 2], width: usize) -> Four<S> {
        let of = self.of;
        let [rows, columns] = &of.axes;
        let (down, across) = (rows.taps(oy), columns.taps(ox));
        let place = |ic: usize, ky: usize, kx: usize| {
            let x = ic * of.x_steps[0]
                + rows.position(oy, ky) * of.x_steps[1]
                + columns.position(ox, kx) * of.x_steps[2];
            let weight = ic * of.weight_steps[0] + ky * of.weight_steps[1] + kx * of.weight_steps[2];
            [x, weight + channel]
        };
        let mut sums = start;
        // Channels of a sequence lie side by side, columns of an image do.
        if of.x_steps[0] == 1 {
            for ky in down {
                for kx in across.clone() {
                    let steps = [1, of.weight_steps[0]];
                    let terms = Terms { first: place(0, ky, kx), steps, count: of.channels[0] };
                    sums = self.add(sums, &terms, width);
                }
            }
            return sums;
        }
        for ic in 0..of.channels[0] {
            for ky in down.clone() {
                let steps = [columns.dilation * of.x_steps[2], of.weight_steps[2]];
                let terms = Terms { first: place(ic, ky, across.start), steps, count: across.len() };
                sums = self.add(sums, &terms, width);
            }
        }
        sums
    }

    #[inline(always)]
    fn add(&self, mut sums: Four<S>, terms: &Terms, width: usize) -> Four<S> {
        let ([x, weight], [x_step, weight_step]) = (terms.first, terms.steps);
        let x = self.x.after(x).iter().step_by(x_step.max(1)).take(terms.count);
        for (x, weight) in x.zip(self.weight.after(weight).chunks(weight_step.max(1))) {
            match four(weight, 0) {
                Some(weight) if width == 4 => sums = add_scaled(sums, weight, *x),
                _ => sums[0] += weight.first().copied().unwrap_or(S::ZERO) * *x,
            }
        }
        sums
    }
}
