//! `positional_encoding`: numbers that tell the steps of a sequence apart, added to its features.

use crate::initializers::{Fans, Initializer};
use crate::streaming::{Memory, Remembers};
use crate::{Backward, Forward, InPlace, Layer, Pass, Real, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of a learned positional encoding.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionParameters<S, const N: usize, const F: usize> {
    /// `[time][features]`
    pub position: [[S; F]; N],
}

flat_parameters!([S: Scalar, const N: usize, const F: usize]
    PositionParameters<S, N, F>: S { position: [[S; F]; N] });

impl<S: Scalar, const N: usize, const F: usize> PositionParameters<S, N, F> {
    /// All zero.
    pub const ZERO: Self = Self { position: [[S::ZERO; F]; N] };
}

/// `y = x + w` with learned numbers for each step (as in BERT and GPT; a parameter `[time, features]` in PyTorch).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[time, features]` |
/// | parameters | position `[time][features]` |
///
/// Backward: `dx = dy`, `dw = dy`.
///
/// ```
/// use backprop_runtime::{layers::LearnedPosition, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// LearnedPosition::new(2, 1).forward(Forward {
///     parameters: &[0.5, -0.5],
///     x: &[[1.0], [1.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[1.5], [0.5]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnedPosition {
    /// Steps of the sequence.
    pub time: usize,
    /// Features of a step.
    pub features: usize,
}

impl LearnedPosition {
    /// On `[time, features]`.
    pub const fn new(time: usize, features: usize) -> Self {
        assert!(time > 0 && features > 0, "a positional encoding has at least one step and feature");
        Self { time, features }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.time * self.features
    }

    /// What is stored.
    pub const fn tensors(&self) -> [Tensor; 1] {
        [Tensor::new("position", &[self.time, self.features])]
    }

    /// Draws the numbers: a macro's default is normal with a standard deviation of 0.02, as in BERT.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        position: &impl Initializer,
        rng: &mut R,
    ) {
        position.fill(Fans { fan_in: self.time, fan_out: self.features }, parameters, rng);
    }
}

impl<S: Scalar> Layer<S> for LearnedPosition {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        for ((y, x), w) in io.y.iter_mut().zip(io.x).zip(io.parameters) {
            for (y, x) in y.iter_mut().zip(x) {
                *y = *x + *w;
            }
        }
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        crate::moves::copy(io.dx, io.dy);
        for (dw, dy) in io.gradient.iter_mut().zip(io.dy) {
            for dy in dy {
                *dw += *dy;
            }
        }
    }
}

/// `y[t][2i] = x + sin(t / 10000^(2i / features))`, `y[t][2i + 1] = x + cos(…)` (Vaswani et al., *Attention is all you
/// need*, 2017).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[time, features]` |
///
/// Backward: `dx = dy`. Works in place, and needs nothing of forward.
///
/// ```
/// use backprop_runtime::{layers::SinusoidalPosition, InPlace, Pass};
/// let mut y = [[0.0_f64]; 4];
/// SinusoidalPosition::new(2, 2).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y[..2], [[0.0], [1.0]]);
/// assert!((y[2][0] - 1.0_f64.sin()).abs() < 1e-12 && (y[3][0] - 1.0_f64.cos()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinusoidalPosition {
    /// Steps of the sequence.
    pub time: usize,
    /// Features of a step.
    pub features: usize,
}

/// ln 10000
const LOG_BASE: Real = Real::new(9.210_340_371_976_184);

impl SinusoidalPosition {
    /// On `[time, features]`.
    pub const fn new(time: usize, features: usize) -> Self {
        assert!(time > 0 && features > 0, "a positional encoding has at least one step and feature");
        Self { time, features }
    }

    /// The same, so many steps at a time: each step's numbers follow from how many there were before it.
    pub const fn steps(self, steps: usize) -> StepPosition {
        StepPosition { of_steps: Self::new(steps, self.features) }
    }

    fn frequency<S: Scalar>(&self, feature: usize) -> S {
        (-S::real(LOG_BASE) * S::from_usize(feature / 2 * 2) / S::from_usize(self.features)).exp()
    }

    fn code<S: Scalar>(step: usize, feature: usize, frequency: S) -> S {
        let angle = S::from_usize(step) * frequency;
        if feature.is_multiple_of(2) { angle.sin() } else { angle.cos() }
    }
}

/// A [`SinusoidalPosition`] that runs a few steps at a time, see [`SinusoidalPosition::steps`]. It goes on behind the declared
/// window, as the formula does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPosition {
    of_steps: SinusoidalPosition,
}

impl StepPosition {
    /// Numbers that it remembers: none, steps are counted for all layers.
    pub const fn memory(&self) -> usize {
        0
    }

    /// Features that a step works in: none.
    pub const fn saved(&self) -> usize {
        0
    }
}

impl<S: Scalar> Remembers<S> for StepPosition {
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        let features = self.of_steps.features.max(1);
        for (place, (y, x)) in io.y.iter_mut().zip(io.x).enumerate() {
            let (row, feature) = (place / features, place % features);
            let frequency = self.of_steps.frequency::<S>(feature);
            for ((y, x), step) in y.iter_mut().zip(x).zip(memory.steps) {
                let step = step.wrapping_add(row as u32) as usize;
                *y = *x + SinusoidalPosition::code(step, feature, frequency);
            }
        }
    }
}

impl<S: Scalar> InPlace<S> for SinusoidalPosition {
    fn forward_in_place<const T: usize>(&self, _: &Pass, y: &mut [[S; T]]) {
        for feature in 0..self.features {
            let frequency = self.frequency::<S>(feature);
            for (step, y) in y.iter_mut().skip(feature).step_by(self.features.max(1)).enumerate() {
                let code = Self::code(step, feature, frequency);
                for y in y {
                    *y += code;
                }
            }
        }
    }

    fn backward_in_place<const T: usize>(&self, _: &Pass, _: &[[S; T]], _: &mut [[S; T]]) {}
}

impl<S: Scalar> Layer<S> for SinusoidalPosition {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        crate::moves::copy(io.y, io.x);
        self.forward_in_place(io.pass, io.y);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        crate::moves::copy(io.dx, io.dy);
    }
}

#[cfg(test)]
mod tests {
    use super::{LearnedPosition, SinusoidalPosition};
    use crate::layers::check::{self, Sizes};

    #[test]
    fn gradients_agree_with_finite_differences() {
        let sizes = |parameters| Sizes { inputs: 12, outputs: 12, parameters, saved: 0, scratch: 0 };
        check::gradients::<4>(&LearnedPosition::new(4, 3), sizes(12));
        check::gradients::<4>(&SinusoidalPosition::new(4, 3), sizes(0));
    }
}
