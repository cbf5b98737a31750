//! `selu`: the exponential linear unit that keeps mean 0 and variance 1.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

const SCALE: Real = Real::new(1.050_700_987_355_480_5);
const SCALE_ALPHA: Real = Real::new(1.050_700_987_355_480_5 * 1.673_263_242_354_377_2);

/// `y = s x` where `x > 0`, otherwise `s α (eˣ − 1)`, with `s` = 1.0507…, `α` = 1.6732… (PyTorch's `SELU`;
/// Klambauer et al., *Self-normalizing neural networks*, 2017).
///
/// Backward: `dx = s dy` where `y > 0`, otherwise `(y + s α) dy`, as at 0. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::Selu, InPlace, Pass};
/// let mut y = [[f32::NEG_INFINITY], [1.0]];
/// Selu.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-1.758_099_3], [1.050_701]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selu;

impl<S: Scalar> Elementwise<S> for Selu {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        let negative = x.exp_m1() * S::real(SCALE_ALPHA);
        F::select(x.constant(S::ZERO).less(x), x * S::real(SCALE), negative)
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
        F::select(y.constant(S::ZERO).less(y), y.real(SCALE), y + S::real(SCALE_ALPHA)) * dy
    }
}
elementwise!(Selu, in place);
