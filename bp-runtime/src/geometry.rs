//! Sizes of what kernels compute, as plain numbers: what lies below both kernels and layers.
//!
//! A layer's description translates itself into one of these; a kernel knows nothing else of the layer.

mod axis;

pub(crate) use axis::Axis;
use core::ops::Range;

/// Rows of inputs that meet a matrix of weights, `weight[input][output]`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix {
    /// Numbers of a row of the input.
    pub inputs: usize,
    /// Numbers of a row of the output.
    pub outputs: usize,
    /// Rows of input and output.
    pub rows: usize,
    /// Whether biases follow the weights.
    pub bias: bool,
}

/// A convolution of images, channels first: `weight[input channel of a group][ky][kx][output channel]`.
#[derive(Clone, Copy, Debug)]
pub struct Convolution2d {
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Parts that the channels are divided into; guarded where it divides, so that a hand-built value of 0 cannot.
    pub groups: usize,
    /// Rows and columns.
    pub axes: [Axis; 2],
}

impl Convolution2d {
    /// Input and output channels of a group.
    #[inline(always)]
    pub const fn per_group(&self) -> [usize; 2] {
        let groups = if self.groups == 0 { 1 } else { self.groups };
        [self.in_channels / groups, self.out_channels / groups]
    }

    /// Number of weights.
    #[inline(always)]
    pub const fn weights(&self) -> usize {
        self.per_group()[0] * self.axes[0].kernel * self.axes[1].kernel * self.out_channels
    }

    /// Features of one output channel.
    #[inline(always)]
    pub const fn output_plane(&self) -> usize {
        self.axes[0].output * self.axes[1].output
    }

    /// The same for one sample.
    #[inline]
    pub const fn one(&self) -> ConvolutionOne {
        let [rows, columns] = self.axes;
        let [taps, out] = [rows.kernel * columns.kernel, self.out_channels];
        ConvolutionOne {
            groups: if self.groups == 0 { 1 } else { self.groups },
            channels: self.per_group(),
            axes: self.axes,
            x_steps: [rows.input * columns.input, columns.input, 1],
            y_steps: [rows.output * columns.output, columns.output, 1],
            weight_steps: [taps * out, columns.kernel * out, out],
        }
    }
}

/// A convolution of sequences, time first: `weight[tap][input channel of a group][output channel]`.
#[derive(Clone, Copy, Debug)]
pub struct Convolution1d {
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Parts that the channels are divided into.
    pub groups: usize,
    /// Steps.
    pub axis: Axis,
}

impl Convolution1d {
    /// Number of weights.
    #[inline(always)]
    pub const fn weights(&self) -> usize {
        let groups = if self.groups == 0 { 1 } else { self.groups };
        self.axis.kernel * (self.in_channels / groups) * self.out_channels
    }

    /// The same for one sample: a single row, of which columns are steps.
    #[inline]
    pub const fn one(&self) -> ConvolutionOne {
        let groups = if self.groups == 0 { 1 } else { self.groups };
        let channels = [self.in_channels / groups, self.out_channels / groups];
        ConvolutionOne {
            groups,
            channels,
            axes: [Axis::POINT, self.axis],
            x_steps: [1, 0, self.in_channels],
            y_steps: [1, 0, self.out_channels],
            weight_steps: [self.out_channels, 0, channels[0] * self.out_channels],
        }
    }
}

/// A convolution of one sample, of an image or a sequence: where neighbours lie, in `x`, `y` and the weights.
///
/// `y[o][j] = b[o] + Σ w[i][u][o] x[i][position(j, u)]` for `j` and `u` in rows and columns, group by group. Output
/// channels lie side by side in the weights.
#[derive(Clone, Copy, Debug)]
pub struct ConvolutionOne {
    /// Parts that the channels are divided into, at least 1.
    pub groups: usize,
    /// Input and output channels of a group.
    pub channels: [usize; 2],
    /// Rows and columns.
    pub axes: [Axis; 2],
    /// Distances in the input: of channels, rows and columns.
    pub x_steps: [usize; 3],
    /// Distances in the output: of channels, rows and columns.
    pub y_steps: [usize; 3],
    /// Distances in the weights: of input channels, of taps in rows and in columns.
    pub weight_steps: [usize; 3],
}

impl ConvolutionOne {
    /// Number of weights.
    #[inline(always)]
    pub const fn weights(&self) -> usize {
        let [rows, columns] = &self.axes;
        self.channels[0] * rows.kernel * columns.kernel * self.channels[1] * self.groups
    }

    /// Output positions of a channel.
    #[inline(always)]
    pub const fn output_plane(&self) -> usize {
        self.axes[0].output * self.axes[1].output
    }
}

/// What the sum of a window is divided by.
#[derive(Clone, Copy, Debug)]
pub enum Divisor {
    /// The number of values that it meets.
    Values,
    /// That number, with those of the padding: so many rows and columns stand behind the input.
    Padded([usize; 2]),
    /// A number.
    Number(usize),
}

/// Windows over the planes of an image.
#[derive(Clone, Copy, Debug)]
pub struct Pooling {
    /// Planes.
    pub channels: usize,
    /// Rows and columns.
    pub axes: [Axis; 2],
    /// What the sum of a window is divided by.
    pub divisor: Divisor,
}

impl Pooling {
    /// One channel at some rows of the output: its image is those rows of the input that they meet, and these begin there.
    #[inline(always)]
    pub fn part(&self, outputs: Range<usize>) -> (Self, usize) {
        let [rows, columns] = self.axes;
        let (part, first) = rows.part(outputs);
        let divisor = match self.divisor {
            // What the windows of the last of these rows may reach beyond them is there, as input or as padding.
            Divisor::Padded([below, right]) => {
                let end = rows.input + below;
                Divisor::Padded([end.saturating_sub(first + part.input), right])
            }
            divisor => divisor,
        };
        (Self { channels: 1, axes: [part, columns], divisor }, first)
    }

    /// What the sum of the window of an output is divided by.
    #[inline(always)]
    pub fn count(&self, oy: usize, ox: usize) -> usize {
        let [rows, columns] = &self.axes;
        match self.divisor {
            Divisor::Number(divisor) => divisor,
            Divisor::Values => rows.taps(oy).len() * columns.taps(ox).len(),
            // Only where windows may reach beyond the padding.
            Divisor::Padded([below, right]) => {
                let within = |axis: &Axis, output: usize, after: usize| {
                    let length = axis.before + axis.input + after;
                    axis.kernel.min(length.saturating_sub(output * axis.stride))
                };
                within(rows, oy, below) * within(columns, ox, right)
            }
        }
    }
}

/// Steps that attend to steps, head by head.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    /// Heads, which divide the features.
    pub heads: usize,
    /// Features of a step.
    pub features: usize,
    /// Steps.
    pub time: usize,
    /// Whether a step sees only itself and those before it.
    pub causal: bool,
}
