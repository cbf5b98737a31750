//! A gradient in parts has the bits of the whole.

use super::{numbers, on_each_level};
use crate::layer::MOST_PARTS;
use crate::layers::{Conv2d, Dense};
use crate::{Backward, Layer, Pass, Scalar};

/// Compares them over a tile; `[inputs, outputs, parameters, scratch]`. Returns how many parts there are.
fn compare_tile<S: Scalar, const T: usize>(layer: &impl Layer<S>, sizes: [usize; 4], first: bool) -> usize {
    let [inputs, outputs, parameters, scratch] = sizes;
    let tile = |features: usize, seed| numbers::<S>(features * T, seed).as_chunks::<T>().0.to_vec();
    let (x, dy) = (tile(inputs, 1), tile(outputs, 2));
    let before = if first { vec![S::ZERO; parameters] } else { numbers::<S>(parameters, 3) };
    let pass = &Pass::PREDICTION;

    let (mut whole, scratch) = (before.clone(), &mut vec![[S::NAN; T]; scratch][..]);
    let io = Backward { x: &x, dy: &dy, scratch: &mut *scratch, first, ..Backward::of(pass) };
    layer.backward(Backward { gradient: &mut whole, ..io });

    let mut gradient = before;
    let (mut rest, mut parts) = (&mut gradient[..], 0);
    scratch.fill([S::NAN; T]);
    while let Some(part) = layer.gradient_part(parts) {
        let gradient = rest.split_off_mut(..part.parameters).expect("no more parameters than there are");
        let (x, continued, scratch) = (&x[part.inputs], parts > 0, &mut *scratch);
        part.layer.backward(Backward {
            x,
            dy: &dy,
            gradient,
            first,
            continued,
            scratch,
            ..Backward::of(pass)
        });
        parts += 1;
    }
    assert!(rest.is_empty() || parts == 0, "{} parameters are in no part", rest.len());
    assert!(parts == 0 || whole == gradient, "the bits differ");
    parts
}

/// Compares them, and the number of parts with the expected one.
fn compare<L: Layer<f32> + Layer<f64> + core::fmt::Debug>(layer: L, sizes: [usize; 4], parts: usize) {
    on_each_level(|level| {
        for first in [true, false] {
            let found = [
                compare_tile::<f32, 1>(&layer, sizes, first),
                compare_tile::<f32, 48>(&layer, sizes, first),
                compare_tile::<f64, 1>(&layer, sizes, first),
                compare_tile::<f64, 16>(&layer, sizes, first),
            ];
            assert_eq!(found, [parts; 4], "{level} {layer:?}");
        }
    });
}

fn compare_dense(layer: Dense, parts: usize) {
    compare(layer, [layer.inputs(), layer.outputs(), layer.parameters(), layer.scratch()], parts);
}

fn compare_conv2d(layer: Conv2d, parts: usize) {
    compare(layer, [layer.inputs(), layer.outputs(), layer.parameters(), layer.scratch()], parts);
}

#[test]
fn parts_of_dense_layers() {
    compare_dense(Dense::new(784, 130), MOST_PARTS);
    compare_dense(Dense::new(75, 120), 2);
    compare_dense(Dense::new(99, 135).without_bias(), 3);
    compare_dense(Dense::new(1000, 10), 2);
    compare_dense(Dense::new(64, 127), 0);
    compare_dense(Dense::new(7, 3000), 0);
    compare_dense(Dense::new(80, 120).rows(3), 0);
}

#[test]
fn parts_of_convolutions() {
    compare_conv2d(Conv2d::new([1, 28, 28], 6).kernel(5, 5), 5);
    compare_conv2d(Conv2d::new([6, 12, 12], 16).kernel(5, 5), 6);
    compare_conv2d(Conv2d::new([7, 12, 12], 5).kernel(3, 3).without_bias().same(), 7);
    compare_conv2d(Conv2d::new([25, 6, 6], 15), 3);
    compare_conv2d(Conv2d::new([25, 6, 6], 15).kernel(3, 1).stride(2, 1), 3);
    compare_conv2d(Conv2d::new([6, 12, 12], 16).kernel(5, 5).groups(2), 0);
    compare_conv2d(Conv2d::new([1, 8, 8], 3).kernel(3, 3), 0);
    // Rows of the kernel that meet padding alone, and rows of the input that some do not meet.
    compare_conv2d(Conv2d::new([1, 3, 20], 40).kernel(9, 5).padding(8, 2).dilation(2, 1).stride(3, 1), 5);
    compare_conv2d(Conv2d::new([1, 2, 40], 30).kernel(9, 5).padding(8, 2), 5);
    compare_conv2d(Conv2d::new([1, 19, 21], 18).kernel(3, 4).padding(1, 2).dilation(3, 2).stride(2, 3), 2);
}
