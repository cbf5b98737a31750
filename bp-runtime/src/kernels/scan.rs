//! One look at every number.

use super::block::{load, load_partly, splat};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _, SimdMask as _};

/// Vectors looked at in a round: as many additions are under way at once.
const ROUND: usize = 4;

/// Whether no number is infinite or NaN.
///
/// 0 · x is 0 for every finite x, and NaN otherwise: a sum without branches tells whether there is one.
#[inline(always)]
pub(crate) fn all_finite<V: Simd, S: Lanes>(v: V, values: &[S]) -> bool {
    let zero = splat::<V, S>(v, S::from(0_i8));
    let mut sums = [zero; ROUND];
    let (rounds, rest) = S::vectors(values).as_chunks::<ROUND>();
    for round in rounds {
        let round = load::<V, S, ROUND>(v, round);
        for n in 0..ROUND {
            sums[n] = round[n].mul_add(zero, sums[n]);
        }
    }
    for vector in rest {
        sums[0] = S::Vector::<V>::load_array_ref(v, vector).mul_add(zero, sums[0]);
    }
    let whole = values.len() / S::LANES * S::LANES;
    if let Some(last @ [_, ..]) = values.get(whole..) {
        sums[0] = load_partly::<V, S>(v, last).mul_add(zero, sums[0]);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).simd_eq(zero).all_true()
}

#[cfg(test)]
mod tests {
    use crate::kernels::Kernels as _;

    #[test]
    fn one_number_that_is_not_finite_is_found_at_every_place() {
        for length in 0..150 {
            let mut values = vec![f32::MAX; length];
            assert!(f32::all_finite(&values), "{length}");
            for place in 0..length {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    values[place] = bad;
                    assert!(!f32::all_finite(&values), "{bad} at {place} of {length}");
                }
                values[place] = -f32::MAX;
            }
        }
        assert!(!f64::all_finite(&[0.0, f64::NAN]));
    }
}
