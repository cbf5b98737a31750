//! How many samples of a tile a loss computes at once.

use crate::Scalar;
use crate::math::Float;
use crate::parts::does_not_fit;
use crate::simd::{Lanes, Simd, SimdBase};

/// The samples of a vector, or one of them: a loss is written once for both, so that the bits are the same.
///
/// Rows have a number for each lane of a vector.
pub(super) trait Samples<S: Scalar>: Copy {
    type Numbers: Float<Scalar = S>;
    /// The same number for each sample.
    fn every(self, value: S) -> Self::Numbers;
    fn load(self, row: &[S]) -> Self::Numbers;
    fn store(self, numbers: Self::Numbers, row: &mut [S]);
}

/// All samples of a vector.
#[derive(Clone, Copy)]
pub(super) struct All<V>(pub(super) V);

impl<V: Simd, S: Scalar> Samples<S> for All<V> {
    type Numbers = S::Vector<V>;
    #[inline(always)]
    fn every(self, value: S) -> Self::Numbers {
        S::Vector::<V>::splat(self.0, value)
    }
    #[inline(always)]
    fn load(self, row: &[S]) -> Self::Numbers {
        match S::vectors(row).first() {
            Some(row) => S::Vector::<V>::load_array_ref(self.0, row),
            None => {
                does_not_fit();
                self.every(S::ZERO)
            }
        }
    }
    #[inline(always)]
    fn store(self, numbers: Self::Numbers, row: &mut [S]) {
        match S::vectors_mut(row).first_mut() {
            Some(row) => numbers.store_array(row),
            None => does_not_fit(),
        }
    }
}

/// The sample in one lane.
#[derive(Clone, Copy)]
pub(super) struct One(pub(super) usize);

impl<S: Scalar> Samples<S> for One {
    type Numbers = <S as Lanes>::Alone;
    #[inline(always)]
    fn every(self, value: S) -> Self::Numbers {
        value.alone()
    }
    #[inline(always)]
    fn load(self, row: &[S]) -> Self::Numbers {
        row.get(self.0).copied().unwrap_or_default().alone()
    }
    #[inline(always)]
    fn store(self, numbers: Self::Numbers, row: &mut [S]) {
        match row.get_mut(self.0) {
            Some(place) => *place = S::of(numbers),
            None => does_not_fit(),
        }
    }
}

/// Evaluates an expression for the samples of a vector, all at once, or, where that has no plain loops, one after the other.
macro_rules! for_samples {
    ($scalar:ty: $samples:ident => $operation:expr) => {
        $crate::dispatch!($scalar: v => { let $samples = $crate::losses::samples::All(v); $operation }, plain {
            for lane in 0..<$scalar as $crate::simd::Lanes>::LANES {
                let $samples = $crate::losses::samples::One(lane);
                $operation
            }
        })
    };
}
pub(super) use for_samples;
