//! Sums of many numbers that lose nothing to rounding.

use crate::Scalar;
#[cfg(feature = "std")]
use crate::saved::saved;

/// A sum in twice the precision: two numbers, of which the second is what the first has rounded away.
///
/// In `f32`, adding 1 to 2²⁴ changes nothing: the plain sum of the losses of so many samples no longer grows. That second number
/// is put back into the first at each step. If it only gathered, it would lose what is small beside it in turn, and ten million
/// losses would be off by 10⁻⁵. T. J. Dekker, *A floating-point technique for extending the available precision* (1971).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total<S> {
    sum: S,
    rest: S,
}

#[cfg(feature = "std")]
saved!([S: Scalar] Total<S> { sum: S, rest: S });

impl<S: Scalar> Total<S> {
    #[inline(always)]
    pub(crate) fn add(&mut self, term: S) {
        let sum = self.sum + term;
        // An infinite sum has no rounding error, but its difference would be NaN.
        if !sum.is_finite() {
            *self = Self { sum, rest: S::ZERO };
            return;
        }
        let (large, small) = if self.sum.abs() >= term.abs() { (self.sum, term) } else { (term, self.sum) };
        let rest = self.rest + ((large - sum) + small);
        let all = sum + rest;
        *self = Self { sum: all, rest: rest - (all - sum) };
    }

    #[inline(always)]
    pub(crate) fn value(self) -> S {
        self.sum + self.rest
    }
}

/// `‖scale · values‖` as the product of two numbers, the first of which is of the size of 1 where the second is not 1: neither a
/// square nor the norm itself overflows, and small numbers are not lost in the sum of millions.
pub(crate) fn norm<S: Scalar>(values: &[S], scale: S) -> (S, S) {
    let sum = squares(values, |value| value * scale);
    if sum.is_finite() {
        return (sum.sqrt(), S::ONE);
    }
    let largest = largest(values);
    (squares(values, |value| value / largest).sqrt(), largest * scale)
}

fn squares<S: Scalar>(values: &[S], of: impl Fn(S) -> S) -> S {
    let mut total = Total::default();
    for block in values.chunks(64) {
        total.add(block.iter().fold(S::ZERO, |sum, value| sum + of(*value) * of(*value)));
    }
    total.value()
}

/// The largest absolute value; 0 where there is none, or none that is a number.
pub(crate) fn largest<S: Scalar>(values: &[S]) -> S {
    values.iter().fold(S::ZERO, |largest, x| if x.abs() > largest { x.abs() } else { largest })
}

#[cfg(test)]
mod tests {
    use super::{Total, norm};

    #[test]
    fn a_norm_beyond_the_largest_number() {
        let (relative, unit) = norm(&[3e38_f32; 4], 1.0);
        assert_eq!((relative, unit), (2.0, 3e38));
        assert_eq!(norm(&[3.0_f64, -4.0], 0.5), (2.5, 1.0));
    }

    #[test]
    fn small_terms_are_not_lost() {
        let mut total = Total::default();
        total.add(16_777_216.0_f32);
        (0..1000).for_each(|_| total.add(1.0));
        assert_eq!(total.value(), 16_778_216.0);
        total.add(1e30);
        total.add(-1e30);
        assert_eq!(total.value(), 16_778_216.0);
        total.add(f32::INFINITY);
        assert_eq!(total.value(), f32::INFINITY);
    }
}
