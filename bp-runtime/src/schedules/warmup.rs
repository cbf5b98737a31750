//! A warm-up before any other schedule.

use super::{Schedule, fraction, interpolate};
use crate::{Real, Scalar};

/// In a straight line up to the first rate of another schedule, which then begins.
///
/// In `n` steps from `a η` to `η`, where `η` is the other's rate at its step 0; step `n` is that step.
/// PyTorch's `SequentialLR([LinearLR(start_factor = a, total_iters = n), …], milestones = [n])`.
///
/// ```
/// use backprop_runtime::schedules::{Constant, Schedule, Warmup};
/// let schedule = Warmup::new(4, Constant::new(1.0)).start(0.5);
/// assert_eq!([0, 2, 4, 9].map(|t| schedule.learning_rate::<f64>(t)), [0.5, 0.75, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup<T> {
    steps: usize,
    start: Real,
    then: T,
}

impl<T> Warmup<T> {
    /// A warm-up of `steps` steps from a third of the rate.
    pub const fn new(steps: usize, then: T) -> Self {
        Self { steps, start: Real::new(1.0 / 3.0), then }
    }

    /// The factor `a` on the rate at step 0 (PyTorch's `start_factor`). Default ⅓.
    #[must_use]
    pub const fn start(mut self, factor: f64) -> Self {
        self.start = Real::new(factor);
        self
    }
}

impl<T: Schedule> Schedule for Warmup<T> {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        match step.checked_sub(self.steps) {
            Some(step) => self.then.learning_rate(step),
            None => {
                let factor = interpolate(S::real(self.start), S::ONE, fraction(step, self.steps));
                self.then.learning_rate::<S>(0) * factor
            }
        }
    }
}
