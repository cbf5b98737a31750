//! `group_norm` and `instance_norm`: the channels of a sample, group by group, get mean 0 and variance 1.

use super::layer_norm::initialize;
use super::normalize::{Groups, normalizing};
use crate::initializers::Initializer;
use crate::{Real, Scalar, Tensor};
use rand_core::Rng;

/// `y = w (x − mean) / √(variance + eps) + b` over each group of channels of a sample, with a weight and a bias for
/// each channel (PyTorch's `GroupNorm`; Wu and He, *Group normalization*, 2018).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, channels, inner]` |
/// | parameters | weight `[channels]`, bias `[channels]` |
///
/// An image `[C, H, W]` is one row with `inner = H * W`. Plain features are channels of one number each; of a sequence
/// `[time, features]` every time step is a row, normalised on its own. One group for each channel is instance
/// normalisation (PyTorch's `InstanceNorm2d`, which by default has no parameters; Ulyanov, Vedaldi and Lempitsky,
/// *Instance normalization*, 2016).
///
/// The variance is the mean of squares, not the unbiased one; `eps` is 1e-5 unless set. In training and in prediction
/// the layer does the same. Backward is that of [`LayerNorm`](super::LayerNorm). Needs `x`; keeps mean and deviation
/// of each group.
///
/// ```
/// use backprop_runtime::{layers::GroupNorm, Forward, Layer, Pass};
/// let norm = GroupNorm::new(2, 4, 1).eps(0.0);
/// let mut y = [[0.0_f64]; 4];
/// norm.forward(Forward {
///     parameters: &[1.0, 1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0],
///     x: &[[1.0], [3.0], [30.0], [10.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[-1.0], [1.0], [1.0], [3.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupNorm {
    /// How many rows there are, each with groups of its own but the same parameters.
    pub rows: usize,
    /// Groups of a row.
    pub groups: usize,
    /// Channels of a row.
    pub channels: usize,
    /// Features of a channel.
    pub inner: usize,
    /// Added to the variance.
    pub eps: Real,
    /// Whether there are weights.
    pub weight: bool,
    /// Whether there are biases.
    pub bias: bool,
}

impl GroupNorm {
    /// Over each of `groups` groups of `channels` channels of `inner` features.
    pub const fn new(groups: usize, channels: usize, inner: usize) -> Self {
        assert!(groups > 0 && channels > 0 && inner > 0, "group_norm has at least one group and one feature");
        assert!(channels.is_multiple_of(groups), "the channels of group_norm divide into its groups");
        Self { rows: 1, groups, channels, inner, eps: Real::new(1e-5), weight: true, bias: true }
    }

    /// The same for `rows` rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// The same with another number added to the variance.
    pub const fn eps(self, eps: f64) -> Self {
        Self { eps: Real::new(eps), ..self }
    }

    /// The same without biases.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// The same without parameters.
    pub const fn without_parameters(self) -> Self {
        Self { weight: false, bias: false, ..self }
    }

    /// Input features, of all rows.
    pub const fn inputs(&self) -> usize {
        self.rows * self.channels * self.inner
    }

    /// Output features, of all rows.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    const fn weights(&self) -> usize {
        if self.weight { self.channels } else { 0 }
    }

    const fn biases(&self) -> usize {
        if self.bias { self.channels } else { 0 }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Features that backward needs beside input and output: mean and reciprocal deviation of each group.
    pub const fn saved(&self) -> usize {
        2 * self.rows * self.groups
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Names, shapes and places of weight and bias; what the layer lacks has the shape `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        [Tensor::new("weight", &[self.weights()]), Tensor::new("bias", &[self.biases()]).at(self.weights())]
    }

    /// Sets the parameters: weights of one and biases of zero unless the declaration says otherwise.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        initialize(self.weights(), parameters, weight, bias, rng);
    }

    fn groups<S: Scalar>(&self) -> Groups<S> {
        Groups {
            size: self.channels / self.groups * self.inner,
            run: self.inner,
            weights: self.weights(),
            biases: self.biases(),
            eps: S::real(self.eps),
            centred: true,
        }
    }
}

normalizing!(GroupNorm);

#[cfg(test)]
mod tests {
    use super::GroupNorm;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            GroupNorm::new(1, 3, 4),
            GroupNorm::new(2, 6, 2),
            GroupNorm::new(3, 3, 4),
            GroupNorm::new(2, 4, 1).rows(3),
            GroupNorm::new(2, 4, 3).without_bias(),
            GroupNorm::new(4, 4, 3).without_parameters(),
        );
    }
}
