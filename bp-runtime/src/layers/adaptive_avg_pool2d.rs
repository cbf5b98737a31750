//! `adaptive_avg_pool2d`: the mean of each bin, of a given number of bins.

use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Scalar};
use core::ops::Range;

/// The mean of each of `output` bins of an image, whatever its size (PyTorch's `AdaptiveAvgPool2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, rows, columns]` |
///
/// Bin `i` of `n` over an axis of length `l` is `⌊i l / n⌋ .. ⌈(i + 1) l / n⌉`: neighbours overlap where `n` does not
/// divide `l`. A sequence `[time, features]` pooled to `n` steps is `new([1, time, features], n, features)`, and equals
/// `AdaptiveAvgPool1d` on its transpose. Backward spreads each gradient evenly over its bin.
///
/// ```
/// use backprop_runtime::{layers::AdaptiveAvgPool2d, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// let x = [[1.0], [2.0], [6.0]];
/// AdaptiveAvgPool2d::new([1, 1, 3], 1, 2).forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[1.5], [4.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptiveAvgPool2d {
    /// Channels of input and output.
    pub channels: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the output.
    pub output: [usize; 2],
}

impl AdaptiveAvgPool2d {
    /// From `[channels, height, width]` to `rows` × `columns`.
    pub const fn new(input: [usize; 3], rows: usize, columns: usize) -> Self {
        let [channels, height, width] = input;
        assert!(channels > 0 && height > 0 && width > 0, "the input of a pooling layer is not empty");
        assert!(rows > 0 && columns > 0, "a pooling layer has at least one row and column of output");
        Self { channels, input: [height, width], output: [rows, columns] }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.channels * self.input[0] * self.input[1]
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        self.channels * self.output[0] * self.output[1]
    }

    /// `[channels, rows, columns]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        [self.channels, self.output[0], self.output[1]]
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    const fn bin(index: usize, input: usize, output: usize) -> Range<usize> {
        index * input / output..((index + 1) * input).div_ceil(output)
    }

    /// Calls `f` with each output feature and each row of its bin, as a range of input features, and one over the
    /// bin's size.
    #[inline(always)]
    pub(super) fn bins<S: Scalar>(&self, mut f: impl FnMut(usize, Range<usize>, S)) {
        let ([height, width], [rows, columns]) = (self.input, self.output);
        let mut place = 0;
        for channel in 0..self.channels {
            for row in 0..rows {
                let down = Self::bin(row, height, rows);
                for column in 0..columns {
                    let across = Self::bin(column, width, columns);
                    let factor = S::ONE / S::from_usize(down.len() * across.len());
                    for y in down.clone() {
                        let first = (channel * height + y) * width;
                        f(place, first + across.start..first + across.end, factor);
                    }
                    place += 1;
                }
            }
        }
    }
}

impl<S: Scalar> Layer<S> for AdaptiveAvgPool2d {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { x, y, .. } = io;
        y.fill([S::ZERO; T]);
        self.bins(|place, row, factor: S| {
            let Some(y) = y.get_mut(place) else { return };
            for x in x.part(row) {
                for (y, x) in y.iter_mut().zip(x) {
                    *y += *x * factor;
                }
            }
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { dy, dx, .. } = io;
        dx.fill([S::ZERO; T]);
        self.bins(|place, row, factor: S| {
            let Some(dy) = dy.get(place) else { return };
            for dx in dx.part_mut(row) {
                for (dx, dy) in dx.iter_mut().zip(dy) {
                    *dx += *dy * factor;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::AdaptiveAvgPool2d;
    use crate::layers::check::{self, Sizes};

    #[test]
    fn gradients_agree_with_finite_differences() {
        for layer in [
            AdaptiveAvgPool2d::new([2, 5, 7], 3, 2),
            AdaptiveAvgPool2d::new([1, 3, 2], 5, 4),
            AdaptiveAvgPool2d::new([1, 7, 3], 2, 3),
        ] {
            let sizes = Sizes {
                inputs: layer.inputs(),
                outputs: layer.outputs(),
                parameters: 0,
                saved: 0,
                scratch: 0,
            };
            check::gradients::<1>(&layer, sizes);
        }
    }
}
