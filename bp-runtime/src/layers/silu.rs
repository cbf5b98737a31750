//! `silu`: numbers weighted by their sigmoid, also known as swish.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = x σ(x) = x / (1 + e⁻ˣ)` (PyTorch's `SiLU`; swish of Ramachandran, Zoph and Le, 2017).
///
/// Backward: `dx = σ(x) (1 + x (1 − σ(x))) dy`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Silu, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 2];
/// Silu.forward(Forward { x: &[[0.0], [1.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[1][0] - 0.731_058_578_630_005).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silu;

impl<S: Scalar> Elementwise<S> for Silu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x * x.sigmoid()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let one = x.constant(S::ONE);
        let sigmoid = x.sigmoid();
        sigmoid * x.mul_add(one - sigmoid, one) * dy
    }
}
elementwise!(Silu);
