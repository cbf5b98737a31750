//! `conv2d`: a small kernel of weights slides over an image.

use crate::geometry::{Axis, Convolution2d};
use crate::initializers::{Fans, Initializer};
use crate::kernels::conv2d;
use crate::layer::{GradientPart, part_of};
use crate::{Backward, Forward, Layer, Scalar, Tensor, flat::flat_parameters};
use core::ops::Range;
use rand_core::Rng;

/// The numbers of a convolution: `weight[i][ky][kx][o]` leads from channel `i` of a group to output channel `o`.
///
/// `I` is the number of input channels of one group; `B` the number of biases: `O`, or 0 for a layer
/// declared with `bias = false`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv2dParameters<
    S,
    const I: usize,
    const O: usize,
    const KH: usize,
    const KW: usize,
    const B: usize,
> {
    /// `[input channels of a group][kernel rows][kernel columns][output channels]`; PyTorch's `weight` has
    /// the output channels first.
    pub weight: [[[[S; O]; KW]; KH]; I],
    /// One for each output channel.
    pub bias: [S; B],
}

flat_parameters!([S: Scalar, const I: usize, const O: usize, const KH: usize, const KW: usize, const B: usize]
    Conv2dParameters<S, I, O, KH, KW, B>: S { weight: [[[[S; O]; KW]; KH]; I], bias: [S; B] });

impl<S: Scalar, const I: usize, const O: usize, const KH: usize, const KW: usize, const B: usize>
    Conv2dParameters<S, I, O, KH, KW, B>
{
    /// All zero.
    pub const ZERO: Self = Self { weight: [[[[S::ZERO; O]; KW]; KH]; I], bias: [S::ZERO; B] };
}

/// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]`, where ⋆ is cross-correlation (PyTorch's `Conv2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[in_channels, height, width]` |
/// | y | `[out_channels, ⌊(height + padding − dilation (kernel − 1) − 1) / stride⌋ + 1, …]` |
/// | parameters | weight `[in_channels / groups][kernel][kernel][out_channels]`, bias `[out_channels]` |
///
/// With `groups`, output channels see the input channels of their own group only; as many groups as
/// channels is a depthwise convolution. Defaults are PyTorch's: stride 1, no padding, dilation 1, one
/// group, a bias. The kernel is 1×1 until [`kernel`](Self::kernel) is called.
///
/// Backward: `dW = x ⋆ dy`, `db = Σ dy`, `dx` is the transposed convolution of `dy`.
///
/// ```
/// use backprop_runtime::{layers::Conv2d, Forward, Layer, Pass};
/// const BLUR: Conv2d = Conv2d::new([1, 1, 4], 1).kernel(1, 2).without_bias();
/// let mut y = [[0.0_f32]; BLUR.outputs()];
/// BLUR.forward(Forward {
///     parameters: &[0.5, 0.5],
///     x: &[[1.0], [3.0], [5.0], [7.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[2.0], [4.0], [6.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Distance between outputs, in rows and columns of the input.
    pub stride: [usize; 2],
    /// Zeros around the input: `[[above, below], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Distance between the taps of the kernel, in rows and columns of the input.
    pub dilation: [usize; 2],
    /// Parts that the channels are divided into.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl Conv2d {
    /// A layer on `[channels, height, width]` with a 1×1 kernel and a bias.
    pub const fn new(input: [usize; 3], out_channels: usize) -> Self {
        let [in_channels, height, width] = input;
        assert!(in_channels > 0 && height > 0 && width > 0, "the input of a convolution is not empty");
        assert!(out_channels > 0, "a convolution has at least one output channel");
        Self {
            in_channels,
            out_channels,
            height,
            width,
            kernel: [1; 2],
            stride: [1; 2],
            padding: [[0; 2]; 2],
            dilation: [1; 2],
            groups: 1,
            bias: true,
        }
    }

    /// The same with a kernel of so many rows and columns.
    pub const fn kernel(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the kernel of a convolution has at least one row and column");
        Self { kernel: [rows, columns], ..self }
    }

    /// The same with outputs so many rows and columns of the input apart.
    pub const fn stride(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the stride of a convolution is at least 1");
        Self { stride: [rows, columns], ..self }
    }

    /// The same with so many rows of zeros above and below the input, and columns left and right of it.
    pub const fn padding(self, rows: usize, columns: usize) -> Self {
        Self { padding: [[rows; 2], [columns; 2]], ..self }
    }

    /// The same with zeros that differ by side: `[[above, below], [left, right]]`.
    pub const fn sides(self, padding: [[usize; 2]; 2]) -> Self {
        Self { padding, ..self }
    }

    /// The same with as much padding as gives `⌈length / stride⌉` outputs: with a stride of 1 it keeps height and width
    /// (PyTorch's `padding = 'same'`, and TensorFlow's with any stride). An odd row or column goes below or to the right. To
    /// be called after kernel, stride and dilation.
    pub const fn same(self) -> Self {
        let ([rows, columns], [down, across], [dy, dx]) = (self.kernel, self.stride, self.dilation);
        let rows = Axis::same(self.height, rows, down, dy);
        Self { padding: [rows, Axis::same(self.width, columns, across, dx)], ..self }
    }

    /// The same with the taps of the kernel so many rows and columns apart.
    pub const fn dilation(self, rows: usize, columns: usize) -> Self {
        assert!(rows > 0 && columns > 0, "the dilation of a convolution is at least 1");
        Self { dilation: [rows, columns], ..self }
    }

    /// The same with channels divided into groups.
    pub const fn groups(self, groups: usize) -> Self {
        assert!(groups > 0, "a convolution has at least one group");
        assert!(self.in_channels.is_multiple_of(groups), "groups must divide the input channels");
        assert!(self.out_channels.is_multiple_of(groups), "groups must divide the output channels");
        Self { groups, ..self }
    }

    /// The same without a bias.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.in_channels * self.height * self.width
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

    /// `[out_channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        let [rows, columns] = self.axes();
        assert!(
            rows.output > 0 && columns.output > 0,
            "the kernel of a convolution, dilated, fits into the padded input"
        );
        [self.out_channels, rows.output, columns.output]
    }

    /// Number of biases.
    pub const fn biases(&self) -> usize {
        if self.bias { self.out_channels } else { 0 }
    }

    /// What the kernels see of it.
    #[inline(always)]
    pub(crate) const fn geometry(&self) -> Convolution2d {
        let Self { in_channels, out_channels, groups, .. } = *self;
        Convolution2d { in_channels, out_channels, groups, axes: self.axes() }
    }

    /// Number of weights.
    pub(crate) const fn weights(&self) -> usize {
        self.geometry().weights()
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Multiply-adds of one forward pass, those with padding included.
    pub const fn multiply_adds(&self) -> usize {
        self.weights() * self.geometry().output_plane()
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants over tiles: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Rows and columns as the kernels see them.
    pub(crate) const fn axes(&self) -> [Axis; 2] {
        [self.axis(0, self.height), self.axis(1, self.width)]
    }

    const fn axis(&self, axis: usize, input: usize) -> Axis {
        let [kernel, stride, dilation] = [self.kernel[axis], self.stride[axis], self.dilation[axis]];
        let [before, after] = self.padding[axis];
        let output = Axis::outputs(input + before + after, kernel, stride, dilation);
        Axis { input, output, kernel, stride, dilation, before }
    }

    /// With these rows of the kernel alone, and the rows of the input that they meet.
    fn of_kernel_rows(&self, kernel: Range<usize>) -> (Self, Range<usize>) {
        let [axis, _] = self.axes();
        // Counted from the first row of the padding.
        let first = kernel.start * axis.dilation;
        let span =
            axis.output.saturating_sub(1) * axis.stride + kernel.len().saturating_sub(1) * axis.dilation + 1;
        let inside = |row: usize| row.saturating_sub(axis.before).min(axis.input);
        let input = inside(first)..inside(first + span);
        let above = axis.before.saturating_sub(first).min(span);
        let layer = Self {
            height: input.len(),
            kernel: [kernel.len(), self.kernel[1]],
            padding: [[above, span - above - input.len()], self.padding[1]],
            ..*self
        };
        (layer, input)
    }

    /// Names, PyTorch's shapes and places of weight and bias. Without a bias, its shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        let [rows, columns] = self.kernel;
        let stored = [self.in_channels / self.groups, rows, columns, self.out_channels];
        let weight = Tensor::new("weight", &stored).permuted(&[3, 0, 1, 2]);
        [weight, Tensor::new("bias", &[self.biases()]).at(weight.len)]
    }

    /// Draws the parameters: the weights, then the biases. Fans are PyTorch's, which counts as outputs those of all groups.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let taps = self.kernel[0] * self.kernel[1];
        let fans = Fans { fan_in: self.in_channels / self.groups * taps, fan_out: self.out_channels * taps };
        let (weights, biases) = parameters.split_at_mut(self.weights().min(parameters.len()));
        weight.fill(fans, weights, rng);
        bias.fill(fans, biases, rng);
    }
}

impl<S: Scalar> Layer<S> for Conv2d {
    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { parameters, x, y, .. } = io;
        let (x, y) = (x.as_flattened(), y.as_flattened_mut());
        if T == 1 {
            S::conv_forward_one(&self.geometry().one(), parameters, x, y);
        } else {
            conv2d::forward(&self.geometry(), T, parameters, x, y);
        }
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { parameters, gradient, .. } = io;
        let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        if !gradient.is_empty() {
            if gradient.len() < self.parameters() {
                let [rows, columns] = self.axes();
                S::bias_gradient(rows.output * columns.output * T, dy, gradient);
            } else if T == 1 {
                S::conv_weight_gradient_one(&self.geometry().one(), x, dy, gradient);
            } else {
                S::conv2d_weight_gradient(&self.geometry(), T, x, dy, gradient);
            }
        }
        if !dx.is_empty() {
            if T == 1 {
                S::conv_input_gradient_one(&self.geometry().one(), parameters, dy, dx);
            } else {
                conv2d::input_gradient(&self.geometry(), T, parameters, dy, dx);
            }
        }
    }

    /// By input channels; where there is one, by rows of the kernel.
    fn gradient_part(&self, index: usize) -> Option<GradientPart<Self>> {
        let part = |count, unit| part_of(count, unit, self.multiply_adds(), index);
        let (layer, inputs, end) = match (self.groups, self.in_channels) {
            (1, 1) => {
                let rows = part(self.kernel[0], 1)?;
                let (layer, input) = self.of_kernel_rows(rows.clone());
                (layer, input.start * self.width..input.end * self.width, rows.end == self.kernel[0])
            }
            (1, _) => {
                // Kernels of one column have blocks of channels.
                let channels = part(self.in_channels, if self.kernel[1] == 1 { 10 } else { 1 })?;
                let plane = self.height * self.width;
                let layer = Self { in_channels: channels.len(), ..*self };
                (layer, channels.start * plane..channels.end * plane, channels.end == self.in_channels)
            }
            _ => return None,
        };
        let layer = Self { bias: self.bias && end, ..layer };
        Some(GradientPart { layer, inputs, parameters: layer.parameters() })
    }
}

#[cfg(test)]
mod tests {
    use super::Conv2d;
    use crate::initializers::Identity;
    use crate::layers::check;
    use crate::{Forward, Layer, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            Conv2d::new([1, 5, 4], 3).kernel(3, 2),
            Conv2d::new([2, 5, 5], 3).kernel(3, 3).padding(1, 2).stride(2, 1),
            Conv2d::new([3, 4, 7], 2).kernel(2, 3).dilation(2, 3).without_bias(),
            Conv2d::new([4, 4, 3], 6).kernel(2, 2).groups(2).same(),
            Conv2d::new([2, 6, 5], 3).kernel(3, 2).stride(2, 3).same(),
            Conv2d::new([2, 3, 4], 2).kernel(2, 3).sides([[0, 2], [3, 1]]),
            Conv2d::new([3, 5, 3], 3).kernel(3, 3).groups(3).padding(2, 1).stride(2, 2).dilation(2, 1),
        );
    }

    /// `torch.nn.functional.conv2d(x.reshape(1, 1, 3, 3), w.reshape(1, 1, 2, 2), torch.tensor([0.5]),
    /// padding='same')` with x = 1…9, w = [1, 10, 100, 1000], PyTorch 2.15.
    #[test]
    fn padding_same_is_pytorchs() {
        const LAYER: Conv2d = Conv2d::new([1, 3, 3], 1).kernel(2, 2).same();
        let x: [[f64; 1]; 9] = core::array::from_fn(|i| [i as f64 + 1.0]);
        let mut y = [[0.0]; LAYER.outputs()];
        let parameters = &[1.0, 10.0, 100.0, 1000.0, 0.5];
        LAYER.forward(Forward { parameters, x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
        assert_eq!(y.as_flattened(), [5421.5, 6532.5, 603.5, 8754.5, 9865.5, 906.5, 87.5, 98.5, 9.5]);
    }

    /// `torch.nn.init.dirac_` of a weight `[6, 2, 3, 3]`, the first two of its output channels.
    #[test]
    fn identity_of_groups_is_pytorchs() {
        const LAYER: Conv2d = Conv2d::new([4, 5, 5], 6).kernel(3, 3).groups(2).without_bias();
        let mut weights = [0.5_f64; LAYER.parameters()];
        LAYER.initialize(&mut weights, &Identity, &Identity, &mut crate::rng(1));
        let [weight, _] = LAYER.tensors();
        let ones: Vec<_> = weight.places().enumerate().filter(|(_, place)| weights[*place] == 1.0).collect();
        // [0, 0, 1, 1] and [1, 1, 1, 1] in PyTorch's order.
        assert_eq!(ones.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [4, 18 + 9 + 4]);
        assert_eq!(weights.iter().sum::<f64>(), 2.0);
    }

    #[test]
    fn tensors_cover_the_parameters_in_pytorch_shapes() {
        let [weight, bias] = Conv2d::new([4, 5, 5], 6).kernel(3, 2).groups(2).tensors();
        assert_eq!((weight.shape(), bias.shape(), bias.offset), (&[6, 2, 3, 2][..], &[6][..], 72));
        let mut places: Vec<_> = weight.places().collect();
        assert_eq!(places[..3], [0, 6, 12]);
        places.sort_unstable();
        assert_eq!(places, (0..72).collect::<Vec<_>>());
    }
}
