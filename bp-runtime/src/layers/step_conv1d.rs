//! `conv1d` one step of time at a time: a ring of the steps that its taps still need.

use super::Conv1d;
use crate::parts::Parts as _;
use crate::streaming::{Memory, Remembers, without_tail};
use crate::{Forward, Layer as _, Scalar};

/// A causal [`Conv1d`] that runs one step at a time, see [`Conv1d::step`]. It remembers the last `dilation (kernel − 1)` steps,
/// or up to the next power of two of them, in a ring: a step writes one row, and moves none.
///
/// ```
/// use backprop_runtime::{Forward, Pass, layers::{Conv1d, StepConv1d}, streaming::{Memory, Remembers}};
/// const DIFFERENCE: StepConv1d = Conv1d::new(4, 1, 1).kernel(2).causal().without_bias().step();
/// let (mut numbers, mut window, mut y) = ([[0.0_f32]; DIFFERENCE.memory()], [[0.0]; DIFFERENCE.saved()], [[0.0]]);
/// let mut outputs = vec![];
/// for (step, x) in [1.0, 3.0, 6.0].into_iter().enumerate() {
///     let io = Forward { x: &[[x]], y: &mut y, saved: &mut window, ..Forward::of(&Pass::PREDICTION) };
///     let memory = Memory { steps: &[step as u32], numbers: &mut numbers };
///     DIFFERENCE.step(Forward { parameters: &[-1.0, 1.0], ..io }, memory);
///     outputs.push(y[0][0]);
/// }
/// assert_eq!(outputs, [1.0, 2.0, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepConv1d {
    /// The same convolution of a window of as many steps as there are taps.
    window: Conv1d,
    dilation: usize,
}

impl Conv1d {
    /// The same, one step at a time. Fails where an output depends on later steps, or not every step has one.
    pub const fn step(self) -> StepConv1d {
        assert!(self.stride == 1, "a convolution with a stride has no output at every step");
        assert!(
            self.padding[0] == self.dilation * (self.kernel - 1) && self.padding[1] == 0,
            "a convolution that runs step by step has `padding = causal`"
        );
        let window = Self { time: self.kernel, padding: [0; 2], dilation: 1, ..self };
        StepConv1d { window, dilation: self.dilation }
    }
}

impl StepConv1d {
    /// Rows of the ring.
    const fn ring(&self) -> usize {
        let behind = self.dilation * (self.window.kernel - 1);
        if behind == 0 { 0 } else { behind.next_power_of_two() }
    }

    /// Numbers that it remembers.
    pub const fn memory(&self) -> usize {
        self.ring() * self.window.in_channels
    }

    /// Features that a step works in: the window.
    pub const fn saved(&self) -> usize {
        self.window.inputs()
    }
}

impl<S: Scalar> Remembers<S> for StepConv1d {
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        let Forward { pass, parameters, x, y, saved: window, .. } = io;
        let Memory { steps, numbers } = memory;
        let (channels, taps) = (self.window.in_channels, self.window.kernel - 1);
        // A power of two, which divides 2³²: rows go on where the count of steps begins anew.
        let last = self.ring().wrapping_sub(1);
        let (before, now) = window.split_at_mut((taps * channels).min(window.len()));
        for (tap, row) in before.chunks_exact_mut(channels).enumerate() {
            let behind = (taps - tap) * self.dilation;
            for (lane, step) in steps.iter().enumerate() {
                let place = (*step as usize).wrapping_sub(behind) & last;
                let from = numbers.part(place * channels..).part(..channels);
                for (to, from) in row.iter_mut().zip(from) {
                    if let (Some(to), Some(from)) = (to.get_mut(lane), from.get(lane)) {
                        *to = *from;
                    }
                }
            }
        }
        for (now, x) in now.iter_mut().zip(x) {
            *now = *x;
        }
        if taps > 0 {
            for (lane, step) in steps.iter().enumerate() {
                let place = *step as usize & last;
                let to = numbers.part_mut(place * channels..).part_mut(..channels);
                for (to, x) in to.iter_mut().zip(x) {
                    if let (Some(to), Some(x)) = (to.get_mut(lane), x.get(lane)) {
                        *to = without_tail(*x);
                    }
                }
            }
        }
        self.window.forward(Forward { parameters, x: window, y, ..Forward::of(pass) });
    }
}
