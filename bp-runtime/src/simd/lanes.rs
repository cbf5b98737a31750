//! [`Lanes`]: vectors of 64 bytes.

use fearless_simd::Simd;
use fearless_simd::prelude::*;

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
    /// Half a vector in memory.
    type Half: Copy;
    /// One number, as a formula sees it: itself.
    type Alone: crate::math::Float<Scalar = Self>;

    /// The number for a formula.
    fn alone(self) -> Self::Alone;
    /// The number that a formula gives.
    fn of(alone: Self::Alone) -> Self;

    /// The numbers as vectors in memory, without the rest that fills none.
    fn vectors(values: &[Self]) -> &[Self::Array];
    /// The same, to write.
    fn vectors_mut(values: &mut [Self]) -> &mut [Self::Array];
    /// As many numbers as there are, and zeros behind them.
    fn load_few<V: Simd>(v: V, from: &[Self]) -> Self::Vector<V>;
    /// A few numbers over and over: 1, 2, 4… of them, up to half of a vector.
    fn load_repeated<V: Simd>(v: V, from: &[Self]) -> Self::Vector<V>;
    /// Half a vector at a place of a slice, if it is long enough.
    fn half(values: &[Self], place: usize) -> Option<&Self::Half>;
    /// A vector of two halves.
    fn load_halves<V: Simd>(v: V, low: &Self::Half, high: &Self::Half) -> Self::Vector<V>;
    /// Stores the halves of a vector at two places, the second last; nothing where there is no room.
    fn store_halves<V: Simd>(vector: Self::Vector<V>, to: &mut [Self], places: [usize; 2]);
    /// Stores as many lanes as there are places.
    fn store_few<V: Simd>(vector: Self::Vector<V>, to: &mut [Self]);
}

/// Implements [`Lanes`] with vectors of 64, 32 and 16 bytes.
///
/// A part of a vector is put together from smaller vectors in registers, not in memory: a read of 64 bytes waits for
/// every smaller write that has just gone to them.
macro_rules! lanes {
    ($scalar:ty, $vector:ident, $half:ident, $quarter:ident, $lanes:literal) => {
        impl Lanes for $scalar {
            const LANES: usize = $lanes;
            type Vector<V: Simd> = fearless_simd::$vector<V>;
            type Array = [Self; $lanes];
            type Half = [Self; $lanes / 2];
            type Alone = Self;

            #[inline(always)]
            fn alone(self) -> Self {
                self
            }
            #[inline(always)]
            fn of(alone: Self) -> Self {
                alone
            }

            #[inline(always)]
            fn vectors(values: &[Self]) -> &[Self::Array] {
                values.as_chunks().0
            }
            #[inline(always)]
            fn vectors_mut(values: &mut [Self]) -> &mut [Self::Array] {
                values.as_chunks_mut().0
            }

            #[inline(always)]
            fn load_few<V: Simd>(v: V, from: &[Self]) -> Self::Vector<V> {
                // Functions, since a closure that has a name cannot be marked to be inlined; and what is not inlined is
                // compiled without the instruction set.
                #[inline(always)]
                fn quarter<V: Simd>(v: V, from: &[$scalar]) -> fearless_simd::$quarter<V> {
                    let mut numbers = [0.0; $lanes / 4];
                    // Counted: a loop to the end of the slice would become a call that copies memory.
                    for (place, number) in numbers.iter_mut().enumerate() {
                        *number = from.get(place).copied().unwrap_or(0.0);
                    }
                    fearless_simd::$quarter::load_array(v, numbers)
                }
                #[inline(always)]
                fn half<V: Simd>(v: V, from: &[$scalar]) -> fearless_simd::$half<V> {
                    match from.split_first_chunk() {
                        Some((low, rest)) => {
                            fearless_simd::$quarter::load_array_ref(v, low).combine(quarter(v, rest))
                        }
                        None => quarter(v, from).combine(fearless_simd::$quarter::splat(v, 0.0)),
                    }
                }
                match from.split_first_chunk() {
                    Some((low, rest)) => fearless_simd::$half::load_array_ref(v, low).combine(half(v, rest)),
                    None => half(v, from).combine(fearless_simd::$half::splat(v, 0.0)),
                }
            }

            #[inline(always)]
            fn load_repeated<V: Simd>(v: V, from: &[Self]) -> Self::Vector<V> {
                let half = match from.first_chunk() {
                    Some(half) => fearless_simd::$half::load_array_ref(v, half),
                    None => {
                        let mut numbers = [0.0; $lanes / 4];
                        for (place, number) in numbers.iter_mut().enumerate() {
                            *number = from.get(place % from.len().max(1)).copied().unwrap_or(0.0);
                        }
                        let quarter = fearless_simd::$quarter::load_array(v, numbers);
                        quarter.combine(quarter)
                    }
                };
                half.combine(half)
            }

            #[inline(always)]
            fn half(values: &[Self], place: usize) -> Option<&Self::Half> {
                values.get(place..)?.first_chunk()
            }

            #[inline(always)]
            fn load_halves<V: Simd>(v: V, low: &Self::Half, high: &Self::Half) -> Self::Vector<V> {
                let low = fearless_simd::$half::load_array_ref(v, low);
                low.combine(fearless_simd::$half::load_array_ref(v, high))
            }

            #[inline(always)]
            fn store_halves<V: Simd>(vector: Self::Vector<V>, to: &mut [Self], places: [usize; 2]) {
                let (low, high) = vector.split();
                if let Some(to) = to.get_mut(places[0]..).and_then(|to| to.first_chunk_mut()) {
                    low.store_array(to);
                }
                if let Some(to) = to.get_mut(places[1]..).and_then(|to| to.first_chunk_mut()) {
                    high.store_array(to);
                }
            }

            #[inline(always)]
            fn store_few<V: Simd>(vector: Self::Vector<V>, to: &mut [Self]) {
                let (low, high) = vector.split();
                let (half, to) = match to.split_first_chunk_mut() {
                    Some((first, rest)) => {
                        low.store_array(first);
                        (high, rest)
                    }
                    None => (low, to),
                };
                let (low, high) = half.split();
                let (quarter, to) = match to.split_first_chunk_mut() {
                    Some((first, rest)) => {
                        low.store_array(first);
                        (high, rest)
                    }
                    None => (low, to),
                };
                for (to, value) in to.iter_mut().zip(quarter.to_array()) {
                    *to = value;
                }
            }
        }
    };
}
lanes!(f32, f32x16, f32x8, f32x4, 16);
lanes!(f64, f64x8, f64x4, f64x2, 8);
