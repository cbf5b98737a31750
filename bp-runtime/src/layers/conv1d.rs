//! `conv1d`: a small kernel of weights slides along the time axis of a sequence.

use crate::geometry::{Axis, Convolution1d};
use crate::initializers::{Fans, Initializer};
use crate::{Backward, Forward, Layer, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of a convolution: `weight[k][i][o]` leads at tap `k` from channel `i` of a group to output channel `o`.
///
/// `I` is the number of input channels of one group; `B` the number of biases: `O`, or 0 for a layer
/// declared with `bias = false`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv1dParameters<S, const I: usize, const O: usize, const K: usize, const B: usize> {
    /// `[kernel][input channels of a group][output channels]`; PyTorch's `weight` is `[out, in / groups, kernel]`.
    pub weight: [[[S; O]; I]; K],
    /// One for each output channel.
    pub bias: [S; B],
}

flat_parameters!([S: Scalar, const I: usize, const O: usize, const K: usize, const B: usize]
    Conv1dParameters<S, I, O, K, B>: S { weight: [[[S; O]; I]; K], bias: [S; B] });

impl<S: Scalar, const I: usize, const O: usize, const K: usize, const B: usize>
    Conv1dParameters<S, I, O, K, B>
{
    /// All zero.
    pub const ZERO: Self = Self { weight: [[[S::ZERO; O]; I]; K], bias: [S::ZERO; B] };
}

/// `y[t][o] = b[o] + Σₖ Σᵢ w[k][i][o] x[t stride + k dilation − padding][i]` (PyTorch's `Conv1d`, on time-first sequences).
///
/// | | Shape |
/// |---|---|
/// | x | `[time, in_channels]` |
/// | y | `[⌊(time + padding − dilation (kernel − 1) − 1) / stride⌋ + 1, out_channels]` |
/// | parameters | weight `[kernel][in_channels / groups][out_channels]`, bias `[out_channels]` |
///
/// Defaults are PyTorch's: stride 1, no padding, dilation 1, one group, a bias. With [`causal`](Self::causal) padding
/// `y[t]` depends on `x[..=t]` alone: all zeros stand before the sequence (as in van den Oord et al., *WaveNet*, 2016).
///
/// Backward: `dw[k][i][o] = Σₜ x[…][i] dy[t][o]`, `db = Σₜ dy[t]`, `dx` is the transposed convolution of `dy`.
///
/// ```
/// use backprop_runtime::{layers::Conv1d, Forward, Layer, Pass};
/// const DIFFERENCE: Conv1d = Conv1d::new(4, 1, 1).kernel(2).causal().without_bias();
/// let mut y = [[0.0_f32]; DIFFERENCE.outputs()];
/// DIFFERENCE.forward(Forward {
///     parameters: &[-1.0, 1.0],
///     x: &[[1.0], [3.0], [6.0], [10.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[1.0], [2.0], [3.0], [4.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv1d {
    /// Steps of the input.
    pub time: usize,
    /// Channels of the input: its features.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Taps of the kernel.
    pub kernel: usize,
    /// Distance between outputs, in steps of the input.
    pub stride: usize,
    /// Zeros before and after the input.
    pub padding: [usize; 2],
    /// Distance between the taps of the kernel.
    pub dilation: usize,
    /// Parts that the channels are divided into.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl Conv1d {
    /// A layer on `[time, in_channels]` with a kernel of one tap and a bias.
    pub const fn new(time: usize, in_channels: usize, out_channels: usize) -> Self {
        assert!(time > 0 && in_channels > 0, "the input of a convolution is not empty");
        assert!(out_channels > 0, "a convolution has at least one output channel");
        let padding = [0; 2];
        Self {
            time,
            in_channels,
            out_channels,
            kernel: 1,
            stride: 1,
            padding,
            dilation: 1,
            groups: 1,
            bias: true,
        }
    }

    /// The same with a kernel of so many taps.
    pub const fn kernel(self, kernel: usize) -> Self {
        assert!(kernel > 0, "the kernel of a convolution has at least one tap");
        Self { kernel, ..self }
    }

    /// The same with outputs so many steps apart.
    pub const fn stride(self, stride: usize) -> Self {
        assert!(stride > 0, "the stride of a convolution is at least 1");
        Self { stride, ..self }
    }

    /// The same with so many zeros before and after the input.
    pub const fn padding(self, padding: usize) -> Self {
        Self { padding: [padding; 2], ..self }
    }

    /// The same with so many zeros before the input, and so many after it.
    pub const fn sides(self, padding: [usize; 2]) -> Self {
        Self { padding, ..self }
    }

    /// The same with as many zeros as give `⌈time / stride⌉` outputs: with a stride of 1 they keep the length (PyTorch's
    /// `padding = 'same'`, and TensorFlow's with any stride). An odd one stands after the input. To be called after kernel,
    /// stride and dilation.
    pub const fn same(self) -> Self {
        Self { padding: Axis::same(self.time, self.kernel, self.stride, self.dilation), ..self }
    }

    /// The same with all zeros before the input, so many that `y[t]` ends with `x[t stride]`. To be called after kernel and
    /// dilation.
    pub const fn causal(self) -> Self {
        Self { padding: [self.dilation * (self.kernel - 1), 0], ..self }
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
        let axis = self.axis();
        assert!(axis.output > 0, "the kernel of a convolution, dilated, fits into the padded input");
        [axis.output, self.out_channels]
    }

    /// Number of biases.
    pub const fn biases(&self) -> usize {
        if self.bias { self.out_channels } else { 0 }
    }

    /// Number of weights.
    pub(crate) const fn weights(&self) -> usize {
        self.kernel * (self.in_channels / self.groups) * self.out_channels
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Multiply-adds of one forward pass, padding included.
    pub const fn multiply_adds(&self) -> usize {
        self.weights() * self.output_shape()[0]
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// What the kernels see of it.
    pub(crate) const fn geometry(&self) -> Convolution1d {
        let Self { in_channels, out_channels, groups, .. } = *self;
        Convolution1d { in_channels, out_channels, groups, axis: self.axis() }
    }

    const fn axis(&self) -> Axis {
        let Self { time, kernel, stride, padding: [before, after], dilation, .. } = *self;
        let output = Axis::outputs(time + before + after, kernel, stride, dilation);
        Axis { input: time, output, kernel, stride, dilation, before }
    }

    /// Names, PyTorch's shapes and places of weight and bias. Without a bias, its shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        let stored = [self.kernel, self.in_channels / self.groups, self.out_channels];
        let weight = Tensor::new("weight", &stored).permuted(&[2, 1, 0]);
        [weight, Tensor::new("bias", &[self.biases()]).at(weight.len)]
    }

    /// Draws the parameters: the weights, then the biases.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let fans = Fans {
            fan_in: self.in_channels / self.groups * self.kernel,
            fan_out: self.out_channels * self.kernel,
        };
        let (weights, biases) = parameters.split_at_mut(self.weights().min(parameters.len()));
        weight.fill(fans, weights, rng);
        bias.fill(fans, biases, rng);
    }
}

impl<S: Scalar> Layer<S> for Conv1d {
    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let (x, y) = (io.x.as_flattened(), io.y.as_flattened_mut());
        if T == 1 {
            S::conv_forward_one(&self.geometry().one(), io.parameters, x, y);
        } else {
            S::conv1d_forward(&self.geometry(), T, io.parameters, x, y);
        }
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { parameters, gradient, .. } = io;
        let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        if !gradient.is_empty() {
            if gradient.len() < self.parameters() {
                S::bias_gradient(T, dy, gradient);
            } else if T == 1 {
                S::conv_weight_gradient_one(&self.geometry().one(), x, dy, gradient);
            } else {
                S::conv1d_weight_gradient(&self.geometry(), T, x, dy, gradient);
            }
        }
        if !dx.is_empty() {
            if T == 1 {
                S::conv_input_gradient_one(&self.geometry().one(), parameters, dy, dx);
            } else {
                S::conv1d_input_gradient(&self.geometry(), T, parameters, dy, dx);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Conv1d;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            Conv1d::new(5, 1, 1),
            Conv1d::new(6, 2, 3).kernel(3),
            Conv1d::new(7, 3, 11).kernel(2).stride(2).padding(1).without_bias(),
            Conv1d::new(6, 2, 2).kernel(4).same(),
            Conv1d::new(8, 9, 3).kernel(3).dilation(2).causal(),
            Conv1d::new(7, 3, 4).kernel(4).stride(3).same(),
            Conv1d::new(6, 2, 3).kernel(3).sides([0, 2]),
            Conv1d::new(5, 4, 6).kernel(3).groups(2).stride(2).dilation(2).padding(3),
            Conv1d::new(4, 3, 6).kernel(2).groups(3).without_bias(),
        );
    }

    #[test]
    fn tensors_cover_the_parameters_in_pytorch_shapes() {
        let [weight, bias] = Conv1d::new(5, 4, 6).kernel(3).groups(2).tensors();
        assert_eq!((weight.shape(), bias.shape(), bias.offset), (&[6, 2, 3][..], &[6][..], 36));
        let mut places: Vec<_> = weight.places().collect();
        assert_eq!(places[..4], [0, 12, 24, 6]);
        places.sort_unstable();
        assert_eq!(places, (0..36).collect::<Vec<_>>());
    }
}
