//! `rnn`, `gru`, `lstm`: layers that work through time and remember.

mod passes;
mod rows;
mod step;
#[cfg(test)]
mod tests;

use super::{Dense, Dropout};
use crate::initializers::{Default, Fans, Initializer as _};
use crate::{Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of a recurrent layer, `N` of them: for each stacked layer and, in it, each direction one after the other
///
/// | Tensor (here for layer 0) | As stored | In PyTorch's files |
/// |---|---|---|
/// | `weight_ih_l0` | `[inputs][gates × hidden]` | its transpose |
/// | `bias_ih_l0` | `[gates × hidden]` | the same |
/// | `weight_hh_l0` | `[outputs][gates × hidden]` | its transpose |
/// | `bias_hh_l0` | `[gates × hidden]` | the same |
/// | `weight_hr_l0` | `[hidden][projection]` | its transpose |
///
/// The names of the direction that goes backward through time end in `_reverse`. Of a network with the layer,
/// `Network::tensors()` says where each tensor lies.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecurrentParameters<S, const N: usize> {
    /// All of them.
    pub values: [S; N],
}

flat_parameters!([S: Scalar, const N: usize] RecurrentParameters<S, N>: S { values: [S; N] });

impl<S: Scalar, const N: usize> RecurrentParameters<S, N> {
    /// All zero.
    pub const ZERO: Self = Self { values: [S::ZERO; N] };
}

/// What a recurrent layer does in a step: see [`Recurrent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `h = tanh(…)`
    Tanh,
    /// `h = relu(…)`
    Relu,
    /// A gated recurrent unit.
    Gru,
    /// A long short-term memory.
    Lstm,
}

impl Cell {
    /// Sums of a step for each unit: `1`; `r, z, n`; `i, f, g, o`.
    #[inline(always)]
    pub const fn gates(self) -> usize {
        match self {
            Self::Tanh | Self::Relu => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    #[inline(always)]
    const fn is_lstm(self) -> bool {
        matches!(self, Self::Lstm)
    }
}

/// A recurrent layer over a window of `time` steps (PyTorch's `RNN`, `GRU`, `LSTM`). `TENSORS` is the number of its tensors,
/// five for each stacked layer and direction.
///
/// With `a = W_ih x[t] + b_ih`, `u = W_hh h[t−1] + b_hh`, and h and c zero before the first step:
///
/// | | Step |
/// |---|---|
/// | `rnn` | `h = tanh(a + u)`, or `relu` (Elman 1990) |
/// | `gru` | `r = σ(a + u)`, `z = σ(a + u)`, `n = tanh(a + r u)`, `h = (1 − z) n + z h[t−1]` (Cho et al. 2014, as cuDNN has it) |
/// | `lstm` | `i, f, o = σ(a + u)`, `g = tanh(a + u)`, `c = f c[t−1] + i g`, `h = o tanh(c)` (Hochreiter and Schmidhuber 1997, Gers et al. 2000); with a projection `h = W_hr o tanh(c)` (Sak et al. 2014) |
///
/// | | Shape |
/// |---|---|
/// | x | `[time, features]` |
/// | y | `[time, hidden]`, or the projection's size instead of `hidden`, times 2 where the layer goes both ways |
/// | parameters | [`RecurrentParameters`] |
///
/// Of several stacked layers each reads the outputs of the one before it, after dropout in training. Backward is the chain
/// rule over the whole window, from the last step to the first (backpropagation through time). Samples with a length of their
/// own are PyTorch's packed sequences: the state stays as their last step leaves it, the direction backward through time begins
/// there, and outputs behind it are 0.
///
/// A layer that goes one way can also be [advanced](Self::advance) by any number of steps from a state that it reads and writes.
///
/// ```
/// use backprop_runtime::{layers::{Cell, Recurrent}, Forward, Layer, Pass};
/// // h[t] = relu(x[t] + h[t − 1]): a running sum.
/// const SUM: Recurrent<5> = Recurrent::new(Cell::Relu, 3, 1, 1).without_bias();
/// let (mut y, mut saved) = ([[0.0_f32]; 3], [[0.0]; SUM.saved()]);
/// let (parameters, x, saved) = (&[1.0, 1.0], &[[1.0], [2.0], [3.0]], &mut saved);
/// SUM.forward(Forward { parameters, x, y: &mut y, saved, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[1.0], [3.0], [6.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recurrent<const TENSORS: usize> {
    /// What it does in a step.
    pub cell: Cell,
    /// Steps of the window.
    pub time: usize,
    /// Features of a step of the input.
    pub features: usize,
    /// Units of a cell.
    pub hidden: usize,
    /// Stacked layers.
    pub layers: usize,
    /// 2 where it goes both ways through time, otherwise 1.
    pub directions: usize,
    /// Whether biases are added.
    pub bias: bool,
    /// Outputs of a cell, if they are projected.
    pub projection: Option<usize>,
    dropout: Dropout,
}

/// Names of the tensors of a cell, by stacked layer and direction.
const NAMES: [[[&str; 5]; 2]; 16] = {
    macro_rules! names {
        ($($layer:literal)*) => {
            [$([names!(@ $layer, ""), names!(@ $layer, "_reverse")]),*]
        };
        (@ $layer:literal, $end:literal) => {
            [
                concat!("weight_ih_l", $layer, $end),
                concat!("bias_ih_l", $layer, $end),
                concat!("weight_hh_l", $layer, $end),
                concat!("bias_hh_l", $layer, $end),
                concat!("weight_hr_l", $layer, $end),
            ]
        };
    }
    names!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
};

impl<const TENSORS: usize> Recurrent<TENSORS> {
    /// One layer with biases on `[time, features]`, in the direction of time.
    pub const fn new(cell: Cell, time: usize, features: usize, hidden: usize) -> Self {
        assert!(time > 0 && features > 0 && hidden > 0, "a recurrent layer has steps, features and units");
        let layers = 1;
        let (directions, bias, projection, dropout) = (1, true, None, Dropout::new(0.0, 0));
        Self { cell, time, features, hidden, layers, directions, bias, projection, dropout }
    }

    /// The same with `layers` of them, up to 16, each on the outputs of the one before.
    pub const fn layers(self, layers: usize) -> Self {
        assert!(layers > 0 && layers <= NAMES.len(), "a recurrent layer is stacked 1 to 16 times");
        Self { layers, ..self }
    }

    /// The same with a cell for each direction of time, whose outputs stand beside each other.
    pub const fn bidirectional(self) -> Self {
        Self { directions: 2, ..self }
    }

    /// The same without biases.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// An LSTM whose outputs are projected to `size` numbers, fewer than its units.
    pub const fn projection(self, size: usize) -> Self {
        assert!(self.cell.is_lstm(), "only an LSTM has a projection");
        assert!(size > 0 && size < self.hidden, "a projection has fewer outputs than the layer has units");
        Self { projection: Some(size), ..self }
    }

    /// The same with dropout of the outputs between stacked layers. `layer` is as in [`Dropout::new`].
    pub const fn dropout(self, p: f64, layer: usize) -> Self {
        Self { dropout: Dropout::new(p, layer), ..self }
    }

    /// The same over another number of steps: the parameters do not depend on it.
    #[inline(always)]
    pub const fn steps(self, time: usize) -> Self {
        assert!(time > 0, "a window has at least one step");
        Self { time, ..self }
    }

    /// Outputs of a cell in a step.
    #[inline(always)]
    pub const fn width(&self) -> usize {
        match self.projection {
            Some(size) => size,
            None => self.hidden,
        }
    }

    /// Features of a step of the output.
    #[inline(always)]
    pub const fn step_outputs(&self) -> usize {
        self.directions * self.width()
    }

    /// Input features, of all steps.
    #[inline(always)]
    pub const fn inputs(&self) -> usize {
        self.time * self.features
    }

    /// Output features, of all steps.
    #[inline(always)]
    pub const fn outputs(&self) -> usize {
        self.time * self.step_outputs()
    }

    /// Sums of a cell in a step.
    #[inline(always)]
    const fn sums(&self) -> usize {
        self.cell.gates() * self.hidden
    }

    /// Features of a step that a stacked layer reads.
    #[inline(always)]
    const fn inputs_of(&self, layer: usize) -> usize {
        if layer == 0 { self.features } else { self.step_outputs() }
    }

    /// `W_ih x + b_ih`, for all steps.
    #[inline(always)]
    const fn input_product(&self, layer: usize) -> Dense {
        // Not `new`, whose assertion would be evaluated in every step.
        Dense { inputs: self.inputs_of(layer), outputs: self.sums(), rows: self.time, bias: self.bias }
    }

    /// `W_hh h + b_hh`, for one step.
    #[inline(always)]
    const fn hidden_product(&self) -> Dense {
        Dense { inputs: self.width(), outputs: self.sums(), rows: 1, bias: self.bias }
    }

    /// `W_hr h`, for one step.
    #[inline(always)]
    const fn projection_product(&self) -> Dense {
        Dense { inputs: self.hidden, outputs: self.width(), rows: 1, bias: false }
    }

    /// Parameters of a cell, tensor by tensor in their order.
    #[inline(always)]
    const fn counts(&self, layer: usize) -> [usize; 5] {
        let (input, hidden) = (self.input_product(layer), self.hidden_product());
        let projected = if self.projection.is_some() { self.projection_product().parameters() } else { 0 };
        let (biases, weights) = (input.biases(), input.parameters() - input.biases());
        [weights, biases, hidden.parameters() - biases, biases, projected]
    }

    /// Parameters of a cell.
    const fn parameters_of(&self, layer: usize) -> usize {
        let [a, b, c, d, e] = self.counts(layer);
        a + b + c + d + e
    }

    /// Where the parameters of a cell begin.
    const fn first_of(&self, layer: usize, direction: usize) -> usize {
        let (mut first, mut before) = (direction * self.parameters_of(layer), 0);
        while before < layer {
            first += self.directions * self.parameters_of(before);
            before += 1;
        }
        first
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.first_of(self.layers, 0)
    }

    /// How many of them are biases.
    pub const fn biases(&self) -> usize {
        if self.bias { self.layers * self.directions * 2 * self.sums() } else { 0 }
    }

    /// Multiply-adds of one forward pass, those of products with matrices.
    pub const fn multiply_adds(&self) -> usize {
        self.time * (self.parameters() - self.biases())
    }

    /// Numbers that the layer carries from one step to the next: `h` of all cells, then `c` of all cells.
    #[inline(always)]
    pub const fn state(&self) -> usize {
        let of_cell = self.width() + if self.cell.is_lstm() { self.hidden } else { 0 };
        self.layers * self.directions * of_cell
    }

    /// The same, of a layer that runs step by step.
    pub const fn memory(&self) -> usize {
        self.state()
    }

    /// PyTorch's names, shapes and places. Those that the layer does not have are empty.
    pub const fn tensors(&self) -> [Tensor; TENSORS] {
        assert!(TENSORS == 5 * self.layers * self.directions, "five tensors for each cell");
        let mut tensors = [Tensor::new("", &[0]); TENSORS];
        let (mut index, mut place) = (0, 0);
        while index < TENSORS {
            let (cell, number) = (index / 5, index % 5);
            let (layer, direction) = (cell / self.directions, cell % self.directions);
            let (name, count) = (NAMES[layer][direction][number], self.counts(layer)[number]);
            let rows = match number {
                0 => self.inputs_of(layer),
                2 => self.width(),
                _ => self.hidden,
            };
            let columns = if number == 4 { self.width() } else { self.sums() };
            let tensor = match number {
                _ if count == 0 => Tensor::new(name, &[0]),
                1 | 3 => Tensor::new(name, &[columns]),
                _ => Tensor::new(name, &[rows, columns]).permuted(&[1, 0]),
            };
            tensors[index] = tensor.at(place);
            place += count;
            index += 1;
        }
        tensors
    }

    /// Draws all parameters uniformly in `±1 / √hidden`, as PyTorch does.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(&self, parameters: &mut [S], rng: &mut R) {
        Default.fill(Fans { fan_in: self.hidden, fan_out: self.sums() }, parameters, rng);
    }
}
