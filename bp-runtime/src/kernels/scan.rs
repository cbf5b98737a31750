//! One look at every number.

use super::block::{load, load_partly, splat};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdMask as _};

/// Vectors looked at in a round: as many additions are under way at once.
const ROUND: usize = 4;

/// Whether no number is larger than a limit, either way, or NaN.
///
/// NaN compares as false with every limit: there is no branch but the last.
#[inline(always)]
pub(crate) fn all_within<V: Simd, S: Lanes>(v: V, values: &[S], limit: S) -> bool {
    let limit = splat::<V, S>(v, limit);
    let mut within = [limit.simd_eq(limit); ROUND];
    let (rounds, rest) = S::vectors(values).as_chunks::<ROUND>();
    for round in rounds {
        let round = load::<V, S, ROUND>(v, round);
        for n in 0..ROUND {
            within[n] = within[n] & round[n].abs().simd_le(limit);
        }
    }
    for vector in rest {
        within[0] = within[0] & S::Vector::<V>::load_array_ref(v, vector).abs().simd_le(limit);
    }
    let whole = values.len() / S::LANES * S::LANES;
    if let Some(last @ [_, ..]) = values.get(whole..) {
        within[0] = within[0] & load_partly::<V, S>(v, last).abs().simd_le(limit);
    }
    ((within[0] & within[1]) & (within[2] & within[3])).all_true()
}

#[cfg(test)]
mod tests {
    use crate::kernels::Kernels as _;

    #[test]
    fn one_number_that_is_not_finite_is_found_at_every_place() {
        for length in 0..150 {
            let mut values = vec![f32::MAX; length];
            assert!(f32::all_within(&values, f32::MAX), "{length}");
            for place in 0..length {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    values[place] = bad;
                    assert!(!f32::all_within(&values, f32::MAX), "{bad} at {place} of {length}");
                }
                values[place] = -f32::MAX;
            }
        }
        assert!(!f64::all_within(&[0.0, f64::NAN], 1.0));
        assert!(f64::all_within(&[1.0, -1.0], 1.0) && !f64::all_within(&[1.0, -1.5], 1.0));
    }
}
