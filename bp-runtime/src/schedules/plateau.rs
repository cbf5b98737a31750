//! A learning rate that falls when a metric stops improving.

use crate::{Real, Scalar};

/// Multiplies the learning rate by a factor when a metric has not improved for some time. PyTorch's
/// `ReduceLROnPlateau`.
///
/// `η ← max(factor · η, smallest)` after more than `patience` epochs without an improvement, unless that changes less than ε.
/// Not a [`Schedule`](super::Schedule): it does not count steps but looks at a metric, usually once an epoch.
///
/// | Option | Default |
/// |---|---|
/// | factor | 0.1 |
/// | patience: epochs without improvement that are let pass | 10 |
/// | threshold | 10⁻⁴ of the best value |
/// | cooldown: epochs after a reduction in which none counts as bad | 0 |
/// | smallest learning rate | 0 |
/// | smallest change of the learning rate, `ε` | 10⁻⁸ |
/// | better is | less |
///
/// ```
/// use backprop_runtime::schedules::ReduceOnPlateau;
///
/// let mut plateau = ReduceOnPlateau::new(0.5).patience(1).factor(0.5);
/// let losses = [3.0, 2.0, 2.5, 2.5, 2.5];
/// // trainer.set_learning_rate(plateau.observe(loss));
/// assert_eq!(losses.map(|loss| plateau.observe(loss)), [0.5, 0.5, 0.5, 0.25, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateau<S> {
    initial: Real,
    factor: Real,
    patience: usize,
    threshold: Improvement,
    cooldown: usize,
    min: Real,
    eps: Real,
    maximize: bool,
    learning_rate: Option<S>,
    best: Option<S>,
    bad: usize,
    cooling: usize,
}

/// By how much a value must beat the best one so far to be an improvement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Improvement {
    /// By this part of the best value (PyTorch's `threshold_mode = "rel"`).
    Relative(Real),
    /// By this much (PyTorch's `threshold_mode = "abs"`).
    Absolute(Real),
}

impl<S> ReduceOnPlateau<S> {
    /// Begins with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            initial: Real::new(learning_rate),
            factor: Real::new(0.1),
            patience: 10,
            threshold: Improvement::Relative(Real::new(1e-4)),
            cooldown: 0,
            min: Real::new(0.0),
            eps: Real::new(1e-8),
            maximize: false,
            learning_rate: None,
            best: None,
            bad: 0,
            cooling: 0,
        }
    }
}

impl<S: Copy> ReduceOnPlateau<S> {
    /// What the learning rate is multiplied by. Default 0.1.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        assert!(factor < 1.0, "a factor that reduces is less than 1");
        self.factor = Real::new(factor);
        self
    }

    /// How many epochs without improvement are let pass. Default 10.
    #[must_use]
    pub const fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }

    /// By how much a value must be better. Default 10⁻⁴ of the best.
    #[must_use]
    pub const fn threshold(mut self, threshold: Improvement) -> Self {
        self.threshold = threshold;
        self
    }

    /// How many epochs after a reduction are never bad. Default 0.
    #[must_use]
    pub const fn cooldown(mut self, epochs: usize) -> Self {
        self.cooldown = epochs;
        self
    }

    /// The smallest learning rate (PyTorch's `min_lr`). Default 0.
    #[must_use]
    pub const fn min(mut self, learning_rate: f64) -> Self {
        self.min = Real::new(learning_rate);
        self
    }

    /// The smallest change that is made. Default 10⁻⁸.
    #[must_use]
    pub const fn eps(mut self, eps: f64) -> Self {
        self.eps = Real::new(eps);
        self
    }

    /// More is better: for an accuracy (PyTorch's `mode = "max"`).
    #[must_use]
    pub const fn maximize(mut self) -> Self {
        self.maximize = true;
        self
    }
}

impl<S: Scalar> ReduceOnPlateau<S> {
    /// Takes note of a metric; returns the learning rate from now on. NaN is no improvement.
    pub fn observe(&mut self, metric: S) -> S {
        if self.is_better(metric) {
            self.best = Some(metric);
            self.bad = 0;
        } else {
            self.bad = self.bad.saturating_add(1);
        }
        if self.cooling > 0 {
            self.cooling -= 1;
            self.bad = 0;
        }
        let rate = self.learning_rate();
        if self.bad <= self.patience {
            return rate;
        }
        self.cooling = self.cooldown;
        self.bad = 0;
        let (reduced, min) = (rate * S::real(self.factor), S::real(self.min));
        let reduced = if reduced > min { reduced } else { min };
        if rate - reduced > S::real(self.eps) {
            self.learning_rate = Some(reduced);
        }
        self.learning_rate()
    }

    /// The learning rate in force.
    pub fn learning_rate(&self) -> S {
        self.learning_rate.unwrap_or(S::real(self.initial))
    }

    fn is_better(&self, metric: S) -> bool {
        let worst = if self.maximize { -S::INFINITY } else { S::INFINITY };
        let Some(best) = self.best else {
            return if self.maximize { metric > worst } else { metric < worst };
        };
        // Away from the best, on whichever side of zero it is. PyTorch multiplies by `1 ∓ threshold`, which for a best below
        // zero takes what is worse for better.
        let grows = (best < S::ZERO) != self.maximize;
        let bound = match self.threshold {
            Improvement::Relative(part) if grows => best * (S::ONE + S::real(part)),
            Improvement::Relative(part) => best * (S::ONE - S::real(part)),
            Improvement::Absolute(by) if self.maximize => best + S::real(by),
            Improvement::Absolute(by) => best - S::real(by),
        };
        if self.maximize { metric > bound } else { metric < bound }
    }
}
