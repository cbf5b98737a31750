//! The machine's peak, to compare with.

use backprop_runtime::dispatch;
use backprop_runtime::simd::{Simd, SimdBase as _, SimdFloat as _};
use std::hint::black_box;

/// Operations of a call of [`peak`].
pub(crate) const PEAK_OPERATIONS: usize = 10_000 * 12 * 16 * 2;

/// Multiply-adds as fast as they can be: twelve chains, each in one register of the instruction set.
pub(crate) fn peak() -> impl FnMut() {
    || {
        black_box(dispatch!(v => multiply_adds(v, black_box(1.0))));
    }
}

#[inline(always)]
fn multiply_adds<V: Simd>(v: V, x: f32) -> f32 {
    let mut sums = [V::f32s::splat(v, x); 12];
    let factor = V::f32s::splat(v, black_box(0.999));
    for _ in 0..10_000 * 16 / V::f32s::LEN {
        for sum in &mut sums {
            *sum = sum.mul_add(factor, factor);
        }
    }
    sums.into_iter().map(|sum| sum.reduce_sum()).sum()
}
