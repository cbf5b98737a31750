//! Schedules: how the learning rate changes from step to step.
//!
//! A schedule is a constant description; asking it costs a few operations and no memory. It counts whatever
//! the caller counts, steps or epochs:
//!
//! ```
//! use backprop_runtime::schedules::{Cosine, Schedule, Warmup};
//!
//! const SCHEDULE: Warmup<Cosine> = Warmup::new(5, Cosine::new(1e-3, 95));
//! for epoch in 0..100 {
//!     let rate = SCHEDULE.at(epoch);
//!     // trainer.set_learning_rate(rate); …
//!     # assert!(rate >= 0.0.into() && rate <= 1e-3.into());
//! }
//! assert_eq!(SCHEDULE.learning_rate::<f32>(5), 1e-3);
//! ```
//!
//! | Schedule | PyTorch |
//! |---|---|
//! | [`Constant`] | none needed |
//! | [`Step`], [`MultiStep`], [`Exponential`] | `StepLR`, `MultiStepLR`, `ExponentialLR` |
//! | [`Linear`], [`Polynomial`] | `LinearLR`, `PolynomialLR` |
//! | [`Cosine`], [`CosineRestarts`] | `CosineAnnealingLR`, `CosineAnnealingWarmRestarts` |
//! | [`OneCycle`] | `OneCycleLR` |
//! | [`Warmup`] | `SequentialLR` of `LinearLR` and another |
//! | [`ReduceOnPlateau`] | `ReduceLROnPlateau` |
//!
//! Values are those of PyTorch's schedulers (`get_last_lr()` after as many steps) to 10⁻¹⁴ in `f64`.

mod cosine;
mod decay;
mod one_cycle;
mod plateau;
mod warmup;

pub use cosine::{Cosine, CosineRestarts};
pub use decay::{Constant, Exponential, Linear, MultiStep, Polynomial, Step};
pub use one_cycle::OneCycle;
pub use plateau::{Improvement, ReduceOnPlateau};
pub use warmup::Warmup;

use crate::{Real, Scalar};

/// A learning rate for each step.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schedule",
    note = "for instance `Cosine::new(1e-3, 100)`; `ReduceOnPlateau` is asked with `observe(metric)`"
)]
pub trait Schedule {
    /// The learning rate at `step`, from 0, computed in `S` only.
    ///
    /// What a machine without `f64` asks: `trainer.set_learning_rate(schedule.learning_rate::<f32>(step))`.
    fn learning_rate<S: Scalar>(&self, step: usize) -> S;

    /// The learning rate at `step`, from 0, computed in `f64` whatever the network's type.
    fn at(&self, step: usize) -> Real {
        Real::new(self.learning_rate(step))
    }
}

impl<T: Schedule> Schedule for &T {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        (**self).learning_rate(step)
    }
}

/// A factor that is applied many times.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Base {
    value: Real,
    /// 1 − value: in `f32` the value itself is off by 3·10⁻⁸, which a million steps make 3 %.
    rest: Real,
}

impl Base {
    const fn new(value: f64) -> Self {
        Self { value: Real::new(value), rest: Real::new(1.0 - value) }
    }

    /// The power.
    fn to_the<S: Scalar>(self, exponent: usize) -> S {
        let value = S::real(self.value);
        // Squaring doubles the error each time; few factors are exact where they can be.
        if exponent <= 64 || value <= S::ZERO {
            return power(value, exponent);
        }
        ((-S::real(self.rest)).ln_1p() * S::from_usize(exponent)).exp()
    }
}

/// `base` to a whole power, by squaring.
fn power<S: Scalar>(base: S, exponent: usize) -> S {
    let (mut result, mut square, mut rest) = (S::ONE, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

/// `part / whole`, at most 1; 1 of nothing.
fn fraction<S: Scalar>(part: usize, whole: usize) -> S {
    if part < whole { S::from_usize(part) / S::from_usize(whole) } else { S::ONE }
}

/// `from + (to − from) x`
fn interpolate<S: Scalar>(from: S, to: S, x: S) -> S {
    from + (to - from) * x
}

/// From `from` at `x = 0` to `to` at `x = 1` along half a cosine.
fn anneal<S: Scalar>(from: S, to: S, x: S) -> S {
    let half = S::real(Real::new(0.5));
    // (1 + cos πx) / 2, near its end as sin² π(1 − x)/2: there a sum would cancel, and end below `to`.
    let part = if x <= half {
        (S::ONE + cos_pi(x)) * half
    } else {
        let root = sin_pi((S::ONE - x) * half);
        root * root
    };
    to + (from - to) * part
}

/// `cos πx` for `0 ≤ x ≤ 1`, to the precision of the type.
fn cos_pi<S: Scalar>(x: S) -> S {
    -sin_pi(x - S::real(Real::new(0.5)))
}

/// `sin πx` for `−½ ≤ x ≤ ½`, to the precision of the type.
///
/// By its Taylor series: on a quarter turn eleven terms are enough for `f64`.
fn sin_pi<S: Scalar>(x: S) -> S {
    const TERMS: usize = 12;
    let t = x * S::real(Real::new(core::f64::consts::PI));
    let square = t * t;
    let mut sum = S::ONE;
    for term in (1..TERMS).rev() {
        let divisor = S::from_usize(2 * term * (2 * term + 1));
        sum = S::ONE - sum * square / divisor;
    }
    t * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cos_pi_is_the_cosine() {
        for i in 0..=1000 {
            let x = f64::from(i) / 1000.0;
            let exact = libm::cos(core::f64::consts::PI * x);
            assert!((cos_pi(x) - exact).abs() < 4e-16, "{x}");
            assert!((f64::from(cos_pi(x as f32)) - exact).abs() < 4e-7, "{x}");
        }
    }

    #[test]
    fn power_of_zero_and_of_many() {
        assert_eq!(power(3.0, 0), 1.0);
        assert_eq!(power(2.0, 37), 137_438_953_472.0);
        assert_eq!(power(0.5_f32, usize::MAX), 0.0);
    }
}
