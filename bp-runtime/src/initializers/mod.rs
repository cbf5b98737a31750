//! Initializers: what the parameters are before the first step.

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
pub trait Initializer {
    /// Overwrites `values`.
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R);
}

/// PyTorch's default for weights and biases of linear layers and convolutions: uniform in ±1/√fan_in.
///
/// (`kaiming_uniform_(a = √5)` there, whose bound √(6 / ((1 + 5) fan_in)) is the same.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Default;

impl Initializer for Default {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R) {
        let bound = S::ONE / S::from_usize(fans.fan_in).sqrt();
        uniform(values, bound, rng);
    }
}

/// All numbers the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub Real);

impl Initializer for Constant {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], _: &mut R) {
        values.fill(S::real(self.0));
    }
}

fn uniform<S: Scalar, R: Rng + ?Sized>(values: &mut [S], bound: S, rng: &mut R) {
    for value in values {
        *value = (S::uniform(rng.next_u64()) * S::from_usize(2) - S::ONE) * bound;
    }
}
