//! `max_pool2d`: the largest number of each window.

use crate::kernels::axis::Axis;
use crate::kernels::reference;
use crate::{Backward, Forward, Layer, Scalar};

/// The largest number of each window of each channel (PyTorch's `MaxPool2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, ⌊(height + 2 padding − dilation (kernel − 1) − 1) / stride⌋ + 1, …]` |
/// | saved | as y: which tap of the window won, so that backward needs neither x nor y |
///
/// Defaults are PyTorch's: the stride is the kernel, no padding, dilation 1. Padding counts as −∞. A window
/// with a NaN gives NaN. Of equal numbers the first wins, and gets the whole gradient.
///
/// ```
/// use backprop_runtime::{layers::MaxPool2d, Forward, Layer, Pass};
/// const POOL: MaxPool2d = MaxPool2d::new([1, 2, 4]).kernel(2, 2);
/// let mut y = [[0.0_f32]; POOL.outputs()];
/// let x = [[1.0], [2.0], [8.0], [7.0], [4.0], [3.0], [5.0], [6.0]];
/// POOL.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[4.0], [8.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool2d {
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
    /// Padding above and below, and left and right.
    pub padding: [usize; 2],
    /// Distance between the taps of a window, in rows and columns of the input.
    pub dilation: [usize; 2],
}

impl MaxPool2d {
    /// A layer on `[channels, height, width]` with windows of 1×1.
    pub const fn new(input: [usize; 3]) -> Self {
        let [channels, height, width] = input;
        assert!(channels > 0 && height > 0 && width > 0, "the input of a pooling layer is not empty");
        Self { channels, height, width, kernel: [1; 2], stride: [1; 2], padding: [0; 2], dilation: [1; 2] }
    }

    /// The same with windows of so many rows and columns, side by side.
    pub const fn kernel(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "a pooling window has at least one row and column");
        Self { kernel: [rows, columns], stride: [rows, columns], ..self }
    }

    /// The same with windows so many rows and columns apart. To be called after [`kernel`](Self::kernel).
    pub const fn stride(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the stride of a pooling layer is at least 1");
        Self { stride: [rows, columns], ..self }
    }

    /// The same with so much padding, at most half a window. To be called after [`kernel`](Self::kernel).
    pub const fn padding(self, rows: usize, columns: usize) -> Self {
        assert!(
            rows <= self.kernel[0] / 2 && columns <= self.kernel[1] / 2,
            "the padding of a pooling layer is at most half its window"
        );
        Self { padding: [rows, columns], ..self }
    }

    /// The same with the taps of a window so many rows and columns apart.
    pub const fn dilation(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the dilation of a pooling layer is at least 1");
        Self { dilation: [rows, columns], ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        let [channels, height, width] = self.output_shape();
        channels * height * width
    }

    /// The same, after checking that it has an output: so that a constant fails once, where it is written.
    #[must_use]
    pub const fn checked(self) -> Self {
        let _ = self.output_shape();
        self
    }

    /// `[channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        let [rows, columns] = self.axes();
        assert!(
            rows.output > 0 && columns.output > 0,
            "the window of a pooling layer, dilated, fits into the padded input"
        );
        [self.channels, rows.output, columns.output]
    }

    /// Number of parameters: none.
    pub const fn parameters(&self) -> usize {
        0
    }

    /// Multiply-adds of one forward pass: none, only comparisons.
    pub const fn multiply_adds(&self) -> usize {
        0
    }

    /// Features that backward needs beside input and output: the winning taps.
    pub const fn saved(&self) -> usize {
        self.outputs()
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Rows and columns as the kernels see them.
    pub(crate) const fn axes(&self) -> [Axis; 2] {
        [self.axis(0, self.height), self.axis(1, self.width)]
    }

    const fn axis(&self, axis: usize, input: usize) -> Axis {
        let [kernel, stride, dilation] = [self.kernel[axis], self.stride[axis], self.dilation[axis]];
        let before = self.padding[axis];
        let output = Axis::outputs(input + 2 * before, kernel, stride, dilation);
        Axis { input, output, kernel, stride, dilation, before }
    }
}

impl MaxPool2d {
    const fn is_pairs(&self) -> bool {
        matches!((self.kernel, self.stride, self.padding, self.dilation), ([2, 2], [2, 2], [0, 0], [1, 1]))
    }
}

impl<S: Scalar> Layer<S> for MaxPool2d {
    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { x, y, saved, .. } = io;
        if T == 1 && saved.is_empty() && self.is_pairs() {
            S::max_pool2d_forward_pairs(self, x.as_flattened(), y.as_flattened_mut());
        } else if T.is_multiple_of(S::LANES) {
            let (y, saved) = (y.as_flattened_mut(), saved.as_flattened_mut());
            S::max_pool2d_forward(self, T, x.as_flattened(), y, saved);
        } else {
            reference::max_pool2d_forward(self, x, y, saved);
        }
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { saved, dy, dx, .. } = io;
        if dx.is_empty() {
            return;
        }
        if T.is_multiple_of(S::LANES) {
            let (saved, dy) = (saved.as_flattened(), dy.as_flattened());
            S::max_pool2d_backward(self, T, saved, dy, dx.as_flattened_mut());
        } else {
            reference::max_pool2d_backward(self, saved, dy, dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MaxPool2d;
    use crate::kernels::check::{self, Sizes};
    use crate::{Backward, Forward, Layer, Pass};

    fn check<const T: usize>(layer: MaxPool2d) {
        let (inputs, outputs) = (layer.inputs(), layer.outputs());
        check::gradients::<T>(
            &layer,
            Sizes { inputs, outputs, parameters: 0, saved: layer.saved(), scratch: 0 },
        );
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for layer in [
            MaxPool2d::new([2, 5, 4]).kernel(2, 2),
            MaxPool2d::new([1, 7, 5]).kernel(3, 2).stride(2, 1).padding(1, 1),
            MaxPool2d::new([3, 6, 7]).kernel(2, 3).dilation(3, 2).stride(1, 2),
        ] {
            check::<1>(layer);
            check::<16>(layer);
        }
    }

    fn pooled(x: [f32; 4]) -> (f32, [f32; 4]) {
        const POOL: MaxPool2d = MaxPool2d::new([1, 2, 2]).kernel(2, 2);
        let (mut y, mut saved, mut dx) = ([[0.0]], [[0.0]], [[0.0]; 4]);
        POOL.forward(Forward {
            x: &x.map(|x| [x]),
            y: &mut y,
            saved: &mut saved,
            ..Forward::of(&Pass::PREDICTION)
        });
        POOL.backward(Backward {
            saved: &saved,
            dy: &mut [[1.0]],
            dx: &mut dx,
            ..Backward::of(&Pass::PREDICTION)
        });
        (y[0][0], dx.map(|[dx]| dx))
    }

    /// As `torch.nn.functional.max_pool2d` of PyTorch 2.15.
    #[test]
    fn ties_infinities_and_nan_are_pytorchs() {
        assert_eq!(pooled([1.0, 3.0, 3.0, 2.0]), (3.0, [0.0, 1.0, 0.0, 0.0]));
        assert_eq!(pooled([f32::NEG_INFINITY; 4]), (f32::NEG_INFINITY, [1.0, 0.0, 0.0, 0.0]));
        let (y, dx) = pooled([1.0, f32::NAN, 3.0, 2.0]);
        assert!(y.is_nan());
        assert_eq!(dx, [0.0, 1.0, 0.0, 0.0]);
    }
}
