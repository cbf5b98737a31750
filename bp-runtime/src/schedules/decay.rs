//! Learning rates that fall step by step.

use super::{Base, Schedule, fraction, interpolate, power};
use crate::{Real, Scalar};

/// `η` at every step: what PyTorch does without a scheduler.
///
/// ```
/// use backprop_runtime::schedules::{Constant, Schedule};
/// assert_eq!(Constant::new(0.1).learning_rate::<f64>(1000), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    learning_rate: Real,
}

impl Constant {
    /// `η` at every step.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate: Real::new(learning_rate) }
    }
}

impl Schedule for Constant {
    fn learning_rate<S: Scalar>(&self, _: usize) -> S {
        S::real(self.learning_rate)
    }
}

/// `η γ^⌊t / n⌋`: a factor every `n` steps. PyTorch's `StepLR`.
///
/// ```
/// use backprop_runtime::schedules::{Schedule, Step};
/// let schedule = Step::new(1.0, 30).gamma(0.5);
/// assert_eq!([0, 29, 30, 60].map(|t| schedule.learning_rate::<f64>(t)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    learning_rate: Real,
    every: usize,
    gamma: Base,
}

impl Step {
    /// From `η`, times `γ = 0.1` every `every` steps.
    pub const fn new(learning_rate: f64, every: usize) -> Self {
        assert!(every > 0, "a step schedule needs at least one step at each rate");
        Self { learning_rate: Real::new(learning_rate), every, gamma: Base::new(0.1) }
    }

    /// The factor `γ`. Default 0.1.
    #[must_use]
    pub const fn gamma(mut self, gamma: f64) -> Self {
        self.gamma = Base::new(gamma);
        self
    }
}

impl Schedule for Step {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let drops = step.checked_div(self.every).unwrap_or(0);
        S::real(self.learning_rate) * self.gamma.to_the::<S>(drops)
    }
}

/// `η γ^k`, where `k` counts the milestones that have been reached. PyTorch's `MultiStepLR`.
///
/// ```
/// use backprop_runtime::schedules::{MultiStep, Schedule};
/// let schedule = MultiStep::new(1.0, [30, 80]).gamma(0.5);
/// assert_eq!([29, 30, 79, 80].map(|t| schedule.learning_rate::<f64>(t)), [1.0, 0.5, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiStep<const K: usize> {
    learning_rate: Real,
    milestones: [usize; K],
    gamma: Base,
}

impl<const K: usize> MultiStep<K> {
    /// From `η`, times `γ = 0.1` at each milestone.
    pub const fn new(learning_rate: f64, milestones: [usize; K]) -> Self {
        Self { learning_rate: Real::new(learning_rate), milestones, gamma: Base::new(0.1) }
    }

    /// The factor `γ`. Default 0.1.
    #[must_use]
    pub const fn gamma(mut self, gamma: f64) -> Self {
        self.gamma = Base::new(gamma);
        self
    }
}

impl<const K: usize> Schedule for MultiStep<K> {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let reached = self.milestones.iter().filter(|milestone| **milestone <= step).count();
        S::real(self.learning_rate) * self.gamma.to_the::<S>(reached)
    }
}

/// `η γᵗ`. PyTorch's `ExponentialLR`.
///
/// ```
/// use backprop_runtime::schedules::{Exponential, Schedule};
/// assert_eq!(Exponential::new(8.0, 0.5).learning_rate::<f64>(3), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    learning_rate: Real,
    gamma: Base,
}

impl Exponential {
    /// From `η`, times `gamma` at each step.
    pub const fn new(learning_rate: f64, gamma: f64) -> Self {
        Self { learning_rate: Real::new(learning_rate), gamma: Base::new(gamma) }
    }
}

impl Schedule for Exponential {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        S::real(self.learning_rate) * self.gamma.to_the::<S>(step)
    }
}

/// `η` times a factor that goes in a straight line from one value to another. PyTorch's `LinearLR`.
///
/// `η (a + (b − a) min(t / n, 1))`
///
/// ```
/// use backprop_runtime::schedules::{Linear, Schedule};
/// let schedule = Linear::new(1.0, 4).factors(0.5, 1.0);
/// assert_eq!([0, 2, 4, 9].map(|t| schedule.learning_rate::<f64>(t)), [0.5, 0.75, 1.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    learning_rate: Real,
    steps: usize,
    start: Real,
    end: Real,
}

impl Linear {
    /// From `η / 3` to `η` in `steps` steps.
    pub const fn new(learning_rate: f64, steps: usize) -> Self {
        let (start, end) = (Real::new(1.0 / 3.0), Real::new(1.0));
        Self { learning_rate: Real::new(learning_rate), steps, start, end }
    }

    /// The factors `a` and `b` (PyTorch's `start_factor`, `end_factor`). Default ⅓ and 1.
    #[must_use]
    pub const fn factors(mut self, start: f64, end: f64) -> Self {
        self.start = Real::new(start);
        self.end = Real::new(end);
        self
    }
}

impl Schedule for Linear {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let factor = interpolate(S::real(self.start), S::real(self.end), fraction(step, self.steps));
        S::real(self.learning_rate) * factor
    }
}

/// `η (1 − min(t / n, 1))^p`, to zero in `n` steps. PyTorch's `PolynomialLR`.
///
/// ```
/// use backprop_runtime::schedules::{Polynomial, Schedule};
/// let schedule = Polynomial::new(1.0, 4).power(2.0);
/// assert_eq!([0, 2, 4, 9].map(|t| schedule.learning_rate::<f64>(t)), [1.0, 0.25, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    learning_rate: Real,
    steps: usize,
    power: Real,
}

impl Polynomial {
    /// From `η` to zero in `steps` steps, in a straight line.
    pub const fn new(learning_rate: f64, steps: usize) -> Self {
        Self { learning_rate: Real::new(learning_rate), steps, power: Real::new(1.0) }
    }

    /// The power `p`, not negative. Default 1.
    #[must_use]
    pub const fn power(mut self, power: f64) -> Self {
        self.power = Real::new(power);
        self
    }
}

impl Schedule for Polynomial {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let left = S::from_usize(self.steps.saturating_sub(step)) / S::from_usize(self.steps.max(1));
        let exponent = S::real(self.power);
        let whole = exponent.to_usize();
        let factor = if S::from_usize(whole) == exponent {
            power(left, whole)
        } else if left > S::ZERO {
            (exponent * left.ln()).exp()
        } else {
            S::ZERO
        };
        S::real(self.learning_rate) * factor
    }
}
