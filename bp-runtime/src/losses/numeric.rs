//! Functions that losses share, in forms that neither overflow nor lose small results.

use crate::math::Float;
use crate::{Real, Scalar};

/// ½
pub(super) const HALF: Real = Real::new(0.5);

/// `max(x, 0)`; NaN stays NaN.
#[inline(always)]
pub(super) fn positive_part<F: Float>(x: F) -> F {
    at_least(x, F::Scalar::ZERO)
}

/// The larger of a number and a bound; NaN stays NaN.
#[inline(always)]
pub(super) fn at_least<F: Float>(x: F, bound: F::Scalar) -> F {
    let bound = x.constant(bound);
    F::select(x.less_equal(bound), bound, x)
}

/// `magnitude` with the sign of `x`, 0 at 0; NaN stays NaN.
#[inline(always)]
pub(super) fn with_sign_of<F: Float>(magnitude: F, x: F) -> F {
    let zero = x.constant(F::Scalar::ZERO);
    F::select(zero.less(x), magnitude, F::select(x.less(zero), -magnitude, x))
}

/// `ln(1 + eˣ)` and its derivative.
pub(super) struct Logistic<F> {
    pub(super) softplus: F,
    pub(super) sigmoid: F,
}

/// Softplus and sigmoid of x. Calls with x and −x share their exponential and logarithm once inlined.
#[inline(always)]
pub(super) fn logistic<F: Float>(x: F) -> Logistic<F> {
    let (zero, one) = (x.constant(F::Scalar::ZERO), x.constant(F::Scalar::ONE));
    let e = (-x.abs()).exp();
    let softplus = positive_part(x) + e.ln_1p();
    let sigmoid = F::select(x.less(zero), e, one) / (one + e);
    Logistic { softplus, sigmoid }
}

/// 1 or −1.
pub(super) fn is_sign<S: Scalar>(t: S) -> bool {
    t == S::ONE || t == -S::ONE
}

/// Whether two numbers are on the same side of 0, neither on it.
pub(super) fn same_sign<S: Scalar>(y: S, t: S) -> bool {
    // Their product may be too small for a number.
    (y > S::ZERO && t > S::ZERO) || (y < S::ZERO && t < S::ZERO)
}

/// From 0 to 1.
pub(super) fn is_probability<S: Scalar>(t: S) -> bool {
    t >= S::ZERO && t <= S::ONE
}

/// A probability above ½.
pub(super) fn is_likely<S: Scalar>(t: S) -> bool {
    t > S::real(HALF)
}

/// The largest number and Σ e^(yᵢ − largest), with the terms of that sum in `terms`.
///
/// `ln softmax(y)ᵢ = yᵢ − largest − ln total`, where no power overflows.
#[inline(always)]
pub(super) fn shifted_exponentials<S: Scalar>(y: &[S], terms: &mut [S]) -> (S, S) {
    let largest = y.iter().copied().fold(-S::INFINITY, |a, b| if b > a { b } else { a });
    let mut total = S::ZERO;
    for (term, y) in terms.iter_mut().zip(y) {
        *term = (*y - largest).exp();
        total += *term;
    }
    (largest, total)
}

/// The place of the largest number, the first of equals; `None` where there is none.
pub(super) fn argmax<S: Scalar>(values: &[S]) -> Option<usize> {
    let mut best: Option<(usize, S)> = None;
    for (place, &value) in values.iter().enumerate() {
        if best.is_none_or(|(_, largest)| value > largest) {
            best = Some((place, value));
        }
    }
    best.map(|(place, _)| place)
}

/// The weight of one output, where there are weights.
#[inline(always)]
pub(super) fn one_of<S: Scalar>(weights: &[Real], output: usize) -> Option<S> {
    weights.get(output).map(|weight| S::real(*weight))
}

/// Weights as constants of both precisions.
pub(super) const fn reals<const N: usize>(values: [f64; N]) -> [Real; N] {
    let mut reals = [Real::new(0.0); N];
    let mut index = 0;
    while index < N {
        reals[index] = Real::new(values[index]);
        index += 1;
    }
    reals
}
