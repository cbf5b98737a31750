//! `dense`: every output is a weighted sum of every input.

use crate::geometry::{Axis, ConvolutionOne, Matrix};
use crate::initializers::{Fans, Initializer};
use crate::kernels::dense_one;
use crate::layer::{GradientPart, part_of};
use crate::simd::Simd;
use crate::{Backward, Forward, Layer, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of a dense layer: `weight[i][o]` leads from input `i` to output `o`.
///
/// `B` is the number of biases: `O`, or 0 for a layer declared with `bias = false`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DenseParameters<S, const I: usize, const O: usize, const B: usize> {
    /// `[inputs][outputs]`; PyTorch's `weight` is its transpose.
    pub weight: [[S; O]; I],
    /// One for each output.
    pub bias: [S; B],
}

flat_parameters!([S: Scalar, const I: usize, const O: usize, const B: usize]
    DenseParameters<S, I, O, B>: S { weight: [[S; O]; I], bias: [S; B] });

impl<S: Scalar, const I: usize, const O: usize, const B: usize> DenseParameters<S, I, O, B> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [[S::ZERO; O]; I], bias: [S::ZERO; B] };
}

/// `y = Wᵀx + b`, applied to each of `rows` groups of `inputs` features (PyTorch's `Linear`).
///
/// | | Shape |
/// |---|---|
/// | x | `[rows, inputs]` |
/// | y | `[rows, outputs]` |
/// | parameters | weight `[inputs][outputs]`, bias `[outputs]` |
///
/// Backward: `dW = x dyᵀ`, `db = Σ dy`, `dx = W dy`.
///
/// ```
/// use backprop_runtime::{layers::Dense, Forward, Layer, Pass};
/// let dense = Dense::new(2, 3);
/// let mut y = [[0.0_f32]; 3];
/// dense.forward(Forward {
///     parameters: &[1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 0.5, 0.5, 0.5],
///     x: &[[1.0], [0.1]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[2.5], [4.5], [6.5]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Features of one row of the input.
    pub inputs: usize,
    /// Features of one row of the output.
    pub outputs: usize,
    /// How many rows the same weights are applied to: the time steps of a sequence, otherwise 1.
    pub rows: usize,
    /// Whether a bias is added.
    pub bias: bool,
}

impl Dense {
    /// A layer with a bias, for one row.
    #[inline(always)]
    pub const fn new(inputs: usize, outputs: usize) -> Self {
        assert!(inputs > 0 && outputs > 0, "a dense layer has at least one input and one output");
        Self { inputs, outputs, rows: 1, bias: true }
    }

    /// The same without a bias.
    #[inline(always)]
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// The same for `rows` rows.
    #[inline(always)]
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// Input features, of all rows.
    pub const fn inputs(&self) -> usize {
        self.rows * self.inputs
    }

    /// Output features, of all rows.
    pub const fn outputs(&self) -> usize {
        self.rows * self.outputs
    }

    /// Number of biases.
    #[inline(always)]
    pub const fn biases(&self) -> usize {
        if self.bias { self.outputs } else { 0 }
    }

    /// Number of parameters.
    #[inline(always)]
    pub const fn parameters(&self) -> usize {
        self.inputs * self.outputs + self.biases()
    }

    /// Multiply-adds of one forward pass.
    pub const fn multiply_adds(&self) -> usize {
        self.rows * self.inputs * self.outputs
    }

    /// Features of scratch that backward wants over tiles: one row's `dy`, transposed and rounded up.
    #[inline]
    pub const fn scratch(&self) -> usize {
        self.outputs.next_multiple_of(16)
    }

    /// Names, PyTorch's shapes and places of weight and bias. Without a bias, its shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 2] {
        let weight = Tensor::new("weight", &[self.inputs, self.outputs]).permuted(&[1, 0]);
        [weight, Tensor::new("bias", &[self.biases()]).at(weight.len)]
    }

    /// Draws the parameters: the weights, then the biases.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let fans = Fans { fan_in: self.inputs, fan_out: self.outputs };
        let count = (self.inputs * self.outputs).min(parameters.len());
        let (weights, biases) = parameters.split_at_mut(count);
        weight.fill(fans, weights, rng);
        bias.fill(fans, biases, rng);
    }
}

impl Dense {
    /// What the kernels see of it.
    #[inline(always)]
    pub(crate) const fn geometry(&self) -> Matrix {
        let Self { inputs, outputs, rows, bias, .. } = *self;
        Matrix { inputs, outputs, rows, bias }
    }

    /// Several rows of one sample are a convolution with a single tap. For layers that always have the same rows: a row by
    /// itself goes through the kernels of [`dense_one`], which add in another order.
    pub(crate) const fn one(&self) -> ConvolutionOne {
        let Self { inputs, outputs, rows, .. } = *self;
        let steps = Axis { input: rows, output: rows, ..Axis::POINT };
        ConvolutionOne {
            groups: 1,
            channels: [inputs, outputs],
            axes: [Axis::POINT, steps],
            x_steps: [1, 0, inputs],
            y_steps: [1, 0, outputs],
            weight_steps: [outputs, 0, 0],
        }
    }
}

impl<S: Scalar> Layer<S> for Dense {
    const OVERWRITES: bool = true;

    #[inline]
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let (x, y) = (io.x.as_flattened(), io.y.as_flattened_mut());
        if T == 1 {
            S::dense_forward_one(&self.geometry(), io.parameters, x, y);
        } else {
            S::dense_forward(&self.geometry(), T, io.parameters, x, y);
        }
    }

    #[inline]
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { parameters, gradient, first, continued, .. } = io;
        let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
        if !gradient.is_empty() {
            if gradient.len() < self.parameters() {
                if first {
                    gradient.fill(S::ZERO);
                }
                S::bias_gradient(T, dy, gradient);
            } else if T == 1 {
                S::dense_weight_gradient_one(&self.geometry(), x, dy, (gradient, first));
            } else {
                let scratch = (io.scratch.as_flattened_mut(), continued);
                S::dense_weight_gradient(&self.geometry(), T, x, dy, (gradient, first), scratch);
            }
        }
        if !dx.is_empty() {
            if T == 1 {
                S::dense_input_gradient_one(&self.geometry(), parameters, dy, dx);
            } else {
                S::dense_input_gradient(&self.geometry(), T, parameters, dy, dx);
            }
        }
    }

    /// By inputs, in whole blocks of the kernels. `dy` is transposed once.
    fn gradient_part(&self, index: usize) -> Option<GradientPart<Self>> {
        if self.rows != 1 {
            return None;
        }
        let inputs = part_of(self.inputs, 8, self.multiply_adds(), index)?;
        let layer = Self { inputs: inputs.len(), bias: self.bias && inputs.end == self.inputs, ..*self };
        Some(GradientPart { layer, inputs, parameters: layer.parameters() })
    }

    #[inline(always)]
    fn forward_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>) {
        if T == 1 {
            let Forward { parameters, x, y, .. } = io;
            dense_one::forward::<V, S, true>(
                v,
                &self.geometry(),
                parameters,
                x.as_flattened(),
                y.as_flattened_mut(),
            );
        } else {
            self.forward(io);
        }
    }

    #[inline(always)]
    fn backward_within<V: Simd, const T: usize>(&self, v: V, io: Backward<'_, S, T>) {
        if T != 1 {
            return self.backward(io);
        }
        let Backward { parameters, x, dy, dx, gradient, first, .. } = io;
        if !gradient.is_empty() {
            let (x, dy) = (x.as_flattened(), dy.as_flattened());
            if gradient.len() < self.parameters() {
                if first {
                    gradient.fill(S::ZERO);
                }
                S::bias_gradient(T, dy, gradient);
            } else {
                dense_one::weight_gradient::<V, S>(v, &self.geometry(), x, dy, (gradient, first));
            }
        }
        if !dx.is_empty() {
            dense_one::input_gradient::<V, S>(
                v,
                &self.geometry(),
                parameters,
                dy.as_flattened(),
                dx.as_flattened_mut(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dense;
    use crate::layers::check::{self, Sizes};
    use crate::{Backward, Layer, Pass};

    fn check<const T: usize>(layer: Dense) {
        let sizes = Sizes {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            parameters: layer.parameters(),
            saved: 0,
            scratch: layer.scratch(),
        };
        check::gradients::<T>(&layer, sizes);
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for layer in
            [Dense::new(5, 3), Dense::new(1, 1), Dense::new(3, 11).without_bias(), Dense::new(4, 3).rows(3)]
        {
            check::<1>(layer);
            check::<16>(layer);
        }
    }

    /// Vectors reach beyond the end of a row of weights, where the next row may hold anything.
    #[test]
    fn a_row_of_weights_does_not_see_the_next() {
        for outputs in 1..=70 {
            let layer = Dense::new(9, outputs).without_bias();
            let mut parameters = vec![1.0_f32; 9 * outputs];
            parameters.chunks_mut(outputs).skip(1).step_by(2).for_each(|row| row.fill(f32::NAN));
            let (x, mut dy, mut dx) = ([[1.0]; 9], vec![[1.0]; outputs], [[0.0]; 9]);
            let parameters = &parameters;
            let io =
                Backward { parameters, x: &x, dy: &mut dy, dx: &mut dx, ..Backward::of(&Pass::PREDICTION) };
            Layer::<f32>::backward::<1>(&layer, io);
            for (row, [dx]) in dx.into_iter().enumerate() {
                assert_eq!(dx.is_nan(), row % 2 == 1, "row {row} of {outputs} outputs");
            }
        }
    }

    #[test]
    fn tensors_cover_the_parameters_in_pytorch_shapes() {
        let [weight, bias] = Dense::new(2, 3).tensors();
        assert_eq!((weight.shape(), bias.shape()), (&[3, 2][..], &[3][..]));
        assert_eq!(weight.places().collect::<Vec<_>>(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(bias.places().collect::<Vec<_>>(), [6, 7, 8]);
        let [_, bias] = Dense::new(2, 3).without_bias().tensors();
        assert_eq!((bias.shape(), bias.len), (&[0][..], 0));
    }
}
