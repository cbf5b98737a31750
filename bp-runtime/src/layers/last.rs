//! `last`: the last step of a sequence.

use crate::sequence::{shorter, silence};
use crate::{Backward, Forward, Layer, Scalar};

/// The last step of a sequence: `y = x[time − 1]` (PyTorch's `x[:, -1]`); of a sample with a length of its own the last that is
/// there, `y = x[length − 1]`.
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
        self.before(self.time)
    }

    /// Features before the last of so many steps.
    const fn before(&self, length: usize) -> usize {
        length.saturating_sub(1) * self.features
    }
}

impl<S: Scalar> Layer<S> for Last {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        for (y, x) in io.y.iter_mut().zip(io.x.iter().skip(self.skipped())) {
            *y = *x;
        }
        shorter(io.lengths, self.time, |lane, length| {
            let last = io.x.iter().skip(self.before(length)).filter_map(|x| x.get(lane));
            for (y, x) in io.y.iter_mut().filter_map(|y| y.get_mut(lane)).zip(last) {
                *y = *x;
            }
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let (before, last) = io.dx.split_at_mut(self.skipped().min(io.dx.len()));
        before.fill([S::ZERO; T]);
        for (dx, dy) in last.iter_mut().zip(io.dy.iter()) {
            *dx = *dy;
        }
        silence(io.dx, io.lengths, self.time);
        shorter(io.lengths, self.time, |lane, length| {
            let last = io.dx.iter_mut().skip(self.before(length)).filter_map(|dx| dx.get_mut(lane));
            for (dx, dy) in last.zip(io.dy.iter().filter_map(|dy| dy.get(lane))) {
                *dx = *dy;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Last;
    use crate::layers::check::{self, Sizes};
    use crate::{Backward, Forward, Layer as _, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        let layer = Last::new(4, 3);
        let sizes = Sizes { inputs: 12, outputs: 3, parameters: 0, saved: 0, scratch: 0 };
        check::gradients::<1>(&layer, sizes);
    }

    #[test]
    fn shorter_samples_end_earlier() {
        let x: [[f32; 2]; 3] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let (lengths, dy) = ([[3.0, 1.0]], [[7.0, 8.0]]);
        let (mut y, mut dx) = ([[0.0; 2]], [[9.0; 2]; 3]);
        let (layer, pass) = (Last::new(3, 1), &Pass::PREDICTION);
        layer.forward(Forward { x: &x, lengths: &lengths, y: &mut y, ..Forward::of(pass) });
        assert_eq!(y, [[5.0, 2.0]]);
        layer.backward(Backward { lengths: &lengths, dy: &dy, dx: &mut dx, ..Backward::of(pass) });
        assert_eq!(dx, [[0.0, 8.0], [0.0; 2], [7.0, 0.0]]);
    }
}
