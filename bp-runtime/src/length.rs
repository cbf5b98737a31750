//! Array lengths as types.
//!
//! Generic code on stable Rust cannot hold `[S; N::PARAMETERS]`, but it can hold
//! `GenericArray<S, N::Parameters>`, whose length is a `typenum` type. `typenum` has a name for about a
//! thousand numbers; [`length!`](crate::length!) writes the type of any constant bit by bit.

use typenum::{B0, B1, UInt, UTerm};

/// A constant `bool` at the level of types.
pub struct Bit<const VALUE: bool>;

/// The `typenum` bit of a [`Bit`].
pub trait IsBit {
    /// [`B0`] or [`B1`].
    type Type: typenum::Bit;
}

impl IsBit for Bit<false> {
    type Type = B0;
}

impl IsBit for Bit<true> {
    type Type = B1;
}

/// A number with one more bit behind it, without leading zeros: the type that `typenum` itself names.
pub trait Push<B> {
    /// `2 × Self + B`
    type Output;
}

impl Push<B0> for UTerm {
    type Output = UTerm;
}

impl Push<B1> for UTerm {
    type Output = UInt<UTerm, B1>;
}

impl<U, A, B> Push<B> for UInt<U, A> {
    type Output = UInt<UInt<U, A>, B>;
}

/// Bit number `$index` of `$n`, as a type.
#[doc(hidden)]
#[macro_export]
macro_rules! __bit {
    ($n:expr, $index:literal) => {
        <$crate::length::Bit<{ ($n >> $index) & 1 == 1 }> as $crate::length::IsBit>::Type
    };
}

/// The `typenum` type of a constant below 2³².
///
/// ```
/// use backprop_runtime::{length, typenum::Unsigned, GenericArray};
/// const WIDTH: usize = 1200;
/// type Parameters = length!(784 * WIDTH + 10);
/// assert_eq!(Parameters::USIZE, 940_810);
/// let _: GenericArray<u8, length!(3)> = GenericArray::from_array([1, 2, 3]);
/// ```
#[macro_export]
macro_rules! length {
    ($n:expr) => {
        $crate::__length!(@nest $n; $crate::typenum::UTerm;
            31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __length {
    (@nest $n:expr; $inner:ty;) => { $inner };
    (@nest $n:expr; $inner:ty; $index:literal $($rest:literal)*) => {
        $crate::__length!(@nest $n; <$inner as $crate::length::Push<$crate::__bit!($n, $index)>>::Output; $($rest)*)
    };
}

/// The largest of several lengths.
///
/// ```
/// assert_eq!(backprop_runtime::length::max([3, 7, 5]), 7);
/// ```
pub const fn max<const N: usize>(lengths: [usize; N]) -> usize {
    let mut largest = 0;
    let mut index = 0;
    while index < N {
        if lengths[index] > largest {
            largest = lengths[index];
        }
        index += 1;
    }
    largest
}
