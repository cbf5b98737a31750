//! `max_pool2d`: the largest number of each window.

use super::{shorter, windows::windows};
use crate::geometry::Divisor;
use crate::{Backward, Forward, Layer, Scalar};

/// The largest number of each window of each channel (PyTorch's `MaxPool2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, ⌊(height + padding − dilation (kernel − 1) − 1) / stride⌋ + 1, …]` |
/// | saved | as y: which tap of the window won, so that backward needs neither x nor y |
///
/// Defaults are PyTorch's: the stride is the kernel, no padding, dilation 1. [`sides`](Self::sides),
/// [`same`](Self::same) and [`ceil_mode`](Self::ceil_mode) are padding and windows at the end. Padding counts as −∞. A window
/// with a NaN gives NaN. Of equal numbers the first wins, and gets the whole gradient. Samples with a length of their own are
/// pooled over all of their time axis, and it is their own steps that count.
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
    /// Padding around the input: `[[above, below], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Whether a last window may reach beyond the padding.
    pub ceil_mode: bool,
    /// Distance between the taps of a window, in rows and columns of the input.
    pub dilation: [usize; 2],
}

windows!(MaxPool2d, dilation: [1; 2]);

impl MaxPool2d {
    /// The same with the taps of a window so many rows and columns apart.
    pub const fn dilation(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the dilation of a pooling layer is at least 1");
        Self { dilation: [rows, columns], ..self }
    }

    /// Features that backward needs beside input and output: the winning taps.
    pub const fn saved(&self) -> usize {
        self.outputs()
    }

    const fn dilations(&self) -> [usize; 2] {
        self.dilation
    }

    const fn divisor(&self) -> Divisor {
        Divisor::Values
    }

    const fn is_pairs(&self) -> bool {
        matches!(
            (self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode),
            ([2, 2], [2, 2], [[0, 0], [0, 0]], [1, 1], false)
        )
    }
}

impl<S: Scalar> Layer<S> for MaxPool2d {
    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let (x, y, saved) = (io.x.as_flattened(), io.y.as_flattened_mut(), io.saved.as_flattened_mut());
        if T > 1 {
            S::max_pool2d_forward(&self.geometry(), T, x, y, saved);
        } else if saved.is_empty() && self.is_pairs() {
            S::max_pool2d_forward_pairs(&self.geometry(), x, y);
        } else {
            S::max_pool2d_forward_one(&self.geometry(), x, y, saved);
        }
        // Backward finds the winners in what is saved.
        shorter::largest(io.lengths, self.height, io.x, io.y, io.saved);
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let (saved, dy, dx) = (io.saved.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        if dx.is_empty() {
            return;
        }
        if T > 1 {
            S::max_pool2d_backward(&self.geometry(), T, saved, dy, dx);
        } else {
            S::max_pool2d_backward_one(&self.geometry(), saved, dy, dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MaxPool2d;
    use crate::layers::check;
    use crate::{Backward, Forward, Layer, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            MaxPool2d::new([2, 5, 4]).kernel(2, 2),
            MaxPool2d::new([2, 6, 5]).kernel(3, 2).sides([[0, 2], [1, 0]]).stride(2, 2).ceil_mode(),
            MaxPool2d::new([1, 7, 5]).kernel(3, 2).stride(2, 1).padding(1, 1),
            MaxPool2d::new([3, 6, 7]).kernel(2, 3).dilation(3, 2).stride(1, 2),
        );
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
