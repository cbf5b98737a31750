//! The elementary functions of `f32`.
//!
//! Coefficients without another source are printed by `tests/fixtures/polynomials.py`, which says what each
//! approximates. Reductions subtract multiples of a constant in parts (Cody and Waite, *Software Manual for
//! the Elementary Functions*, 1980), short enough for the products to be exact where nothing is fused.

use super::float::{Float, polynomial};
use core::f32::consts::{FRAC_2_PI, LN_2 as LN_2_ROUNDED, LOG2_E};

/// 355/512; ln 2 − 355/512.
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];
/// π/2 in parts of 11 bits, and the rest.
const HALF_PI: [f32; 4] = [1.570_312_5, 4.835_128_8e-4, 3.138_557e-7, 6.077_100_6e-11];

const EXP: [f32; 4] = [1.6666542e-1, 4.1666735e-2, 8.366686e-3, 1.3909269e-3];
const LN: [f32; 9] = [
    3.333331e-1,
    -2.5000015e-1,
    2.0002228e-1,
    -1.666773e-1,
    1.4217515e-1,
    -1.2409625e-1,
    1.19057335e-1,
    -1.16562515e-1,
    6.684807e-2,
];
const EXP_OF_TANH: [f32; 5] = [4.9999988e-1, 1.6666518e-1, 4.1669652e-2, 8.368955e-3, 1.3745091e-3];
const TANH: [f32; 5] = [-3.3333215e-1, 1.3329744e-1, -5.360615e-2, 2.0227427e-2, -5.270037e-3];
const SIN: [f32; 4] = [-1.6666667e-1, 8.333373e-3, -1.9850292e-4, 2.8043214e-6];
const COS: [f32; 3] = [4.1666646e-2, -1.3887311e-3, 2.4432558e-5];
const ERF: [f32; 8] = [
    1.2837917e-1,
    -3.7612635e-1,
    1.1283744e-1,
    -2.6863622e-2,
    5.216654e-3,
    -8.427302e-4,
    1.08905784e-4,
    -8.673384e-6,
];
const ERFC: [f32; 8] = [
    1.91305e-4,
    -1.1295931e0,
    -6.33192e-1,
    -1.0844741e-1,
    2.5225801e-2,
    -4.2108437e-3,
    4.4256155e-4,
    -2.178725e-5,
];

/// `k` and `eʳ − 1` with `x = k ln 2 + r`.
#[inline(always)]
fn reduce<F: Float<Scalar = f32>>(x: F) -> (F, F) {
    let k = x.times_rounded(LOG2_E);
    let r = k.mul_add(x.constant(-LN_2[0]), x);
    let r = k.mul_add(x.constant(-LN_2[1]), r);
    let tail = polynomial(r, EXP).mul_add(r, x.constant(0.5));
    (k, tail.mul_add(r * r, r))
}

#[inline(always)]
pub(super) fn exp<F: Float<Scalar = f32>>(x: F) -> F {
    let (k, y) = reduce(x.clamp(-104.0, 89.0));
    // In two halves 2ᵏ is normal even where the result is not, and only the last product rounds or overflows.
    let half = k.times_rounded(0.5);
    (y + 1.0) * half.exp2_whole() * (k - half).exp2_whole()
}

#[inline(always)]
pub(super) fn exp_m1<F: Float<Scalar = f32>>(x: F) -> F {
    let (k, y) = reduce(x.clamp(-20.0, 89.0));
    // Half of it, because 2¹²⁸ is no f32; but half of a subnormal would round.
    let scale = (k - 1.0).exp2_whole();
    let half = scale.mul_add(y, scale - 0.5);
    F::select(k.equal(x.constant(0.0)), y, half + half).copysign(x)
}

#[inline(always)]
pub(super) fn ln<F: Float<Scalar = f32>>(x: F) -> F {
    let (zero, infinity) = (x.constant(0.0), x.constant(f32::INFINITY));
    let subnormal = x.less(x.constant(f32::MIN_POSITIVE));
    let (m, e) = F::select(subnormal, x * 8_388_608.0, x).split();
    let e = F::select(subnormal, e - 23.0, e);
    let f = m - 1.0;
    let square = f * f;
    let tail = polynomial(f, LN) * f * square;
    let tail = e.mul_add(x.constant(LN_2[1]), tail);
    let tail = square.mul_add(x.constant(-0.5), tail);
    let y = e.mul_add(x.constant(LN_2[0]), f + tail);
    let y = F::select(x.less(infinity), y, x);
    let y = F::select(x.equal(zero), -infinity, y);
    F::select(x.less(zero), x.constant(f32::NAN), y)
}

#[inline(always)]
pub(super) fn tanh<F: Float<Scalar = f32>>(x: F) -> F {
    let a = x.abs().clamp(0.0, 10.0);
    let z = a * a;
    // One term after the other: the other side takes longer.
    let [c0, c1, c2, c3, c4] = TANH.map(|c| x.constant(c));
    let tail = c4.mul_add(z, c3).mul_add(z, c2).mul_add(z, c1).mul_add(z, c0);
    let small = tail.mul_add(a * z, a);
    // 1 − 2 / (2ᵏ eʳ + 1) with 2a = k ln 2 + r: the quotient is less than ½, and what its divisor lacks in accuracy counts
    // less than half. So ln 2 needs no second part, and eʳ no sum of its own.
    let k = a.times_rounded(2.0 * LOG2_E);
    let r = k.mul_add(x.constant(-LN_2_ROUNDED), a + a);
    let scale = k.exp2_whole();
    let square = r * r;
    let second = scale * square;
    let [c2, c3, c4, c5, c6] = EXP_OF_TANH.map(|c| x.constant(c));
    let linear = scale.mul_add(r, scale + 1.0);
    let cubic = c3.mul_add(r, c2).mul_add(second, linear);
    let divisor = c6.mul_add(square, c5.mul_add(r, c4)).mul_add(second * square, cubic);
    let large = x.constant(1.0) - x.constant(2.0) / divisor;
    F::select(a.less(x.constant(0.68)), small, large).copysign(x)
}

#[inline(always)]
pub(super) fn erf<F: Float<Scalar = f32>>(x: F) -> F {
    let a = x.abs().clamp(0.0, 3.95);
    let small = polynomial(a * a, ERF).mul_add(a, a);
    let large = -exp(polynomial(a, ERFC)) + 1.0;
    F::select(a.less(a.constant(1.0)), small, large).copysign(x)
}

#[inline(always)]
pub(super) fn sin_cos<F: Float<Scalar = f32>>(x: F) -> (F, F) {
    let k = x.times_rounded(FRAC_2_PI);
    let r = HALF_PI.iter().fold(x, |r, &part| k.mul_add(x.constant(-part), r));
    // Beyond the documented range the reduction fails, but a sine is no larger than 1.
    let r = r.clamp(-0.8, 0.8);
    let z = r * r;
    // The sum has lost the sign of zero.
    let sin = polynomial(z, SIN).mul_add(r * z, r).copysign(r);
    let cos = polynomial(z, COS).mul_add(z * z, z.mul_add(x.constant(-0.5), x.constant(1.0)));
    let odd = k.has_bit(1);
    let (a, b) = (F::select(odd, cos, sin), F::select(odd, sin, cos));
    (F::select(k.has_bit(2), -a, a), F::select((k + 1.0).has_bit(2), -b, b))
}
