//! The elementary functions of `f64`: the formulas of `f32` with longer polynomials, but another logarithm.
//!
//! Coefficients without another source are printed by `tests/fixtures/polynomials.py`, which says what each
//! approximates. Reductions subtract multiples of a constant in parts (Cody and Waite, *Software Manual for
//! the Elementary Functions*, 1980), short enough for the products to be exact where nothing is fused.

use super::float::{Float, polynomial};
use core::f64::consts::{FRAC_2_PI, LOG2_E};

/// ln 2 in 33 bits, and the rest (FreeBSD's msun, `e_exp.c`).
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
/// π/2 in parts of 32 bits, and the rest.
const HALF_PI: [f64; 3] = [1.570_796_326_734_125_6, 6.077_100_498_172_45e-11, 8.333_742_918_520_879e-20];

const EXP: [f64; 10] = [
    1.6666666666666677e-1,
    4.16666666666666e-2,
    8.33333333332146e-3,
    1.3888888888928328e-3,
    1.984126988649355e-4,
    2.4801587227596436e-5,
    2.7557243880950444e-6,
    2.755736187317985e-7,
    2.5109141357558007e-8,
    2.088662646203489e-9,
];
const LN: [f64; 7] = [
    6.666666666666736e-1,
    3.999999999940482e-1,
    2.8571428744311406e-1,
    2.2222198392233694e-1,
    1.8183573185016272e-1,
    1.5313833084272835e-1,
    1.479806452483332e-1,
];
const SIN: [f64; 7] = [
    -1.6666666666666666e-1,
    8.333333333333099e-3,
    -1.9841269841054595e-4,
    2.75573191279175e-6,
    -2.5052085623488018e-8,
    1.6056206309657437e-10,
    -7.48286173680041e-13,
];
const COS: [f64; 6] = [
    4.166666666666659e-2,
    -1.3888888888872342e-3,
    2.480158728846275e-5,
    -2.7557314078910164e-7,
    2.087568843638749e-9,
    -1.1357944790981774e-11,
];
const ERF: [f64; 13] = [
    1.283791670955126e-1,
    -3.7612638903183876e-1,
    1.1283791670958743e-1,
    -2.6866170645619514e-2,
    5.223977629095135e-3,
    -8.548327189560296e-4,
    1.2055337775566294e-4,
    -1.4925738437987095e-5,
    1.6463085851833843e-6,
    -1.637062335149296e-7,
    1.4786437005113652e-8,
    -1.183012072082173e-9,
    6.683974775643179e-11,
];
const ERFC: [f64; 22] = [
    3.672609338125959e-8,
    -1.128379620225034e0,
    -6.366171234129431e-1,
    -1.0278236582409876e-1,
    1.9153904065817642e-2,
    1.5923213877746102e-4,
    -1.6195829501185568e-3,
    4.960672089209985e-4,
    6.795513632332742e-5,
    -1.412017895346476e-4,
    8.119008153989382e-5,
    -3.153619547997503e-5,
    9.402216383646045e-6,
    -2.2381962232936464e-6,
    4.302011378471824e-7,
    -6.657274978826446e-8,
    8.186074873289463e-9,
    -7.810996069696556e-10,
    5.5658592593340026e-11,
    -2.7793517705743164e-12,
    8.641677491950229e-14,
    -1.2521545697131031e-15,
];

/// `k` and `eʳ − 1` with `x = k ln 2 + r`.
#[inline(always)]
fn reduce<F: Float<Scalar = f64>>(x: F) -> (F, F) {
    let k = x.times_rounded(LOG2_E);
    let r = k.mul_add(x.constant(-LN_2[0]), x);
    let r = k.mul_add(x.constant(-LN_2[1]), r);
    let tail = polynomial(r, EXP).mul_add(r, x.constant(0.5));
    (k, tail.mul_add(r * r, r))
}

#[inline(always)]
pub(super) fn exp<F: Float<Scalar = f64>>(x: F) -> F {
    let (k, y) = reduce(x.clamp(-746.0, 710.0));
    // In two halves 2ᵏ is normal even where the result is not, and only the last product rounds or overflows.
    let half = k.times_rounded(0.5);
    (y + 1.0) * half.exp2_whole() * (k - half).exp2_whole()
}

#[inline(always)]
pub(super) fn exp_m1<F: Float<Scalar = f64>>(x: F) -> F {
    bounded_exp_m1(x.clamp(-40.0, 710.0)).copysign(x)
}

/// eˣ − 1 between −40 and 710, without the sign of zero.
#[inline(always)]
fn bounded_exp_m1<F: Float<Scalar = f64>>(x: F) -> F {
    let (k, y) = reduce(x);
    // Half of it, because 2¹⁰²⁴ is no f64; but half of a subnormal would round.
    let scale = (k - 1.0).exp2_whole();
    let half = scale.mul_add(y, scale - 0.5);
    F::select(k.equal(x.constant(0.0)), y, half + half)
}

#[inline(always)]
pub(super) fn ln<F: Float<Scalar = f64>>(x: F) -> F {
    let (zero, infinity) = (x.constant(0.0), x.constant(f64::INFINITY));
    let subnormal = x.less(x.constant(f64::MIN_POSITIVE));
    let (m, e) = F::select(subnormal, x * 4_503_599_627_370_496.0, x).split();
    let e = F::select(subnormal, e - 52.0, e);
    // ln(1 + f) = f − (f²/2 − s (f²/2 + R)) with s = f / (2 + f), in the order of msun's `e_log.c`.
    let f = m - 1.0;
    let s = f / (f + 2.0);
    let z = s * s;
    let half_square = f * f * 0.5;
    let inner = s * polynomial(z, LN).mul_add(z, half_square);
    let inner = e.mul_add(x.constant(LN_2[1]), inner);
    let y = e.mul_add(x.constant(LN_2[0]), f - (half_square - inner));
    let y = F::select(x.less(infinity), y, x);
    let y = F::select(x.equal(zero), -infinity, y);
    F::select(x.less(zero), x.constant(f64::NAN), y)
}

#[inline(always)]
pub(super) fn tanh<F: Float<Scalar = f64>>(x: F) -> F {
    // (e²ˣ − 1) / (e²ˣ + 1); from 20 on it rounds to 1.
    let y = bounded_exp_m1((x.abs() * 2.0).clamp(0.0, 40.0));
    (y / (y + 2.0)).copysign(x)
}

#[inline(always)]
pub(super) fn erf<F: Float<Scalar = f64>>(x: F) -> F {
    let a = x.abs().clamp(0.0, 5.95);
    let small = polynomial(a * a, ERF).mul_add(a, a);
    let large = -exp(polynomial(a, ERFC)) + 1.0;
    F::select(a.less(a.constant(1.0)), small, large).copysign(x)
}

#[inline(always)]
pub(super) fn sin_cos<F: Float<Scalar = f64>>(x: F) -> (F, F) {
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
