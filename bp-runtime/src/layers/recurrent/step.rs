//! One step of time, from what the layer remembers, which lies where the caller keeps it.

use super::rows::{Place, copy, take, take_mut};
use super::{Cell, Recurrent};
use crate::calls::{Apart, Calls, Whole};
use crate::kernels::recurrent;
use crate::parts::Parts as _;
use crate::simd::Simd;
use crate::streaming::{Memory, Remembers, without_tails};
use crate::{Forward, Scalar};
use core::ops::Range;

/// Calls, with the gates of cells. Numbers of the state below [`Scalar::TAIL`] become 0.
trait Gates: Calls {
    /// `h = tanh(x + u)` or `relu(x + u)`
    fn rnn<S: Scalar>(self, relu: bool, x: &[S], u: &[S], h: &mut [S]);
    /// Gates, `uₙ` and h of a gated recurrent unit.
    fn gru<S: Scalar>(self, gates: &mut [S], u: &[S], before: &[S], to: [&mut [S]; 2]);
    /// Gates, c, `tanh(c)` and h of a long short-term memory.
    fn lstm<S: Scalar>(self, gates: &mut [S], u: &[S], to: [&mut [S]; 3]);
}

impl Gates for Apart {
    #[inline(always)]
    fn rnn<S: Scalar>(self, relu: bool, x: &[S], u: &[S], h: &mut [S]) {
        S::rnn_step(relu, x, u, h, S::TAIL);
    }
    #[inline(always)]
    fn gru<S: Scalar>(self, gates: &mut [S], u: &[S], before: &[S], to: [&mut [S]; 2]) {
        S::gru_step(gates, u, before, to, S::TAIL);
    }
    #[inline(always)]
    fn lstm<S: Scalar>(self, gates: &mut [S], u: &[S], to: [&mut [S]; 3]) {
        S::lstm_step(gates, u, to, S::TAIL);
    }
}

impl<V: Simd> Gates for Whole<V> {
    #[inline(always)]
    fn rnn<S: Scalar>(self, relu: bool, x: &[S], u: &[S], h: &mut [S]) {
        recurrent::rnn(self.0, relu, x, u, h, S::TAIL);
    }
    #[inline(always)]
    fn gru<S: Scalar>(self, gates: &mut [S], u: &[S], before: &[S], to: [&mut [S]; 2]) {
        recurrent::gru(self.0, gates, u, before, to, S::TAIL);
    }
    #[inline(always)]
    fn lstm<S: Scalar>(self, gates: &mut [S], u: &[S], to: [&mut [S]; 3]) {
        recurrent::lstm(self.0, gates, u, to, S::TAIL);
    }
}

/// For a window of one step of a layer in the direction of time: the bits of [`advance`](Recurrent::advance).
impl<S: Scalar, const TENSORS: usize> Remembers<S> for Recurrent<TENSORS> {
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(Apart, io, memory.numbers);
    }

    #[inline(always)]
    fn step_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(Whole(v), io, memory.numbers);
    }
}

impl<const TENSORS: usize> Recurrent<TENSORS> {
    // No closures that are passed on: those would be calls, compiled without the instruction set.
    #[inline(always)]
    fn step_by<C: Gates, S: Scalar, const T: usize>(
        &self,
        calls: C,
        io: Forward<'_, S, T>,
        state: &mut [[S; T]],
    ) {
        let Forward { pass, mut parameters, x, y, saved: mut room, .. } = io;
        let gates = take_mut(&mut room, self.sums());
        let u = take_mut(&mut room, self.sums());
        let (outputs, more) = (take_mut(&mut room, self.hidden), take_mut(&mut room, self.hidden));
        let mut below = None;
        for layer in 0..self.layers {
            let [a, b, c, d, e] = self.counts(layer);
            let (of_input, of_hidden) = (take(&mut parameters, a + b), take(&mut parameters, c + d));
            let of_projection = take(&mut parameters, e);
            let [of_h, of_c] = self.state_of(Place { layer, direction: 0, number: layer });
            let x = match below {
                None => x,
                Some(range) => state.part::<Range<usize>>(range),
            };
            let io = Forward { parameters: of_input, x, y: &mut *gates, ..Forward::of(pass) };
            calls.forward(&self.input_product(layer), io);
            let before = state.part(of_h.clone());
            let io = Forward { parameters: of_hidden, x: before, y: &mut *u, ..Forward::of(pass) };
            calls.forward(&self.hidden_product(), io);

            let (a, u, h) = (gates.as_flattened_mut(), u.as_flattened(), outputs.as_flattened_mut());
            let more_of = more.as_flattened_mut();
            match self.cell {
                Cell::Tanh | Cell::Relu => calls.rnn(matches!(self.cell, Cell::Relu), a, u, h),
                Cell::Gru => calls.gru(a, u, before.as_flattened(), [more_of, h]),
                Cell::Lstm => calls.lstm(a, u, [state.part_mut(of_c).as_flattened_mut(), more_of, h]),
            }
            let mut h = &*outputs;
            if self.projection.is_some() {
                let projected = more.part_mut(..self.width());
                let io = Forward { parameters: of_projection, x: h, y: &mut *projected, ..Forward::of(pass) };
                calls.forward(&self.projection_product(), io);
                without_tails(projected.as_flattened_mut());
                h = projected;
            }
            if layer + 1 == self.layers {
                copy(h, y);
            }
            copy(h, state.part_mut(of_h.clone()));
            below = Some(of_h);
        }
    }
}
