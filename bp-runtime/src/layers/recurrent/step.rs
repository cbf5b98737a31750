//! One step of time, from what the layer remembers, which lies where the caller keeps it.

use super::rows::{Place, copy};
use super::{Cell, Recurrent};
use crate::calls::{Apart, Calls, Whole};
use crate::kernels::recurrent;
use crate::parts::{Parts as _, take, take_mut};
use crate::simd::Simd;
use crate::streaming::{Memory, Remembers, without_tails};
use crate::{Forward, Pass, Scalar};

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

/// For a layer in the direction of time, step by step: the bits of [`advance`](Recurrent::advance).
impl<S: Scalar, const TENSORS: usize> Remembers<S> for Recurrent<TENSORS> {
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(Apart, io, memory.numbers);
    }

    #[inline(always)]
    fn step_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        self.step_by(Whole(v), io, memory.numbers);
    }
}

/// Where a step works, and what is remembered.
struct Room<'a, S, const T: usize> {
    gates: &'a mut [[S; T]],
    u: &'a mut [[S; T]],
    outputs: &'a mut [[S; T]],
    more: &'a mut [[S; T]],
    state: &'a mut [[S; T]],
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
        let Forward { pass, parameters, x, y, saved, .. } = io;
        let one = self.steps(1);
        let steps = x.pieces(one.inputs()).zip(y.pieces_mut(one.outputs()));
        for (x, y) in steps {
            let io = Forward { parameters, x, y, saved: &mut *saved, ..Forward::of(pass) };
            one.one_step(calls, io, &mut *state);
        }
    }

    #[inline(always)]
    fn one_step<C: Gates, S: Scalar, const T: usize>(
        &self,
        calls: C,
        io: Forward<'_, S, T>,
        state: &mut [[S; T]],
    ) {
        let Forward { mut parameters, x, y, saved: mut room, .. } = io;
        let (gates, u) = (take_mut(&mut room, self.sums()), take_mut(&mut room, self.sums()));
        let (outputs, more) = (take_mut(&mut room, self.hidden), take_mut(&mut room, self.hidden));
        let mut room = Room { gates, u, outputs, more, state };
        // Those above the first are all of one size, which is a constant in a loop of their own.
        self.cell_step(calls, 0, &mut parameters, Some(x), &mut room);
        for layer in 1..self.layers {
            self.cell_step(calls, layer, &mut parameters, None, &mut room);
        }
        let [of_h, _] =
            self.state_of(Place { layer: self.layers - 1, direction: 0, number: self.layers - 1 });
        copy(room.state.part(of_h), y);
    }

    /// A step of one cell, on `x` or on the outputs of the cell below.
    #[inline(always)]
    fn cell_step<C: Gates, S: Scalar, const T: usize>(
        &self,
        calls: C,
        layer: usize,
        parameters: &mut &[S],
        x: Option<&[[S; T]]>,
        room: &mut Room<'_, S, T>,
    ) {
        let (pass, Room { gates, u, outputs, more, state }) = (&Pass::PREDICTION, room);
        let [a, b, c, d, e] = self.counts(layer);
        let (of_input, of_hidden) = (take(parameters, a + b), take(parameters, c + d));
        let of_projection = take(parameters, e);
        let [of_h, of_c] = self.state_of(Place { layer, direction: 0, number: layer });
        let x = match x {
            Some(x) => x,
            None => state.part(of_h.start - self.width()..of_h.start),
        };
        let io = Forward { parameters: of_input, x, y: gates, ..Forward::of(pass) };
        calls.forward(&self.input_product(layer), io);
        let before = state.part(of_h.clone());
        let io = Forward { parameters: of_hidden, x: before, y: u, ..Forward::of(pass) };
        calls.forward(&self.hidden_product(), io);

        let (a, u, h) = (gates.as_flattened_mut(), u.as_flattened(), outputs.as_flattened_mut());
        let more_of = more.as_flattened_mut();
        match self.cell {
            Cell::Tanh | Cell::Relu => calls.rnn(matches!(self.cell, Cell::Relu), a, u, h),
            Cell::Gru => calls.gru(a, u, before.as_flattened(), [more_of, h]),
            Cell::Lstm => calls.lstm(a, u, [state.part_mut(of_c).as_flattened_mut(), more_of, h]),
        }
        let h = state.part_mut(of_h);
        if self.projection.is_some() {
            let io = Forward { parameters: of_projection, x: outputs, y: &mut *h, ..Forward::of(pass) };
            calls.forward(&self.projection_product(), io);
            without_tails(h.as_flattened_mut());
        } else {
            copy(outputs, h);
        }
    }
}
