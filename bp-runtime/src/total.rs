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

#[cfg(test)]
mod tests {
    use super::Total;

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
