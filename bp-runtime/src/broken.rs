//! What `#[network]` writes for a declaration with mistakes: a type that stands where the network would, so that
//! the mistakes are the only errors of the build. None of it ever runs.
//!
//! What the declaration leaves open is of a type that is itself a mistake: `<Undeclared<{ compile_error!(…); 0 }> as
//! Unknown>::Type`. The compiler has reported that type's error, and accepts without a word whatever is done with its
//! values: any field, any method, any index, any comparison with another type.

/// Carries the mistakes of a declaration as a constant that cannot be evaluated; `P` are type parameters of the
/// struct, which may have none.
#[derive(Clone, Copy, Debug)]
pub struct Undeclared<const MISTAKES: usize, P = ()>(core::marker::PhantomData<P>);

/// Leads from [`Undeclared`] to a type that is a mistake.
pub trait Unknown {
    /// The type.
    type Type;
}

impl<const MISTAKES: usize, P> Unknown for Undeclared<MISTAKES, P> {
    type Type = ();
}

/// Implements the traits of a network, and what is inherent, for a struct that is [`Flat`](crate::Flat); `$unknown`
/// is the type of everything that the declaration leaves open.
///
/// A layer without a field is found in what the struct dereferences to.
#[doc(hidden)]
#[macro_export]
macro_rules! broken {
    ($name:ident: $scalar:ty, $unknown:ty, $sample:ty => $output:ty, loss: $target:ty) => {
        impl ::core::ops::Deref for $name {
            type Target = $unknown;
            fn deref(&self) -> &$unknown {
                ::core::unreachable!()
            }
        }
        impl ::core::ops::DerefMut for $name {
            fn deref_mut(&mut self) -> &mut $unknown {
                ::core::unreachable!()
            }
        }
        #[allow(dead_code)]
        impl $name {
            pub const fn zeroed() -> Self {
                $crate::flat::zero()
            }
            pub const fn scratch() -> $unknown {
                $crate::flat::zero()
            }
            pub const fn tape() -> $unknown {
                $crate::flat::zero()
            }
            pub const fn gradients() -> $unknown {
                $crate::flat::zero()
            }
            pub const fn state() -> $unknown {
                $crate::flat::zero()
            }
            pub fn step<X, M>(&self, _: X, _: M) -> $unknown {
                $crate::flat::zero()
            }
            pub fn step_into<X, Y, M>(&self, _: X, _: Y, _: M) {}
            pub fn step_block<X, Y, M>(&self, _: X, _: Y, _: M) -> ::core::result::Result<(), $crate::Error> {
                ::core::result::Result::Ok(())
            }
            pub fn step_batch<X, Y, M>(&self, _: X, _: Y, _: M) -> ::core::result::Result<(), $crate::Error> {
                ::core::result::Result::Ok(())
            }
            pub fn state_after<X>(&self, _: X) -> $unknown {
                $crate::flat::zero()
            }
        }
        impl $crate::network::Passes for $name {
            type Gradients = $unknown;
            type Slots<const T: usize> = $unknown;
            type InferenceSlots<const T: usize> = $unknown;

            fn infer<C: $crate::calls::Calls, const T: usize>(
                &self,
                _: C,
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut $unknown,
            ) {
            }
            fn forward<C: $crate::calls::Calls, const T: usize>(
                &self,
                _: C,
                _: &$crate::Pass,
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut $unknown,
            ) {
            }
            fn backward<C: $crate::calls::Calls, const T: usize, L: $crate::Learning<$scalar>>(
                _: C,
                _: &$crate::Pass,
                _: &[[$scalar; T]],
                _: &[[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut [[$scalar; T]],
                _: &mut $unknown,
                _: &mut L,
            ) {
            }
        }
        impl $crate::Block for $name {
            const INPUTS: usize = ::core::mem::size_of::<$unknown>();
            const OUTPUTS: usize = ::core::mem::size_of::<$unknown>();
            const MULTIPLY_ADDS: usize = ::core::mem::size_of::<$unknown>();
            const TENSORS: &'static [$crate::Tensor] = &[];

            fn initialize<R: $crate::rand_core::Rng + ?::core::marker::Sized>(&mut self, _: &mut R) {}
        }
        impl $crate::Network for $name {
            type Scalar = $scalar;
            type Sample = $sample;
            type Output = $output;
            type InputGradient = $unknown;
            type ParameterArray = $unknown;
            type Gradients = $unknown;
            type Tape = $unknown;
            type Scratch = $unknown;
            type BatchScratch = $unknown;
            type Workspace = $unknown;
            type Inputs = $unknown;
            type Outputs = $unknown;
            type Stored = $unknown;
            type Trained = $unknown;
            type Tensors = $unknown;
            type Core = $unknown;

            const NAME: &'static str = ::core::stringify!($name);
            const PARAMETERS: usize = ::core::mem::size_of::<$unknown>();
            const MULTIPLY_ADDS: usize = ::core::mem::size_of::<$unknown>();
            const INPUTS: usize = ::core::mem::size_of::<$unknown>();
            const OUTPUTS: usize = ::core::mem::size_of::<$unknown>();
            const TILE: usize = ::core::mem::size_of::<$unknown>();
            const TRAINING_BYTES: usize = ::core::mem::size_of::<$unknown>();
            const INFERENCE_BYTES: usize = ::core::mem::size_of::<$unknown>();

            fn core(&self) -> &$unknown {
                ::core::unreachable!()
            }
            fn core_mut(&mut self) -> &mut $unknown {
                ::core::unreachable!()
            }
            fn parameters(&self) -> &$unknown {
                ::core::unreachable!()
            }
            fn parameters_mut(&mut self) -> &mut $unknown {
                ::core::unreachable!()
            }
            fn summary(&self) -> $crate::network::Summary {
                ::core::unreachable!()
            }
            fn new<R: $crate::rand_core::Rng + ?::core::marker::Sized>(_: &mut R) -> Self {
                $crate::flat::zero()
            }
        }
        impl $crate::Pretrained for $name {
            const WEIGHTS: &'static [u8] = &[];
            const STATIC: &'static Self = &$crate::flat::zero();
        }
        impl $crate::Trainable for $name {
            type Target = $target;
            type Loss = $unknown;
            const LOSS: $unknown = $crate::flat::zero();
        }
    };
}
