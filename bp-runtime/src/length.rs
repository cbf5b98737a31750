//! Array lengths as types.
//!
//! Generic code on stable Rust cannot hold `[S; N::PARAMETERS]`, but it can hold
//! `GenericArray<S, N::Parameters>`, whose length is a `typenum` type. `typenum` has a name for about a
//! thousand numbers; [`Length`] puts any other together of groups of three digits.

use typenum::operator_aliases::{Prod, Sum};
use typenum::{U, U1000};

/// The `typenum` type of a number below 2³², in groups of three digits: 61 706 is `Length<0, 0, 61, 706>`.
pub type Length<const G: usize, const M: usize, const K: usize, const N: usize> =
    Sum<Prod<Sum<Prod<Sum<Prod<U<G>, U1000>, U<M>>, U1000>, U<K>>, U1000>, U<N>>;

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
        $crate::length::Length<
            { $crate::length::limited($n) / 1_000_000_000 },
            { $crate::length::limited($n) / 1_000_000 % 1000 },
            { $crate::length::limited($n) / 1000 % 1000 },
            { $crate::length::limited($n) % 1000 }
        >
    };
}

/// The largest length, 2³² − 1: all that is sure to be addressed.
pub const MOST: usize = u32::MAX as usize;

/// The number, or 0 for one beyond [`MOST`], of which no type can be made: a check of its own refuses it, in words.
pub const fn limited(n: usize) -> usize {
    if n > MOST { 0 } else { n }
}

/// Half of the outputs, where these are pairs.
///
/// # Panics
///
/// If there is one without another: in constants, where the macro uses it, the network does not build.
pub const fn half_of_outputs(outputs: usize) -> usize {
    assert!(
        outputs.is_multiple_of(2),
        "`gaussian_nll` reads means and as many variances: give the last layer two outputs for each number"
    );
    outputs / 2
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

#[cfg(test)]
mod tests {
    use super::Length;
    use typenum::Unsigned;

    #[test]
    fn groups_of_digits_are_a_number() {
        assert_eq!(<Length<0, 0, 0, 0>>::USIZE, 0);
        assert_eq!(<Length<0, 0, 61, 706>>::USIZE, 61_706);
        assert_eq!(<Length<4, 294, 967, 295>>::U64, u64::from(u32::MAX));
        assert_eq!(<length!(999_999_999)>::USIZE, 999_999_999);
        assert_eq!(<length!(1 << 40)>::USIZE, 0);
    }
}
