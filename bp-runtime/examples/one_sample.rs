//! Instructions of a layer for one sample, beside those for its share of a tile of 32.
//!
//! `.ci/one_sample.py` runs it under callgrind, which takes a count at each [`mark`], and prints the table.

use backprop_runtime::layers::{
    Attention, AvgPool2d, Conv1d, Conv2d, ConvTranspose2d, Dense, GroupNorm, LayerNorm, LogSoftmax,
    MaxPool2d, RmsNorm, Softmax, Upsample,
};
use backprop_runtime::{Backward, Forward, Layer, Pass};
use std::hint::black_box;

/// Where counts begin and end.
#[inline(never)]
fn mark() {
    black_box(());
}

/// Inputs, outputs, parameters, saved, scratch.
type Sizes = [usize; 5];

fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919) % 1000) as f32 / 1000.0 - 0.5).collect()
}

fn tile<const T: usize>(features: usize) -> Vec<[f32; T]> {
    numbers(features * T).as_chunks().0.to_vec()
}

/// Forward and backward, once each before they are counted.
fn run<const T: usize>(layer: &impl Layer<f32>, [inputs, outputs, parameters, saved, scratch]: Sizes) {
    let (x, mut y, dy) = (tile::<T>(inputs), tile::<T>(outputs), tile::<T>(outputs));
    let (mut saved, mut scratch, mut dx) = (tile::<T>(saved), tile::<T>(scratch), tile::<T>(inputs));
    let (parameters, mut gradient) = (&numbers(parameters)[..], numbers(parameters));
    let pass = &Pass::PREDICTION;
    for counted in [false, true] {
        if counted {
            mark();
        }
        layer.forward(Forward { parameters, x: &x, y: &mut y, saved: &mut saved, ..Forward::of(pass) });
        if counted {
            mark();
        }
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
        if counted {
            mark();
        }
    }
    black_box((&y, &dx, &gradient));
}

macro_rules! layers {
    ($($name:literal: $layer:expr, $parameters:ident, $saved:ident, $scratch:ident;)*) => { $(
        println!($name);
        let layer = $layer;
        let sizes = [
            layers!(@ layer, inputs), layers!(@ layer, outputs), layers!(@ layer, $parameters),
            layers!(@ layer, $saved), layers!(@ layer, $scratch),
        ];
        run::<1>(&layer, sizes);
        run::<32>(&layer, sizes);
    )* };
    (@ $layer:ident, none) => { 0 };
    (@ $layer:ident, $size:ident) => { $layer.$size() };
}

fn main() {
    layers! {
        "dense 64 -> 64": Dense::new(64, 64), parameters, none, scratch;
        "dense 64 -> 64, 16 rows": Dense::new(64, 64).rows(16), parameters, none, scratch;
        "conv2d 6x12x12 -> 16, 5x5": Conv2d::new([6, 12, 12], 16).kernel(5, 5), parameters, none, scratch;
        "conv2d 1x28x28 -> 6, 5x5": Conv2d::new([1, 28, 28], 6).kernel(5, 5), parameters, none, scratch;
        "conv2d 32x8x8 -> 64, 3x3, same": Conv2d::new([32, 8, 8], 64).kernel(3, 3).same(), parameters, none, scratch;
        "conv2d 16x16x16 -> 32, 3x3, stride 2":
            Conv2d::new([16, 16, 16], 32).kernel(3, 3).padding(1, 1).stride(2, 2), parameters, none, scratch;
        "conv2d 64x8x8 -> 64, 1x1": Conv2d::new([64, 8, 8], 64), parameters, none, scratch;
        "depthwise 64x16x16, 3x3":
            Conv2d::new([64, 16, 16], 64).kernel(3, 3).same().groups(64), parameters, none, scratch;
        "depthwise 64x16x16, 3x3, stride 2":
            Conv2d::new([64, 16, 16], 64).kernel(3, 3).padding(1, 1).stride(2, 2).groups(64), parameters, none, scratch;
        "conv_transpose2d 16x8x8 -> 8, 4x4, stride 2":
            ConvTranspose2d::new([16, 8, 8], 8).kernel(4, 4).stride(2, 2).padding(1, 1), parameters, none, scratch;
        "conv1d 16 -> 16, 3 taps, 256 steps":
            Conv1d::new(256, 16, 16).kernel(3).same(), parameters, none, scratch;
        "conv1d depthwise 32, 3 taps, 128 steps":
            Conv1d::new(128, 32, 32).kernel(3).same().groups(32), parameters, none, scratch;
        "max_pool2d 6x24x24": MaxPool2d::new([6, 24, 24]).kernel(2, 2), none, saved, none;
        "max_pool2d 16x16x16, 3x3, stride 2":
            MaxPool2d::new([16, 16, 16]).kernel(3, 3).stride(2, 2).padding(1, 1), none, saved, none;
        "avg_pool2d 6x24x24": AvgPool2d::new([6, 24, 24]).kernel(2, 2), none, none, none;
        "avg_pool2d 64x8x8, all": AvgPool2d::new([64, 8, 8]).kernel(8, 8), none, none, none;
        "upsample 8x8x8": Upsample::new([8, 8, 8], [2, 2]), none, none, none;
        "attention 32x32, 4 heads": Attention::new(32, 32, 4), parameters, saved, scratch;
        "layer_norm 32x32": LayerNorm::new(32, 32), parameters, saved, none;
        "rms_norm 32x32": RmsNorm::new(32, 32), parameters, saved, none;
        "group_norm 8 of 64, 64": GroupNorm::new(8, 64, 64), parameters, saved, none;
    }
    for rows in [1, 32] {
        println!("softmax {rows}x32");
        run::<1>(&Softmax::new(rows, 32), [rows * 32, rows * 32, 0, 0, 0]);
        run::<32>(&Softmax::new(rows, 32), [rows * 32, rows * 32, 0, 0, 0]);
        println!("log_softmax {rows}x32");
        run::<1>(&LogSoftmax::new(rows, 32), [rows * 32, rows * 32, 0, 0, 0]);
        run::<32>(&LogSoftmax::new(rows, 32), [rows * 32, rows * 32, 0, 0, 0]);
    }
}
