//! How a user's batch becomes the tile that kernels work on.

use crate::{Scalar, Zeroed};

/// One input of a network: `[S; I]`, or `[u32; I]` where an embedding comes first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the sample of a network of `{S}`",
    label = "expected an array of `{S}` (or of `u32` before an embedding)"
)]
pub trait Sample<S: Scalar>: Copy + Sync {
    /// Copies sample number `lane` of a tile of `tile` samples to its places: `x[feature * tile + lane]`.
    /// Places without a sample hold anything afterwards.
    fn load(samples: &[Self], x: &mut [S], tile: usize);

    /// The sample as numbers that layers can read where they are; `None` if they must be made first.
    #[inline(always)]
    fn features(&self) -> Option<&[S]> {
        None
    }

    /// Whether an embedding of so many rows knows every index. Numbers that are no indices are always known.
    #[inline(always)]
    fn is_within(&self, rows: usize) -> bool {
        let _ = rows;
        true
    }

    /// How many steps the sample has, where it has a number of its own.
    #[inline(always)]
    fn length(&self) -> Option<usize> {
        None
    }
}

/// The gradient with respect to one input: `[S; I]`, or `()` where the input is indices.
pub trait InputGradient<S>: Zeroed + Copy {
    /// The gradient's numbers; none for `()`.
    fn numbers_mut(&mut self) -> &mut [S];
}

impl<S: Scalar, const I: usize> InputGradient<S> for [S; I] {
    #[inline(always)]
    fn numbers_mut(&mut self) -> &mut [S] {
        self
    }
}

impl<S> InputGradient<S> for () {
    #[inline(always)]
    fn numbers_mut(&mut self) -> &mut [S] {
        &mut []
    }
}

impl<S: Scalar, const I: usize> Sample<S> for [S; I] {
    #[inline(always)]
    fn features(&self) -> Option<&[S]> {
        Some(self)
    }

    #[inline]
    fn load(samples: &[Self], x: &mut [S], tile: usize) {
        let samples = samples.get(..tile).unwrap_or(samples);
        if tile == 1 {
            for (place, value) in x.iter_mut().zip(samples.as_flattened()) {
                *place = *value;
            }
        } else if tile.is_multiple_of(S::LANES) {
            S::transpose(samples.as_flattened(), I, x, tile);
        } else {
            for (lane, sample) in samples.iter().enumerate() {
                for (place, value) in x.iter_mut().skip(lane).step_by(tile).zip(sample) {
                    *place = *value;
                }
            }
        }
    }
}

/// An index is carried as a number: exact up to 2²⁴ rows in `f32`.
impl<S: Scalar, const I: usize> Sample<S> for [u32; I] {
    #[inline]
    fn load(samples: &[Self], x: &mut [S], tile: usize) {
        for (lane, sample) in samples.iter().take(tile).enumerate() {
            for (place, value) in x.iter_mut().skip(lane).step_by(tile).zip(sample) {
                *place = S::from_usize(*value as usize);
            }
        }
    }

    #[inline]
    fn is_within(&self, rows: usize) -> bool {
        self.iter().all(|index| (*index as usize) < rows)
    }
}

/// What may stand for a target of type `T`: `T` itself, and for a class index any integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a target of this network's loss, which takes `{T}`",
    label = "expected `{T}`",
    note = "a class, `Class`, is given as its number, of any integer type; for one-hot vectors and other distributions \
            declare `loss = cross_entropy_distribution`",
    note = "other targets are arrays of the network's scalar type: numbers of another are converted, `x as f32`"
)]
pub trait AsTarget<T>: Sync {
    /// Calls `f` with the target.
    fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R;

    /// One class of a list of them that are given as another type: nothing is made of the rest.
    #[doc(hidden)]
    #[inline(always)]
    fn class_at(&self, place: usize) -> Option<Class> {
        let _ = place;
        None
    }
}

impl<T: Sync> AsTarget<T> for T {
    #[inline(always)]
    fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(self)
    }
}

/// The target of a classification: the index of the right class.
///
/// Any primitive integer stands for one. A negative number is no class, and out of range for every loss.
///
/// ```
/// use backprop_runtime::sample::{AsTarget, Class};
/// let index = |class: &Class| class.0;
/// assert_eq!((7_u8.with(index), Class(7).with(index)), (7, 7));
/// assert_eq!(Class::from(-1_i32), Class(usize::MAX));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub usize);

macro_rules! class {
    ($($integer:ty),*) => { $(
        impl AsTarget<Class> for $integer {
            #[inline(always)]
            fn with<R>(&self, f: impl FnOnce(&Class) -> R) -> R {
                f(&Class(usize::try_from(*self).unwrap_or(usize::MAX)))
            }
        }
        impl<const P: usize> AsTarget<[Class; P]> for [$integer; P] {
            // A function of its own: losses take one class at a time, and need no room for the list that is made here.
            #[inline(never)]
            fn with<R>(&self, f: impl FnOnce(&[Class; P]) -> R) -> R {
                f(&self.map(Class::from))
            }
            #[inline(always)]
            fn class_at(&self, place: usize) -> Option<Class> {
                self.get(place).map(|class| Class::from(*class))
            }
        }
        impl From<$integer> for Class {
            #[inline(always)]
            fn from(index: $integer) -> Self {
                Class(usize::try_from(index).unwrap_or(usize::MAX))
            }
        }
    )* };
}
class!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);
