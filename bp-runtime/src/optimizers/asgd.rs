//! Averaged stochastic gradient descent.

use super::rule::{Common, Rule, common, is_within, single, slots};
use super::{Optimizer, Risk, Update};
use crate::math::Float;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Averaged stochastic gradient descent. PyTorch's `ASGD`; Polyak and Juditsky (1992),
/// [doi:10.1137/0330046](https://doi.org/10.1137/0330046).
///
/// ```text
/// ηₜ = η / (1 + λ η (t − 1))^α
/// w ← (1 − λ ηₜ) w − ηₜ g
/// a ← a + (w − a) / max(1, t − 1 − t₀)
/// ```
///
/// `ηₜ` and the share of `w` in the average have the precision of `f32` in a network of `f64` too, as in
/// PyTorch.
///
/// As in PyTorch, `ηₜ` is computed at the end of the step before: a learning rate that is set, or that a schedule gives,
/// takes effect one step later.
///
/// The network holds `w`; the average `a` is read from the state with [`average`](Self::average).
///
/// | Option | Default |
/// |---|---|
/// | learning rate `η` | 10⁻² ([`default`](Self::default)) |
/// | decay term `λ` (PyTorch's `lambd`) | 10⁻⁴ |
/// | power `α` | 0.75 |
/// | start of averaging `t₀` | 10⁶ |
/// | weight decay, in the gradient | 0 |
///
/// ```
/// use backprop_runtime::optimizers::{Asgd, Optimizer};
/// use backprop_runtime::{GenericArray, flat::zero};
///
/// let mut w = GenericArray::from_array([1.0_f64]);
/// let mut state = zero();
/// let asgd = Asgd::new(0.1).lambda(0.0).start(0);
/// for gradient in [1.0, 2.0, -4.0] {
///     asgd.step(&mut state, &mut w, &GenericArray::from_array([gradient]));
/// }
/// // w was 0.9, 0.7, 1.1: averaging begins with the second.
/// assert!((Asgd::average(&state)[0] - 0.9).abs() < 1e-7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asgd {
    common: Common,
    lambda: Real,
    alpha: Real,
    start: usize,
}

impl Asgd {
    /// Averaged descent with learning rate `η`.
    pub const fn new(learning_rate: f64) -> Self {
        Self {
            common: Common::new(learning_rate),
            lambda: Real::new(1e-4),
            alpha: Real::new(0.75),
            start: 1_000_000,
        }
    }

    common!(weight_decay, maximize);

    /// Decay term `λ` (PyTorch's `lambd`). Default 10⁻⁴.
    #[must_use]
    pub const fn lambda(mut self, lambda: f64) -> Self {
        self.lambda = Real::new(lambda);
        self
    }

    /// Power `α` with which the learning rate falls. Default 0.75.
    #[must_use]
    pub const fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = Real::new(alpha);
        self
    }

    /// The step `t₀` after which parameters are averaged (PyTorch's `t0`). Default 10⁶.
    #[must_use]
    pub const fn start(mut self, step: usize) -> Self {
        self.start = step;
        self
    }

    /// The average of the parameters; before averaging starts, the parameters themselves.
    pub fn average<S: Scalar, L: ArrayLength>(
        (_, [average]): &<Self as Optimizer>::State<S, L>,
    ) -> &GenericArray<S, L> {
        average
    }
}

impl Default for Asgd {
    /// Learning rate 10⁻².
    fn default() -> Self {
        Self::new(1e-2)
    }
}

pub struct Average<S> {
    /// `ηₜ`
    rate: S,
    /// What the newest parameters count for in the average.
    share: S,
}

impl<S: Scalar> Rule<S, 1> for Average<S> {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, w: F, g: F, [average]: &mut [F; 1]) -> F {
        let w = w - g * self.rate;
        *average = *average + (w - *average) * self.share;
        w
    }
}

impl Optimizer for Asgd {
    /// The number of steps with the learning rates of this step and of the next, and the average.
    type State<S: Scalar, L: ArrayLength> = ((usize, [S; 2]), [GenericArray<S, L>; 1]);

    common!(learning_rate, clock);

    fn risk<S: Scalar>(&self, rate: S, decay: S) -> Risk {
        let lambda = S::real(self.lambda) * S::real(self.common.learning_rate) * rate;
        let usual = is_within(lambda, Real::new(0.0), Real::new(1.0)) && S::real(self.alpha) >= S::ZERO;
        self.common.risk(rate, decay).max(Risk::unless(usual))
    }

    fn begin<S: Scalar, L: ArrayLength>(&self, ((steps, [now, next]), _): &mut Self::State<S, L>) {
        let rate = S::real(self.common.learning_rate);
        *now = if *steps == 0 { rate } else { *next };
        *next = rate;
        *steps = steps.saturating_add(1);
    }

    fn update<S: Scalar, L: ArrayLength>(
        &self,
        ((steps, [now, _]), state): &mut Self::State<S, L>,
        run: Update<'_, S>,
    ) {
        let mut terms = self.common.terms(&run);
        terms.rate = *now * run.learning_rate;
        let lambda = S::real(self.lambda);
        let before = steps.saturating_sub(1);
        let growth = S::ONE + lambda * terms.rate * S::from_usize(before);
        let rate = single(terms.rate * (-S::real(self.alpha) * growth.ln()).exp());
        terms.shrink = S::ONE - lambda * rate;
        let averaged = before.saturating_sub(self.start).max(1);
        let rule = Average { rate, share: single(S::ONE / S::from_usize(averaged)) };
        S::update_asgd(terms, slots(state, run.range.clone()), run, &rule);
    }
}
