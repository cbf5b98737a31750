//! The gradient of biases alone, which needs no input.

use crate::Scalar;
use crate::layers::normalize::total;
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
