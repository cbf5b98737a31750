//! `rms_norm`: the features of a sample get a mean square of 1.

use super::LayerNorm;
use super::normalize::{Groups, normalizing};
use crate::initializers::{Fans, Initializer};
use crate::{Real, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The weights of an rms_norm layer; `W` is 0 for one without.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsNormParameters<S, const W: usize> {
    /// Factors, at first 1.
    pub weight: [S; W],
}

flat_parameters!([S: Scalar, const W: usize] RmsNormParameters<S, W>: S { weight: [S; W] });

impl<S: Scalar, const W: usize> RmsNormParameters<S, W> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [S::ZERO; W] };
}

/// `y = w x / √(mean(x²) + eps)` over the features of each row (PyTorch's `RMSNorm`; Zhang and Sennrich, *Root mean
/// square layer normalization*, 2019).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, features]`; an image is one row, `[channels, height, width]` |
/// | parameters | weight, of the shape of a row |
///
/// Unless `eps` is set it is PyTorch's: the distance from 1 to the next larger number, 2⁻²³ for `f32` and 2⁻⁵² for
/// `f64`.
///
/// Backward, with `r = 1 / √(mean(x²) + eps)` and `g = w dy`: `dw = Σ r x dy`, `dx = r (g − r x mean(r x g))`. Needs
/// `x`; keeps `r` of each row.
///
/// ```
/// use backprop_runtime::{layers::RmsNorm, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 2];
/// RmsNorm::new(1, 2).eps(0.0).forward(Forward {
///     parameters: &[1.0, 10.0],
///     x: &[[1.0], [7.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert!((y[0][0] - 0.2).abs() < 1e-15 && (y[1][0] - 14.0).abs() < 1e-14);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsNorm {
    /// Rows and their shape, weights, and `eps` where it is set.
    norm: LayerNorm,
    eps: Option<Real>,
}

impl RmsNorm {
    /// Over each of `rows` rows of `features` features.
    pub const fn new(rows: usize, features: usize) -> Self {
        Self::over(rows, &[features])
    }

    /// The same over another number of rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { norm: self.norm.rows(rows), ..self }
    }

    /// Over each of `rows` rows of one to three axes.
    pub const fn over(rows: usize, axes: &[usize]) -> Self {
        Self { norm: LayerNorm::over(rows, axes).without_bias(), eps: None }
    }

    /// The same with a given number added to the mean square.
    pub const fn eps(self, eps: f64) -> Self {
        Self { eps: Some(Real::new(eps)), ..self }
    }

    /// The same without weights.
    pub const fn without_parameters(self) -> Self {
        Self { norm: self.norm.without_parameters(), ..self }
    }

    /// Input features, of all rows.
    pub const fn inputs(&self) -> usize {
        self.norm.inputs()
    }

    /// Output features, of all rows.
    pub const fn outputs(&self) -> usize {
        self.norm.outputs()
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.norm.parameters()
    }

    /// Features that backward needs beside input and output: two for each row.
    pub const fn saved(&self) -> usize {
        self.norm.saved()
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// What is stored: the weights. Without them, the shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 1] {
        let [weight, _] = self.norm.tensors();
        [weight]
    }

    /// Sets the weights: ones unless the declaration says otherwise.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        rng: &mut R,
    ) {
        weight.fill(Fans { fan_in: 1, fan_out: 1 }, parameters, rng);
    }

    fn groups<S: Scalar>(&self) -> Groups<S> {
        Groups {
            size: self.norm.features(),
            run: 1,
            weights: self.parameters(),
            biases: 0,
            eps: self.eps.map_or(S::EPSILON, S::real),
            centred: false,
        }
    }
}

normalizing!(RmsNorm);

#[cfg(test)]
mod tests {
    use super::RmsNorm;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            RmsNorm::new(1, 5),
            RmsNorm::new(3, 4),
            RmsNorm::new(2, 7).without_parameters(),
            RmsNorm::over(1, &[2, 3, 2]).eps(0.1),
        );
    }
}
