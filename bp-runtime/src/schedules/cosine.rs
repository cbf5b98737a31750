//! Learning rates that fall along half a cosine.

use super::{Schedule, anneal, fraction};
use crate::{Real, Scalar};

/// `η₀ + (η − η₀)(1 + cos(π t / n)) / 2`. PyTorch's `CosineAnnealingLR`; Loshchilov and Hutter,
/// [arXiv:1608.03983](https://arxiv.org/abs/1608.03983).
///
/// Reaches the minimum `η₀` at step `n`. As in PyTorch it rises again after that, and is back at `η` at `2n`.
///
/// ```
/// use backprop_runtime::schedules::{Cosine, Schedule};
/// let schedule = Cosine::new(1.0, 10).min(0.5);
/// let rate = |t| schedule.learning_rate::<f64>(t);
/// assert_eq!((rate(0), rate(5), rate(10), rate(20)), (1.0, 0.75, 0.5, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    learning_rate: Real,
    min: Real,
    steps: usize,
}

impl Cosine {
    /// From `η` to zero in `steps` steps (PyTorch's `T_max`).
    pub const fn new(learning_rate: f64, steps: usize) -> Self {
        assert!(steps > 0, "a cosine needs at least one step");
        Self { learning_rate: Real::new(learning_rate), min: Real::new(0.0), steps }
    }

    /// The minimum `η₀` (PyTorch's `eta_min`). Default 0.
    #[must_use]
    pub const fn min(mut self, learning_rate: f64) -> Self {
        self.min = Real::new(learning_rate);
        self
    }
}

impl Schedule for Cosine {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let turns = step.checked_div(self.steps).unwrap_or(0);
        let step = step.checked_rem(self.steps).unwrap_or(0);
        let step = if turns.is_multiple_of(2) { step } else { self.steps - step };
        anneal(S::real(self.learning_rate), S::real(self.min), fraction(step, self.steps))
    }
}

/// [`Cosine`] that starts anew each time it has reached the minimum. PyTorch's
/// `CosineAnnealingWarmRestarts`; Loshchilov and Hutter, [arXiv:1608.03983](https://arxiv.org/abs/1608.03983).
///
/// `η₀ + (η − η₀)(1 + cos(π t / n)) / 2`, where `t` counts from the last restart, and `η₀` is the minimum. The first
/// cycle takes `n` steps, each later one [`stretch`](Self::stretch) times the one before.
///
/// ```
/// use backprop_runtime::schedules::{CosineRestarts, Schedule};
/// let schedule = CosineRestarts::new(1.0, 10).stretch(2);
/// let rate = |t| schedule.learning_rate::<f64>(t);
/// assert_eq!((rate(0), rate(10), rate(30)), (1.0, 1.0, 1.0));
/// assert!((rate(5) - 0.5).abs() < 1e-15 && (rate(20) - 0.5).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineRestarts {
    learning_rate: Real,
    min: Real,
    first: usize,
    stretch: usize,
}

impl CosineRestarts {
    /// From `η` to zero in `first` steps (PyTorch's `T_0`), again and again.
    pub const fn new(learning_rate: f64, first: usize) -> Self {
        assert!(first > 0, "a cosine needs at least one step");
        Self { learning_rate: Real::new(learning_rate), min: Real::new(0.0), first, stretch: 1 }
    }

    /// The minimum (PyTorch's `eta_min`). Default 0.
    #[must_use]
    pub const fn min(mut self, learning_rate: f64) -> Self {
        self.min = Real::new(learning_rate);
        self
    }

    /// How many times longer than the one before each cycle is (PyTorch's `T_mult`). Default 1.
    #[must_use]
    pub const fn stretch(mut self, factor: usize) -> Self {
        assert!(factor > 0, "a cycle is at least as long as the one before");
        self.stretch = factor;
        self
    }
}

impl Schedule for CosineRestarts {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let (mut step, mut cycle) = (step, self.first);
        if self.stretch <= 1 {
            step = step.checked_rem(cycle).unwrap_or(0);
        }
        while step >= cycle && self.stretch > 1 {
            step -= cycle;
            cycle = cycle.saturating_mul(self.stretch);
        }
        anneal(S::real(self.learning_rate), S::real(self.min), fraction(step, cycle))
    }
}
