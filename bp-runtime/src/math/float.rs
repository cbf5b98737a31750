//! [`Float`]: what a formula may do with a number, be it one scalar or a vector of them.

use crate::{Real, Scalar};
use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// One scalar, or a vector of scalars that go through the same steps.
///
/// A formula written over this trait has no branches: it computes both sides and [`select`](Self::select)s.
/// It is implemented by `f32`, `f64` and the vectors of [`Lanes`](crate::simd::Lanes).
///
/// ```
/// use backprop_runtime::math::Float;
///
/// fn hypotenuse<F: Float>(a: F, b: F) -> F {
///     a.mul_add(a, b * b).sqrt()
/// }
/// assert_eq!(hypotenuse(3.0_f32, 4.0), 5.0);
/// ```
///
/// The elementary functions are those of the [module](crate::math), with their errors.
pub trait Float:
    Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<Self::Scalar, Output = Self>
    + Sub<Self::Scalar, Output = Self>
    + Mul<Self::Scalar, Output = Self>
{
    /// The type of one number.
    type Scalar: Scalar;
    /// The outcome of a comparison, one for each number.
    type Mask: Copy + BitAnd<Output = Self::Mask> + BitOr<Output = Self::Mask> + Not<Output = Self::Mask>;

    /// `value` in every place.
    fn constant(self, value: Self::Scalar) -> Self;
    /// A constant of a formula for both precisions, in every place.
    #[inline(always)]
    fn real(self, value: Real) -> Self {
        self.constant(Self::Scalar::real(value))
    }
    /// `self × factor + term`, rounded once where the instruction set can, otherwise twice.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The absolute value of `self` with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// The larger of two numbers, neither of them NaN.
    fn max(self, other: Self) -> Self;
    /// The smaller of two numbers, neither of them NaN.
    fn min(self, other: Self) -> Self;
    /// The nearest number between `low` and `high`; NaN stays NaN.
    fn clamp(self, low: Self::Scalar, high: Self::Scalar) -> Self;
    /// `self < other`; false for NaN, as all comparisons.
    fn less(self, other: Self) -> Self::Mask;
    /// `self ≤ other`
    fn less_equal(self, other: Self) -> Self::Mask;
    /// `self = other`
    fn equal(self, other: Self) -> Self::Mask;
    /// `yes` where the mask holds, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// The nearest whole number to `self × factor`, ties to even, for products up to 2²² (`f64`: 2⁵¹).
    fn times_rounded(self, factor: Self::Scalar) -> Self;
    /// 2ᵏ for a whole number `k` such that it is normal.
    fn exp2_whole(self) -> Self;
    /// `m` in `[√½, √2)` and a whole number `e` with `m × 2ᵉ = self`, for positive normal numbers.
    fn split(self) -> (Self, Self);
    /// Whether the bit of value `bit` is set in a whole number, in two's complement, up to 2²².
    fn has_bit(self, bit: u8) -> Self::Mask;

    /// eˣ
    fn exp(self) -> Self;
    /// eˣ − 1, accurate near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The sine and the cosine of an angle in radians.
    fn sin_cos(self) -> (Self, Self);

    /// ln(1 + x), accurate near 0.
    #[inline(always)]
    fn ln_1p(self) -> Self {
        // The part of x that 1 + x rounds away comes back as the first term of the series around 1 + x.
        let one = self.constant(Self::Scalar::ONE);
        let sum = self + one;
        let y = sum.ln() + (self - (sum - one)) / sum;
        let y = Self::select(sum.less(self.constant(Self::Scalar::INFINITY)), y, sum);
        let y = Self::select(self.equal(-one), self.constant(-Self::Scalar::INFINITY), y);
        y.copysign(self)
    }

    /// 1 / (1 + e⁻ˣ), the logistic function.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        // e to a negative power does not overflow, and keeps the relative accuracy of small results.
        let one = self.constant(Self::Scalar::ONE);
        let e = (-self.abs()).exp();
        Self::select(self.less(self.constant(Self::Scalar::ZERO)), e, one) / (one + e)
    }

    /// The sine of an angle in radians.
    #[inline(always)]
    fn sin(self) -> Self {
        self.sin_cos().0
    }

    /// The cosine of an angle in radians.
    #[inline(always)]
    fn cos(self) -> Self {
        self.sin_cos().1
    }
}

/// `a × b + c`: fused where the target has the instruction, so that scalars and lanes agree there.
macro_rules! mul_add {
    ($a:expr, $b:expr, $c:expr) => {{
        #[cfg(all(
            feature = "std",
            not(backprop_reproducible),
            any(target_feature = "fma", target_arch = "aarch64")
        ))]
        let sum = $a.mul_add($b, $c);
        #[cfg(not(all(
            feature = "std",
            not(backprop_reproducible),
            any(target_feature = "fma", target_arch = "aarch64")
        )))]
        let sum = $a * $b + $c;
        sum
    }};
}

/// Implements [`Float`] for a scalar type and its vector. `$root_half` are the bits of √½.
macro_rules! float {
    ($scalar:ident, $bits:ident, $vector:ident, $sqrt:path, $module:ident,
     mantissa: $mantissa:literal, bias: $bias:literal, root_half: $root_half:literal) => {
        const _: () = {
            /// Adding it leaves no place for a fraction: the last bits are those of a whole number.
            const ROUND: $scalar = (3_u64 << ($mantissa - 1)) as $scalar;
            /// As [`ROUND`], but the last bits are those of the exponent field of 2ᵏ.
            const EXPONENT: $scalar = ROUND + $bias as $scalar;
            const FRACTION: $bits = (1 << $mantissa) - 1;
            /// From the exponent of √½ to that of 1, so that splitting there is splitting at a power of two.
            const TO_ONE: $bits = ($bias << $mantissa) - $root_half;
            /// A power of two whose last bits are a whole number of positive sign.
            const COUNT: $scalar = (1_u64 << $mantissa) as $scalar;

            impl Float for $scalar {
                type Scalar = $scalar;
                type Mask = bool;

                #[inline(always)]
                fn constant(self, value: $scalar) -> Self {
                    value
                }
                #[inline(always)]
                fn mul_add(self, factor: Self, term: Self) -> Self {
                    mul_add!(self, factor, term)
                }
                #[inline(always)]
                fn abs(self) -> Self {
                    $scalar::abs(self)
                }
                #[inline(always)]
                fn sqrt(self) -> Self {
                    $sqrt(self)
                }
                #[inline(always)]
                fn copysign(self, sign: Self) -> Self {
                    $scalar::copysign(self, sign)
                }
                #[inline(always)]
                fn max(self, other: Self) -> Self {
                    if self > other { self } else { other }
                }
                #[inline(always)]
                fn min(self, other: Self) -> Self {
                    if self < other { self } else { other }
                }
                #[inline(always)]
                fn clamp(self, low: $scalar, high: $scalar) -> Self {
                    let raised = if self < low { low } else { self };
                    if raised > high { high } else { raised }
                }
                #[inline(always)]
                fn less(self, other: Self) -> bool {
                    self < other
                }
                #[inline(always)]
                fn less_equal(self, other: Self) -> bool {
                    self <= other
                }
                #[inline(always)]
                fn equal(self, other: Self) -> bool {
                    self == other
                }
                #[inline(always)]
                fn select(mask: bool, yes: Self, no: Self) -> Self {
                    if mask { yes } else { no }
                }
                #[inline(always)]
                fn times_rounded(self, factor: $scalar) -> Self {
                    Float::mul_add(self, factor, ROUND) - ROUND
                }
                #[inline(always)]
                fn exp2_whole(self) -> Self {
                    $scalar::from_bits((self + EXPONENT).to_bits() << $mantissa)
                }
                #[inline(always)]
                fn split(self) -> (Self, Self) {
                    let bits = self.to_bits().wrapping_add(TO_ONE);
                    let m = $scalar::from_bits((bits & FRACTION).wrapping_add($root_half));
                    let e = $scalar::from_bits((bits >> $mantissa) | COUNT.to_bits());
                    (m, e - (COUNT + $bias as $scalar))
                }
                #[inline(always)]
                fn has_bit(self, bit: u8) -> bool {
                    (self + ROUND).to_bits() & $bits::from(bit) != 0
                }
                float!(@functions $module);
            }

            impl<V: Simd> Float for fearless_simd::$vector<V> {
                type Scalar = $scalar;
                type Mask = <Self as SimdBase<V>>::Mask;

                #[inline(always)]
                fn constant(self, value: $scalar) -> Self {
                    Self::splat(self.token(), value)
                }
                #[inline(always)]
                fn mul_add(self, factor: Self, term: Self) -> Self {
                    SimdFloat::mul_add(self, factor, term)
                }
                #[inline(always)]
                fn abs(self) -> Self {
                    SimdBase::abs(self)
                }
                #[inline(always)]
                fn sqrt(self) -> Self {
                    SimdFloat::sqrt(self)
                }
                #[inline(always)]
                fn copysign(self, sign: Self) -> Self {
                    SimdFloat::copysign(self, sign)
                }
                #[inline(always)]
                fn max(self, other: Self) -> Self {
                    SimdBase::max(self, other)
                }
                #[inline(always)]
                fn min(self, other: Self) -> Self {
                    SimdBase::min(self, other)
                }
                #[inline(always)]
                fn clamp(self, low: $scalar, high: $scalar) -> Self {
                    SimdBase::clamp(self, low, high)
                }
                #[inline(always)]
                fn less(self, other: Self) -> Self::Mask {
                    self.simd_lt(other)
                }
                #[inline(always)]
                fn less_equal(self, other: Self) -> Self::Mask {
                    self.simd_le(other)
                }
                #[inline(always)]
                fn equal(self, other: Self) -> Self::Mask {
                    self.simd_eq(other)
                }
                #[inline(always)]
                fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                    mask.select(yes, no)
                }
                #[inline(always)]
                fn times_rounded(self, factor: $scalar) -> Self {
                    Float::mul_add(self, self.constant(factor), self.constant(ROUND)) - ROUND
                }
                #[inline(always)]
                fn exp2_whole(self) -> Self {
                    Self::from_bits((self + EXPONENT).to_bits() << $mantissa)
                }
                #[inline(always)]
                fn split(self) -> (Self, Self) {
                    let bits = self.to_bits() + TO_ONE;
                    let m = Self::from_bits((bits & FRACTION) + $root_half);
                    let e = Self::from_bits((bits >> $mantissa) | COUNT.to_bits());
                    (m, e - (COUNT + $bias as $scalar))
                }
                #[inline(always)]
                fn has_bit(self, bit: u8) -> Self::Mask {
                    ((self + ROUND).to_bits() & $bits::from(bit)).simd_ne(0)
                }
                float!(@functions $module);
            }
        };
    };
    (@functions $module:ident) => {
        #[inline(always)]
        fn exp(self) -> Self {
            $module::exp(self)
        }
        #[inline(always)]
        fn exp_m1(self) -> Self {
            $module::exp_m1(self)
        }
        #[inline(always)]
        fn ln(self) -> Self {
            $module::ln(self)
        }
        #[inline(always)]
        fn tanh(self) -> Self {
            $module::tanh(self)
        }
        #[inline(always)]
        fn erf(self) -> Self {
            $module::erf(self)
        }
        #[inline(always)]
        fn sin_cos(self) -> (Self, Self) {
            $module::sin_cos(self)
        }
    };
}

use super::{double, single};
use crate::simd::{Select as _, Simd, SimdBase, SimdFloat};
use fearless_simd::prelude::ExtractToken as _;

float!(f32, u32, f32x16, libm::sqrtf, single, mantissa: 23, bias: 127, root_half: 0x3f35_04f3);
float!(f64, u64, f64x8, libm::sqrt, double, mantissa: 52, bias: 1023, root_half: 0x3fe6_a09e_667f_3bcd);

/// Σ cᵢ xⁱ, lowest order first: even and odd orders apart, which halves the chain of dependent steps.
#[inline(always)]
pub(super) fn polynomial<F: Float, const N: usize>(x: F, c: [F::Scalar; N]) -> F {
    const { assert!(N >= 2, "a constant and a slope") };
    let square = x * x;
    let even = horner(square, &c, (N - 1) / 2 * 2);
    let odd = horner(square, &c, N / 2 * 2 - 1);
    odd.mul_add(x, even)
}

/// The terms of every second order from `last` down.
#[inline(always)]
fn horner<F: Float, const N: usize>(square: F, c: &[F::Scalar; N], last: usize) -> F {
    // Counted down, and thus unrolled: a loop over an iterator is not, and costs more than its steps.
    let mut order = last;
    let mut sum = square.constant(c[order]);
    while order >= 2 {
        order -= 2;
        sum = sum.mul_add(square, square.constant(c[order]));
    }
    sum
}
