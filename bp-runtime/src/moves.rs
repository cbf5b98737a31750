//! Copies, sums and products of whole values: where branches of a network part and join.

use crate::Scalar;
use crate::parts::Parts as _;

/// Copies one sample out of a tile.
#[inline]
pub(crate) fn store<S: Scalar>(sample: &mut [S], tile: &[S], width: usize, lane: usize) {
    for (value, place) in sample.iter_mut().zip(tile.iter().skip(lane).step_by(width.max(1))) {
        *value = *place;
    }
}

/// Whether no number is infinite or NaN.
pub fn all_finite<S: Scalar>(values: &[S]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// `to = from`
#[inline]
pub fn copy<S: Scalar, const T: usize>(to: &mut [[S; T]], from: &[[S; T]]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// `to += from`
#[inline]
pub fn add<S: Scalar, const T: usize>(to: &mut [[S; T]], from: &[[S; T]]) {
    for (to, from) in to.as_flattened_mut().iter_mut().zip(from.as_flattened()) {
        *to += *from;
    }
}

/// `to = a × b`, number by number
#[inline]
pub fn multiply<S: Scalar, const T: usize>(to: &mut [[S; T]], a: &[[S; T]], b: &[[S; T]]) {
    let factors = a.as_flattened().iter().zip(b.as_flattened());
    for (to, (a, b)) in to.as_flattened_mut().iter_mut().zip(factors) {
        *to = *a * *b;
    }
}

/// `to += a × b`, number by number
#[inline]
pub fn add_product<S: Scalar, const T: usize>(to: &mut [[S; T]], a: &[[S; T]], b: &[[S; T]]) {
    let factors = a.as_flattened().iter().zip(b.as_flattened());
    for (to, (a, b)) in to.as_flattened_mut().iter_mut().zip(factors) {
        *to += *a * *b;
    }
}

/// The features of a part in one group, and the whole from the part's place on, group by group.
fn group(part: usize, whole: usize, groups: usize) -> (usize, usize) {
    let groups = groups.max(1);
    (part / groups, whole / groups)
}

/// Copies a part into each of `groups` groups of a whole, beginning at `offset` in each.
///
/// ```
/// let mut whole = [[0.0_f32]; 6];
/// backprop_runtime::moves::put(&mut whole, &[[1.0], [2.0]], 2, 2);
/// assert_eq!(whole, [[0.0], [0.0], [1.0], [0.0], [0.0], [2.0]]);
/// ```
#[inline]
pub fn put<S: Scalar, const T: usize>(whole: &mut [[S; T]], part: &[[S; T]], groups: usize, offset: usize) {
    let (size, stride) = group(part.len(), whole.len(), groups);
    for (whole, part) in whole.pieces_mut(stride).zip(part.pieces(size)) {
        for (to, from) in whole.iter_mut().skip(offset).zip(part) {
            *to = *from;
        }
    }
}

/// Copies a part out of each of `groups` groups of a whole, beginning at `offset` in each.
#[inline]
pub fn take<S: Scalar, const T: usize>(part: &mut [[S; T]], whole: &[[S; T]], groups: usize, offset: usize) {
    let (size, stride) = group(part.len(), whole.len(), groups);
    for (whole, part) in whole.pieces(stride).zip(part.pieces_mut(size)) {
        for (to, from) in part.iter_mut().zip(whole.iter().skip(offset)) {
            *to = *from;
        }
    }
}

/// [`take`], added to what is there.
#[inline]
pub fn add_part<S: Scalar, const T: usize>(
    part: &mut [[S; T]],
    whole: &[[S; T]],
    groups: usize,
    offset: usize,
) {
    let (size, stride) = group(part.len(), whole.len(), groups);
    for (whole, part) in whole.pieces(stride).zip(part.pieces_mut(size)) {
        for (to, from) in part.iter_mut().zip(whole.iter().skip(offset)) {
            for (to, from) in to.iter_mut().zip(from) {
                *to += *from;
            }
        }
    }
}
