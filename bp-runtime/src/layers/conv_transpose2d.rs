//! `conv_transpose2d`: a convolution backwards, which makes images larger.

use super::{Conv2d, Conv2dParameters};
use crate::geometry::Convolution2d;
use crate::initializers::Initializer;
use crate::kernels::conv2d;
use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Scalar, Tensor};
use rand_core::Rng;

/// The numbers of a transposed convolution, which are those of the convolution whose input gradient it is:
/// `weight[o][ky][kx][i]` leads from channel `i` to output channel `o` of its group.
///
/// `O` is the number of output channels of one group, `I` that of all input channels; `B` the number of biases: that of all
/// output channels, or 0 for a layer declared with `bias = false`. PyTorch's `weight` has the input channels first.
pub type ConvTranspose2dParameters<
    S,
    const O: usize,
    const I: usize,
    const KH: usize,
    const KW: usize,
    const B: usize,
> = Conv2dParameters<S, O, I, KH, KW, B>;

/// The input gradient of a convolution as a layer, plus a bias (PyTorch's `ConvTranspose2d`; Zeiler et al. 2010).
///
/// | | Shape |
/// |---|---|
/// | x | `[in_channels, height, width]` |
/// | y | `[out_channels, (height − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1, …]` |
/// | parameters | weight `[out_channels / groups][kernel][kernel][in_channels]`, bias `[out_channels]` |
///
/// Each number of x spreads over a window of y: `y[o][s Y + d k − p] += w[o][k][i] x[i][Y]`. Defaults are PyTorch's: stride 1,
/// no padding, no output padding, dilation 1, one group, a bias.
///
/// Backward: `dx` is the convolution of `dy`, `dW = dy ⋆ x`, `db = Σ dy`.
///
/// ```
/// use backprop_runtime::{layers::ConvTranspose2d, Forward, Layer, Pass};
/// const GROW: ConvTranspose2d = ConvTranspose2d::new([1, 1, 2], 1).kernel(1, 3).stride(1, 2).without_bias();
/// let mut y = [[0.0_f32]; GROW.outputs()];
/// GROW.forward(Forward {
///     parameters: &[1.0, 2.0, 1.0],
///     x: &[[1.0], [3.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[1.0], [2.0], [4.0], [6.0], [3.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Channels, rows and columns of the input.
    pub input: [usize; 3],
    /// Channels of the output.
    pub out_channels: usize,
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Distance in the output between neighbours of the input.
    pub stride: [usize; 2],
    /// Rows and columns taken off the output: `[[above, below], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Rows and columns added to the output below and to the right.
    pub output_padding: [usize; 2],
    /// Distance between the taps of the kernel.
    pub dilation: [usize; 2],
    /// Parts that the channels are divided into.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl ConvTranspose2d {
    /// A layer on `[channels, height, width]` with a 1×1 kernel and a bias.
    pub const fn new(input: [usize; 3], out_channels: usize) -> Self {
        assert!(input[0] > 0 && input[1] > 0 && input[2] > 0, "the input of a convolution is not empty");
        assert!(out_channels > 0, "a convolution has at least one output channel");
        let (kernel, stride, dilation) = ([1; 2], [1; 2], [1; 2]);
        let (padding, output_padding) = ([[0; 2]; 2], [0; 2]);
        Self { input, out_channels, kernel, stride, padding, output_padding, dilation, groups: 1, bias: true }
    }

    /// The same with a kernel of so many rows and columns.
    pub const fn kernel(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the kernel of a convolution has at least one row and column");
        Self { kernel: [rows, columns], ..self }
    }

    /// The same with neighbours of the input so many rows and columns apart in the output.
    pub const fn stride(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the stride of a convolution is at least 1");
        Self { stride: [rows, columns], ..self }
    }

    /// The same with so many rows and columns taken off on each side.
    pub const fn padding(self, rows: usize, columns: usize) -> Self {
        Self { padding: [[rows; 2], [columns; 2]], ..self }
    }

    /// The same with numbers of rows and columns taken off that differ by side: `[[above, below], [left, right]]`.
    pub const fn sides(self, padding: [[usize; 2]; 2]) -> Self {
        Self { padding, ..self }
    }

    /// The same with so many more rows below and columns to the right: fewer than the stride or the dilation, which must be
    /// set before.
    pub const fn output_padding(self, rows: usize, columns: usize) -> Self {
        let ([down, across], [dy, dx]) = (self.stride, self.dilation);
        assert!(
            (rows < down || rows < dy) && (columns < across || columns < dx),
            "output padding is smaller than the stride or the dilation"
        );
        Self { output_padding: [rows, columns], ..self }
    }

    /// The same with the taps of the kernel so many rows and columns apart.
    pub const fn dilation(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the dilation of a convolution is at least 1");
        Self { dilation: [rows, columns], ..self }
    }

    /// The same with channels divided into groups.
    pub const fn groups(self, groups: usize) -> Self {
        assert!(groups > 0, "a convolution has at least one group");
        assert!(self.input[0].is_multiple_of(groups), "groups must divide the input channels");
        assert!(self.out_channels.is_multiple_of(groups), "groups must divide the output channels");
        Self { groups, ..self }
    }

    /// The same without a bias.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.input[0] * self.input[1] * self.input[2]
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        let [channels, height, width] = self.output_shape();
        channels * height * width
    }

    /// `[out_channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        [self.out_channels, self.length(0), self.length(1)]
    }

    const fn length(&self, axis: usize) -> usize {
        let reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1;
        let grown = (self.input[axis + 1] - 1) * self.stride[axis] + reach + self.output_padding[axis];
        let [before, after] = self.padding[axis];
        assert!(grown > before + after, "the padding of a transposed convolution leaves some output");
        grown - before - after
    }

    /// The convolution whose input gradient this is: from the output to the input, without a bias.
    const fn inverse(&self) -> Conv2d {
        let [rows, columns] = self.kernel;
        Conv2d::new(self.output_shape(), self.input[0])
            .kernel(rows, columns)
            .stride(self.stride[0], self.stride[1])
            .dilation(self.dilation[0], self.dilation[1])
            .sides(self.padding)
            .groups(self.groups)
            .without_bias()
    }

    /// What the kernels see of [`inverse`](Self::inverse). Where rows or columns are added, its kernel may fit in once more
    /// than the input is long.
    const fn geometry(&self) -> Convolution2d {
        let mut geometry = self.inverse().geometry();
        geometry.axes[0].output = self.input[1];
        geometry.axes[1].output = self.input[2];
        geometry
    }

    /// Number of biases.
    pub const fn biases(&self) -> usize {
        if self.bias { self.out_channels } else { 0 }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.inverse().parameters() + self.biases()
    }

    /// Multiply-adds of one forward pass, those beyond the edges included.
    pub const fn multiply_adds(&self) -> usize {
        self.inverse().parameters() * self.input[1] * self.input[2]
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Names, PyTorch's shapes and places of weight and bias. Without a bias, its shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        let [weight, _] = self.inverse().tensors();
        [weight, Tensor::new("bias", &[self.biases()]).at(weight.len)]
    }

    /// Draws the parameters: the weights, then the biases. Fans are PyTorch's, which counts as inputs the output
    /// channels of a group, and as outputs all input channels.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let inverse = self.inverse();
        inverse.initialize(parameters, weight, bias, rng);
    }
}

impl<S: Scalar> Layer<S> for ConvTranspose2d {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { parameters, x, y, .. } = io;
        let inverse = self.inverse();
        let (weight, bias) = parameters.split_at(inverse.parameters().min(parameters.len()));
        if T == 1 {
            S::conv_input_gradient_one(
                &self.geometry().one(),
                weight,
                x.as_flattened(),
                y.as_flattened_mut(),
            );
        } else {
            conv2d::input_gradient(&self.geometry(), T, weight, x.as_flattened(), y.as_flattened_mut());
        }
        let [_, height, width] = self.output_shape();
        for (y, b) in y.runs_mut(height * width).zip(bias) {
            for y in y.as_flattened_mut() {
                *y += *b;
            }
        }
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { parameters, gradient, .. } = io;
        let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        let inverse = self.inverse();
        let count = inverse.parameters();
        let weight = parameters.part(..count);
        if !gradient.is_empty() {
            // Biases may be trained alone.
            let (dweight, dbias) = gradient.split_at_mut(gradient.len().saturating_sub(self.biases()));
            match (T, dweight) {
                (_, []) => {}
                (1, dweight) => S::conv_weight_gradient_one(&self.geometry().one(), dy, x, dweight),
                (_, dweight) => S::conv2d_weight_gradient(&self.geometry(), T, dy, x, dweight),
            }
            let [_, height, width] = self.output_shape();
            S::bias_gradient(height * width * T, dy, dbias);
        }
        if dx.is_empty() {
            return;
        }
        if T == 1 {
            S::conv_forward_one(&self.geometry().one(), weight, dy, dx);
        } else {
            conv2d::forward(&self.geometry(), T, weight, dy, dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConvTranspose2d;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            ConvTranspose2d::new([1, 2, 3], 2).kernel(2, 3),
            ConvTranspose2d::new([2, 3, 2], 2)
                .kernel(2, 3)
                .stride(1, 2)
                .dilation(3, 1)
                .output_padding(2, 1)
                .sides([[1, 0], [0, 2]]),
            ConvTranspose2d::new([2, 3, 2], 3).kernel(3, 3).stride(2, 2).padding(1, 1).output_padding(1, 1),
            ConvTranspose2d::new([4, 2, 2], 6).kernel(2, 2).groups(2).dilation(1, 2).without_bias(),
        );
    }
}
