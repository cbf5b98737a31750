//! `log_sigmoid`: the logarithm of a probability.

use super::elementwise::{Elementwise, elementwise};
use crate::Scalar;
use crate::math::Float;

/// `y = ln σ(x) = −ln(1 + e^(−x))` (PyTorch's `LogSigmoid`).
///
/// Computed as `min(x, 0) − ln(1 + e^(−|x|))`, which neither overflows nor loses small results. Backward: `dx = σ(−x) dy`. Needs
/// `x`.
///
/// ```
/// use backprop_runtime::{layers::LogSigmoid, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 3];
/// LogSigmoid.forward(Forward { x: &[[0.0], [-800.0], [800.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[0][0] + 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(y[1..], [[-800.0], [0.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSigmoid;

impl<S: Scalar> Elementwise<S> for LogSigmoid {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let zero = x.constant(S::ZERO);
        F::select(zero.less(x), zero, x) - (-x.abs()).exp().ln_1p()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        (-x).sigmoid() * dy
    }
}
elementwise!(LogSigmoid);
