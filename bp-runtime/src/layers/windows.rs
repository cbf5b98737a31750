//! What pooling layers have in common: windows that slide over an image, and the sizes that follow.

use crate::geometry::Axis;

/// The padding before and after an axis with which a window has `⌈length / stride⌉` places: an odd number stands behind.
///
/// ```
/// # use backprop_runtime::layers::same_padding;
/// assert_eq!(same_padding(5, 4, 2, 1), [1, 2]);
/// ```
pub const fn same_padding(length: usize, kernel: usize, stride: usize, dilation: usize) -> [usize; 2] {
    Axis::same(length, kernel, stride, dilation)
}

/// Constructor, settings and sizes of a pooling layer with fields `channels`, `height`, `width`, `kernel`, `stride`,
/// `padding` and `ceil_mode`, and with functions `dilations`, the distance of a window's taps, and `divisor`, what its sum is
/// divided by. `$field`s are those that the layer has beside them, as they are at first.
macro_rules! windows {
    ($layer:ident, $($field:ident: $initial:expr),*) => {
        impl $layer {
            /// A layer on `[channels, height, width]` with windows of 1×1.
            pub const fn new(input: [usize; 3]) -> Self {
                let [channels, height, width] = input;
                assert!(channels > 0 && height > 0 && width > 0, "the input of a pooling layer is not empty");
                let (kernel, stride, padding, ceil_mode) = ([1; 2], [1; 2], [[0; 2]; 2], false);
                Self { channels, height, width, kernel, stride, padding, ceil_mode, $($field: $initial),* }
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
                Self { padding: [[rows; 2], [columns; 2]], ..self }
            }

            /// The same with padding that differs by side, `[[above, below], [left, right]]`: each less than a window. To
            /// be called after [`kernel`](Self::kernel).
            pub const fn sides(self, padding: [[usize; 2]; 2]) -> Self {
                let [[above, below], [left, right]] = padding;
                let [rows, columns] = self.kernel;
                assert!(
                    above < rows && below < rows && left < columns && right < columns,
                    "the padding of a pooling layer is less than its window"
                );
                Self { padding, ..self }
            }

            /// The same with as much padding as gives `⌈length / stride⌉` outputs (TensorFlow's `padding = 'same'`): an odd
            /// row or column goes below or to the right. To be called after all else.
            pub const fn same(self) -> Self {
                let ([rows, columns], [down, across], [dy, dx]) = (self.kernel, self.stride, self.dilations());
                let rows = $crate::geometry::Axis::same(self.height, rows, down, dy);
                Self { padding: [rows, $crate::geometry::Axis::same(self.width, columns, across, dx)], ..self }
            }

            /// The same with a window more where the last one leaves something over: it reaches beyond the padding, and
            /// begins before it ends (PyTorch's `ceil_mode`).
            pub const fn ceil_mode(self) -> Self {
                Self { ceil_mode: true, ..self }
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

            /// Multiply-adds of one forward pass: none, only additions or comparisons.
            pub const fn multiply_adds(&self) -> usize {
                0
            }

            /// Features of scratch that backward wants: none.
            pub const fn scratch(&self) -> usize {
                0
            }

            /// What the kernels see of it.
            #[inline(always)]
            pub(crate) const fn geometry(&self) -> $crate::geometry::Pooling {
                $crate::geometry::Pooling { channels: self.channels, axes: self.axes(), divisor: self.divisor() }
            }

            /// Rows and columns as the kernels see them.
            const fn axes(&self) -> [$crate::geometry::Axis; 2] {
                [self.axis(0, self.height), self.axis(1, self.width)]
            }

            const fn axis(&self, axis: usize, input: usize) -> $crate::geometry::Axis {
                use $crate::geometry::Axis;
                let ([kernel, stride], sides) = ([self.kernel[axis], self.stride[axis]], self.padding[axis]);
                let (dilation, [before, after]) = (self.dilations()[axis], sides);
                let output = if self.ceil_mode {
                    Axis::outputs_up(input, sides, kernel, stride, dilation)
                } else {
                    Axis::outputs(before + input + after, kernel, stride, dilation)
                };
                Axis { input, output, kernel, stride, dilation, before }
            }
        }
    };
}
pub(super) use windows;
