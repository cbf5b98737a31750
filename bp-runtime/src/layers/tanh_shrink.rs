//! `tanh_shrink`: what the hyperbolic tangent leaves.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = x − tanh(x)` (PyTorch's `Tanhshrink`).
///
/// Backward: `dx = tanh²(x) dy`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::TanhShrink, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 2];
/// TanhShrink.forward(Forward { x: &[[0.0], [30.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[0.0], [29.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TanhShrink;

impl<S: Scalar> Elementwise<S> for TanhShrink {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        x - x.tanh()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let tanh = x.tanh();
        tanh * tanh * dy
    }
}
elementwise!(TanhShrink);
