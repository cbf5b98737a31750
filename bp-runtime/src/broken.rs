//! What `#[network]` writes for a declaration with mistakes: a type that stands where the network would, so that
//! the mistakes are the only errors of the build. None of it ever runs.

use crate::{Sample, Scalar};
use core::ops::{Deref, DerefMut};

/// In the place of a sample or an output of unknown shape.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Anything<S> {
    numbers: [S; 0],
}

crate::flat::flat_parameters!([S: Scalar] Anything<S>: S { numbers: [S; 0] });

impl<S> Deref for Anything<S> {
    type Target = [S];

    fn deref(&self) -> &[S] {
        &self.numbers
    }
}

impl<S> DerefMut for Anything<S> {
    fn deref_mut(&mut self) -> &mut [S] {
        &mut self.numbers
    }
}

impl<S> AsMut<[S]> for Anything<S> {
    fn as_mut(&mut self) -> &mut [S] {
        self
    }
}

impl<S: Scalar> crate::sample::InputGradient<S> for Anything<S> {
    fn numbers_mut(&mut self) -> &mut [S] {
        &mut self.numbers
    }
}

impl<S: Scalar> Sample<S> for Anything<S> {
    fn load(_: &[Self], _: &mut [S], _: usize) {}
}

/// Defines `AnyLoss`, in the place of a loss that is not known: takes arrays of numbers and labels for targets.
///
/// A macro, so that these implementations exist in a crate with mistakes alone, and no message names them.
#[doc(hidden)]
#[macro_export]
macro_rules! any_loss {
    ($scalar:ty) => {
        $crate::any_loss!(@target $scalar;
            u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
        pub struct AnyLoss;
        impl $crate::Loss<$scalar> for AnyLoss {
            type Target = AnyTarget;
            fn sample(&self, _: &[$scalar], _: &AnyTarget, _: &mut [$scalar]) -> $crate::losses::Sum<$scalar> {
                $crate::losses::Sum { loss: 0.0, weight: 0.0 }
            }
        }
    };
    (@target $scalar:ty; $($integer:ty)*) => {
        pub struct AnyTarget;
        impl<const N: usize> $crate::AsTarget<AnyTarget> for [$scalar; N] {
            fn with<R>(&self, f: impl ::core::ops::FnOnce(&AnyTarget) -> R) -> R {
                f(&AnyTarget)
            }
        }
        $(impl $crate::AsTarget<AnyTarget> for $integer {
            fn with<R>(&self, f: impl ::core::ops::FnOnce(&AnyTarget) -> R) -> R {
                f(&AnyTarget)
            }
        })*
    };
}

/// Implements the traits of a network, and what is inherent, for a struct that is [`Flat`](crate::Flat).
#[doc(hidden)]
#[macro_export]
macro_rules! broken {
    ($name:ident: $scalar:ty, $sample:ty => $output:ty $(, loss: $loss:ty = $value:expr)?) => {
        #[allow(dead_code)]
        impl $name {
            pub const fn zeroed() -> Self {
                $crate::flat::zero()
            }
            pub const fn tape() -> <Self as $crate::Network>::Tape {
                $crate::flat::zero()
            }
            pub const fn gradients() -> [$scalar; 0] {
                []
            }
        }
        impl $crate::network::Passes for $name {
            type Scalar = $scalar;
            type Gradients = [$scalar; 0];
            type Slots<const T: usize> = ();
            type InferenceSlots<const T: usize> = ();

            fn infer<C: $crate::calls::Calls, const T: usize>(
                &self,
                _: C,
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut (),
            ) {
            }
            fn forward<C: $crate::calls::Calls, const T: usize>(
                &self,
                _: C,
                _: &$crate::Pass,
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut (),
            ) {
            }
            fn backward<C: $crate::calls::Calls, const T: usize>(
                &self,
                _: C,
                _: &$crate::Pass,
                _: &[[$scalar; T]],
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut (),
                _: ::core::option::Option<&mut [$scalar; 0]>,
            ) {
            }
        }
        impl $crate::Network for $name {
            type Scalar = $scalar;
            type Sample = $sample;
            type Output = $output;
            type InputGradient = $sample;
            type ParameterArray = [$scalar; 0];
            type Gradients = [$scalar; 0];
            type Tape = $crate::network::Tape<[[$scalar; 1]; 0], [[$scalar; 1]; 0], ()>;
            type Scratch = $crate::network::Scratch<[[$scalar; 1]; 0], [[$scalar; 1]; 0], ()>;
            type BatchScratch = Self::Scratch;
            type Workspace = Self::Tape;
            type Inputs = $crate::typenum::U0;
            type Outputs = $crate::typenum::U0;
            type Stored = $crate::typenum::U0;
            type Trained = $crate::typenum::U0;
            type Tensors = $crate::typenum::U0;
            type Core = Self;

            const NAME: &'static str = ::core::stringify!($name);
            const PARAMETERS: usize = 0;
            const MULTIPLY_ADDS: usize = 0;
            const INPUTS: usize = 0;
            const OUTPUTS: usize = 0;
            const TILE: usize = 1;
            const TRAINING_BYTES: usize = 0;
            const INFERENCE_BYTES: usize = 0;

            fn core(&self) -> &Self {
                self
            }
            fn core_mut(&mut self) -> &mut Self {
                self
            }
            fn parameters(&self) -> &[$scalar; 0] {
                &[]
            }
            fn parameters_mut(&mut self) -> &mut [$scalar; 0] {
                &mut []
            }
            fn tensors() -> &'static [$crate::Tensor] {
                &[]
            }
            fn summary(&self) -> $crate::network::Summary {
                $crate::network::Summary {
                    name: ::core::stringify!($name),
                    rows: &[],
                    notes: &[],
                    parameters: 0,
                    multiply_adds: 0,
                    tile: 1,
                    inference_bytes: 0,
                    training_bytes: 0,
                }
            }
            fn initialize<R: $crate::rand_core::Rng + ?::core::marker::Sized>(&mut self, _: &mut R) {}
            fn new<R: $crate::rand_core::Rng + ?::core::marker::Sized>(_: &mut R) -> Self {
                $crate::flat::zero()
            }
        }
        $(
            impl $crate::Trainable for $name {
                type Target = <$loss as $crate::Loss<$scalar>>::Target;
                type Loss = $loss;
                const LOSS: Self::Loss = $value;
            }
        )?
    };
}
