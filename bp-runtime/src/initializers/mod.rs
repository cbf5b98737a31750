//! Initializers: what the parameters are before the first step.
//!
//! | Initializer | PyTorch's `nn.init` |
//! |---|---|
//! | [`struct@Default`] | what its layers do by themselves |
//! | [`Zeros`], [`Ones`], [`Constant`] | `zeros_`, `ones_`, `constant_` |
//! | [`Uniform`], [`Normal`], [`TruncatedNormal`] | `uniform_`, `normal_`, `trunc_normal_` |
//! | [`Xavier`], [`Kaiming`] | `xavier_uniform_`, `xavier_normal_`, `kaiming_uniform_`, `kaiming_normal_` |
//! | [`LeCun`] | `kaiming_…_` with the gain `linear` |
//! | [`Orthogonal`], [`Identity`] | `orthogonal_`; `eye_`, `dirac_` |
//!
//! All are constants, and draw in the network's own precision; the same generator gives the same numbers on
//! every platform, up to the last bits of `ln` where normal numbers are drawn.

mod distributions;
mod matrices;
mod scaled;
#[cfg(test)]
mod tests;

pub use distributions::{Normal, TruncatedNormal, Uniform};
pub use matrices::{Identity, Orthogonal};
pub use scaled::{Gain, Kaiming, LeCun, Xavier};

use crate::{Real, Scalar};
use rand_core::Rng;

/// How many numbers lead to one output of a tensor, and from one input of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fans {
    /// Inputs that one output sums over.
    pub fan_in: usize,
    /// Outputs that one input goes to.
    pub fan_out: usize,
}

/// Draws the numbers of a tensor.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Kaiming};
///
/// let fans = Fans { fan_in: 150, fan_out: 40 };
/// let mut weight = [0.0_f32; 150 * 40];
/// Kaiming::uniform().fill(fans, &mut weight, &mut backprop_runtime::rng(1));
/// assert!(weight.iter().all(|w| w.abs() <= 0.2)); // √(6 / 150)
/// ```
pub trait Initializer {
    /// Overwrites `values`: a weight is a matrix of `fan_in` rows, with a column for each output.
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R);
}

/// PyTorch's default for weights and biases of linear layers and convolutions: uniform in `±1 / √fan_in`.
///
/// (`kaiming_uniform_(a = √5)` there, whose bound √(6 / ((1 + 5) fan_in)) is the same.)
///
/// ```
/// use backprop_runtime::initializers::{Default, Fans, Initializer};
/// let mut weight = [0.0_f32; 1000];
/// Default.fill(Fans { fan_in: 100, fan_out: 10 }, &mut weight, &mut backprop_runtime::rng(1));
/// assert!(weight.iter().all(|w| w.abs() <= 0.1) && weight.iter().any(|w| w.abs() > 0.09));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Default;

impl Initializer for Default {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R) {
        let bound = S::ONE / S::from_usize(fans.fan_in.max(1)).sqrt();
        distributions::symmetric(values, bound, rng);
    }
}

/// All numbers the same. PyTorch's `constant_`.
///
/// ```
/// use backprop_runtime::initializers::{Constant, Fans, Initializer};
/// let mut bias = [0.0_f32; 3];
/// let fans = Fans { fan_in: 5, fan_out: 3 };
/// Constant::new(0.1).fill(fans, &mut bias, &mut backprop_runtime::rng(1));
/// assert_eq!(bias, [0.1; 3]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub Real);

impl Constant {
    /// `value` everywhere.
    pub const fn new(value: f64) -> Self {
        Self(Real::new(value))
    }
}

impl Initializer for Constant {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], _: &mut R) {
        values.fill(S::real(self.0));
    }
}

/// 0 everywhere. PyTorch's `zeros_`.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Zeros};
/// let mut bias = [1.0_f32; 3];
/// Zeros.fill(Fans { fan_in: 5, fan_out: 3 }, &mut bias, &mut backprop_runtime::rng(1));
/// assert_eq!(bias, [0.0; 3]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zeros;

impl Initializer for Zeros {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], _: &mut R) {
        values.fill(S::ZERO);
    }
}

/// 1 everywhere. PyTorch's `ones_`.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Ones};
/// let mut weight = [0.0_f32; 3];
/// Ones.fill(Fans { fan_in: 1, fan_out: 1 }, &mut weight, &mut backprop_runtime::rng(1));
/// assert_eq!(weight, [1.0; 3]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ones;

impl Initializer for Ones {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], _: &mut R) {
        values.fill(S::ONE);
    }
}
