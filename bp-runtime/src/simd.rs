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
pub trait Lanes: fearless_simd::SimdFloatElement + crate::kernels::Kernels {
    /// How many numbers a vector holds.
    const LANES: usize;
    /// The vector.
    type Vector<V: Simd>: SimdFloat<V, Element = Self>
        + SimdBase<V, Element = Self, Array = Self::Array>
        + crate::math::Float<Scalar = Self>;
    /// The vector in memory: `[Self; LANES]`.
    type Array: Copy + AsRef<[Self]> + AsMut<[Self]>;

    /// The numbers as vectors in memory, without the rest that fills none.
    fn vectors(values: &[Self]) -> &[Self::Array];
    /// The same, to write.
    fn vectors_mut(values: &mut [Self]) -> &mut [Self::Array];
}

macro_rules! lanes {
    ($scalar:ty, $vector:ident, $lanes:literal) => {
        impl Lanes for $scalar {
            const LANES: usize = $lanes;
            type Vector<V: Simd> = fearless_simd::$vector<V>;
            type Array = [Self; $lanes];

            #[inline(always)]
            fn vectors(values: &[Self]) -> &[Self::Array] {
                values.as_chunks().0
            }
            #[inline(always)]
            fn vectors_mut(values: &mut [Self]) -> &mut [Self::Array] {
                values.as_chunks_mut().0
            }
        }
    };
}
lanes!(f32, f32x16, 16);
lanes!(f64, f64x8, 8);

/// Copies as many numbers as both have, fewer than 32.
///
/// In pieces of constant size: for a few numbers the call of a routine that copies any number costs more.
#[inline(always)]
pub(crate) fn copy_few<S: Copy>(from: &[S], to: &mut [S]) {
    let (mut from, mut to) = (from, to);
    macro_rules! pieces {
        ($($size:literal)*) => { $(
            if let (Some((a, rest)), true) = (from.split_first_chunk::<$size>(), to.len() >= $size)
                && let Some((b, places)) = core::mem::take(&mut to).split_first_chunk_mut::<$size>()
            {
                *b = *a;
                (from, to) = (rest, places);
            }
        )* };
    }
    pieces!(16 8 4 2 1);
    let _ = (from, to);
}

/// How many `f32` one register of the instruction set holds: 16, 8 or 4 (1 without vectors).
#[inline(always)]
pub(crate) const fn register<V: Simd>() -> usize {
    <<f32 as fearless_simd::SimdFloatElement>::Native<V> as SimdBase<V>>::LEN
}

/// The best instruction set of this machine.
#[inline]
pub fn level() -> Level {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    return limited::level();
    #[cfg(all(feature = "std", not(target_arch = "x86_64")))]
    return Level::new();
    #[cfg(not(feature = "std"))]
    Level::baseline()
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod limited {
    use super::{Level, baseline};
    use core::sync::atomic::{AtomicU8, Ordering};

    /// The most that [`level`](super::level) may find, for tests and benchmarks of the other kernels.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u8)]
    pub enum Limit {
        /// Whatever the machine has.
        None = 0,
        /// AVX2 with FMA, if the machine has it.
        Avx2 = 1,
        /// What every machine of the target has.
        Baseline = 2,
    }

    static LIMIT: AtomicU8 = AtomicU8::new(Limit::None as u8);

    /// Limits the instruction set of the whole process from now on.
    #[doc(hidden)]
    pub fn limit(limit: Limit) {
        LIMIT.store(limit as u8, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn level() -> Level {
        let level = Level::new();
        match (LIMIT.load(Ordering::Relaxed), level.as_avx2()) {
            (0, _) => level,
            (1, Some(avx2)) => Level::Avx2(avx2),
            _ => baseline::level(),
        }
    }
}
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[doc(hidden)]
pub use limited::{Limit, limit};

#[doc(hidden)]
pub use baseline::token as baseline;

/// The instruction set that every machine of the target has.
#[expect(missing_docs, reason = "hidden: what `dispatch!` expands to")]
mod baseline {
    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    pub(super) fn level() -> super::Level {
        super::Level::Sse2(token())
    }

    #[cfg(all(
        any(target_arch = "x86", target_arch = "x86_64"),
        target_feature = "sse2",
        target_feature = "fxsr"
    ))]
    #[expect(unsafe_code, reason = "the choice of instruction set")]
    #[inline(always)]
    pub fn token() -> fearless_simd::Sse2 {
        // SAFETY: this is compiled only where the whole program requires SSE2.
        unsafe { fearless_simd::Sse2::assume_supported() }
    }

    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    #[expect(unsafe_code, reason = "the choice of instruction set")]
    #[inline(always)]
    pub fn token() -> fearless_simd::Neon {
        // SAFETY: this is compiled only where the whole program requires NEON.
        unsafe { fearless_simd::Neon::assume_supported() }
    }

    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    #[expect(unsafe_code, reason = "the choice of instruction set")]
    #[inline(always)]
    pub fn token() -> fearless_simd::WasmSimd128 {
        // SAFETY: this is compiled only where the whole program requires simd128.
        unsafe { fearless_simd::WasmSimd128::assume_supported() }
    }

    #[cfg(not(any(
        all(
            any(target_arch = "x86", target_arch = "x86_64"),
            target_feature = "sse2",
            target_feature = "fxsr"
        ),
        all(target_arch = "aarch64", target_feature = "neon"),
        all(target_arch = "wasm32", target_feature = "simd128")
    )))]
    #[inline(always)]
    pub fn token() -> fearless_simd::Fallback {
        fearless_simd::Fallback::new()
    }
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
            $crate::simd::Level::Avx512($simd) => $crate::simd::Simd::vectorize(
                $simd,
                #[inline(always)]
                || $operation,
            ),
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Level::Avx2($simd) => $crate::simd::Simd::vectorize(
                $simd,
                #[inline(always)]
                || $operation,
            ),
            _ => {
                let $simd = $crate::simd::baseline();
                $crate::simd::Simd::vectorize(
                    $simd,
                    #[inline(always)]
                    || $operation,
                )
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::copy_few;

    #[test]
    fn few_numbers_are_copied_up_to_the_shorter_end() {
        let from: [u8; 31] = core::array::from_fn(|place| place as u8 + 1);
        for length in 0..=31 {
            for room in 0..=31 {
                let mut to = [0; 40];
                copy_few(&from[..length], &mut to[..room]);
                for (place, to) in to.into_iter().enumerate() {
                    let copied = place < length.min(room);
                    assert_eq!(to, if copied { place as u8 + 1 } else { 0 }, "{length} {room}");
                }
            }
        }
    }
}
