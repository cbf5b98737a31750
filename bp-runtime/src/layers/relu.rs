//! `relu`: negative numbers become zero.

use crate::{Backward, Forward, InPlace, Layer, Pass, Scalar};

/// `y = max(x, 0)`; the derivative at 0 is 0, as in PyTorch. NaN stays NaN.
///
/// ```
/// use backprop_runtime::{layers::Relu, InPlace, Pass};
/// let mut y = [[-1.0_f32], [2.0]];
/// Relu.forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relu;

impl Relu {
    /// The layer.
    pub const fn new() -> Self {
        Self
    }
}

impl<S: Scalar> InPlace<S> for Relu {
    fn forward_in_place<const T: usize>(&self, _: &Pass, y: &mut [[S; T]]) {
        for y in y.as_flattened_mut() {
            *y = if *y <= S::ZERO { S::ZERO } else { *y };
        }
    }

    fn backward_in_place<const T: usize>(&self, _: &Pass, y: &[[S; T]], d: &mut [[S; T]]) {
        for (d, y) in d.as_flattened_mut().iter_mut().zip(y.as_flattened()) {
            *d = if *y <= S::ZERO { S::ZERO } else { *d };
        }
    }
}

impl<S: Scalar> Layer<S> for Relu {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        io.y.copy_from_slice(io.x);
        self.forward_in_place(io.pass, io.y);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        io.dx.copy_from_slice(io.dy);
        self.backward_in_place(io.pass, io.y, io.dx);
    }
}
