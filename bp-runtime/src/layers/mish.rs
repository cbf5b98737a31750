//! `mish`: numbers weighted by the tanh of their softplus.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// Beyond it `eˣ (eˣ + 2)` swallows the 2 in both precisions, and is far from overflow in both.
const SATURATED: Real = Real::new(40.0);

/// `y = x tanh(ln(1 + eˣ))` (PyTorch's `Mish`; Misra, 2019).
///
/// With `e = eˣ` and `n = e (e + 2)`, the tanh is `n / (n + 2)`, and backward
/// `dx = (n / (n + 2) + 4 x e (1 + e) / (n + 2)²) dy`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Mish, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]; 2];
/// Mish.forward(Forward { x: &[[0.0], [1.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[1][0] - 0.865_098_388_267_3).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mish;

/// `e` and `n` of the formula.
#[inline(always)]
fn parts<F: Float>(x: F) -> (F, F) {
    let limit = x.real(SATURATED);
    let e = F::select(limit.less(x), limit, x).exp();
    (e, e * (e + F::Scalar::ONE + F::Scalar::ONE))
}

impl<S: Scalar> Elementwise<S> for Mish {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let (_, n) = parts(x);
        x * (n / (n + S::ONE + S::ONE))
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let (e, n) = parts(x);
        let two = S::ONE + S::ONE;
        let part = x.constant(two) / (n + two);
        let rise = x * (e * (e + S::ONE) * part) * part;
        (n / (n + two) + rise) * dy
    }
}
elementwise!(Mish);
