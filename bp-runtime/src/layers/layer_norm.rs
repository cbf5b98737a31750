//! `layer_norm`: the features of a sample get mean 0 and variance 1.

use super::normalize::{Groups, normalizing};
use crate::initializers::{Fans, Initializer};
use crate::{Real, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of a layer that normalises: a weight and a bias for each feature of a row, or for each channel.
///
/// `W` and `B` are 0 for a layer without weights or without biases.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormParameters<S, const W: usize, const B: usize> {
    /// Factors, at first 1.
    pub weight: [S; W],
    /// Summands, at first 0.
    pub bias: [S; B],
}

flat_parameters!([S: Scalar, const W: usize, const B: usize]
    NormParameters<S, W, B>: S { weight: [S; W], bias: [S; B] });

impl<S: Scalar, const W: usize, const B: usize> NormParameters<S, W, B> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [S::ZERO; W], bias: [S::ZERO; B] };
}

/// `y = w (x − mean) / √(variance + eps) + b` over the features of each row (PyTorch's `LayerNorm`; Ba, Kiros and
/// Hinton, *Layer normalization*, 2016).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, features]`; an image is one row, `[channels, height, width]` |
/// | parameters | weight and bias, of the shape of a row |
///
/// The variance is the mean of squares, not the unbiased one; `eps` is 1e-5 unless set. In training and in prediction
/// the layer does the same.
///
/// Backward, with `n = (x − mean) / √(variance + eps)` and `g = w dy`: `dw = Σ n dy`, `db = Σ dy`, and
/// `dx = (g − mean(g) − n mean(n g)) / √(variance + eps)`. Needs `x`; keeps mean and deviation of each row.
///
/// ```
/// use backprop_runtime::{layers::LayerNorm, Forward, Layer, Pass};
/// let norm = LayerNorm::new(1, 4).eps(0.0);
/// let mut y = [[0.0_f64]; 4];
/// norm.forward(Forward {
///     parameters: &[1.0, 1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0],
///     x: &[[1.0], [1.0], [3.0], [3.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[-1.0], [-1.0], [1.0], [7.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNorm {
    /// How many rows there are, each with a mean and a variance of its own: the time steps of a sequence, otherwise 1.
    pub rows: usize,
    /// The axes of a row; only the first `rank` count.
    pub shape: [usize; 3],
    /// How many axes a row has.
    pub rank: usize,
    /// Added to the variance.
    pub eps: Real,
    /// Whether there are weights.
    pub weight: bool,
    /// Whether there are biases.
    pub bias: bool,
}

impl LayerNorm {
    /// Over each of `rows` rows of `features` features.
    pub const fn new(rows: usize, features: usize) -> Self {
        Self::over(rows, &[features])
    }

    /// The same over another number of rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// Over each of `rows` rows of one to three axes.
    pub const fn over(rows: usize, axes: &[usize]) -> Self {
        assert!(!axes.is_empty() && axes.len() <= 3, "layer_norm acts on one to three axes");
        let mut shape = [1; 3];
        let mut axis = 0;
        while axis < axes.len() {
            assert!(axes[axis] > 0 && rows > 0, "layer_norm has at least one row and one feature");
            shape[axis] = axes[axis];
            axis += 1;
        }
        Self { rows, shape, rank: axes.len(), eps: Real::new(1e-5), weight: true, bias: true }
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

    /// Features of a row.
    pub const fn features(&self) -> usize {
        self.shape[0] * self.shape[1] * self.shape[2]
    }

    /// Input features, of all rows.
    pub const fn inputs(&self) -> usize {
        self.rows * self.features()
    }

    /// Output features, of all rows.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    const fn weights(&self) -> usize {
        if self.weight { self.features() } else { 0 }
    }

    const fn biases(&self) -> usize {
        if self.bias { self.features() } else { 0 }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.weights() + self.biases()
    }

    /// Features that backward needs beside input and output: mean and reciprocal deviation of each row.
    pub const fn saved(&self) -> usize {
        2 * self.rows
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Names, PyTorch's shapes and places of weight and bias; what the layer lacks has the shape `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        let weight = self.tensor("weight", self.weight);
        [weight, self.tensor("bias", self.bias).at(weight.len)]
    }

    const fn tensor(&self, name: &'static str, there: bool) -> Tensor {
        let [a, b, c] = self.shape;
        match (there, self.rank) {
            (false, _) => Tensor::new(name, &[0]),
            (true, 1) => Tensor::new(name, &[a]),
            (true, 2) => Tensor::new(name, &[a, b]),
            (true, _) => Tensor::new(name, &[a, b, c]),
        }
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
            size: self.features(),
            run: 1,
            weights: self.weights(),
            biases: self.biases(),
            eps: S::real(self.eps),
            centred: true,
        }
    }
}

/// Fills the first `weights` parameters with weights and the rest with biases.
pub(super) fn initialize<S: Scalar, R: Rng + ?Sized>(
    weights: usize,
    parameters: &mut [S],
    weight: &impl Initializer,
    bias: &impl Initializer,
    rng: &mut R,
) {
    let fans = Fans { fan_in: 1, fan_out: 1 };
    let (weights, biases) = parameters.split_at_mut(weights.min(parameters.len()));
    weight.fill(fans, weights, rng);
    bias.fill(fans, biases, rng);
}

normalizing!(LayerNorm);

#[cfg(test)]
mod tests {
    use super::LayerNorm;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            LayerNorm::new(1, 5),
            LayerNorm::new(3, 4).without_bias(),
            LayerNorm::new(2, 7).without_parameters(),
            LayerNorm::over(1, &[2, 3, 2]).eps(0.1),
        );
    }

    #[test]
    fn tensors_have_the_shape_of_a_row() {
        let [weight, bias] = LayerNorm::over(1, &[2, 3, 4]).tensors();
        assert_eq!((weight.shape(), bias.shape(), bias.offset), (&[2, 3, 4][..], &[2, 3, 4][..], 24));
        let [weight, bias] = LayerNorm::new(7, 5).without_bias().tensors();
        assert_eq!((weight.shape(), bias.shape()), (&[5][..], &[0][..]));
    }
}
