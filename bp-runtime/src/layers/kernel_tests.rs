//! Every kernel against the plain loops, on every instruction set of this machine.

mod parts;

use super::check;
use crate::kernels::reference;
use crate::layers::{AvgPool2d, Conv1d, Conv2d, ConvTranspose2d, Dense, MaxPool2d};
use crate::{Backward, Forward, Layer, Pass, Sample, Scalar, dispatch};
use rand_core::Rng;

/// The layer by its plain loops.
struct Plain<L>(L);

macro_rules! plain {
    ($layer:ty, |$this:ident, $f:ident, $b:ident| $forward:expr, $weights:expr, $input:expr) => {
        impl<S: Scalar> Layer<S> for Plain<$layer> {
            fn forward<const T: usize>(&self, $f: Forward<'_, S, T>) {
                let $this = &self.0;
                $forward
            }
            fn backward<const T: usize>(&self, $b: Backward<'_, S, T>) {
                let $this = &self.0;
                let () = $weights;
                $input
            }
        }
    };
}
plain!(
    Dense,
    |l, f, b| reference::dense_forward(&l.geometry(), f.parameters, f.x, f.y),
    reference::dense_weight_gradient(&l.geometry(), b.x, b.dy, b.gradient),
    reference::dense_input_gradient(&l.geometry(), b.parameters, b.dy, b.dx)
);
plain!(
    Conv2d,
    |l, f, b| reference::conv_forward(&l.geometry().one(), f.parameters, f.x, f.y),
    reference::conv_weight_gradient(&l.geometry().one(), b.x, b.dy, b.gradient),
    reference::conv_input_gradient(&l.geometry().one(), b.parameters, b.dy, b.dx)
);
plain!(
    Conv1d,
    |l, f, b| reference::conv_forward(&l.geometry().one(), f.parameters, f.x, f.y),
    reference::conv_weight_gradient(&l.geometry().one(), b.x, b.dy, b.gradient),
    reference::conv_input_gradient(&l.geometry().one(), b.parameters, b.dy, b.dx)
);
plain!(
    MaxPool2d,
    |l, f, b| reference::max_pool2d_forward(&l.geometry(), f.x, f.y, f.saved),
    (),
    reference::max_pool2d_backward(&l.geometry(), b.saved, b.dy, b.dx)
);
plain!(
    AvgPool2d,
    |l, f, b| reference::avg_pool2d_forward(&l.geometry(), f.x, f.y),
    (),
    reference::avg_pool2d_backward(&l.geometry(), b.dy, b.dx)
);

/// Inputs, outputs, parameters, saved, scratch.
type Sizes = [usize; 5];

fn numbers<S: Scalar>(count: usize, seed: u64) -> Vec<S> {
    let mut rng = crate::rng(seed);
    (0..count).map(|_| S::uniform(rng.next_u64()) - S::ONE / S::from_usize(2)).collect()
}

/// What a layer computes.
#[derive(PartialEq)]
struct Within<S, const T: usize> {
    y: Vec<[S; T]>,
    saved: Vec<[S; T]>,
    dx: Vec<[S; T]>,
    gradient: Vec<S>,
}

/// y, saved, dx and gradients (added to, and a first) in a row, from fixed numbers; `scratch` and outputs start as NaN.
fn run<S: Scalar, const T: usize, L: Layer<S>>(layer: &L, sizes: Sizes) -> Vec<S> {
    let [inputs, outputs, parameters, saved, scratch] = sizes;
    let tile = |features: usize, seed| numbers::<S>(features * T, seed).as_chunks::<T>().0.to_vec();
    let nan = |features: usize| vec![[S::NAN; T]; features];
    let (x, dy, parameters) = (tile(inputs, 1), tile(outputs, 2), numbers::<S>(parameters, 3));
    let (mut y, mut saved, mut dx, mut scratch) = (nan(outputs), nan(saved), nan(inputs), nan(scratch));
    let mut predicted = nan(outputs);
    let mut gradient = numbers(parameters.len(), 4);
    let pass = &Pass::PREDICTION;
    let parameters = &parameters[..];
    layer.forward(Forward { parameters, x: &x, y: &mut y, saved: &mut saved, ..Forward::of(pass) });
    layer.forward(Forward { parameters, x: &x, y: &mut predicted, ..Forward::of(pass) });
    layer.backward(Backward {
        parameters,
        x: &x,
        y: &y,
        saved: &saved,
        dy: &dy,
        dx: &mut dx,
        gradient: &mut gradient,
        scratch: &mut scratch,
        ..Backward::of(pass)
    });
    let mut only = vec![if L::OVERWRITES { S::NAN } else { S::ZERO }; parameters.len()];
    layer.backward(Backward {
        parameters,
        x: &x,
        y: &y,
        saved: &saved,
        dy: &dy,
        gradient: &mut only,
        first: true,
        scratch: &mut scratch,
        ..Backward::of(pass)
    });
    // Networks are compiled as a whole for one sample only.
    if const { T == 1 } {
        let mut only_within = vec![if L::OVERWRITES { S::NAN } else { S::ZERO }; parameters.len()];
        let mut within = Within {
            y: nan(outputs),
            saved: nan(sizes[3]),
            dx: nan(inputs),
            gradient: numbers(parameters.len(), 4),
        };
        dispatch!(S: v => {
            let (y, saved) = (&mut within.y, &mut within.saved);
            layer.forward_within(v, Forward { parameters, x: &x, y, saved, ..Forward::of(pass) });
            layer.backward_within(v, Backward {
                parameters,
                x: &x,
                y: &within.y,
                saved: &within.saved,
                dy: &dy,
                dx: &mut within.dx,
                gradient: &mut within.gradient,
                scratch: &mut scratch,
                ..Backward::of(pass)
            });
            layer.backward_within(v, Backward {
                parameters,
                x: &x,
                y: &within.y,
                saved: &within.saved,
                dy: &dy,
                gradient: &mut only_within,
                first: true,
                scratch: &mut scratch,
                ..Backward::of(pass)
            });
        });
        assert!(only_within == only, "the first gradient of a layer that is written out in place differs");
        assert!(
            within
                == Within { y: y.clone(), saved: saved.clone(), dx: dx.clone(), gradient: gradient.clone() },
            "the bits of a layer that is written out in place differ"
        );
    }
    let tiles = [y, predicted, saved, dx].concat();
    tiles.as_flattened().iter().copied().chain(gradient).chain(only).collect()
}

/// Sets the instruction set of the thread.
fn on_each_level(mut test: impl FnMut(&str)) {
    #[cfg(target_arch = "x86_64")]
    for (limit, name) in [
        (crate::simd::Limit::Baseline, "baseline"),
        (crate::simd::Limit::Avx2, "AVX2"),
        (crate::simd::Limit::None, "best"),
    ] {
        crate::simd::limit(limit);
        test(name);
    }
    #[cfg(not(target_arch = "x86_64"))]
    test("best");
}

fn compare_tile<S: Scalar, const T: usize, L>(layer: L, sizes: Sizes)
where
    L: Layer<S> + core::fmt::Debug + Copy,
    Plain<L>: Layer<S>,
{
    let expected = run::<S, T, _>(&Plain(layer), sizes);
    let tolerance = S::EPSILON * S::from_usize(8 + sizes[0].max(sizes[1]) * T);
    let mut fused: Option<Vec<S>> = None;
    on_each_level(|level| {
        let found = run::<S, T, _>(&layer, sizes);
        for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let close = (*found - *expected).abs() <= tolerance * (S::ONE + expected.abs());
            assert!(close, "{layer:?}, tile {T}, {level}, number {place}: {found}, not {expected}");
        }
        if level != "baseline" {
            let first = fused.get_or_insert_with(|| found.clone());
            assert!(*first == found, "{layer:?}, tile {T}: bits of AVX2 and AVX-512 differ");
        }
    });
}

fn compare<L>(layer: L, sizes: Sizes)
where
    L: Layer<f32> + Layer<f64> + core::fmt::Debug + Copy,
    Plain<L>: Layer<f32> + Layer<f64>,
{
    compare_tile::<f32, 1, L>(layer, sizes);
    compare_tile::<f32, 16, L>(layer, sizes);
    compare_tile::<f32, 32, L>(layer, sizes);
    compare_tile::<f64, 1, L>(layer, sizes);
    compare_tile::<f64, 8, L>(layer, sizes);
    compare_tile::<f64, 32, L>(layer, sizes);
}

fn compare_dense(layer: Dense) {
    compare(layer, [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()]);
}

fn compare_conv2d(layer: Conv2d) {
    compare(layer, [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()]);
}

#[test]
fn dense_of_all_sizes() {
    for size in 1..=70 {
        // Each number of inputs and of outputs occurs, with others that share no factor with it.
        compare_dense(Dense::new(size, 1 + size * 29 % 71));
        compare_dense(Dense::new(1 + size * 31 % 67, size).without_bias());
    }
    compare_dense(Dense::new(19, 37).rows(3));
}

#[test]
fn convolutions_of_all_sizes() {
    for size in 1..=70 {
        let [kernel, stride, dilation] = [1 + size % 5, 1 + size % 3, 1 + size / 7 % 2];
        let wide = Conv2d::new([1 + size % 3, 9, 8 + size], 1 + size * 3 % 7);
        compare_conv2d(wide.kernel(1 + size % 3, kernel).stride(1, stride).dilation(1, dilation));
        let deep = Conv2d::new([1 + size % 4, 5, 6], size).kernel(2, 3);
        compare_conv2d(deep.padding(size % 2, size % 3).stride(1 + size % 2, 1));
    }
    // More weights than are brought together at a time.
    compare_conv2d(Conv2d::new([7, 3, 4], 150).kernel(3, 3).same());
    compare_conv2d(Conv2d::new([6, 3, 9], 90).kernel(3, 3).same());
    // More planes, rows or taps than one sample has room for at a time.
    for layer in [
        Conv2d::new([20, 19, 19], 18).kernel(17, 17).same(),
        Conv2d::new([3, 2, 600], 2).kernel(1, 3).same(),
        Conv2d::new([3, 2, 600], 20).kernel(1, 3).same(),
        Conv2d::new([3, 2, 600], 6).kernel(3, 9).groups(3).same(),
        Conv2d::new([6, 33, 70], 6).kernel(3, 3).groups(6).same().stride(2, 2),
    ] {
        let sizes = [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()];
        compare_tile::<f32, 1, _>(layer, sizes);
    }
    for into in [7, 33, 70] {
        compare_conv2d(Conv2d::new([into, 4, 5], 5).kernel(3, 3).same().without_bias());
        compare_conv2d(Conv2d::new([into, 3, 18], 9));
    }
}

#[test]
fn convolutions_in_groups_and_with_wide_padding() {
    for channels in [2, 6, 17, 34] {
        compare_conv2d(Conv2d::new([channels, 6, 9], channels).kernel(3, 3).groups(channels).same());
        compare_conv2d(Conv2d::new([channels, 5, 21], 3 * channels).kernel(2, 3).groups(channels));
        // More rows than are transposed at a time.
        let tall = Conv2d::new([channels, 23, 18], channels).kernel(5, 3).groups(channels).same();
        compare_conv2d(tall.stride(2, 1).dilation(1, 2));
    }
    compare_conv2d(Conv2d::new([6, 5, 7], 4).kernel(3, 2).groups(2).padding(4, 3).stride(3, 2));
    compare_conv2d(Conv2d::new([2, 3, 2], 3).kernel(5, 4).padding(3, 3).dilation(1, 2).stride(2, 3));
    compare_conv2d(Conv2d::new([1, 9, 9], 2).kernel(2, 2).stride(4, 5));
}

/// Everything that a small axis can be: (input, kernel, padding, stride, dilation).
fn small_axes() -> Vec<[usize; 5]> {
    let mut axes = Vec::new();
    for input in 1..=4 {
        for kernel in 1..=7 {
            for padding in 0..=3 {
                for stride in 1..=3 {
                    for dilation in 1..=3 {
                        if input + 2 * padding > dilation * (kernel - 1) {
                            axes.push([input, kernel, padding, stride, dilation]);
                        }
                    }
                }
            }
        }
    }
    axes
}

#[test]
fn all_small_convolutions() {
    let axes = small_axes();
    let channels = [[1, 1, 1], [2, 1, 1], [3, 5, 1], [2, 2, 2], [4, 6, 2], [7, 7, 7]];
    for (number, &[height, rows, above, down, apart]) in axes.iter().enumerate() {
        // Each axis as rows meets others as columns, and as columns others as rows; each with all channels.
        for (turn, [into, out, groups]) in channels.into_iter().enumerate() {
            let other = (number * 7 + turn * 131 + 1) % axes.len();
            let [width, columns, left, along, beside] = axes[other];
            let layer = Conv2d::new([into, height, width], out).kernel(rows, columns).groups(groups);
            let layer = layer.padding(above, left).stride(down, along).dilation(apart, beside);
            let sizes = [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()];
            compare_tile::<f32, 1, _>(layer, sizes);
            compare_tile::<f32, 16, _>(layer, sizes);
            compare_tile::<f64, 8, _>(layer, sizes);
        }
    }
}

#[test]
fn all_small_sequences() {
    let channels = [[1, 1, 1], [2, 1, 1], [3, 5, 1], [4, 6, 2], [7, 7, 7], [17, 18, 1], [18, 18, 18]];
    for (number, [time, kernel, padding, stride, dilation]) in small_axes().into_iter().enumerate() {
        let [into, out, groups] = channels[number % channels.len()];
        let layer = Conv1d::new(time, into, out).kernel(kernel).groups(groups);
        let layer = layer.padding(padding).stride(stride).dilation(dilation);
        let layer = if number % 3 == 0 { layer.without_bias() } else { layer };
        let sizes = [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()];
        compare_tile::<f32, 1, _>(layer, sizes);
        compare_tile::<f32, 16, _>(layer, sizes);
        compare_tile::<f64, 1, _>(layer, sizes);
    }
}

#[test]
fn sequences_of_all_sizes() {
    for size in 1..=70 {
        let [kernel, stride, dilation] = [1 + size % 5, 1 + size % 3, 1 + size / 7 % 2];
        let layer = Conv1d::new(20 + size % 40, size, 1 + size * 29 % 37).kernel(kernel);
        let layer = layer.padding(size % 3).stride(stride).dilation(dilation);
        compare(layer, [layer.inputs(), layer.outputs(), layer.parameters(), 0, layer.scratch()]);
    }
}

#[test]
fn all_small_transposed_convolutions() {
    for (number, [height, rows, above, down, apart]) in small_axes().into_iter().enumerate() {
        let [into, out, groups] = [[1, 1, 1], [2, 3, 1], [4, 2, 2], [3, 3, 3]][number % 4];
        // Less is left of the output than is taken off.
        let reach = (height - 1) * down + apart * (rows - 1) + 1;
        if reach <= 2 * above {
            continue;
        }
        let tall = ConvTranspose2d::new([into, height, 1], out).kernel(rows, 1).groups(groups);
        let tall = tall.stride(down, 1).dilation(apart, 1).padding(above, 0);
        let wide = ConvTranspose2d::new([into, 2, height], out).kernel(2, rows).groups(groups);
        let wide = wide.stride(1, down).dilation(1, apart).padding(1, above);
        check::layers![tall, wide];
    }
}

#[test]
fn pooling_of_all_sizes() {
    for size in 1..=70 {
        // Few channels and many.
        let shape = [1 + size % 3 * 9, 4 + size % 5, 3 + size];
        let [rows, columns] = [1 + size % 3, 1 + size % 4];
        let max = MaxPool2d::new(shape).kernel(rows, columns).padding(rows / 2, columns / 2);
        let max = max.stride(1 + size % 2, 1 + size / 2 % 3);
        compare(max, [max.inputs(), max.outputs(), 0, max.saved(), 0]);
        let pairs = MaxPool2d::new(shape).kernel(2, 2);
        compare(pairs, [pairs.inputs(), pairs.outputs(), 0, pairs.saved(), 0]);
        let avg = AvgPool2d::new(shape).kernel(rows, columns).padding(rows / 2, columns / 2);
        let avg = avg.stride(1 + size / 2 % 3, 1 + size % 2).count_include_pad(size % 2 == 0);
        compare(avg, [avg.inputs(), avg.outputs(), 0, 0, 0]);
        let up = avg.ceil_mode();
        compare_tile::<f32, 1, _>(up, [up.inputs(), up.outputs(), 0, 0, 0]);
    }
}

#[test]
fn max_pooling_keeps_nan_and_infinities_on_every_level() {
    let layer = MaxPool2d::new([1, 2, 2]).kernel(2, 2);
    let tile = |x: [f32; 4]| x.map(|x| [x; 16]);
    on_each_level(|level| {
        for (x, y, winner) in [
            ([1.0, f32::NAN, 3.0, 2.0], f32::NAN, 1.0),
            ([f32::NAN, 1.0, f32::NAN, 2.0], f32::NAN, 2.0),
            ([f32::NEG_INFINITY; 4], f32::NEG_INFINITY, 0.0),
            ([1.0, 3.0, 3.0, 2.0], 3.0, 1.0),
        ] {
            let (mut out, mut saved, mut one) = ([[0.0; 16]], [[0.0; 16]], [[0.0]]);
            let pass = &Pass::PREDICTION;
            layer.forward(Forward { x: &tile(x), y: &mut out, saved: &mut saved, ..Forward::of(pass) });
            layer.forward(Forward { x: &x.map(|x| [x]), y: &mut one, ..Forward::of(pass) });
            assert_eq!((out[0][3].is_nan(), saved[0][3]), (y.is_nan(), winner), "{level} {x:?}");
            assert_eq!(one[0][0].is_nan(), y.is_nan(), "{level} {x:?}");
            assert!(y.is_nan() || (out[0][3] == y && one[0][0] == y), "{level} {x:?}");
        }
    });
}

#[test]
fn tiles_are_loaded_feature_by_feature() {
    fn check<S: Scalar, const I: usize>() {
        for tile in [1_usize, 2, 16, 32] {
            for count in [1, tile.div_ceil(2), tile] {
                let samples: Vec<[S; I]> = numbers::<S>(I * count, 5).as_chunks().0.to_vec();
                on_each_level(|level| {
                    let mut x = vec![S::NAN; I * tile];
                    Sample::load(&samples, &mut x, tile);
                    for (lane, sample) in samples.iter().enumerate() {
                        let found: Vec<S> = (0..I).map(|i| x[i * tile + lane]).collect();
                        assert_eq!(found, sample, "{level} {I} {tile} {count}");
                    }
                });
            }
        }
    }
    check::<f32, 1>();
    check::<f32, 15>();
    check::<f32, 16>();
    check::<f32, 49>();
    check::<f64, 7>();
    check::<f64, 33>();
}
