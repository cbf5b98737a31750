//! One cycle: up, then down far below the start.

use super::{Schedule, anneal, interpolate};
use crate::{Real, Scalar};

/// Up from `η / 25` to `η`, then down to `η / 250 000`, in a given number of steps. PyTorch's `OneCycleLR`
/// (of the learning rate; the momentum stays); Smith and Topin,
/// [arXiv:1708.07120](https://arxiv.org/abs/1708.07120).
///
/// | Option | Default |
/// |---|---|
/// | part of the steps that go up (`pct_start`) | 0.3 |
/// | `η` over the first rate (`div_factor`) | 25 |
/// | first rate over the last (`final_div_factor`) | 10⁴ |
/// | along | half cosines |
/// | phases | two; with [`three_phases`](Self::three_phases) down as fast as up, and then further |
///
/// After the last step the rate stays where it is (PyTorch refuses).
///
/// ```
/// use backprop_runtime::schedules::{OneCycle, Schedule};
/// let schedule = OneCycle::new(1.0, 100);
/// let rate = |t| schedule.learning_rate::<f64>(t);
/// assert!((rate(0) - 0.04).abs() < 1e-15);
/// assert_eq!(rate(29), 1.0);
/// assert!((rate(99) - 4e-6).abs() < 1e-15 && rate(500) == rate(99));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    learning_rate: Real,
    steps: usize,
    rise: Real,
    first: Real,
    last: Real,
    linear: bool,
    three_phases: bool,
}

impl OneCycle {
    /// A cycle of `steps` steps whose largest rate is `η`.
    pub const fn new(learning_rate: f64, steps: usize) -> Self {
        Self {
            learning_rate: Real::new(learning_rate),
            steps,
            rise: Real::new(0.3),
            first: Real::new(25.0),
            last: Real::new(1e4),
            linear: false,
            three_phases: false,
        }
    }

    /// The part of the steps that go up, from 0 to 1 (PyTorch's `pct_start`). Default 0.3.
    #[must_use]
    pub const fn rise(mut self, part: f64) -> Self {
        assert!(part >= 0.0 && part <= 1.0, "a part of the steps is from 0 to 1");
        self.rise = Real::new(part);
        self
    }

    /// The largest rate over the first, and the first over the last (PyTorch's `div_factor`,
    /// `final_div_factor`). Default 25 and 10⁴.
    #[must_use]
    pub const fn divisors(mut self, first: f64, last: f64) -> Self {
        self.first = Real::new(first);
        self.last = Real::new(last);
        self
    }

    /// Along straight lines instead of cosines (PyTorch's `anneal_strategy = "linear"`).
    #[must_use]
    pub const fn linear(mut self) -> Self {
        self.linear = true;
        self
    }

    /// Down to the first rate as fast as up, then to the last one (PyTorch's `three_phase`).
    #[must_use]
    pub const fn three_phases(mut self) -> Self {
        self.three_phases = true;
        self
    }
}

impl Schedule for OneCycle {
    fn learning_rate<S: Scalar>(&self, step: usize) -> S {
        let count = S::from_usize;
        let top = S::real(self.learning_rate);
        let first = top / S::real(self.first);
        let last = first / S::real(self.last);
        let end = self.steps.saturating_sub(1);
        let rise = S::real(self.rise) * count(self.steps);
        let [up, down] = [rise - S::ONE, rise + rise - count(2)];

        let step = count(step.min(end));
        let ((start, stop), (from, to)) = if step <= up {
            ((S::ZERO, up), (first, top))
        } else if !self.three_phases {
            ((up, count(end)), (top, last))
        } else if step <= down {
            ((up, down), (top, first))
        } else {
            ((down, count(end)), (first, last))
        };
        // A phase of no length is at its end.
        let x = if start < stop { (step - start) / (stop - start) } else { S::ONE };
        if self.linear { interpolate(from, to, x) } else { anneal(from, to, x) }
    }
}
