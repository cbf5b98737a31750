//! The number types of a network: `f32` and `f64`.

use crate::Flat;
use crate::math::Float;
use crate::saved::Saved;
use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A number that a network computes with.
///
/// Everything in the runtime is written over this trait, so that an `f32` network never computes in `f64`.
/// Its elementary functions are those of [`math`](crate::math); over slices use [`map`](crate::math::map).
pub trait Scalar:
    Copy
    + PartialOrd
    + Default
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Flat<Number = Self>
    + Saved
    + crate::kernels::Kernels
    + crate::optimizers::Updates
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// +∞
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest normal number times 2²⁶: see [`streaming`](crate::streaming).
    const TAIL: Self;

    /// The form of `real` for this type, chosen without computing.
    fn real(real: Real) -> Self;
    /// The number in the form that settings have.
    fn to_real(self) -> Real;
    /// A count as a number; exact up to 2²⁴ (`f32`).
    fn from_usize(count: usize) -> Self;
    /// The number as an index: truncated, 0 for negative numbers and NaN.
    fn to_usize(self) -> usize;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// eˣ
    fn exp(self) -> Self;
    /// eˣ − 1, accurate near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + x), accurate near 0.
    fn ln_1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// 1 / (1 + e⁻ˣ)
    fn sigmoid(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The sine of an angle in radians.
    fn sin(self) -> Self;
    /// The cosine of an angle in radians.
    fn cos(self) -> Self;
    /// A number of `[0, 1)` from random bits: 24 of them for `f32`, 53 for `f64`.
    fn uniform(random: u64) -> Self;

    /// The bytes of a number: `[u8; 4]` or `[u8; 8]`.
    type Bytes: AsRef<[u8]> + for<'a> TryFrom<&'a [u8]>;
    /// The number's bytes, the least significant first.
    fn to_le_bytes(self) -> Self::Bytes;
    /// The number with these bytes, the least significant first.
    fn from_le_bytes(bytes: Self::Bytes) -> Self;
}

/// A constant in both precisions, so that choosing one is no arithmetic at run time.
///
/// ```
/// use backprop_runtime::{Real, Scalar};
/// let rate = Real::new(1e-3);
/// assert_eq!(f64::real(rate), 1e-3);
/// assert_eq!(f32::real(rate), 1e-3_f32);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Real {
    single: f32,
    double: f64,
}

impl Real {
    /// From the `f64` that holds it best.
    #[inline]
    pub const fn new(value: f64) -> Self {
        Self { single: value as f32, double: value }
    }

    pub(crate) const fn is_one(self) -> bool {
        self.double == 1.0
    }

    /// Whether learning rates may be multiplied by it: it is finite and at least 0, in both precisions.
    pub(crate) const fn is_factor(self) -> bool {
        self.double >= 0.0 && self.single < f32::INFINITY
    }

    /// The bits of both precisions.
    #[inline]
    pub(crate) const fn to_bits(self) -> (u32, u64) {
        (self.single.to_bits(), self.double.to_bits())
    }

    #[inline]
    pub(crate) const fn from_bits((single, double): (u32, u64)) -> Self {
        Self { single: f32::from_bits(single), double: f64::from_bits(double) }
    }
}

impl From<f64> for Real {
    #[inline]
    fn from(value: f64) -> Self {
        Self::new(value)
    }
}

impl From<f32> for Real {
    #[inline]
    fn from(value: f32) -> Self {
        Self { single: value, double: value as f64 }
    }
}

macro_rules! scalar {
    ($type:ident, $field:ident, $bits:literal, $sqrt:path) => {
        impl Scalar for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const INFINITY: Self = $type::INFINITY;
            const NAN: Self = $type::NAN;
            const EPSILON: Self = $type::EPSILON;
            const TAIL: Self = $type::MIN_POSITIVE * 67_108_864.0;

            #[inline]
            fn to_real(self) -> Real {
                self.into()
            }
            #[inline(always)]
            fn real(real: Real) -> Self {
                real.$field
            }
            #[inline(always)]
            fn from_usize(count: usize) -> Self {
                count as $type
            }
            #[inline(always)]
            fn to_usize(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $type::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $sqrt(self)
            }
            scalar!(@elementary exp, exp_m1, ln, ln_1p, tanh, sigmoid, erf, sin, cos);
            #[inline(always)]
            fn uniform(random: u64) -> Self {
                (random >> (64 - $bits)) as $type * (1.0 / (1_u64 << $bits) as $type)
            }

            type Bytes = [u8; size_of::<$type>()];
            #[inline(always)]
            fn to_le_bytes(self) -> Self::Bytes {
                $type::to_le_bytes(self)
            }
            #[inline(always)]
            fn from_le_bytes(bytes: Self::Bytes) -> Self {
                $type::from_le_bytes(bytes)
            }
        }
    };
    // Not inlined: compiled once, in this crate, with its optimisation.
    (@elementary $($function:ident),*) => { $(
        fn $function(self) -> Self {
            Float::$function(self)
        }
    )* };
}
scalar!(f32, single, 24, libm::sqrtf);
scalar!(f64, double, 53, libm::sqrt);
