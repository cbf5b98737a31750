//! `conv1d` a few steps of time at a time: a ring of the steps that its taps still need.

use super::Conv1d;
use super::elementwise::copy;
use crate::geometry::Matrix;
use crate::kernels::dense_one;
use crate::parts::{Parts as _, take_mut};
use crate::simd::{HAS_VECTORS, Simd};
use crate::streaming::{Memory, Remembers, without_tail};
use crate::{Forward, Layer as _, Scalar};
use core::ops::Range;

/// A causal [`Conv1d`] that runs a few steps at a time, see [`Conv1d::steps`]. It remembers the last `dilation (kernel − 1)` steps,
/// or up to the next power of two of them, in a ring: a step writes one row, and moves none.
///
/// ```
/// use backprop_runtime::{Forward, Pass, layers::{Conv1d, StepConv1d}, streaming::{Memory, Remembers}};
/// const DIFFERENCE: StepConv1d = Conv1d::new(4, 1, 1).kernel(2).causal().without_bias().steps(1);
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
    /// The same convolution of a window in which what a tap meets lies in a row, tap after tap.
    window: Conv1d,
    dilation: usize,
    steps: usize,
}

impl Conv1d {
    /// The same, so many steps at a time. Fails where an output depends on later steps, or not every step has one.
    pub const fn steps(self, steps: usize) -> StepConv1d {
        assert!(self.stride == 1, "a convolution with a stride has no output at every step");
        assert!(
            self.padding[0] == self.dilation * (self.kernel - 1) && self.padding[1] == 0,
            "a convolution that runs step by step has `padding = causal`"
        );
        let window = Self { time: self.kernel * steps, padding: [0; 2], dilation: steps, ..self };
        StepConv1d { window, dilation: self.dilation, steps }
    }
}

impl StepConv1d {
    /// Rows of the ring.
    #[inline(always)]
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

    /// The window's rows for a tap so many steps behind: what is older than these steps from the ring, the rest of `x`.
    #[inline(always)]
    fn gather<S: Scalar, const T: usize>(
        &self,
        behind: usize,
        (x, memory): (&[[S; T]], &Memory<'_, S, T>),
        rows: &mut [[S; T]],
    ) {
        let channels = self.window.in_channels;
        let old = behind.min(self.steps);
        let (from_ring, from_x) = rows.split_at_mut((old * channels).min(rows.len()));
        for (lane, step) in memory.steps.iter().enumerate() {
            let mut rest = &mut *from_ring;
            for range in self.pieces((*step as usize).wrapping_sub(behind), old) {
                let from = memory.numbers.part(range.start * channels..range.end * channels);
                let (to, after) = rest.split_at_mut(from.len().min(rest.len()));
                rest = after;
                for_lane(
                    lane,
                    from,
                    to,
                    #[inline(always)]
                    |number| number,
                );
            }
        }
        copy(x.part(..(self.steps - old) * channels).as_flattened(), from_x.as_flattened_mut());
    }

    /// The last of these steps go into the ring.
    #[inline(always)]
    fn remember<S: Scalar, const T: usize>(&self, x: &[[S; T]], memory: &mut Memory<'_, S, T>) {
        let channels = self.window.in_channels;
        let count = self.ring().min(self.steps);
        let first = self.steps - count;
        for (lane, step) in memory.steps.iter().enumerate() {
            let mut rest = x.part(first * channels..);
            for range in self.pieces((*step as usize).wrapping_add(first), count) {
                let to = memory.numbers.part_mut(range.start * channels..range.end * channels);
                let (from, after) = rest.split_at(to.len().min(rest.len()));
                rest = after;
                for_lane(lane, from, to, without_tail);
            }
        }
    }

    /// The rows of the ring in which so many steps from one on lie: one range up to its end, and one from its beginning.
    #[inline(always)]
    fn pieces(&self, step: usize, count: usize) -> [Range<usize>; 2] {
        // A power of two, which divides 2³²: rows go on where the count of steps begins anew.
        let first = step & self.ring().wrapping_sub(1);
        let end = (first + count).min(self.ring());
        [first..end, 0..(first + count).saturating_sub(end)]
    }
}

/// One lane of `to` becomes a function of that of `from`.
#[inline(always)]
fn for_lane<S: Scalar, const T: usize>(
    lane: usize,
    from: &[[S; T]],
    to: &mut [[S; T]],
    value: impl Fn(S) -> S,
) {
    if T == 1 {
        for (to, from) in to.as_flattened_mut().iter_mut().zip(from.as_flattened()) {
            *to = value(*from);
        }
        return;
    }
    for (to, from) in to.iter_mut().zip(from) {
        if let (Some(to), Some(from)) = (to.get_mut(lane), from.get(lane)) {
            *to = value(*from);
        }
    }
}

/// The matrix of a place: see [`Kernels::conv_place_one`](crate::kernels::Kernels::conv_place_one).
type Place<'a, S> = (&'a Matrix, &'a [S], &'a [S], &'a mut [S]);

impl StepConv1d {
    #[inline(always)]
    fn step_by<S: Scalar, const T: usize>(
        &self,
        io: Forward<'_, S, T>,
        mut memory: Memory<'_, S, T>,
        place: impl FnOnce(Place<'_, S>),
    ) {
        let Forward { pass, parameters, x, y, saved: window, .. } = io;
        let Conv1d { kernel, in_channels, out_channels, bias, groups, .. } = self.window;
        let mut rest = &mut *window;
        for tap in 0..kernel {
            let rows = take_mut(&mut rest, self.steps * in_channels);
            self.gather((kernel - 1 - tap) * self.dilation, (x, &memory), rows);
        }
        if kernel > 1 {
            self.remember(x, &mut memory);
        }
        if HAS_VECTORS && T == 1 && self.steps == 1 && groups == 1 {
            let matrix = Matrix { inputs: kernel * in_channels, outputs: out_channels, rows: 1, bias };
            place((&matrix, parameters, window.as_flattened(), y.as_flattened_mut()));
        } else {
            self.window.forward(Forward { parameters, x: window, y, ..Forward::of(pass) });
        }
    }
}

impl<S: Scalar> Remembers<S> for StepConv1d {
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(
            io,
            memory,
            #[inline(always)]
            |(matrix, parameters, x, y)| S::conv_place_one(matrix, parameters, x, y),
        );
    }

    #[inline(always)]
    fn step_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(
            io,
            memory,
            #[inline(always)]
            |(matrix, parameters, x, y)| {
                dense_one::in_turn::<V, S, true>(v, matrix, parameters, x, y, S::ZERO)
            },
        );
    }
}
