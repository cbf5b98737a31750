//! `last`: the last step of a sequence.

use crate::{Backward, Forward, Layer, Scalar};

/// The last step of a sequence: `y = x[time − 1]` (PyTorch's `x[:, -1]`).
///
/// | | Shape |
/// |---|---|
/// | x | `[time, features]` |
/// | y | `[features]` |
///
/// Backward gives the last step the gradient, and 0 to all others.
///
/// ```
/// use backprop_runtime::{layers::Last, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// let x = [[1.0], [2.0], [3.0], [4.0]];
/// Last::new(2, 2).forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[3.0], [4.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Steps of the input.
    pub time: usize,
    /// Features of a step.
    pub features: usize,
}

impl Last {
    /// Of `[time, features]`.
    pub const fn new(time: usize, features: usize) -> Self {
        assert!(time > 0, "a sequence has at least one step");
        Self { time, features }
    }

    /// The same of another number of steps.
    pub const fn steps(self, time: usize) -> Self {
        Self::new(time, self.features)
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.time * self.features
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        self.features
    }

    /// Features before the last step.
    const fn skipped(&self) -> usize {
        self.inputs() - self.features
    }
}

impl<S: Scalar> Layer<S> for Last {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        for (y, x) in io.y.iter_mut().zip(io.x.iter().skip(self.skipped())) {
            *y = *x;
        }
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let (before, last) = io.dx.split_at_mut(self.skipped().min(io.dx.len()));
        before.fill([S::ZERO; T]);
        for (dx, dy) in last.iter_mut().zip(io.dy.iter()) {
            *dx = *dy;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Last;
    use crate::layers::check::{self, Sizes};

    #[test]
    fn gradients_agree_with_finite_differences() {
        let layer = Last::new(4, 3);
        let sizes = Sizes { inputs: 12, outputs: 3, parameters: 0, saved: 0, scratch: 0 };
        check::gradients::<1>(&layer, sizes);
    }
}
