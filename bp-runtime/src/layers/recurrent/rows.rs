//! Rows of steps, and the places of cells in them.

use crate::Scalar;
use crate::layers::elementwise;
use crate::parts::Parts as _;
use crate::sequence::shorter;

/// `to = from`
#[inline(always)]
pub(super) fn copy<S: Scalar, const T: usize>(from: &[[S; T]], to: &mut [[S; T]]) {
    elementwise::copy(from.as_flattened(), to.as_flattened_mut());
}

/// `to = a + b`
pub(super) fn add<S: Scalar, const T: usize>(a: &[[S; T]], b: &[[S; T]], to: &mut [[S; T]]) {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    for (to, (a, b)) in to.as_flattened_mut().iter_mut().zip(pairs) {
        *to = *a + *b;
    }
}

/// One cell of the layer: its place among those that are stacked, and the direction in which it goes through time.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) layer: usize,
    pub(super) direction: usize,
    /// Among all cells.
    pub(super) number: usize,
}

impl Place {
    /// The step that is the `number`th to be computed.
    pub(super) fn step(self, number: usize, time: usize) -> usize {
        if self.direction == 0 { number } else { time - 1 - number }
    }

    /// Values of each step and of the state before the first stand in `time + 1` rows: that of the state is the first
    /// for a cell that goes forward and the last for one that goes backward, so that the rows that steps begin from are
    /// always `time` in a row. These are the rows that a step begins from and ends with.
    pub(super) fn rows(self, step: usize) -> [usize; 2] {
        if self.direction == 0 { [step, step + 1] } else { [step + 1, step] }
    }
}

/// The rows that a step begins from and ends with, as [`Place::rows`] says, of `size` numbers each.
pub(super) fn two_rows<T>(values: &mut [T], [from, to]: [usize; 2], size: usize) -> [&mut [T]; 2] {
    let (first, second) = values.split_at_mut((from.max(to) * size).min(values.len()));
    let (first, second) = (first.part_mut(from.min(to) * size..), second.part_mut(..size));
    if from < to { [first, second] } else { [second, first] }
}

/// Where a sample has ended before a step, of `time` steps, it is left as it was, in values of so many numbers a row.
pub(super) fn hold<S: Scalar, const T: usize>(
    place: Place,
    [step, time]: [usize; 2],
    lengths: &[[S; T]],
    values: [(&mut [[S; T]], usize); 2],
) {
    for (values, size) in values.into_iter().filter(|(values, _)| !(values.is_empty() || lengths.is_empty()))
    {
        let [before, after] = two_rows(values, place.rows(step), size);
        shorter(lengths, time, |lane, length| {
            let rows = after.iter_mut().zip(before.iter()).take(if step < length { 0 } else { size });
            for (after, before) in rows.filter_map(|(to, from)| Some((to.get_mut(lane)?, from.get(lane)?))) {
                *after = *before;
            }
        });
    }
}

/// Where a sample has ended before a step, of `time` steps, these gradients are 0.
pub(super) fn end<S: Scalar, const T: usize>(
    [step, time]: [usize; 2],
    lengths: &[[S; T]],
    gradients: [&mut [[S; T]]; 2],
) {
    let [first, second] = gradients;
    shorter(lengths, time, |lane, length| {
        let rows = first.iter_mut().chain(&mut *second).take(if step < length { 0 } else { usize::MAX });
        for gradient in rows.filter_map(|row| row.get_mut(lane)) {
            *gradient = S::ZERO;
        }
    });
}

/// A row of `size` features, all samples of it.
pub(super) fn row<S, const T: usize>(values: &[[S; T]], row: usize, size: usize) -> &[S] {
    values.part(row * size..).part(..size).as_flattened()
}

/// `to += from`
pub(super) fn accumulate<S: Scalar, const T: usize>(from: &[[S; T]], to: &mut [[S; T]]) {
    for (to, from) in to.as_flattened_mut().iter_mut().zip(from.as_flattened()) {
        *to += *from;
    }
}
