//! `conv_transpose1d`: a convolution backwards, which makes sequences longer.

use super::{Conv1d, Conv1dParameters};
use crate::geometry::Convolution1d;
use crate::initializers::Initializer;
use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Scalar, Tensor};
use rand_core::Rng;

/// The numbers of a transposed convolution, which are those of the convolution whose input gradient it is: `weight[k][o][i]` leads
/// at tap `k` from channel `i` to output channel `o` of its group.
///
/// `O` is the number of output channels of one group, `I` that of all input channels; `B` the number of biases: that of all
/// output channels, or 0 for a layer declared with `bias = false`. PyTorch's `weight` is `[in, out / groups, kernel]`.
pub type ConvTranspose1dParameters<S, const O: usize, const I: usize, const K: usize, const B: usize> =
    Conv1dParameters<S, O, I, K, B>;

/// The input gradient of a convolution of sequences as a layer, plus a bias (PyTorch's `ConvTranspose1d`, on time-first
/// sequences).
///
/// | | Shape |
/// |---|---|
/// | x | `[time, in_channels]` |
/// | y | `[(time − 1) stride − padding + dilation (kernel − 1) + output_padding + 1, out_channels]` |
/// | parameters | weight `[kernel][out_channels / groups][in_channels]`, bias `[out_channels]` |
///
/// Each step of x spreads over a window of y: `y[s t + d k − p][o] += w[k][o][i] x[t][i]`. Defaults are PyTorch's: stride 1, no
/// padding, no output padding, dilation 1, one group, a bias. Padding takes steps off at both ends.
///
/// Backward: `dx` is the convolution of `dy`, `dW = dy ⋆ x`, `db = Σ dy`.
///
/// ```
/// use backprop_runtime::{layers::ConvTranspose1d, Forward, Layer, Pass};
/// const GROW: ConvTranspose1d = ConvTranspose1d::new(2, 1, 1).kernel(3).stride(2).without_bias();
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
pub struct ConvTranspose1d {
    /// Steps of the input.
    pub time: usize,
    /// Channels of the input: its features.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Taps of the kernel.
    pub kernel: usize,
    /// Distance in the output between neighbours of the input.
    pub stride: usize,
    /// Steps taken off the output at its beginning and end.
    pub padding: [usize; 2],
    /// Steps added to the output at its end.
    pub output_padding: usize,
    /// Distance between the taps of the kernel.
    pub dilation: usize,
    /// Parts that the channels are divided into.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl ConvTranspose1d {
    /// A layer on `[time, in_channels]` with a kernel of one tap and a bias.
    pub const fn new(time: usize, in_channels: usize, out_channels: usize) -> Self {
        assert!(time > 0 && in_channels > 0, "the input of a convolution is not empty");
        assert!(out_channels > 0, "a convolution has at least one output channel");
        let (kernel, stride, dilation) = (1, 1, 1);
        let (padding, output_padding, groups, bias) = ([0; 2], 0, 1, true);
        Self {
            time,
            in_channels,
            out_channels,
            kernel,
            stride,
            padding,
            output_padding,
            dilation,
            groups,
            bias,
        }
    }

    /// The same with a kernel of so many taps.
    pub const fn kernel(self, kernel: usize) -> Self {
        assert!(kernel > 0, "the kernel of a convolution has at least one tap");
        Self { kernel, ..self }
    }

    /// The same with neighbours of the input so many steps apart in the output.
    pub const fn stride(self, stride: usize) -> Self {
        assert!(stride > 0, "the stride of a convolution is at least 1");
        Self { stride, ..self }
    }

    /// The same with so many steps taken off at both ends.
    pub const fn padding(self, padding: usize) -> Self {
        Self { padding: [padding; 2], ..self }
    }

    /// The same with so many steps taken off at the beginning, and so many at the end.
    pub const fn sides(self, padding: [usize; 2]) -> Self {
        Self { padding, ..self }
    }

    /// The same with so many more steps at the end: fewer than the stride or the dilation, which must be set before.
    pub const fn output_padding(self, steps: usize) -> Self {
        assert!(
            steps < self.stride || steps < self.dilation,
            "output padding is smaller than the stride or the dilation"
        );
        Self { output_padding: steps, ..self }
    }

    /// The same with the taps of the kernel so many steps apart.
    pub const fn dilation(self, dilation: usize) -> Self {
        assert!(dilation > 0, "the dilation of a convolution is at least 1");
        Self { dilation, ..self }
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
        self.time * self.in_channels
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        let [time, channels] = self.output_shape();
        time * channels
    }

    /// `[time, out_channels]` of the output.
    pub const fn output_shape(&self) -> [usize; 2] {
        let reach = self.dilation * (self.kernel - 1) + 1;
        let grown = (self.time - 1) * self.stride + reach + self.output_padding;
        let [before, after] = self.padding;
        assert!(grown > before + after, "the padding of a transposed convolution leaves some output");
        [grown - before - after, self.out_channels]
    }

    /// The convolution whose input gradient this is: from the output to the input, without a bias.
    const fn inverse(&self) -> Conv1d {
        let [time, channels] = self.output_shape();
        Conv1d::new(time, channels, self.in_channels)
            .kernel(self.kernel)
            .stride(self.stride)
            .dilation(self.dilation)
            .sides(self.padding)
            .groups(self.groups)
            .without_bias()
    }

    /// What the kernels see of [`inverse`](Self::inverse). Where steps are added, its kernel may fit in once more than the input
    /// is long.
    const fn geometry(&self) -> Convolution1d {
        let mut geometry = self.inverse().geometry();
        geometry.axis.output = self.time;
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

    /// Multiply-adds of one forward pass, those beyond the ends included.
    pub const fn multiply_adds(&self) -> usize {
        self.inverse().parameters() * self.time
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
        self.inverse().initialize(parameters, weight, bias, rng);
    }
}

impl<S: Scalar> Layer<S> for ConvTranspose1d {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { parameters, x, y, .. } = io;
        let (weight, bias) = parameters.split_at(self.inverse().parameters().min(parameters.len()));
        let (x, to) = (x.as_flattened(), y.as_flattened_mut());
        if T == 1 {
            S::conv_input_gradient_one(&self.geometry().one(), weight, x, to);
        } else {
            S::conv1d_input_gradient(&self.geometry(), T, weight, x, to);
        }
        for y in y.runs_mut(self.out_channels) {
            for (y, b) in y.iter_mut().zip(bias) {
                for y in y {
                    *y += *b;
                }
            }
        }
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { parameters, gradient, .. } = io;
        let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        let weight = parameters.part(..self.inverse().parameters());
        if !gradient.is_empty() {
            // Biases may be trained alone.
            let (dweight, dbias) = gradient.split_at_mut(gradient.len().saturating_sub(self.biases()));
            match (T, dweight) {
                (_, []) => {}
                (1, dweight) => S::conv_weight_gradient_one(&self.geometry().one(), dy, x, dweight),
                (_, dweight) => S::conv1d_weight_gradient(&self.geometry(), T, dy, x, dweight),
            }
            S::bias_gradient(T, dy, dbias);
        }
        if dx.is_empty() {
            return;
        }
        if T == 1 {
            S::conv_forward_one(&self.geometry().one(), weight, dy, dx);
        } else {
            S::conv1d_forward(&self.geometry(), T, weight, dy, dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConvTranspose1d;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            ConvTranspose1d::new(4, 2, 3).kernel(3),
            ConvTranspose1d::new(3, 2, 3).kernel(3).stride(2).padding(1).output_padding(1),
            ConvTranspose1d::new(5, 4, 6).kernel(2).groups(2).stride(2).dilation(3).output_padding(2),
            ConvTranspose1d::new(3, 3, 2).kernel(4).sides([2, 0]).without_bias(),
        );
    }

    #[test]
    fn tensors_have_pytorchs_shapes() {
        let [weight, bias] = ConvTranspose1d::new(5, 4, 6).kernel(3).groups(2).tensors();
        assert_eq!((weight.shape(), bias.shape(), bias.offset), (&[4, 3, 3][..], &[6][..], 36));
    }
}
