//! Functions that losses share, in forms that neither overflow nor lose small results.

use crate::{Real, Scalar};

/// ½
pub(super) const HALF: Real = Real::new(0.5);

/// `max(x, 0)`; NaN stays NaN.
#[inline(always)]
pub(super) fn positive_part<S: Scalar>(x: S) -> S {
    if x <= S::ZERO { S::ZERO } else { x }
}

/// The larger of a number and a bound; NaN stays NaN.
#[inline(always)]
pub(super) fn at_least<S: Scalar>(x: S, bound: S) -> S {
    if x < bound { bound } else { x }
}

/// `magnitude` with the sign of `x`, 0 at 0; NaN stays NaN.
#[inline(always)]
pub(super) fn with_sign_of<S: Scalar>(magnitude: S, x: S) -> S {
    if x > S::ZERO {
        magnitude
    } else if x < S::ZERO {
        -magnitude
    } else {
        x
    }
}

/// `ln(1 + x)` for x > −1, to a few units in the last place however small x is.
#[inline(always)]
pub(super) fn ln_1p<S: Scalar>(x: S) -> S {
    // Kahan: the rounding of 1 + x cancels in ln(u) / (u − 1).
    let u = S::ONE + x;
    if u == S::ONE { x } else { x * (u.ln() / (u - S::ONE)) }
}

/// `eˣ − 1`, to a few units in the last place however small x is.
#[inline(always)]
pub(super) fn exp_m1<S: Scalar>(x: S) -> S {
    let u = x.exp();
    if u == S::ONE {
        x
    } else if u - S::ONE == -S::ONE {
        -S::ONE
    } else {
        (u - S::ONE) * (x / u.ln())
    }
}

/// `ln(1 + eˣ)` and its derivative.
pub(super) struct Logistic<S> {
    pub(super) softplus: S,
    pub(super) sigmoid: S,
}

/// Softplus and sigmoid of x. Calls with x and −x share their exponential and logarithm once inlined.
#[inline(always)]
pub(super) fn logistic<S: Scalar>(x: S) -> Logistic<S> {
    let e = (-x.abs()).exp();
    let softplus = positive_part(x) + ln_1p(e);
    let sigmoid = (if x < S::ZERO { e } else { S::ONE }) / (S::ONE + e);
    Logistic { softplus, sigmoid }
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
