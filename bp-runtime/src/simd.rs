//! Vectors of 64 bytes, and the choice of instruction set.
//!
//! A kernel is written once, generic over a token `V:` [`Simd`] of the instruction set, on vectors of
//! [`Lanes::LANES`] numbers: 16 of `f32`, 8 of `f64`. They are one register of AVX-512, two of AVX2, four of
//! SSE2, NEON or wasm, and an array elsewhere, where most kernels have plain loops instead.
//! [`dispatch!`](crate::dispatch) calls it with the best token of this machine: at run time on x86 with `std`, at compile
//! time otherwise.
//!
//! Everything between `dispatch!` and a vector operation is `#[inline(always)]`, so that the whole kernel is
//! compiled for the instruction set. A closure with vectors in it that is passed to a function of `core`, such as `map` of an array,
//! is not: it may become a call that is compiled without the instruction set, and takes tens of times as long.

mod lanes;

pub use fearless_simd::prelude::*;
pub use fearless_simd::{Level, Simd};
pub use lanes::Lanes;

/// How many `f32` one register of the instruction set holds: 16, 8 or 4.
///
/// Where there are none, vectors of four are emulated: see [`HAS_VECTORS`].
#[inline(always)]
pub(crate) const fn register<V: Simd>() -> usize {
    <<f32 as fearless_simd::SimdFloatElement>::Native<V> as SimdBase<V>>::LEN
}

/// Whether the program is built with `--cfg backprop_reproducible`: products are rounded before they are added, on every
/// target, and the baseline's instructions are the only ones.
///
/// A flag of the compiler and not a feature, because features add up: one crate that wants it would slow down all others
/// of a program.
///
/// Without it a multiply-add is fused where the machine can: AVX2, AVX-512 and NEON agree to the bit, and so do the SSE2
/// baseline, wasm with and without vectors, and cores without vectors; but not the ones with the others. No target lacks a
/// multiplication and an addition, so these are what all can agree on; emulating the fused one takes tens of
/// instructions where it is missing.
pub const REPRODUCIBLE: bool = cfg!(backprop_reproducible);

/// Whether the baseline's multiply-adds are fused.
pub(crate) const FUSED: bool =
    cfg!(all(target_arch = "aarch64", target_feature = "neon", not(backprop_reproducible)));

/// Whether every machine of the target has vectors. Elsewhere emulated ones are slow and fill the flash: what most
/// networks use has plain loops there, which give the same bits.
pub(crate) const HAS_VECTORS: bool = cfg!(any(
    all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2", target_feature = "fxsr"),
    // Its multiply-adds are fused.
    all(target_arch = "aarch64", target_feature = "neon", not(backprop_reproducible)),
    all(target_arch = "wasm32", target_feature = "simd128")
));

/// Whether the instruction set is chosen when the program runs.
const AT_RUN_TIME: bool = cfg!(all(feature = "std", target_arch = "x86_64", not(backprop_reproducible)));

/// Whether what has plain loops is compiled for the vectors of the baseline, too.
///
/// Not where the instruction set is chosen at run time: processors without AVX2 are few, and their copy of each formula
/// would be a sixth of the code and of the time that the crate takes to build.
#[doc(hidden)]
pub const BASELINE_VECTORS: bool = HAS_VECTORS && !AT_RUN_TIME;

/// A kernel without plain loops, in this macro. With vectors it is compiled once, in this crate. Emulated, it is much code: it
/// is compiled with the network that uses it, if one does.
macro_rules! kernel {
    ($($function:tt)*) => {
        #[cfg_attr(any(target_feature = "sse2", target_feature = "neon", target_feature = "simd128"), inline(never))]
        #[cfg_attr(not(any(target_feature = "sse2", target_feature = "neon", target_feature = "simd128")), inline)]
        $($function)*
    };
}
pub(crate) use kernel;

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

/// Whether kernels are compiled for AVX-512: not those of `f64`.
///
/// They would be a sixth of the code and of the time that the crate takes to build. Processors that execute AVX-512 in
/// halves, as Zen 4 does, multiply as fast without it.
#[doc(hidden)]
pub const fn has_avx512<S>() -> bool {
    (AT_RUN_TIME || cfg!(target_feature = "avx512f") && has_avx2()) && size_of::<S>() == size_of::<f32>()
}

/// Whether kernels are compiled for AVX2: where the choice is made at run time, or every machine has it.
#[doc(hidden)]
pub const fn has_avx2() -> bool {
    AT_RUN_TIME || cfg!(target_feature = "avx2") && !REPRODUCIBLE
}

/// The best instruction set of this machine for which there are kernels of a scalar type.
#[inline]
pub fn level_of<S>() -> Level {
    let level = level();
    #[cfg(target_arch = "x86_64")]
    if const { !has_avx512::<S>() } {
        return level.as_avx2().map_or(level, Level::Avx2);
    }
    level
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

    #[cfg(not(test))]
    static LIMIT: AtomicU8 = AtomicU8::new(Limit::None as u8);
    // Tests run side by side, and compare bits that another limit in the midst of them would change.
    #[cfg(test)]
    std::thread_local! {
        static LIMIT: AtomicU8 = const { AtomicU8::new(Limit::None as u8) };
    }

    #[cfg(not(test))]
    #[inline]
    fn of_limit<T>(f: impl FnOnce(&AtomicU8) -> T) -> T {
        f(&LIMIT)
    }
    #[cfg(test)]
    fn of_limit<T>(f: impl FnOnce(&AtomicU8) -> T) -> T {
        LIMIT.with(f)
    }

    /// Limits the instruction set of the whole process from now on; in this crate's own tests, of the thread.
    #[doc(hidden)]
    pub fn limit(limit: Limit) {
        of_limit(|of| of.store(limit as u8, Ordering::Relaxed));
    }

    #[inline]
    pub(super) fn level() -> Level {
        let level = Level::new();
        match (of_limit(|of| of.load(Ordering::Relaxed)), level.as_avx2()) {
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

    #[cfg(all(target_arch = "aarch64", target_feature = "neon", not(backprop_reproducible)))]
    #[expect(unsafe_code, reason = "the choice of instruction set")]
    #[inline(always)]
    pub fn token() -> fearless_simd::Neon {
        // SAFETY: this is compiled only where the whole program requires NEON.
        unsafe { fearless_simd::Neon::assume_supported() }
    }

    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    #[inline(always)]
    pub fn token() -> fearless_simd::WasmSimd128 {
        fearless_simd::WasmSimd128::assume_supported()
    }

    #[cfg(not(any(
        all(
            any(target_arch = "x86", target_arch = "x86_64"),
            target_feature = "sse2",
            target_feature = "fxsr"
        ),
        all(target_arch = "aarch64", target_feature = "neon", not(backprop_reproducible)),
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
/// dispatch!(f32: v => double(v, &mut x));
/// assert_eq!(x, [6.0; 16]);
/// ```
///
/// Named before it, the scalar type of the vectors says which instruction sets there are: [`f64` has no AVX-512](level_of).
/// Where plain loops do the same, `dispatch!(S: v => …, plain …)` takes them if the machine has no more than the baseline.
#[macro_export]
macro_rules! dispatch {
    ($simd:ident => $operation:expr) => { $crate::dispatch!(f32: $simd => $operation) };
    ($scalar:ty: $simd:ident => $operation:expr, plain $plain:expr) => {
        $crate::dispatch!($scalar: $simd => $operation, else {
            if const { $crate::simd::BASELINE_VECTORS } {
                let $simd = $crate::simd::baseline();
                $crate::simd::Simd::vectorize(
                    $simd,
                    #[inline(always)]
                    || $operation,
                )
            } else {
                $plain
            }
        })
    };
    ($scalar:ty: $simd:ident => $operation:expr) => {
        $crate::dispatch!($scalar: $simd => $operation, else {
            let $simd = $crate::simd::baseline();
            $crate::simd::Simd::vectorize(
                $simd,
                #[inline(always)]
                || $operation,
            )
        })
    };
    ($scalar:ty: $simd:ident => $operation:expr, else $baseline:expr) => {
        'done: {
            #[cfg(target_arch = "x86_64")]
            #[allow(clippy::collapsible_match, reason = "what `if const` leaves out is not compiled; behind a guard it is")]
            match $crate::simd::level_of::<$scalar>() {
                $crate::simd::Level::Avx512($simd) => {
                    if const { $crate::simd::has_avx512::<$scalar>() } {
                        break 'done $crate::simd::Simd::vectorize(
                            $simd,
                            #[inline(always)]
                            || $operation,
                        );
                    }
                }
                $crate::simd::Level::Avx2($simd) => {
                    if const { $crate::simd::has_avx2() } {
                        break 'done $crate::simd::Simd::vectorize(
                            $simd,
                            #[inline(always)]
                            || $operation,
                        );
                    }
                }
                _ => {}
            }
            break 'done ($baseline)
        }
    };
}

#[cfg(test)]
mod tests {
    use super::{Lanes, SimdBase as _, baseline};

    fn few<S: Lanes + From<u8> + PartialEq + core::fmt::Debug>() {
        let from: [S; 40] = core::array::from_fn(|place| S::from(place as u8 + 1));
        for length in 0..=S::LANES {
            for room in 0..=40 {
                let vector = S::load_few(baseline(), &from[..length]);
                for (place, value) in vector.to_array().as_ref().iter().enumerate() {
                    assert_eq!(*value, S::from(if place < length { place as u8 + 1 } else { 0 }), "{length}");
                }
                let mut to = [S::from(99_u8); 40];
                S::store_few(vector, &mut to[..room]);
                for (place, value) in to.into_iter().enumerate() {
                    let stored = if place < length { place as u8 + 1 } else { 0 };
                    let expected = if place < room.min(S::LANES) { stored } else { 99 };
                    assert_eq!(value, S::from(expected), "{length} {room}");
                }
            }
        }
    }

    #[test]
    fn few_numbers_are_loaded_and_stored_up_to_the_shorter_end() {
        few::<f32>();
        few::<f64>();
    }
}
