//! Kernels for one sample on targets without vectors: plain loops that sum in the order of the vector kernels, so that
//! they give the same bits as vectors without fused multiply-adds do.
//!
//! Emulated vectors would be written out lane by lane: slow on a scalar core, and tens of kilobytes of flash. Sums stand
//! in groups of four with constant indices, because loops over arrays stay loops under `opt-level = "s"`, and arrays that
//! are indexed by a loop do not live in registers.

pub(super) mod conv;
pub(super) mod dense;
pub(super) mod pool;
#[cfg(test)]
mod tests;

use crate::Scalar;

/// Four neighbours.
type Four<S> = [S; 4];

/// −0, which added to a number leaves it as it is.
#[inline(always)]
fn nothing<S: Scalar>() -> S {
    -S::ZERO
}

/// The four numbers at a place of a slice, if it is long enough.
#[inline(always)]
fn four<S>(values: &[S], place: usize) -> Option<&Four<S>> {
    values.get(place..)?.first_chunk()
}

/// Sixteen numbers from a place on, four by four.
#[inline(always)]
fn sixteen<S>(values: &[S], place: usize) -> Option<&[Four<S>; 4]> {
    values.get(place..)?.as_chunks().0.first_chunk()
}

/// `acc + a · x`
#[inline(always)]
fn add_scaled<S: Scalar>(acc: Four<S>, a: &Four<S>, x: S) -> Four<S> {
    [acc[0] + a[0] * x, acc[1] + a[1] * x, acc[2] + a[2] * x, acc[3] + a[3] * x]
}

/// `acc + a · b`, number by number.
#[inline(always)]
fn add_products<S: Scalar>(acc: Four<S>, a: &Four<S>, b: &Four<S>) -> Four<S> {
    [acc[0] + a[0] * b[0], acc[1] + a[1] * b[1], acc[2] + a[2] * b[2], acc[3] + a[3] * b[3]]
}

/// `a + b`, number by number.
#[inline(always)]
fn add<S: Scalar>(a: Four<S>, b: Four<S>) -> Four<S> {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
}

/// Whether no number is larger than a limit, either way, or NaN.
pub(super) fn all_within<S: Scalar>(values: &[S], limit: S) -> bool {
    // Each of them is at most their sum, rounded or not: nearly always that is small enough, and needs no comparisons.
    let (fours, rest) = values.as_chunks::<4>();
    let sum = fours.iter().fold(S::ZERO, |sum, [a, b, c, d]| sum + a.abs() + b.abs() + c.abs() + d.abs());
    let sum = rest.iter().fold(sum, |sum, value| sum + value.abs());
    limit >= S::ZERO && (sum <= limit || values.iter().all(|value| value.abs() <= limit))
}
