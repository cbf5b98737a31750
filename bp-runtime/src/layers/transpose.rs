//! `transpose`: the axes in another order.

use crate::{Backward, Forward, Layer, Scalar};

/// The same numbers with the axes in another order: axis `k` of y is axis `order[k]` of x (PyTorch's `permute`).
///
/// | | Shape |
/// |---|---|
/// | x | `shape` |
/// | y | `[shape[order[0]], shape[order[1]], shape[order[2]]]` |
///
/// `y[i₀, i₁, i₂] = x[j₀, j₁, j₂]` with `j[order[k]] = i[k]`. Two axes are swapped by [`Transpose::matrix`]. The numbers are copied, in backward to where they came from.
///
/// ```
/// use backprop_runtime::{layers::Transpose, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 6];
/// let x = [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]];
/// Transpose::matrix(2, 3).forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y.as_flattened(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transpose {
    /// Axes of the input.
    pub shape: [usize; 3],
    /// Which axis of the input each axis of the output is.
    pub order: [usize; 3],
}

impl Transpose {
    /// From `shape` to the order of axes given, each of 0, 1 and 2 once.
    pub const fn new(shape: [usize; 3], order: [usize; 3]) -> Self {
        let [a, b, c] = order;
        assert!(a < 3 && b < 3 && c < 3, "an order names the axes 0, 1 and 2");
        assert!(a != b && b != c && a != c, "an order names each axis once");
        Self { shape, order }
    }

    /// From `[rows, columns]` to `[columns, rows]`.
    pub const fn matrix(rows: usize, columns: usize) -> Self {
        Self::new([1, rows, columns], [0, 2, 1])
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        let [a, b, c] = self.shape;
        a * b * c
    }

    /// Output features: as many.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    /// Axes of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        let [a, b, c] = self.order;
        [self.shape[a], self.shape[b], self.shape[c]]
    }

    /// Calls `f` with each output feature and the input feature that it is, in the order of the output.
    #[inline(always)]
    fn places(&self, mut f: impl FnMut(usize, usize)) {
        let [_, rows, columns] = self.shape;
        let strides = [rows * columns, columns, 1];
        let [a, b, c] = self.order.map(|axis| strides.get(axis).copied().unwrap_or(0));
        let [planes, rows, columns] = self.output_shape();
        let mut to = 0;
        for plane in 0..planes {
            for row in 0..rows {
                for column in 0..columns {
                    f(to, plane * a + row * b + column * c);
                    to += 1;
                }
            }
        }
    }
}

impl<S: Scalar> Layer<S> for Transpose {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        self.places(|to, from| {
            if let (Some(y), Some(x)) = (io.y.get_mut(to), io.x.get(from)) {
                *y = *x;
            }
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        self.places(|to, from| {
            if let (Some(dx), Some(dy)) = (io.dx.get_mut(from), io.dy.get(to)) {
                *dx = *dy;
            }
        });
    }
}

/// The first axis of a shape that holds `to` numbers of a value that has `from`.
///
/// Checks at compile time what the macro cannot: sizes that are constants of the user's.
#[doc(hidden)]
pub const fn reshaped(axis: usize, from: usize, to: usize) -> usize {
    assert!(from == to, "reshape: the shape has another number of features than the layer before");
    axis
}

#[cfg(test)]
mod tests {
    use super::Transpose;
    use crate::layers::check::{self, Sizes};
    use crate::{Forward, Layer, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        for layer in [Transpose::matrix(3, 5), Transpose::new([2, 3, 4], [2, 0, 1])] {
            let sizes = Sizes {
                inputs: layer.inputs(),
                outputs: layer.outputs(),
                parameters: 0,
                saved: 0,
                scratch: 0,
            };
            check::gradients::<1>(&layer, sizes);
        }
    }

    /// `torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1)`
    #[test]
    fn the_order_is_pytorchs() {
        const LAYER: Transpose = Transpose::new([2, 3, 4], [2, 0, 1]);
        let x: [[f64; 1]; 24] = core::array::from_fn(|i| [i as f64]);
        let mut y = [[0.0]; 24];
        LAYER.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
        assert_eq!(LAYER.output_shape(), [4, 2, 3]);
        assert_eq!(y.as_flattened()[..8], [0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 1.0, 5.0]);
    }
}
