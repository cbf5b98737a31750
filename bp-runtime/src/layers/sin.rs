//! `sin`: a periodic activation, for networks that represent signals.

use super::elementwise::{Elementwise, elementwise};
use crate::math::Float;
use crate::{Real, Scalar};

/// `y = sin(ω x)` (Sitzmann et al., *Implicit neural representations with periodic activation functions*, 2020,
/// known as SIREN, with ω = 30 in its first layer). PyTorch has no such module: `torch.sin(omega * x)`.
///
/// Backward: `dx = ω cos(ω x) dy`. Needs `x`. For the range of `ω x` see [`math`](crate::math).
///
/// ```
/// use backprop_runtime::{layers::Sin, Forward, Layer, Pass};
/// let mut y = [[0.0_f64]];
/// Sin::new(30.0).forward(Forward { x: &[[0.1]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[0][0] - 3.0_f64.sin()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sin {
    /// The angular frequency ω.
    pub frequency: Real,
}

impl Sin {
    /// With the angular frequency ω.
    pub const fn new(frequency: f64) -> Self {
        Self { frequency: Real::new(frequency) }
    }
}

impl<S: Scalar> Elementwise<S> for Sin {
    #[inline(always)]
    fn value<F: Float<Scalar = S>>(&self, x: F) -> F {
        (x * S::real(self.frequency)).sin()
    }

    #[inline(always)]
    fn gradient<F: Float<Scalar = S>>(&self, x: F, dy: F) -> F {
        let frequency = S::real(self.frequency);
        (x * frequency).cos() * frequency * dy
    }
}
elementwise!(Sin);
