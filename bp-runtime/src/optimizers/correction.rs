//! How much an average that began at zero is too small.

use crate::{Scalar, flat::flat_parameters, saved::saved};

/// `1 − Π βₜ`: the weight that an exponential average which began at zero has gathered, from zero itself.
///
/// `1 − βᵗ` as it stands loses all but three digits of `f32` in the first steps, where `βᵗ` is nearly 1, so
/// the difference is what is carried while it is small, and the product once that is small.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction<S> {
    gathered: S,
    left: S,
}

flat_parameters!([S: Scalar] Correction<S>: S { gathered: S, left: S });
saved!([S: Scalar] Correction<S> { gathered: S, left: S });

impl<S: Scalar> Correction<S> {
    /// One step further, given `1 − β` of it.
    pub(super) fn next(self, rest: S) -> Self {
        // Twice the number is exact: below one half, without a constant for it.
        if self.gathered + self.gathered < S::ONE {
            let gathered = self.gathered + (S::ONE - self.gathered) * rest;
            Self { gathered, left: S::ONE - gathered }
        } else {
            let left = self.left - self.left * rest;
            Self { gathered: S::ONE - left, left }
        }
    }

    /// `1 − Π βₜ`
    pub(super) fn gathered(self) -> S {
        self.gathered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_power_in_both_precisions() {
        for beta in [0.5_f64, 0.9, 0.999, 0.9999] {
            let mut double: Correction<f64> = crate::flat::zero();
            let mut single: Correction<f32> = crate::flat::zero();
            for step in 1..20_000 {
                double = double.next(1.0 - beta);
                single = single.next((1.0 - beta) as f32);
                let exact = -libm::expm1(f64::from(step) * libm::log(beta));
                assert!((double.gathered / exact - 1.0).abs() < 2e-14, "{beta} {step}");
                assert!((f64::from(single.gathered) / exact - 1.0).abs() < 2e-6, "{beta} {step}");
            }
        }
    }
}
