//! One axis of a sliding window: which input position an output and a tap of the kernel meet at.

use core::ops::Range;

/// `position = output × stride + tap × dilation − before`, of a convolution or of pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Length of the input.
    pub input: usize,
    /// Length of the output.
    pub output: usize,
    /// Number of taps.
    pub kernel: usize,
    /// Distance of neighbouring outputs in the input.
    pub stride: usize,
    /// Distance of neighbouring taps in the input.
    pub dilation: usize,
    /// Padding before the input.
    pub before: usize,
}

impl Axis {
    /// A single position.
    pub const POINT: Self = Self { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

    /// Number of outputs, as in PyTorch: `⌊(input + padding − dilation (kernel − 1) − 1) / stride⌋ + 1`.
    ///
    /// 0 where the window is longer than the padded input; never divides by 0.
    pub const fn outputs(padded: usize, kernel: usize, stride: usize, dilation: usize) -> usize {
        let span = dilation * kernel.saturating_sub(1) + 1;
        if span > padded || stride == 0 { 0 } else { (padded - span) / stride + 1 }
    }

    /// The same where a last window may reach beyond the padded input, as long as it begins before the padding behind it
    /// (PyTorch's `ceil_mode`). `sides` is the padding before and after.
    pub const fn outputs_up(
        input: usize,
        sides: [usize; 2],
        kernel: usize,
        stride: usize,
        dilation: usize,
    ) -> usize {
        let (span, [before, after]) = (dilation * kernel.saturating_sub(1) + 1, sides);
        let reach = before + input + after + stride.saturating_sub(1);
        if span > reach || stride == 0 {
            return 0;
        }
        let count = (reach - span) / stride + 1;
        if (count - 1) * stride >= before + input { count - 1 } else { count }
    }

    /// The padding before and after with which there are `⌈input / stride⌉` outputs: an odd number stands behind
    /// (PyTorch's and TensorFlow's `padding = 'same'`).
    pub const fn same(input: usize, kernel: usize, stride: usize, dilation: usize) -> [usize; 2] {
        let (stride, span) = (if stride == 0 { 1 } else { stride }, dilation * kernel.saturating_sub(1) + 1);
        let all = (input.div_ceil(stride).saturating_sub(1) * stride + span).saturating_sub(input);
        [all / 2, all - all / 2]
    }

    /// The taps that meet the input, and not its padding, at an output.
    #[inline(always)]
    pub fn taps(&self, output: usize) -> Range<usize> {
        let start = output * self.stride;
        let reach = start + self.kernel.saturating_sub(1) * self.dilation;
        if start >= self.before && reach < self.input + self.before {
            // Nearly always, and without a division.
            return 0..self.kernel;
        }
        let dilation = self.dilation.max(1);
        let first = self.before.saturating_sub(start).div_ceil(dilation);
        let last = (self.input + self.before).saturating_sub(start).div_ceil(dilation);
        first.min(self.kernel)..last.min(self.kernel)
    }

    /// The outputs for which a tap meets the input.
    #[inline(always)]
    pub fn outputs_of(&self, tap: usize) -> Range<usize> {
        let shift = tap * self.dilation;
        let stride = self.stride.max(1);
        let first = self.before.saturating_sub(shift).div_ceil(stride);
        let last = (self.input + self.before).saturating_sub(shift).div_ceil(stride);
        first.min(self.output)..last.min(self.output)
    }

    /// The outputs for which all taps meet the input.
    #[inline(always)]
    pub fn interior(&self) -> Range<usize> {
        let first = self.outputs_of(0).start;
        first..self.outputs_of(self.kernel.saturating_sub(1)).end.max(first)
    }

    /// Some of the outputs with the part of the input that they meet, as an axis of their own; and where that part begins.
    #[inline(always)]
    pub fn part(&self, outputs: Range<usize>) -> (Self, usize) {
        let start = outputs.start * self.stride;
        let end = outputs.end.saturating_sub(1) * self.stride + self.reach();
        let first = start.saturating_sub(self.before).min(self.input);
        let last = end.saturating_sub(self.before).clamp(first, self.input);
        let before = self.before.saturating_sub(start);
        (Self { input: last - first, output: outputs.len(), before, ..*self }, first)
    }

    /// Positions from the first tap of an output to its last.
    #[inline(always)]
    pub const fn reach(&self) -> usize {
        self.kernel.saturating_sub(1) * self.dilation + 1
    }

    /// The input position of a tap at an output, where [`taps`](Self::taps) holds the tap.
    #[inline(always)]
    pub fn position(&self, output: usize, tap: usize) -> usize {
        (output * self.stride + tap * self.dilation).wrapping_sub(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn ranges_hold_exactly_the_positions_inside_the_input() {
        for (input, kernel, stride, dilation, before, after) in [
            (5, 3, 1, 1, 1, 1),
            (7, 2, 3, 2, 2, 0),
            (4, 4, 2, 1, 3, 3),
            (9, 3, 2, 3, 0, 1),
            (1, 3, 1, 1, 1, 1),
        ] {
            let output = Axis::outputs(input + before + after, kernel, stride, dilation);
            let axis = Axis { input, output, kernel, stride, dilation, before };
            assert!(output > 0);
            let [first, last] = Axis::same(input, kernel, stride, dilation);
            assert_eq!(Axis::outputs(first + input + last, kernel, stride, dilation), input.div_ceil(stride));
            let meet_all = |o: &usize| axis.taps(*o).len() == kernel;
            assert!(axis.interior().all(|o| meet_all(&o)), "{axis:?}");
            assert_eq!(axis.interior().len(), (0..output).filter(meet_all).count(), "{axis:?}");
            for outputs in (0..output).flat_map(|start| (start + 1..=output).map(move |end| start..end)) {
                let (part, first) = axis.part(outputs.clone());
                assert!(first + part.input <= input);
                for (o, whole) in outputs.enumerate() {
                    assert_eq!(part.taps(o), axis.taps(whole), "{axis:?} {part:?} {o}");
                    let places =
                        |axis: &Axis, o| axis.taps(o).map(|k| axis.position(o, k)).collect::<Vec<_>>();
                    let moved: Vec<_> = places(&part, o).iter().map(|place| place + first).collect();
                    assert_eq!(moved, places(&axis, whole), "{axis:?} {part:?} {o}");
                }
            }
            for o in 0..output {
                for k in 0..kernel {
                    let inside = (before..before + input).contains(&(o * stride + k * dilation));
                    assert_eq!(axis.taps(o).contains(&k), inside, "{axis:?} {o} {k}");
                    assert_eq!(axis.outputs_of(k).contains(&o), inside, "{axis:?} {o} {k}");
                }
            }
        }
    }
}
