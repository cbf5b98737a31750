//! Elementary functions composed of those of [`Float`], for formulas that a user writes.
//!
//! As everything over [`Float`], they have no branches and are the same for a number and for a vector. Errors
//! are those of the functions they are made of and of a few roundings more: at most 8 units in the last place,
//! as a test asserts in `f64` against `libm`, except where a function says otherwise. NaN gives NaN.

use super::Float;
use super::float::polynomial;
use crate::{Real, Scalar};
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4};

const HALF: Real = Real::new(0.5);
/// tan(3π/8): from here on the arc is counted from π/2.
const STEEP: Real = Real::new(2.414_213_562_373_095);
/// From here on the arc is counted from π/4.
const MIDDLE: Real = Real::new(0.66);
const QUARTER_PI: Real = Real::new(FRAC_PI_4);
const HALF_PI: Real = Real::new(FRAC_PI_2);

/// (arctan(x)/x − 1)/x² as a quotient of polynomials of x² (Moshier, *Cephes*, `atan.c`), lowest order first.
const ARC: [f64; 5] = [
    -6.485_021_904_942_025e1,
    -1.228_866_684_490_136_2e2,
    -7.500_855_792_314_705e1,
    -1.615_753_718_733_365e1,
    -8.750_608_600_031_904e-1,
];
const ARC_DIVISOR: [f64; 6] = [
    1.945_506_571_482_614e2,
    4.853_903_996_359_137e2,
    4.328_810_604_912_902_7e2,
    1.650_270_098_316_988_5e2,
    2.485_846_490_142_306_3e1,
    1.0,
];

/// Coefficients in the precision of a formula.
#[inline(always)]
fn reals<S: Scalar, const N: usize>(values: [f64; N]) -> [S; N] {
    values.map(|value| S::real(Real::new(value)))
}

/// The smaller of two numbers; NaN where `a` is.
///
/// ```
/// use backprop_runtime::math::functions::min;
/// assert_eq!(min(2.0_f32, -1.0), -1.0);
/// assert!(min(f32::NAN, 1.0).is_nan() && min(1.0, f32::NAN) == 1.0);
/// ```
#[inline(always)]
pub fn min<F: Float>(a: F, b: F) -> F {
    F::select(b.less(a), b, a)
}

/// The larger of two numbers; NaN where `a` is.
///
/// ```
/// use backprop_runtime::math::functions::max;
/// assert_eq!(max(2.0_f32, -1.0), 2.0);
/// assert!(max(f32::NAN, 1.0).is_nan() && max(1.0, f32::NAN) == 1.0);
/// ```
#[inline(always)]
pub fn max<F: Float>(a: F, b: F) -> F {
    F::select(a.less(b), b, a)
}

/// 1 for positive numbers, −1 for negative ones, and 0 or NaN as it is.
///
/// ```
/// use backprop_runtime::math::functions::sign;
/// assert_eq!([-3.0, 0.0, 0.5].map(sign::<f64>), [-1.0, 0.0, 1.0]);
/// ```
#[inline(always)]
pub fn sign<F: Float>(x: F) -> F {
    let (zero, one) = (x.constant(F::Scalar::ZERO), x.constant(F::Scalar::ONE));
    F::select(zero.less(x), one, F::select(x.less(zero), -one, x))
}

/// The tangent of an angle in radians: `sin x / cos x`.
///
/// ```
/// use backprop_runtime::math::functions::tan;
/// assert!((tan(core::f64::consts::FRAC_PI_4) - 1.0).abs() < 1e-15);
/// ```
#[inline(always)]
pub fn tan<F: Float>(x: F) -> F {
    let (sin, cos) = x.sin_cos();
    sin / cos
}

/// The hyperbolic sine, `(eˣ − e⁻ˣ) / 2`. Infinite where eˣ is.
///
/// ```
/// use backprop_runtime::math::functions::sinh;
/// assert!((sinh(1.0_f64) - 1.175_201_193_643_801).abs() < 1e-15);
/// assert_eq!(sinh(1e-20_f64), 1e-20);
/// ```
#[inline(always)]
pub fn sinh<F: Float>(x: F) -> F {
    // With m = eˣ − 1: (m + m/(m + 1))/2, which loses nothing near 0.
    let m = x.abs().exp_m1();
    let infinity = x.constant(F::Scalar::INFINITY);
    let y = (m + m / (m + F::Scalar::ONE)) * F::Scalar::real(HALF);
    F::select(m.equal(infinity), m, y).copysign(x)
}

/// The hyperbolic cosine, `(eˣ + e⁻ˣ) / 2`. Infinite where e to the power of |x| is.
///
/// ```
/// use backprop_runtime::math::functions::{cosh, sinh};
/// let x = 1.5_f64;
/// assert!((cosh(x) * cosh(x) - sinh(x) * sinh(x) - 1.0).abs() < 1e-14);
/// ```
#[inline(always)]
pub fn cosh<F: Float>(x: F) -> F {
    let e = x.abs().exp();
    (e + x.constant(F::Scalar::ONE) / e) * F::Scalar::real(HALF)
}

/// The angle in radians, between −π/2 and π/2, of which `x` is the tangent.
///
/// ```
/// use backprop_runtime::math::functions::atan;
/// assert!((atan(1.0_f64) - core::f64::consts::FRAC_PI_4).abs() < 1e-15);
/// assert_eq!(atan(f64::INFINITY), core::f64::consts::FRAC_PI_2);
/// ```
#[inline(always)]
pub fn atan<F: Float>(x: F) -> F {
    let one = x.constant(F::Scalar::ONE);
    let a = x.abs();
    let steep = x.real(STEEP).less(a);
    let middle = x.real(MIDDLE).less(a);
    // One division for all three cases.
    let above = F::select(steep, -one, F::select(middle, a - one, a));
    let below = F::select(steep, a, F::select(middle, a + one, one));
    let start =
        F::select(steep, x.real(HALF_PI), F::select(middle, x.real(QUARTER_PI), x.constant(F::Scalar::ZERO)));
    let r = above / below;
    let z = r * r;
    let tail = z * polynomial(z, reals(ARC)) / polynomial(z, reals(ARC_DIVISOR));
    (start + tail.mul_add(r, r)).copysign(x)
}

/// The angle in radians, between −π/2 and π/2, of which `x` is the sine; NaN beyond ±1. As `atan(x / √(1 − x²))`.
///
/// ```
/// use backprop_runtime::math::functions::asin;
/// assert!((asin(0.5_f64) - core::f64::consts::FRAC_PI_6).abs() < 1e-15);
/// ```
#[inline(always)]
pub fn asin<F: Float>(x: F) -> F {
    let one = x.constant(F::Scalar::ONE);
    atan(x / ((one - x) * (one + x)).sqrt())
}

/// The angle in radians, between 0 and π, of which `x` is the cosine; NaN beyond ±1. As `2 atan √((1 − x) / (1 + x))`.
///
/// ```
/// use backprop_runtime::math::functions::acos;
/// assert!((acos(0.5_f64) - core::f64::consts::FRAC_PI_3).abs() < 1e-15);
/// assert_eq!(acos(1.0_f64), 0.0);
/// ```
#[inline(always)]
pub fn acos<F: Float>(x: F) -> F {
    let one = x.constant(F::Scalar::ONE);
    let half = atan(((one - x) / (one + x)).sqrt());
    half + half
}

/// `ln(1 + eˣ)`, which neither overflows nor loses small results.
///
/// ```
/// use backprop_runtime::math::functions::softplus;
/// assert_eq!((softplus(1e4_f32), softplus(0.0_f64)), (1e4, core::f64::consts::LN_2));
/// ```
#[inline(always)]
pub fn softplus<F: Float>(x: F) -> F {
    // With x first, NaN stays NaN.
    max(x, x.constant(F::Scalar::ZERO)) + (-x.abs()).exp().ln_1p()
}

/// `x` to a whole power, by repeated squaring; the reciprocal for negative ones.
///
/// ```
/// use backprop_runtime::math::functions::powi;
/// assert_eq!((powi(3.0_f64, 4), powi(2.0_f32, -2), powi(-2.0_f64, 3)), (81.0, 0.25, -8.0));
/// ```
#[inline(always)]
pub fn powi<F: Float>(x: F, exponent: i32) -> F {
    let one = x.constant(F::Scalar::ONE);
    let (mut left, mut square, mut power) = (exponent.unsigned_abs(), x, one);
    while left != 0 {
        if left & 1 == 1 {
            power = power * square;
        }
        left >>= 1;
        if left != 0 {
            square = square * square;
        }
    }
    if exponent < 0 { one / power } else { power }
}

/// `x` to any power, e to the power of `exponent` · ln x; NaN below 0.
///
/// Its relative error grows with the result's logarithm: about |`exponent` · ln x| units in the last place.
///
/// ```
/// use backprop_runtime::math::functions::powf;
/// assert!((powf(2.0_f64, 0.5) - core::f64::consts::SQRT_2).abs() < 1e-15);
/// assert!(powf(-2.0_f64, 2.0).is_nan());
/// ```
#[inline(always)]
pub fn powf<F: Float>(x: F, exponent: F) -> F {
    (exponent * x.ln()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Function<S> = fn(S) -> S;

    /// A function in both precisions, the truth, and the largest argument to try.
    type Case = (Function<f64>, Function<f32>, Function<f64>, f64);

    fn all() -> [Case; 8] {
        [
            (tan, tan, libm::tan, 1e3),
            (sinh, sinh, libm::sinh, 80.0),
            (cosh, cosh, libm::cosh, 80.0),
            (atan, atan, libm::atan, 1e30),
            (asin, asin, libm::asin, 1.0),
            (acos, acos, libm::acos, 1.0),
            (softplus, softplus, |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs())), 80.0),
            (|x| powi(x, 5), |x| powi(x, 5), |x| libm::pow(x, 5.0), 1e3),
        ]
    }

    #[test]
    fn errors_are_a_few_units_in_the_last_place() {
        for (index, (double, single, exact, largest)) in all().into_iter().enumerate() {
            let mut a = 1e-6;
            while a < largest {
                for x in [a, -a] {
                    let (y, truth) = (double(x), exact(x));
                    assert!(
                        (y - truth).abs() <= 8.0 * f64::EPSILON * truth.abs(),
                        "{index}: {x} {y} {truth}"
                    );
                    let x = x as f32;
                    let (y, truth) = (single(x), exact(f64::from(x)));
                    let error = (f64::from(y) - truth).abs();
                    assert!(error <= 8.0 * f64::from(f32::EPSILON) * truth.abs(), "{index}: {x} {y} {truth}");
                }
                a *= 1.003;
            }
        }
    }

    #[test]
    fn powers_of_real_exponents_have_the_documented_error() {
        for x in [1e-3_f64, 0.3, 0.99, 1.0, 1.7, 40.0] {
            for p in [-2.5_f64, -0.3, 0.7, 3.1] {
                let (y, truth) = (powf(x, p), libm::pow(x, p));
                let units = 4.0 + 2.0 * (p * libm::log(x)).abs();
                assert!((y - truth).abs() <= units * f64::EPSILON * truth, "{x}^{p}: {y} {truth}");
            }
        }
        assert_eq!(powf(0.0_f64, 2.5), 0.0);
        assert!(powf(-1.0_f32, 0.5).is_nan());
    }

    #[test]
    fn corners_are_exact() {
        assert_eq!(atan(f64::INFINITY), FRAC_PI_2);
        assert_eq!(asin(-1.0_f64), -FRAC_PI_2);
        assert_eq!(acos(1.0_f64), 0.0);
        assert!(asin(1.5_f64).is_nan());
        assert_eq!(sinh(-1e4_f32), f32::NEG_INFINITY);
        assert_eq!(cosh(-1e4_f32), f32::INFINITY);
        assert_eq!(
            (sinh(-0.0_f64).to_bits(), atan(-0.0_f64).to_bits()),
            ((-0.0_f64).to_bits(), (-0.0_f64).to_bits())
        );
        assert_eq!((softplus(1e4_f32), softplus(-1e4_f32)), (1e4, 0.0));
        assert_eq!((sign(-3.0_f64), sign(0.0_f64), sign(2.0_f64)), (-1.0, 0.0, 1.0));
        assert_eq!((min(1.0_f64, 2.0), max(1.0_f64, 2.0)), (1.0, 2.0));
        for f in all() {
            assert!((f.0)(f64::NAN).is_nan());
        }
    }
}
