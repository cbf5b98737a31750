//! `embedding`: every index becomes its row of a table.

use crate::initializers::{Fans, Initializer};
use crate::parts::Parts as _;
use crate::total::norm;
use crate::{Backward, Forward, Layer, Real, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The table of an embedding layer: `weight[index]` is what an index becomes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmbeddingParameters<S, const R: usize, const F: usize> {
    /// `[rows][features]`, as PyTorch's `weight`.
    pub weight: [[S; F]; R],
}

flat_parameters!([S: Scalar, const R: usize, const F: usize]
    EmbeddingParameters<S, R, F>: S { weight: [[S; F]; R] });

impl<S: Scalar, const R: usize, const F: usize> EmbeddingParameters<S, R, F> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [[S::ZERO; F]; R] };
}

/// `y[p] = W[x[p]]`: each of several indices becomes its row of a table (PyTorch's `Embedding`).
///
/// | | Shape |
/// |---|---|
/// | x | `[positions]`, indices below `rows` |
/// | y | `[positions, features]` |
/// | parameters | weight `[rows, features]`, at first of the normal distribution N(0, 1) |
///
/// It is the first layer of a network: a sample is `[u32; positions]`, and there is no gradient with respect to it. In
/// a tile an index is carried as a number, which is exact up to 2²⁴ rows, the most that there can be.
///
/// Training refuses a batch with an index out of range, [`Error::IndexOutOfRange`](crate::Error::IndexOutOfRange),
/// before anything has changed. In prediction such an index becomes a row of NaN.
///
/// With [`padding_idx`](Self::padding_idx) the row of one index stays as it is: at first 0, and without a gradient. With
/// [`max_norm`](Self::max_norm) no row is longer than that: it is scaled down where it is drawn, and after each step. (PyTorch
/// does so when it is looked up, so that a row is longer for as long as nobody looks. What an optimizer without momentum
/// learns is the same.)
///
/// Backward: `dW[x[p]] += dy[p]`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Embedding, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 4];
/// Embedding::new(3, 2).positions(2).forward(Forward {
///     parameters: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
///     x: &[[2.0], [0.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[5.0], [6.0], [1.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Embedding {
    /// How many indices there are, from 0.
    pub rows: usize,
    /// What one index becomes.
    pub features: usize,
    /// How many indices a sample has.
    pub positions: usize,
    /// The index whose row is not learnt.
    pub padding_idx: Option<usize>,
    /// The largest Euclidean norm of a row.
    pub max_norm: Option<Real>,
}

impl Embedding {
    /// A table of `rows` rows of `features` features, for one index.
    pub const fn new(rows: usize, features: usize) -> Self {
        assert!(rows > 0 && features > 0, "an embedding has at least one row and one feature");
        assert!(rows <= 1 << 24, "an embedding has at most 2^24 rows");
        Self { rows, features, positions: 1, padding_idx: None, max_norm: None }
    }

    /// The same for `positions` indices.
    pub const fn positions(self, positions: usize) -> Self {
        Self { positions, ..self }
    }

    /// The same with one index whose row is 0 at first, and not learnt (PyTorch's `padding_idx`).
    pub const fn padding_idx(self, index: usize) -> Self {
        assert!(index < self.rows, "`padding_idx` is one of the indices of the embedding");
        Self { padding_idx: Some(index), ..self }
    }

    /// The same with rows of at most this Euclidean norm (PyTorch's `max_norm`).
    pub const fn max_norm(self, norm: f64) -> Self {
        assert!(norm > 0.0, "`max_norm` is a positive number");
        Self { max_norm: Some(Real::new(norm)), ..self }
    }

    /// Input features: the indices.
    pub const fn inputs(&self) -> usize {
        self.positions
    }

    /// Output features, of all indices.
    pub const fn outputs(&self) -> usize {
        self.positions * self.features
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.rows * self.features
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// What is stored: the table.
    pub const fn tensors(&self) -> [Tensor; 1] {
        [Tensor::new("weight", &[self.rows, self.features])]
    }

    /// Draws the table: from N(0, 1) unless the declaration says otherwise. Its fans are those of a dense layer on one-hot
    /// inputs: `rows` in, `features` out. (PyTorch's functions, given this weight, take them the other way round.)
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        rng: &mut R,
    ) {
        weight.fill(Fans { fan_in: self.rows, fan_out: self.features }, parameters, rng);
        if let Some(row) = self.padding_idx.and_then(|index| parameters.runs_mut(self.features).nth(index)) {
            row.fill(S::ZERO);
        }
        self.settle(parameters);
    }

    /// Scales rows down that are longer than [`max_norm`](Self::max_norm): what a trainer does after each step.
    pub fn settle<S: Scalar>(&self, parameters: &mut [S]) {
        let Some(most) = self.max_norm.map(S::real) else { return };
        for row in parameters.pieces_mut(self.features) {
            let (norm, unit) = norm(row, S::ONE);
            if norm > most / unit {
                // PyTorch adds 1e-7 to the norm.
                let factor = most / unit / (norm + S::real(Real::new(1e-7)) / unit);
                row.iter_mut().for_each(|x| *x *= factor);
            }
        }
    }

    /// The place of an index's row, which lies beyond every table where the index is out of range.
    fn row<S: Scalar>(&self, index: S) -> core::ops::Range<usize> {
        let start = index.to_usize().saturating_mul(self.features);
        start..start.saturating_add(self.features)
    }

    fn look_up<S: Scalar>(&self, tile: usize, table: &[S], x: &[S], y: &mut [S]) {
        let tile = tile.max(1);
        let positions = x.pieces(tile).zip(y.pieces_mut(self.features * tile));
        for (indices, y) in positions {
            for (lane, index) in indices.iter().enumerate() {
                let places = y.iter_mut().skip(lane).step_by(tile.max(1));
                match table.get(self.row(*index)) {
                    Some(row) => places.zip(row).for_each(|(y, value)| *y = *value),
                    None => places.for_each(|y| *y = S::NAN),
                }
            }
        }
    }

    fn add_rows<S: Scalar>(&self, tile: usize, x: &[S], dy: &[S], gradient: &mut [S]) {
        let tile = tile.max(1);
        let positions = x.pieces(tile).zip(dy.pieces(self.features * tile));
        for (indices, dy) in positions {
            for (lane, index) in indices.iter().enumerate() {
                if self.padding_idx == Some(index.to_usize()) {
                    continue;
                }
                if let Some(row) = gradient.get_mut(self.row(*index)) {
                    for (sum, dy) in row.iter_mut().zip(dy.iter().skip(lane).step_by(tile.max(1))) {
                        *sum += *dy;
                    }
                }
            }
        }
    }
}

impl<S: Scalar> Layer<S> for Embedding {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        self.look_up(T, io.parameters, io.x.as_flattened(), io.y.as_flattened_mut());
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        // An index has no gradient.
        io.dx.as_flattened_mut().fill(S::ZERO);
        self.add_rows(T, io.x.as_flattened(), io.dy.as_flattened(), io.gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::Embedding;
    use crate::{Backward, Forward, Layer, Pass};

    #[test]
    fn rows_are_looked_up_and_their_gradients_added() {
        let layer = Embedding::new(3, 2).positions(2);
        let x = [[2.0, 0.0], [2.0, 1.0]];
        let mut y = [[f64::NAN; 2]; 4];
        let parameters = &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        layer.forward(Forward { parameters, x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
        assert_eq!(y, [[5.0, 1.0], [6.0, 2.0], [5.0, 3.0], [6.0, 4.0]]);
        let mut gradient = [10.0; 6];
        let mut dy = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]];
        let io = Backward {
            parameters,
            x: &x,
            dy: &mut dy,
            gradient: &mut gradient,
            ..Backward::of(&Pass::PREDICTION)
        };
        layer.backward(io);
        assert_eq!(gradient, [12.0, 14.0, 16.0, 18.0, 16.0, 20.0]);
    }

    #[test]
    fn an_index_out_of_range_becomes_nan_and_has_no_gradient() {
        let layer = Embedding::new(3, 2);
        for index in [3.0, 4.0e9] {
            let mut y = [[0.0_f32]; 2];
            let (parameters, x) = (&[1.0; 6], &[[index]]);
            layer.forward(Forward { parameters, x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
            assert!(y.iter().all(|[y]| y.is_nan()), "{index}");
            let mut gradient = [0.0; 6];
            let io = Backward {
                x,
                dy: &mut [[1.0]; 2],
                gradient: &mut gradient,
                ..Backward::of(&Pass::PREDICTION)
            };
            layer.backward(io);
            assert_eq!(gradient, [0.0; 6]);
        }
    }
}
