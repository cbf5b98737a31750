//! Convolutions of one sample: each output is one sum, over input channels, rows and columns of the kernel in this order; of a
//! sequence, over taps and channels. Gradients are sums over the outputs in their order.

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
    let is_whole = |ox: usize| columns.taps(ox).len() == columns.kernel;
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
            let mut store = |place: usize, sums: Four<S>| {
                let places = planes.iter_mut().skip(place).step_by(plane.max(1));
                for (y, sum) in places.zip(sums).take(width) {
                    *y = sum;
                }
            };
            for oy in 0..rows.output {
                let mut ox = 0;
                while ox < columns.output {
                    // Four places of which no tap is in the padding, the last again rather than fewer.
                    let first = ox.min(columns.output.saturating_sub(4));
                    let four = width == 4 && columns.output >= 4 && is_whole(first) && is_whole(first + 3);
                    if four {
                        let [a, b, c, d] = group.four_places(start, channel, [oy, first]);
                        let place = oy * row + first * column;
                        store(place, a);
                        store(place + column, b);
                        store(place + 2 * column, c);
                        store(place + 3 * column, d);
                    } else {
                        store(oy * row + ox * column, group.sums(start, channel, [oy, ox], width));
                    }
                    ox = if four { first + 4 } else { ox + 1 };
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
    /// Calls `f` with the terms of an output, in the order in which they are added up.
    #[inline(always)]
    fn terms(&self, channel: usize, [oy, ox]: [usize; 2], mut f: impl FnMut(Terms)) {
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
        // Channels of a sequence lie side by side, columns of an image do.
        let (channels, taps, steps, count) = if of.x_steps[0] == 1 {
            (1, across, [1, of.weight_steps[0]], of.channels[0])
        } else {
            let (first, steps) = (across.start, [columns.dilation * of.x_steps[2], of.weight_steps[2]]);
            (of.channels[0], first..across.end.min(first + 1), steps, across.len())
        };
        for ic in 0..channels {
            for ky in down.clone() {
                for kx in taps.clone() {
                    f(Terms { first: place(ic, ky, kx), steps, count });
                }
            }
        }
    }

    /// The sums of four channels from `channel` on at an output; of one, if that is the width.
    #[inline(always)]
    fn sums(&self, start: Four<S>, channel: usize, place: [usize; 2], width: usize) -> Four<S> {
        let mut sums = start;
        self.terms(channel, place, |Terms { first: [x, weight], steps: [x_step, weight_step], count }| {
            let x = self.x.after(x).iter().step_by(x_step.max(1)).take(count);
            for (x, weight) in x.zip(self.weight.after(weight).chunks(weight_step.max(1))) {
                match four(weight, 0) {
                    Some(weight) if width == 4 => sums = add_scaled(sums, weight, *x),
                    _ => sums[0] += weight.first().copied().unwrap_or(S::ZERO) * *x,
                }
            }
        });
        sums
    }

    /// The sums of four channels at four neighbouring outputs, all of whose taps meet the input.
    #[inline(always)]
    fn four_places(&self, start: Four<S>, channel: usize, place: [usize; 2]) -> [Four<S>; 4] {
        let apart = self.of.axes[1].stride * self.of.x_steps[2];
        let mut sums = [start; 4];
        // Not inlined, the closure would keep the sums in memory.
        self.terms(
            channel,
            place,
            #[inline(always)]
            |Terms { first: [mut x, mut weight], steps: [x_step, weight_step], count }| {
                if x_step == 1 && apart == 1 {
                    for x in self.x.after(x).windows(4).take(count) {
                        let (Some(x), Some(weights)) = (x.first_chunk(), four(self.weight, weight)) else {
                            break;
                        };
                        sums = add_places(sums, x, weights);
                        weight += weight_step;
                    }
                    return;
                }
                for _ in 0..count {
                    let at = |number: usize| self.x.get(x + number * apart).copied();
                    let (Some(p), Some(q), Some(r), Some(s)) = (at(0), at(1), at(2), at(3)) else { break };
                    let Some(weights) = four(self.weight, weight) else { break };
                    sums = add_places(sums, &[p, q, r, s], weights);
                    x += x_step;
                    weight += weight_step;
                }
            },
        );
        sums
    }
}

/// Adds the products of four weights with the inputs of four places.
#[inline(always)]
fn add_places<S: Scalar>(
    [a, b, c, d]: [Four<S>; 4],
    [p, q, r, s]: &Four<S>,
    weights: &Four<S>,
) -> [Four<S>; 4] {
    let (a, b) = (add_scaled(a, weights, *p), add_scaled(b, weights, *q));
    [a, b, add_scaled(c, weights, *r), add_scaled(d, weights, *s)]
}

/// A row of outputs at a tap: where the first of them lies, and what it meets; their distances, and how many.
struct Row {
    y: usize,
    x: usize,
    steps: [usize; 2],
    count: usize,
}

/// Calls `f` with each row of outputs that meets the input at a tap, of the first channels of a group.
#[inline(always)]
fn rows(of: &ConvolutionOne, [ky, kx]: [usize; 2], mut f: impl FnMut(Row)) {
    let ([down, across], [_, y_row, y_column], [_, x_row, x_column]) = (&of.axes, of.y_steps, of.x_steps);
    let columns = across.outputs_of(kx);
    let steps = [y_column, across.stride * x_column];
    for oy in down.outputs_of(ky) {
        let x = down.position(oy, ky) * x_row + across.position(columns.start, kx) * x_column;
        f(Row { y: oy * y_row + columns.start * y_column, x, steps, count: columns.len() });
    }
}

/// `dW += x ⋆ dy`, `db += Σ dy`: for each weight over the outputs in their order.
pub(in crate::kernels) fn weight_gradient<S: Scalar>(
    of: &ConvolutionOne,
    x: &[S],
    dy: &[S],
    gradient: &mut [S],
) {
    let (dweight, dbias) = gradient.split_at_mut(of.weights().min(gradient.len()));
    let ([into, out], [rows, columns]) = (of.channels, &of.axes);
    for (channel, db) in dbias.iter_mut().take(of.groups * out).enumerate() {
        let dy = dy.after(channel * of.y_steps[0]);
        for oy in 0..rows.output {
            let row = dy.after(oy * of.y_steps[1]).iter().step_by(of.y_steps[2].max(1));
            *db = row.take(columns.output).fold(*db, |sum, dy| sum + *dy);
        }
    }
    for group in 0..of.groups {
        let (x, dy) = (x.after(group * into * of.x_steps[0]), dy.after(group * out * of.y_steps[0]));
        for ic in 0..into {
            let x = x.after(ic * of.x_steps[0]);
            for ky in 0..rows.kernel {
                for kx in 0..columns.kernel {
                    let [plane, row, column] = of.weight_steps;
                    let first = ic * plane + ky * row + kx * column + group * out;
                    of_tap(of, [ky, kx], (x, dy), dweight.get_mut(first..).unwrap_or_default());
                }
            }
        }
    }
}

/// [`weight_gradient`] of one tap and one input channel, for all output channels of a group.
#[inline(always)]
fn of_tap<S: Scalar>(of: &ConvolutionOne, tap: [usize; 2], (x, dy): (&[S], &[S]), dweight: &mut [S]) {
    let (out, plane) = (of.channels[1], of.y_steps[0]);
    let (fours, rest) = dweight.get_mut(..out).unwrap_or_default().as_chunks_mut::<4>();
    for (number, dw) in fours.iter_mut().enumerate() {
        let dy = dy.after(4 * number * plane);
        let mut sums = *dw;
        rows(of, tap, |Row { y, x: first, steps, count }| {
            let x = x.after(first);
            let of_channel = |channel: usize| dy.after(channel * plane + y);
            let [a, b, c, d] = [of_channel(0), of_channel(1), of_channel(2), of_channel(3)];
            if steps == [1, 1] {
                let dys = a.iter().zip(b).zip(c).zip(d);
                for (x, (((a, b), c), d)) in x.iter().take(count).zip(dys) {
                    sums = add_scaled(sums, &[*a, *b, *c, *d], *x);
                }
                return;
            }
            for (number, x) in x.iter().step_by(steps[1].max(1)).take(count).enumerate() {
                let at = |dy: &[S]| dy.get(number * steps[0]).copied();
                let (Some(a), Some(b), Some(c), Some(d)) = (at(a), at(b), at(c), at(d)) else { break };
                sums = add_scaled(sums, &[a, b, c, d], *x);
            }
        });
        *dw = sums;
    }
    for (number, dw) in rest.iter_mut().enumerate() {
        let dy = dy.after((out / 4 * 4 + number) * plane);
        rows(of, tap, |Row { y, x: first, steps, count }| {
            let dy = dy.after(y).iter().step_by(steps[0].max(1)).take(count);
            let x = x.after(first).iter().step_by(steps[1].max(1));
            *dw = x.zip(dy).fold(*dw, |sum, (x, dy)| sum + *dy * *x);
        });
    }
}

/// `dx`, the transposed convolution of `dy`: for each input over channels, and then outputs, in their order.
pub(in crate::kernels) fn input_gradient<S: Scalar>(
    of: &ConvolutionOne,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    dx.fill(S::ZERO);
    let ([into, out], [down, across]) = (of.channels, &of.axes);
    let ([x_plane, x_row, x_column], [y_plane, y_row, y_column]) = (of.x_steps, of.y_steps);
    let [plane, row, column] = of.weight_steps;
    let steps = [y_column, across.stride * x_column];
    for channel in 0..of.groups * out {
        let dy = dy.after(channel * y_plane);
        for ic in 0..into {
            let first = (channel / out.max(1) * into + ic) * x_plane;
            for oy in 0..down.output {
                for ky in down.taps(oy) {
                    // The last tap first: so an input meets the outputs of a row in their order.
                    for kx in (0..across.kernel).rev() {
                        let place = ic * plane + ky * row + kx * column + channel;
                        let Some(weight) = parameters.get(place) else { return };
                        let outputs = across.outputs_of(kx);
                        let position =
                            down.position(oy, ky) * x_row + across.position(outputs.start, kx) * x_column;
                        let dx = dx.get_mut(first + position..).unwrap_or_default();
                        let dy = dy.after(oy * y_row + outputs.start * y_column);
                        if steps == [1, 1] {
                            for (dx, dy) in dx.iter_mut().zip(dy).take(outputs.len()) {
                                *dx += *weight * *dy;
                            }
                            continue;
                        }
                        let dx = dx.iter_mut().step_by(steps[1].max(1)).take(outputs.len());
                        for (dx, dy) in dx.zip(dy.iter().step_by(steps[0].max(1))) {
                            *dx += *weight * *dy;
                        }
                    }
                }
            }
        }
    }
}
