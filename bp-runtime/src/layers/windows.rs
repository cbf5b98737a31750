//! What pooling layers have in common: windows that slide over an image, and the sizes that follow.

/// Constructor, settings and sizes of a pooling layer with fields `channels`, `height`, `width`, `kernel`, `stride` and
/// `padding`, and with functions `dilations`, the distance of a window's taps, and `divisor`, what its sum is divided by
/// unless that is the number of values it meets. `$field`s are those that the layer has beside them, as they are at first.
macro_rules! windows {
    ($layer:ident, $($field:ident: $initial:expr),*) => {
        impl $layer {
            /// A layer on `[channels, height, width]` with windows of 1×1.
            pub const fn new(input: [usize; 3]) -> Self {
                let [channels, height, width] = input;
                assert!(channels > 0 && height > 0 && width > 0, "the input of a pooling layer is not empty");
                let (kernel, stride, padding) = ([1; 2], [1; 2], [0; 2]);
                Self { channels, height, width, kernel, stride, padding, $($field: $initial),* }
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
                let [kernel, stride, before] = [self.kernel[axis], self.stride[axis], self.padding[axis]];
                let dilation = self.dilations()[axis];
                let output = $crate::geometry::Axis::outputs(input + 2 * before, kernel, stride, dilation);
                $crate::geometry::Axis { input, output, kernel, stride, dilation, before }
            }
        }
    };
}
pub(super) use windows;
