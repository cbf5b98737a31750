//! Pooling over all of the time axis, of samples that are shorter than it.

use super::adaptive_max_pool2d::is_nan;
use crate::Scalar;
use crate::parts::Parts as _;
use crate::sequence::shorter;

/// The numbers of a sample at each of its steps, of one feature.
fn steps<'a, S: Scalar, const T: usize>(
    x: &'a [[S; T]],
    [features, feature]: [usize; 2],
    lane: usize,
) -> impl Iterator<Item = S> + 'a {
    x.iter().skip(feature).step_by(features.max(1)).filter_map(move |x| x.get(lane).copied())
}

/// `y = Σ x / length`
pub(super) fn means<S: Scalar, const T: usize>(
    lengths: &[[S; T]],
    time: usize,
    x: &[[S; T]],
    y: &mut [[S; T]],
) {
    let features = y.len();
    shorter(lengths, time, |lane, length| {
        for (feature, y) in y.iter_mut().enumerate() {
            let Some(y) = y.get_mut(lane) else { return };
            *y = S::ZERO;
            steps(x, [features, feature], lane).take(length).for_each(|x| *y += x);
            *y /= S::from_usize(length.max(1));
        }
    });
}

/// `dx = dy / length`, and 0 behind the end
pub(super) fn spread<S: Scalar, const T: usize>(
    lengths: &[[S; T]],
    time: usize,
    dy: &[[S; T]],
    dx: &mut [[S; T]],
) {
    shorter(lengths, time, |lane, length| {
        for (step, dx) in dx.pieces_mut(dy.len()).enumerate() {
            for (dx, dy) in dx.iter_mut().zip(dy) {
                let (Some(dx), Some(dy)) = (dx.get_mut(lane), dy.get(lane)) else { return };
                *dx = if step < length { *dy / S::from_usize(length.max(1)) } else { S::ZERO };
            }
        }
    });
}

/// `y = max x`, and the step that it is of, where that is `saved`
pub(super) fn largest<S: Scalar, const T: usize>(
    lengths: &[[S; T]],
    time: usize,
    x: &[[S; T]],
    y: &mut [[S; T]],
    saved: &mut [[S; T]],
) {
    let features = y.len();
    shorter(lengths, time, |lane, length| {
        for (feature, y) in y.iter_mut().enumerate() {
            let all = steps(x, [features, feature], lane).take(length).enumerate();
            // The first of equal numbers, and the first NaN.
            let larger = |best: (usize, S), next: (usize, S)| {
                if !is_nan(best.1) && (is_nan(next.1) || next.1 > best.1) { next } else { best }
            };
            let (Some(y), Some((step, value))) = (y.get_mut(lane), all.reduce(larger)) else { return };
            *y = value;
            if let Some(winner) = saved.get_mut(feature).and_then(|saved| saved.get_mut(lane)) {
                *winner = S::from_usize(step);
            }
        }
    });
}
