//! The plain loops that define layers, for any tile: what tests compare the kernels with.

use crate::Scalar;
use crate::geometry::{Axis, Pooling};
use crate::geometry::{ConvolutionOne, Matrix};
use core::array::from_fn;

/// One weight, its numbers at a place of a slice, or zero beyond its end.
#[inline(always)]
fn at<S: Scalar>(values: &[S], place: usize) -> S {
    values.get(place).copied().unwrap_or(S::ZERO)
}

/// A feature of a tile, or zeros beyond the end.
#[inline(always)]
fn feature<S: Scalar, const T: usize>(values: &[[S; T]], place: usize) -> [S; T] {
    values.get(place).copied().unwrap_or([S::ZERO; T])
}

#[inline(always)]
fn add<S: Scalar, const T: usize>(place: Option<&mut [S; T]>, values: [S; T]) {
    for (place, value) in place.into_iter().flatten().zip(values) {
        *place += value;
    }
}

#[inline(always)]
fn dot<S: Scalar, const T: usize>(a: [S; T], b: [S; T]) -> S {
    a.into_iter().zip(b).fold(S::ZERO, |sum, (a, b)| sum + a * b)
}

pub(crate) fn dense_forward<S: Scalar, const T: usize>(
    of: &Matrix,
    parameters: &[S],
    x: &[[S; T]],
    y: &mut [[S; T]],
) {
    let (weight, bias) = parameters.split_at((of.inputs * of.outputs).min(parameters.len()));
    for (x, y) in x.chunks_exact(of.inputs).zip(y.chunks_exact_mut(of.outputs)) {
        for (o, y) in y.iter_mut().enumerate() {
            *y = [at(bias, o); T];
        }
        for (x, weight) in x.iter().zip(weight.chunks_exact(of.outputs)) {
            for (y, &w) in y.iter_mut().zip(weight) {
                add(Some(y), x.map(|x| w * x));
            }
        }
    }
}

pub(crate) fn dense_input_gradient<S: Scalar, const T: usize>(
    of: &Matrix,
    parameters: &[S],
    dy: &[[S; T]],
    dx: &mut [[S; T]],
) {
    for (dx, dy) in dx.chunks_exact_mut(of.inputs).zip(dy.chunks_exact(of.outputs)) {
        for (dx, weight) in dx.iter_mut().zip(parameters.chunks_exact(of.outputs)) {
            *dx = [S::ZERO; T];
            for (&w, dy) in weight.iter().zip(dy) {
                add(Some(&mut *dx), dy.map(|dy| w * dy));
            }
        }
    }
}

pub(crate) fn dense_weight_gradient<S: Scalar, const T: usize>(
    of: &Matrix,
    x: &[[S; T]],
    dy: &[[S; T]],
    gradient: &mut [S],
) {
    let (dweight, dbias) = gradient.split_at_mut((of.inputs * of.outputs).min(gradient.len()));
    for (x, dy) in x.chunks_exact(of.inputs).zip(dy.chunks_exact(of.outputs)) {
        for (x, dweight) in x.iter().zip(dweight.chunks_exact_mut(of.outputs)) {
            for (dw, dy) in dweight.iter_mut().zip(dy) {
                *dw += dot(*x, *dy);
            }
        }
        for (db, dy) in dbias.iter_mut().zip(dy) {
            *db += dot(*dy, [S::ONE; T]);
        }
    }
}

/// Calls `f` with (channel, place) for every output of a convolution.
fn conv_outputs(of: &ConvolutionOne, mut f: impl FnMut(usize, usize, usize, usize)) {
    for channel in 0..of.groups * of.channels[1] {
        for oy in 0..of.axes[0].output {
            for ox in 0..of.axes[1].output {
                f(channel, oy, ox, channel * of.y_steps[0] + oy * of.y_steps[1] + ox * of.y_steps[2]);
            }
        }
    }
}

/// Calls `f` with (place in x, place in the weights, place in y) for every multiply-add of a convolution. Channels of a
/// sequence, which lie side by side, follow each other; those of an image do not.
fn conv_terms(of: &ConvolutionOne, mut f: impl FnMut(usize, usize, usize)) {
    let ([rows, columns], [into, out]) = (of.axes, of.channels);
    let by_channel = of.x_steps[0] != 1;
    let ([x_plane, x_row, x_column], [plane, row, column]) = (of.x_steps, of.weight_steps);
    conv_outputs(of, |channel, oy, ox, y| {
        let first = channel / out.max(1) * into * x_plane;
        let (channels, inner) = if by_channel { (into, 1) } else { (1, into) };
        for ic in 0..channels {
            for ky in rows.taps(oy) {
                let x = first + ic * x_plane + rows.position(oy, ky) * x_row;
                let weight = ic * plane + ky * row + channel;
                for kx in columns.taps(ox) {
                    let (x, weight) = (x + columns.position(ox, kx) * x_column, weight + kx * column);
                    for ic in 0..inner {
                        f(x + ic * x_plane, weight + ic * plane, y);
                    }
                }
            }
        }
    });
}

pub(crate) fn conv_forward<S: Scalar, const T: usize>(
    of: &ConvolutionOne,
    parameters: &[S],
    x: &[[S; T]],
    y: &mut [[S; T]],
) {
    let (weight, bias) = parameters.split_at(of.weights().min(parameters.len()));
    conv_outputs(of, |channel, _, _, place| {
        if let Some(y) = y.get_mut(place) {
            *y = [at(bias, channel); T];
        }
    });
    conv_terms(of, |ix, iw, iy| {
        let w = at(weight, iw);
        add(y.get_mut(iy), feature(x, ix).map(|x| w * x));
    });
}

pub(crate) fn conv_input_gradient<S: Scalar, const T: usize>(
    of: &ConvolutionOne,
    parameters: &[S],
    dy: &[[S; T]],
    dx: &mut [[S; T]],
) {
    dx.fill([S::ZERO; T]);
    conv_terms(of, |ix, iw, iy| {
        let w = at(parameters, iw);
        add(dx.get_mut(ix), feature(dy, iy).map(|dy| w * dy));
    });
}

pub(crate) fn conv_weight_gradient<S: Scalar, const T: usize>(
    of: &ConvolutionOne,
    x: &[[S; T]],
    dy: &[[S; T]],
    gradient: &mut [S],
) {
    let (dweight, dbias) = gradient.split_at_mut(of.weights().min(gradient.len()));
    conv_outputs(of, |channel, _, _, place| {
        if let Some(db) = dbias.get_mut(channel) {
            *db += dot(feature(dy, place), [S::ONE; T]);
        }
    });
    conv_terms(of, |ix, iw, iy| {
        if let Some(dw) = dweight.get_mut(iw) {
            *dw += dot(feature(x, ix), feature(dy, iy));
        }
    });
}

/// Calls `f` with (place in y, tap, place in x) for every tap inside the input, output by output.
fn pool_terms(axes: [Axis; 2], channels: usize, mut f: impl FnMut(usize, usize, usize)) {
    let [rows, columns] = axes;
    for channel in 0..channels {
        for oy in 0..rows.output {
            for ox in 0..columns.output {
                let y = (channel * rows.output + oy) * columns.output + ox;
                for ky in rows.taps(oy) {
                    for kx in columns.taps(ox) {
                        let x = (channel * rows.input + rows.position(oy, ky)) * columns.input
                            + columns.position(ox, kx);
                        f(y, ky * columns.kernel + kx, x);
                    }
                }
            }
        }
    }
}

/// `saved` takes the tap that won, or is empty.
pub(crate) fn max_pool2d_forward<S: Scalar, const T: usize>(
    of: &Pooling,
    x: &[[S; T]],
    y: &mut [[S; T]],
    saved: &mut [[S; T]],
) {
    y.fill([-S::INFINITY; T]);
    // No tap yet: the first one inside the input is taken even where it is −∞.
    saved.fill([-S::ONE; T]);
    pool_terms(of.axes, of.channels, |iy, tap, ix| {
        let x = feature(x, ix);
        let Some(y) = y.get_mut(iy) else { return };
        let tap = S::from_usize(tap);
        let mut unused = [S::ZERO; T];
        let saved = saved.get_mut(iy).unwrap_or(&mut unused);
        for ((x, y), saved) in x.into_iter().zip(y).zip(saved) {
            if x > *y || x.partial_cmp(&x).is_none() || *saved < S::ZERO {
                (*y, *saved) = (x, tap);
            }
        }
    });
}

pub(crate) fn max_pool2d_backward<S: Scalar, const T: usize>(
    of: &Pooling,
    saved: &[[S; T]],
    dy: &[[S; T]],
    dx: &mut [[S; T]],
) {
    dx.fill([S::ZERO; T]);
    pool_terms(of.axes, of.channels, |iy, tap, ix| {
        let (dy, saved, tap) = (feature(dy, iy), feature(saved, iy), S::from_usize(tap));
        add(dx.get_mut(ix), from_fn(|t| if saved[t] == tap { dy[t] } else { S::ZERO }));
    });
}

pub(crate) fn avg_pool2d_forward<S: Scalar, const T: usize>(of: &Pooling, x: &[[S; T]], y: &mut [[S; T]]) {
    let [rows, columns] = of.axes;
    y.fill([S::ZERO; T]);
    pool_terms([rows, columns], of.channels, |iy, _, ix| add(y.get_mut(iy), feature(x, ix)));
    let places = (0..rows.output).flat_map(|oy| (0..columns.output).map(move |ox| (oy, ox)));
    for (y, (oy, ox)) in y.iter_mut().zip(places.cycle()) {
        let count = S::from_usize(of.count(oy, ox));
        *y = y.map(|sum| sum / count);
    }
}

pub(crate) fn avg_pool2d_backward<S: Scalar, const T: usize>(of: &Pooling, dy: &[[S; T]], dx: &mut [[S; T]]) {
    let [rows, columns] = of.axes;
    dx.fill([S::ZERO; T]);
    pool_terms([rows, columns], of.channels, |iy, _, ix| {
        let place = iy % (rows.output * columns.output).max(1);
        let width = columns.output.max(1);
        let count = S::from_usize(of.count(place / width, place % width));
        add(dx.get_mut(ix), feature(dy, iy).map(|dy| dy / count));
    });
}
