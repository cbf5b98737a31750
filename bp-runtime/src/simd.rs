//! Vectors of 64 bytes, and the choice of instruction set.
//!
//! A kernel is written once, generic over a token `V:` [`Simd`] of the instruction set, on vectors of
//! [`Lanes::LANES`] numbers: 16 of `f32`, 8 of `f64`. They are one register of AVX-512, two of AVX2, four of
//! SSE2, NEON or wasm, and an array elsewhere. [`dispatch!`](crate::dispatch) calls it with the best token of
//! this machine: at run time on x86 with `std`, at compile time otherwise.
//!
//! Everything between `dispatch!` and a vector operation is `#[inline(always)]`, so that the whole kernel is
//! compiled for the instruction set.

pub use fearless_simd::prelude::*;
pub use fearless_simd::{Level, Simd};

/// The 64-byte vector of a scalar type.
pub trait Lanes: fearless_simd::SimdFloatElement {
    /// How many numbers a vector holds.
    const LANES: usize;
    /// The vector.
    type Vector<V: Simd>: SimdFloat<V, Element = Self>
        + SimdBase<V, Element = Self, Array = Self::Array>
        + crate::math::Float<Scalar = Self>;
    /// The vector in memory: `[Self; LANES]`.
    type Array: Copy + AsRef<[Self]> + AsMut<[Self]>;
}

impl Lanes for f32 {
    const LANES: usize = 16;
    type Vector<V: Simd> = fearless_simd::f32x16<V>;
    type Array = [Self; 16];
}

impl Lanes for f64 {
    const LANES: usize = 8;
    type Vector<V: Simd> = fearless_simd::f64x8<V>;
    type Array = [Self; 8];
}

/// The best instruction set of this machine.
#[inline]
pub fn level() -> Level {
    #[cfg(feature = "std")]
    return Level::new();
    #[cfg(not(feature = "std"))]
    Level::baseline()
}

/// Evaluates an expression compiled for the best instruction set of this machine, with its token.
///
/// ```
/// use backprop_runtime::dispatch;
/// use backprop_runtime::simd::{Lanes, Simd, SimdBase};
///
/// #[inline(always)]
/// fn double<V: Simd>(v: V, x: &mut [f32; 16]) {
///     let vector = <f32 as Lanes>::Vector::<V>::load_array_ref(v, x);
///     (vector + vector).store_array(x);
/// }
///
/// let mut x = [3.0; 16];
/// dispatch!(v => double(v, &mut x));
/// assert_eq!(x, [6.0; 16]);
/// ```
#[macro_export]
macro_rules! dispatch {
    ($simd:ident => $operation:expr) => {
        match $crate::simd::level() {
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Level::Avx512($simd) => {
                $crate::simd::Simd::vectorize($simd, #[inline(always)] || $operation)
            }
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Level::Avx2($simd) => {
                $crate::simd::Simd::vectorize($simd, #[inline(always)] || $operation)
            }
            _ => $crate::__baseline!($simd => $operation),
        }
    };
}

/// The instruction set that every machine of the target has.
#[doc(hidden)]
#[macro_export]
macro_rules! __baseline {
    ($simd:ident => $operation:expr) => {{
        #[cfg(target_arch = "x86_64")]
        let $crate::simd::Level::Sse2($simd) = $crate::simd::Level::baseline() else { unreachable!() };
        $crate::simd::Simd::vectorize(
            $simd,
            #[inline(always)]
            || $operation,
        )
    }};
}
