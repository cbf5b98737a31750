//! The gradient of biases alone, which needs no input.

use super::block::each;
use crate::simd::{Lanes, Simd};

/// `db += Σ dy`, where each bias belongs to a run of numbers, and the biases begin anew when all have had theirs.
#[inline(always)]
pub(super) fn gradient<V: Simd, S: Lanes>(_: V, run: usize, dy: &[S], gradient: &mut [S]) {
    let round = (run * gradient.len()).max(1);
    for dy in dy.chunks(round) {
        for (dy, gradient) in dy.chunks(run.max(1)).zip(&mut *gradient) {
            *gradient = *gradient + total(dy);
        }
    }
}

/// The sum over samples: of every eighth sample first, so that the compiler may use vectors.
#[inline(always)]
pub(crate) fn total<S: Lanes>(lanes: &[S]) -> S {
    let mut sums = [S::from(0_i8); 8];
    for lanes in lanes.chunks(8) {
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum = *sum + *lane;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The sum of what is made of the numbers at each place: of every sixteenth first, so that the compiler may use vectors.
#[inline(always)]
pub(crate) fn total_of<S: Lanes, const N: usize>(numbers: [&[S]; N], f: impl Fn([S; N]) -> S) -> S {
    let zero = S::from(0_i8);
    let mut sums = [zero; 16];
    let count = numbers.iter().map(|numbers| numbers.len()).min().unwrap_or(0);
    let numbers = numbers.map(|numbers| numbers.get(..count).unwrap_or(&[]));
    let whole = count / sums.len();
    for chunk in 0..whole {
        let mut lanes = [[zero; 16]; N];
        for n in 0..N {
            if let Some(from) = numbers[n].as_chunks().0.get(chunk) {
                lanes[n] = *from;
            }
        }
        for lane in 0..sums.len() {
            sums[lane] = sums[lane] + f(each!(n in N, from zero => lanes[n][lane]));
        }
    }
    for (place, sum) in (whole * sums.len()..count).zip(&mut sums) {
        *sum = *sum + f(each!(n in N, from zero => numbers[n].get(place).copied().unwrap_or(zero)));
    }
    let mut count = sums.len();
    while count > 1 {
        count /= 2;
        for lane in 0..count {
            sums[lane] = sums[lane] + sums[lane + count];
        }
    }
    sums[0]
}
