//! Output positions along one axis that meet the same taps, and where they find their source.

use crate::geometry::Axis;
use core::ops::Range;

/// Outputs `first + j × step` of one axis; tap `tap + u × tap_step` of output `j` meets the source at
/// `source + j × source_step + u × source_tap_step`, if that is below `length`. Negative places wrap around.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(super) first: usize,
    pub(super) step: usize,
    pub(super) count: usize,
    pub(super) tap: usize,
    pub(super) tap_step: usize,
    pub(super) taps: usize,
    pub(super) source: usize,
    pub(super) source_step: usize,
    pub(super) source_tap_step: usize,
    pub(super) length: usize,
}

impl Line {
    /// Forward, where the source is the input.
    #[inline(always)]
    pub(super) fn forward(axis: &Axis) -> Self {
        Self {
            first: 0,
            step: 1,
            count: axis.output,
            tap: 0,
            tap_step: 1,
            taps: axis.kernel,
            source: axis.before.wrapping_neg(),
            source_step: axis.stride,
            source_tap_step: axis.dilation,
            length: axis.input,
        }
    }

    /// Backward, where the source is the gradient of the output: the input positions `phase`,
    /// `phase + stride`, …, which meet the same taps.
    #[inline(always)]
    pub(super) fn backward(axis: &Axis, phase: usize) -> Self {
        let stride = axis.stride.max(1);
        let back = stride - axis.dilation % stride;
        let meets = |tap: &usize| (phase + axis.before + tap * back).is_multiple_of(stride);
        let tap = (0..axis.kernel).find(meets).unwrap_or(axis.kernel);
        let next = (tap + 1..axis.kernel).find(meets);
        let tap_step = next.map_or(axis.kernel, |next| next - tap).max(1);
        let place = (phase + axis.before) as isize - (tap * axis.dilation) as isize;
        Self {
            first: phase,
            step: stride,
            count: axis.input.saturating_sub(phase).div_ceil(stride),
            tap,
            tap_step,
            taps: (axis.kernel - tap).div_ceil(tap_step),
            source: place.wrapping_div(stride as isize) as usize,
            source_step: 1,
            source_tap_step: (axis.dilation * tap_step / stride).wrapping_neg(),
            length: axis.output,
        }
    }

    /// The same with some of the taps.
    #[inline(always)]
    pub(super) fn with_taps(&self, taps: Range<usize>) -> Self {
        Self {
            tap: self.tap + taps.start * self.tap_step,
            taps: taps.len(),
            source: self.source.wrapping_add(taps.start.wrapping_mul(self.source_tap_step)),
            ..*self
        }
    }

    /// The place in the source.
    #[inline(always)]
    pub(super) fn place(&self, j: usize, u: usize) -> usize {
        self.source
            .wrapping_add(j.wrapping_mul(self.source_step))
            .wrapping_add(u.wrapping_mul(self.source_tap_step))
    }

    /// The taps that meet the source at output `j`.
    #[inline(always)]
    pub(super) fn taps(&self, j: usize) -> Range<usize> {
        let meets = |u: &usize| self.place(j, *u) < self.length;
        let start = (0..self.taps).find(meets).unwrap_or(0);
        let met = (start..self.taps).take_while(meets).count();
        start..start + met
    }

    /// The outputs where all taps meet the source.
    #[inline(always)]
    pub(super) fn interior(&self) -> Range<usize> {
        let all = |j: &usize| self.taps(*j).len() == self.taps;
        let start = (0..self.count).find(all).unwrap_or(0);
        let count = (start..self.count).take_while(all).count();
        start..start + count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hold_exactly_the_terms_of_the_definition() {
        for (input, kernel, stride, dilation, before, after) in [
            (5, 3, 1, 1, 1, 1),
            (7, 2, 3, 2, 2, 0),
            (9, 3, 2, 3, 0, 1),
            (1, 3, 1, 1, 1, 1),
            (8, 4, 4, 6, 9, 9),
        ] {
            let output = Axis::outputs(input + before + after, kernel, stride, dilation);
            let axis = Axis { input, output, kernel, stride, dilation, before };
            let mut expected: Vec<_> = (0..output)
                .flat_map(|o| axis.taps(o).map(move |tap| (axis.position(o, tap), tap, o)))
                .collect();
            expected.sort_unstable();
            let terms = |line: Line| {
                (0..line.count).flat_map(move |j| {
                    line.taps(j).map(move |u| {
                        (line.first + j * line.step, line.tap + u * line.tap_step, line.place(j, u))
                    })
                })
            };
            let mut forward: Vec<_> = terms(Line::forward(&axis)).map(|(o, tap, i)| (i, tap, o)).collect();
            forward.sort_unstable();
            assert_eq!(forward, expected, "{axis:?}");
            let mut backward: Vec<_> =
                (0..stride.min(input)).flat_map(|phase| terms(Line::backward(&axis, phase))).collect();
            backward.sort_unstable();
            assert_eq!(backward, expected, "{axis:?}");
        }
    }
}
