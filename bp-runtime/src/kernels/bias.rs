//! The gradient of biases alone, which needs no input.

use crate::Scalar;
use crate::simd::Simd;

/// `db += Σ dy`, where each bias belongs to a run of numbers, and the biases begin anew when all have had theirs.
#[inline(always)]
pub(super) fn gradient<V: Simd, S: Scalar>(_: V, run: usize, dy: &[S], gradient: &mut [S]) {
    let round = (run * gradient.len()).max(1);
    for dy in dy.chunks(round) {
        for (dy, gradient) in dy.chunks(run.max(1)).zip(&mut *gradient) {
            *gradient += total(dy);
        }
    }
}

/// The sum over samples: of every eighth sample first, so that the compiler may use vectors.
#[inline(always)]
pub(crate) fn total<S: Scalar>(lanes: &[S]) -> S {
    let mut sums = [S::ZERO; 8];
    for lanes in lanes.chunks(8) {
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum += *lane;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}
