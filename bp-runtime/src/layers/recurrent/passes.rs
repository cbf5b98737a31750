//! Forward and backward through time.

use super::rows::{Place, accumulate, add, copy, end, hold, row, two_rows};
use super::{Cell, Recurrent};
use crate::parts::{Parts as _, does_not_fit, take, take_mut};
use crate::sequence::silence;
use crate::streaming::Carries;
use crate::{Backward, Forward, Layer, Pass, Scalar};

impl<const TENSORS: usize> Recurrent<TENSORS> {
    /// Features that forward saves for a cell, in their order: gates after their functions; what else the gradient reads
    /// of each step (of a GRU `u` of `n`, of an LSTM `tanh(c)`); outputs before their projection; c; h.
    const fn kept(&self) -> [usize; 5] {
        let (units, projected) = (self.time * self.hidden, self.projection.is_some());
        let plain = self.cell.gates() == 1;
        [
            self.time * self.sums(),
            if plain { 0 } else { units },
            if projected { units } else { 0 },
            if self.cell.is_lstm() { units + self.hidden } else { 0 },
            (self.time + 1) * self.width(),
        ]
    }

    const fn kept_of_cell(&self) -> usize {
        let [a, b, c, d, e] = self.kept();
        a + b + c + d + e
    }

    /// Features that forward works in and backward needs: what is kept of each cell, the outputs of all
    /// stacked layers but the last, and `u` of one step.
    pub const fn saved(&self) -> usize {
        self.layers * self.directions * self.kept_of_cell() + (self.layers - 1) * self.outputs() + self.sums()
    }

    /// Features of scratch that backward works in.
    pub const fn scratch(&self) -> usize {
        let gru = if matches!(self.cell, Cell::Gru) { 2 } else { 1 };
        let of_cell =
            gru * self.time * self.sums() + self.time * self.width() + self.width() + 2 * self.hidden;
        let largest = if self.features > self.step_outputs() { self.features } else { self.step_outputs() };
        let of_direction = if self.directions == 2 { self.time * largest } else { 0 };
        let of_layers = if self.layers > 1 { 2 * self.outputs() } else { 0 };
        of_cell + of_direction + of_layers + self.hidden_product().scratch()
    }

    /// Every cell of a stacked layer.
    fn cells_of(&self, layer: usize) -> impl Iterator<Item = Place> + use<TENSORS> {
        let directions = self.directions;
        (0..directions).map(move |direction| {
            let number = layer * directions + direction;
            Place { layer, direction, number }
        })
    }

    /// The parameters of a cell: of its products with the input, with h, and of the projection.
    fn weights_of<'a, S>(&self, place: Place, parameters: &'a [S]) -> [&'a [S]; 3] {
        let mut rest = parameters.after(self.first_of(place.layer, place.direction));
        let [a, b, c, d, e] = self.counts(place.layer);
        [a + b, c + d, e].map(|count| take(&mut rest, count))
    }

    /// Where h and c of a cell lie in the state.
    #[inline(always)]
    pub(super) fn state_of(&self, place: Place) -> [core::ops::Range<usize>; 2] {
        let (h, cells) = (place.number * self.width(), self.layers * self.directions);
        let c = cells * self.width() + place.number * self.hidden;
        [h..h + self.width(), if self.cell.is_lstm() { c..c + self.hidden } else { 0..0 }]
    }

    /// The next steps of a stream: [`Layer::forward`] from a state of [`state`](Self::state) numbers, which becomes
    /// that after the last step. Where `state` is empty, the steps begin from zeros.
    ///
    /// A window in pieces gives the bits of the whole. A sample with a [length](Forward::lengths) of its own stays in the state
    /// of its last step; the direction that goes backward through time begins with that step.
    pub fn advance<S: Scalar, const T: usize>(&self, io: Forward<'_, S, T>, state: &mut [[S; T]]) {
        let Forward { pass, parameters, mut x, lengths, mut y, saved, .. } = io;
        let cells = self.layers * self.directions * self.kept_of_cell();
        let (mut kept, rest) = saved.split_at_mut(cells.min(saved.len()));
        let (mut between, u) = rest.split_at_mut(((self.layers - 1) * self.outputs()).min(rest.len()));
        for layer in 0..self.layers {
            let last = layer + 1 == self.layers;
            let to = take_mut(if last { &mut y } else { &mut between }, self.outputs());
            for place in self.cells_of(layer) {
                let kept = take_mut(&mut kept, self.kept_of_cell());
                self.forward_cell(place, parameters, [x, lengths], (&mut *kept, &mut *u), state);
                let [.., of_h] = self.kept();
                let h = kept.part(self.kept_of_cell() - of_h..);
                let first = self.width() * (1 - place.direction);
                let outputs = h.after(first).pieces(self.width());
                for (to, h) in to.pieces_mut(self.step_outputs()).zip(outputs) {
                    let to = to.part_mut(place.direction * self.width()..).part_mut(..self.width());
                    copy(h, to);
                }
            }
            silence(to, lengths, self.time);
            if !last {
                self.dropout.apply(pass, to, |feature| layer * self.outputs() + feature);
            }
            x = to;
        }
    }

    /// All steps of one cell, in the rows that it [keeps](Self::kept).
    fn forward_cell<S: Scalar, const T: usize>(
        &self,
        place: Place,
        parameters: &[S],
        [x, lengths]: [&[[S; T]]; 2],
        (mut kept, u): (&mut [[S; T]], &mut [[S; T]]),
        state: &mut [[S; T]],
    ) {
        let pass = &Pass::PREDICTION;
        let [gates, more, full, c, h] = self.kept().map(|count| take_mut(&mut kept, count));
        let [input, hidden, projection] = self.weights_of(place, parameters);
        let (units, width) = (self.hidden, self.width());

        let [of_h, of_c] = self.state_of(place);
        let [begin, _] = place.rows(place.step(0, self.time));
        let [_, end] = place.rows(place.step(self.time - 1, self.time));
        for (values, size, range) in [(&mut *h, width, of_h.clone()), (&mut *c, units, of_c.clone())] {
            if !range.is_empty() {
                let row = values.part_mut(begin * size..).part_mut(..size);
                if state.is_empty() { row.fill([S::ZERO; T]) } else { copy(state.part(range), row) }
            }
        }

        self.input_product(place.layer).forward(Forward {
            parameters: input,
            x,
            y: &mut *gates,
            ..Forward::of(pass)
        });
        for number in 0..self.time {
            let step = place.step(number, self.time);
            let kept = [&mut *gates, &mut *more, &mut *full, &mut *c, &mut *h];
            self.step_forward(place, step, [hidden, projection], kept, u);
            hold(place, [step, self.time], lengths, [(&mut *h, width), (&mut *c, units)]);
        }

        if !state.is_empty() {
            copy(h.part(end * width..).part(..width), state.part_mut(of_h));
            let after = if of_c.is_empty() { &[] } else { c.part(end * units..).part(..units) };
            copy(after, state.part_mut(of_c));
        }
    }

    /// One step of a cell, in the rows of all steps that it [keeps](Self::kept).
    fn step_forward<S: Scalar, const T: usize>(
        &self,
        place: Place,
        step: usize,
        [hidden, projection]: [&[S]; 2],
        [gates, more, full, c, h]: [&mut [[S; T]]; 5],
        u: &mut [[S; T]],
    ) {
        let pass = &Pass::PREDICTION;
        let (sums, units, width) = (self.sums(), self.hidden, self.width());
        let [before, h] = two_rows(h, place.rows(step), width);
        self.hidden_product().forward(Forward {
            parameters: hidden,
            x: before.part(..width),
            y: &mut *u,
            ..Forward::of(pass)
        });
        let gates = gates.part_mut(step * sums..).part_mut(..sums).as_flattened_mut();
        let (u, before, h) = (u.as_flattened(), before.part(..width), h.part_mut(..width));
        match self.cell {
            Cell::Tanh | Cell::Relu => {
                S::rnn_step(matches!(self.cell, Cell::Relu), gates, u, h.as_flattened_mut(), S::ZERO);
            }
            Cell::Gru => {
                let un = more.part_mut(step * units..).part_mut(..units);
                let to = [un, h].map(<[[S; T]]>::as_flattened_mut);
                S::gru_step(gates, u, before.as_flattened(), to, S::ZERO);
            }
            Cell::Lstm => {
                let tanh = more.part_mut(step * units..).part_mut(..units);
                let [before, c] = two_rows(c, place.rows(step), units);
                let c = c.part_mut(..units);
                copy(before.part(..units), c);
                if self.projection.is_some() {
                    let full = full.part_mut(step * units..).part_mut(..units);
                    let to = [c, tanh, &mut *full].map(<[[S; T]]>::as_flattened_mut);
                    S::lstm_step(gates, u, to, S::ZERO);
                    self.projection_product().forward(Forward {
                        parameters: projection,
                        x: full,
                        y: h,
                        ..Forward::of(pass)
                    });
                } else {
                    S::lstm_step(gates, u, [c, tanh, h].map(<[[S; T]]>::as_flattened_mut), S::ZERO);
                }
            }
        }
    }

    /// [`Layer::backward`], from a gradient with respect to the state after the last step to that of the state before the
    /// first, which takes its place. Where it is empty, the former is zero and nobody wants the latter: so the gradient is
    /// cut between windows; and so it must be where samples have lengths of their own.
    pub fn backward_from<S: Scalar, const T: usize>(&self, io: Backward<'_, S, T>, dstate: &mut [[S; T]]) {
        let Backward { pass, parameters, x, lengths, saved, dy, dx, gradient, first, scratch, .. } = io;
        if !(lengths.is_empty() || dstate.is_empty()) {
            does_not_fit();
        }
        let cells = self.layers * self.directions * self.kept_of_cell();
        let (kept, between) = saved.split_at(cells.min(saved.len()));
        let of_layers = if self.layers > 1 { self.outputs() } else { 0 };
        let mut scratch = scratch;
        // Gradients of the outputs of a stacked layer, and of the one before it.
        let (mut above, mut below) = (take_mut(&mut scratch, of_layers), take_mut(&mut scratch, of_layers));
        let only_biases = gradient.len() < self.parameters();
        for layer in (0..self.layers).rev() {
            let outputs = self.outputs();
            let x = if layer == 0 { x } else { between.part((layer - 1) * outputs..).part(..outputs) };
            for place in self.cells_of(layer) {
                let (begin, count) = match only_biases {
                    true => (place.number * 2 * self.sums(), 2 * self.sums()),
                    false => (self.first_of(layer, place.direction), self.parameters_of(layer)),
                };
                let gradient: &mut [S] =
                    if gradient.is_empty() { &mut [] } else { gradient.part_mut(begin..begin + count) };
                let (dy, dx) = (
                    if layer + 1 == self.layers { dy } else { &*above },
                    if layer == 0 { &mut *dx } else { &mut *below },
                );
                let kept = kept.part(place.number * self.kept_of_cell()..).part(..self.kept_of_cell());
                let io = Backward { parameters, x, lengths, dy, dx, saved: kept, ..Backward::of(pass) };
                let io = Backward { gradient, first, ..io };
                self.backward_cell(place, Backward { scratch: &mut *scratch, ..io }, dstate);
            }
            if layer > 0 {
                self.dropout.apply(pass, below, |feature| (layer - 1) * outputs + feature);
            }
            core::mem::swap(&mut above, &mut below);
        }
    }

    /// Backward of one cell: `dy` is that of its stacked layer, `saved` its own, `gradient` its own.
    fn backward_cell<S: Scalar, const T: usize>(
        &self,
        place: Place,
        io: Backward<'_, S, T>,
        dstate: &mut [[S; T]],
    ) {
        let Backward { pass, parameters, x, lengths, saved, dy, dx, gradient, first, mut scratch, .. } = io;
        let (input, hidden) = (self.input_product(place.layer), self.hidden_product());
        let [of_input, of_hidden, of_projection] = self.weights_of(place, parameters);

        // Of all steps: gradients of x, of u where that is another one, and of h.
        let gru = matches!(self.cell, Cell::Gru);
        let da = take_mut(&mut scratch, self.time * self.sums());
        let du = take_mut(&mut scratch, if gru { self.time * self.sums() } else { 0 });
        let dh = take_mut(&mut scratch, self.time * self.width());
        // Of a step: gradients of the state before it, and of the outputs before they are projected.
        let [before, dc, dfull] =
            [self.width(), self.hidden, self.hidden].map(|count| take_mut(&mut scratch, count));
        for (range, to) in self.state_of(place).into_iter().zip([&mut *before, &mut *dc]) {
            to.fill([S::ZERO; T]);
            if !dstate.is_empty() && !range.is_empty() {
                copy(dstate.part(range), to);
            }
        }
        let weights = [of_hidden, of_projection];
        for number in (0..self.time).rev() {
            let step = place.step(number, self.time);
            let to = dh.part_mut(step * self.width()..).part_mut(..self.width());
            let from = step * self.step_outputs() + place.direction * self.width();
            add(dy.part(from..).part(..self.width()), before, to);
            end([step, self.time], lengths, [&mut *to, &mut *dc]);
            self.step_backward(
                place,
                step,
                weights,
                saved,
                [&mut *da, &mut *du, to, &mut *before, &mut *dc, &mut *dfull],
            );
        }
        for (range, from) in self.state_of(place).into_iter().zip([&*before, &*dc]) {
            if !dstate.is_empty() && !range.is_empty() {
                copy(from, dstate.part_mut(range));
            }
        }

        let mut kept = saved;
        let [_, _, full, _, h] = self.kept().map(|count| take(&mut kept, count));
        let h = h.part(place.direction * self.width()..).part(..self.time * self.width());
        let du: &[[S; T]] = if gru { du } else { da };
        let only_biases = gradient.len() < self.parameters_of(place.layer);
        let mut gradient = gradient;
        let [of_input_gradient, of_hidden_gradient] = [input, hidden].map(|dense| {
            take_mut(&mut gradient, if only_biases { dense.biases() } else { dense.parameters() })
        });
        let hidden = hidden.rows(self.time);
        let io = Backward { x: h, dy: du, gradient: of_hidden_gradient, first, ..Backward::of(pass) };
        hidden.backward(Backward { scratch: &mut *scratch, ..io });
        if self.projection.is_some() {
            let io = Backward { x: full, dy: dh, gradient, first, ..Backward::of(pass) };
            self.projection_product().rows(self.time).backward(Backward { scratch: &mut *scratch, ..io });
        }
        // The second direction adds to what the first has written.
        let beside = match place.direction == 1 && !dx.is_empty() {
            true => take_mut(&mut scratch, dx.len()),
            false => &mut [],
        };
        let to = if beside.is_empty() { &mut *dx } else { &mut *beside };
        let io = Backward { parameters: of_input, x, dy: da, dx: to, first, ..Backward::of(pass) };
        input.backward(Backward { gradient: of_input_gradient, scratch, ..io });
        accumulate(beside, dx);
    }

    /// Backward of one step of a cell: of `da`, `du` and `dh` of all steps this one's, and the state's gradients from those
    /// after the step to those before it.
    fn step_backward<S: Scalar, const T: usize>(
        &self,
        place: Place,
        step: usize,
        [of_hidden, of_projection]: [&[S]; 2],
        mut kept: &[[S; T]],
        [da, du, dh, before, dc, dfull]: [&mut [[S; T]]; 6],
    ) {
        let [gates, more, _, c, h] = self.kept().map(|count| take(&mut kept, count));
        let (sums, units) = (self.sums(), self.hidden);
        let [from, to] = place.rows(step);
        let da = da.part_mut(step * sums..).part_mut(..sums);
        let gates = row(gates, step, sums);
        let pass = &Pass::PREDICTION;
        let (parameters, hidden) = (of_hidden, self.hidden_product());
        match self.cell {
            Cell::Tanh | Cell::Relu => {
                let relu = matches!(self.cell, Cell::Relu);
                S::rnn_step_backward(relu, row(h, to, units), dh.as_flattened(), da.as_flattened_mut());
                hidden.backward(Backward { parameters, dy: da, dx: before, ..Backward::of(pass) });
            }
            Cell::Gru => {
                let du = du.part_mut(step * sums..).part_mut(..sums);
                let values = [row(h, from, units), row(more, step, units), dh.as_flattened()];
                let to = [da, &mut *du, &mut *before].map(<[[S; T]]>::as_flattened_mut);
                S::gru_step_backward(gates, values, to);
                hidden.backward(Backward { parameters, dy: du, dx: &mut *dfull, ..Backward::of(pass) });
                accumulate(dfull, before);
            }
            Cell::Lstm => {
                let mut dh: &[[S; T]] = dh;
                if self.projection.is_some() {
                    let io = Backward { parameters: of_projection, dy: dh, ..Backward::of(pass) };
                    self.projection_product().backward(Backward { dx: &mut *dfull, ..io });
                    dh = dfull;
                }
                let values = [row(c, from, units), row(more, step, units), dh.as_flattened()];
                S::lstm_step_backward(gates, values, [&mut *da, dc].map(<[[S; T]]>::as_flattened_mut));
                hidden.backward(Backward { parameters, dy: da, dx: before, ..Backward::of(pass) });
            }
        }
    }
}

impl<S: Scalar, const TENSORS: usize> Layer<S> for Recurrent<TENSORS> {
    const GRADIENT_READS_PARAMETERS: bool = true;
    const OVERWRITES: bool = true;

    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        self.advance(io, &mut []);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        self.backward_from(io, &mut []);
    }
}

impl<S: Scalar, const TENSORS: usize> Carries<S> for Recurrent<TENSORS> {
    fn forward_from<const T: usize>(&self, io: Forward<'_, S, T>, memory: &mut [[S; T]]) {
        self.advance(io, memory);
    }
}
