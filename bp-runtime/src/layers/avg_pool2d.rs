//! `avg_pool2d`: the mean of each window.

use super::{shorter, windows::windows};
use crate::geometry::Divisor;
use crate::{Backward, Forward, Layer, Scalar};

/// The mean of each window of each channel (PyTorch's `AvgPool2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, ⌊(height + padding − kernel) / stride⌋ + 1, …]` |
///
/// Defaults are PyTorch's: the stride is the kernel, no padding, and padding counts as zeros in the mean
/// (`count_include_pad`; TensorFlow leaves it out). Of a window that reaches beyond the padding, in
/// [`ceil_mode`](Self::ceil_mode), only what lies within it counts. Backward spreads each gradient evenly over its window. Samples
/// with a length of their own are pooled over all of their time axis, and it is their own steps that count.
///
/// ```
/// use backprop_runtime::{layers::AvgPool2d, Forward, Layer, Pass};
/// const POOL: AvgPool2d = AvgPool2d::new([1, 2, 4]).kernel(2, 2);
/// let mut y = [[0.0_f32]; POOL.outputs()];
/// let x = [[1.0], [2.0], [8.0], [7.0], [4.0], [3.0], [5.0], [6.0]];
/// POOL.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[2.5], [6.5]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvgPool2d {
    /// Channels of input and output.
    pub channels: usize,
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// Distance between windows, in rows and columns of the input.
    pub stride: [usize; 2],
    /// Zeros around the input: `[[above, below], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Whether a last window may reach beyond the padding.
    pub ceil_mode: bool,
    /// Whether the zeros of the padding count in the mean.
    pub count_include_pad: bool,
    /// What sums are divided by, in place of the number of values.
    pub divisor_override: Option<usize>,
}

windows!(AvgPool2d, count_include_pad: true, divisor_override: None);

impl AvgPool2d {
    /// The same with or without the padding in the mean.
    pub const fn count_include_pad(self, count_include_pad: bool) -> Self {
        Self { count_include_pad, ..self }
    }

    /// The same with sums divided by a given number in place of the number of values.
    pub const fn divisor_override(self, divisor: usize) -> Self {
        assert!(divisor > 0, "the divisor of a pooling layer is at least 1");
        Self { divisor_override: Some(divisor), ..self }
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    const fn dilations(&self) -> [usize; 2] {
        [1; 2]
    }

    const fn divisor(&self) -> Divisor {
        let [[_, below], [_, right]] = self.padding;
        match self.divisor_override {
            Some(divisor) => Divisor::Number(divisor),
            None if !self.count_include_pad => Divisor::Values,
            None if self.ceil_mode => Divisor::Padded([below, right]),
            None => Divisor::Number(self.kernel[0] * self.kernel[1]),
        }
    }
}

impl<S: Scalar> Layer<S> for AvgPool2d {
    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let (x, y) = (io.x.as_flattened(), io.y.as_flattened_mut());
        if T > 1 {
            S::avg_pool2d_forward(&self.geometry(), T, x, y);
        } else {
            S::avg_pool2d_forward_one(&self.geometry(), x, y);
        }
        shorter::means(io.lengths, self.height, io.x, io.y);
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let (dy, dx) = (io.dy.as_flattened(), io.dx.as_flattened_mut());
        if dx.is_empty() {
            return;
        }
        if T > 1 {
            S::avg_pool2d_backward(&self.geometry(), T, dy, dx);
        } else {
            S::avg_pool2d_backward_one(&self.geometry(), dy, dx);
        }
        shorter::spread(io.lengths, self.height, io.dy, io.dx);
    }
}

#[cfg(test)]
mod tests {
    use super::AvgPool2d;
    use crate::layers::check;
    use crate::{Forward, Layer, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            AvgPool2d::new([2, 5, 4]).kernel(2, 2),
            AvgPool2d::new([1, 7, 5]).kernel(3, 2).stride(2, 1).padding(1, 1),
            AvgPool2d::new([2, 6, 5]).kernel(3, 2).sides([[0, 2], [1, 0]]).stride(2, 2).ceil_mode(),
            AvgPool2d::new([3, 6, 7]).kernel(3, 3).padding(1, 1).stride(1, 2).count_include_pad(false),
        );
    }

    /// `torch.nn.functional.avg_pool2d(torch.tensor([[[6., 12.]]]), (1, 2), 1, (0, 1))`, with and without
    /// the padding in the mean, PyTorch 2.15.
    #[test]
    fn padding_counts_or_not() {
        let pooled = |count_include_pad| {
            let layer = AvgPool2d::new([1, 1, 2]).kernel(1, 2).stride(1, 1).padding(0, 1);
            let layer = layer.count_include_pad(count_include_pad);
            let mut y = [[0.0_f32]; 3];
            layer.forward(Forward { x: &[[6.0], [12.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
            y
        };
        assert_eq!(pooled(true), [[3.0], [9.0], [6.0]]);
        assert_eq!(pooled(false), [[6.0], [9.0], [12.0]]);
    }
}
