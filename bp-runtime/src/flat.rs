//! Numbers in a row: the flat view of parameters and gradients, and values that may start as zero bytes.
//!
//! With these two traits a network of millions of parameters is built where it will live (a `static`, a
//! box) and never travels over the stack, and an optimizer sees one slice instead of a tree of layers.
#![expect(unsafe_code, reason = "the flat view, and values that begin as zero bytes")]

use crate::Scalar;
use core::ptr::NonNull;
use generic_array::{ArrayLength, GenericArray};

/// A type of which all-zero bytes are a value.
///
/// # Safety
/// Zero bytes must be valid for every field.
pub unsafe trait Zeroed: Sized {
    /// What the implementation relies on, checked wherever zeros are made of the type.
    #[doc(hidden)]
    const CHECKED: () = ();

    /// A box of zeros, allocated as zeros: nothing passes over the stack.
    ///
    /// ```
    /// use backprop_runtime::Zeroed;
    /// let numbers: Box<[[f32; 1000]; 1000]> = Zeroed::zeroed_box();
    /// assert_eq!(numbers[999][999], 0.0);
    /// ```
    #[cfg(feature = "alloc")]
    fn zeroed_box() -> alloc::boxed::Box<Self> {
        const { Self::CHECKED }
        let memory = alloc::boxed::Box::<Self>::new_zeroed();
        // SAFETY: the memory holds zero bytes, which the implementor declared to be a value of the type.
        unsafe { memory.assume_init() }
    }

    /// Sets every byte to zero, in place.
    fn set_zero(&mut self) {
        const {
            let () = Self::CHECKED;
            assert!(!core::mem::needs_drop::<Self>(), "a Zeroed type is plain data");
        }
        let this: *mut Self = self;
        // SAFETY: `this` comes from an exclusive reference, and zero bytes are a value of the type; the old
        // value needs no drop, because a type with drop glue has been refused.
        unsafe { core::ptr::write_bytes(this, 0, 1) }
    }
}

/// Scalars in a row: a type that is nothing but `LEN` numbers of one scalar type, without padding.
///
/// # Safety
/// The size of the type must be `LEN` times that of `Scalar`, its alignment that of `Scalar` (any, where `LEN`
/// is 0: a network without parameters has no fields), and every sequence of scalars must be a value of it.
pub unsafe trait Flat: Zeroed {
    /// The type of the numbers: of a network its [`Scalar`](crate::Network::Scalar), which it names itself. Two names, so that
    /// a bound may ask for both: `N: Network + Flat<Number = N::Scalar>`.
    type Number: Scalar;
    /// How many there are.
    const LEN: usize;

    /// All numbers, in the order of their declaration.
    ///
    /// ```
    /// use backprop_runtime::Flat;
    /// assert_eq!([[1.0_f32, 2.0], [3.0, 4.0]].flat(), [1.0, 2.0, 3.0, 4.0]);
    /// ```
    #[inline(always)]
    fn flat(&self) -> &[Self::Number] {
        if Self::LEN == 0 {
            return &[];
        }
        let start: *const Self = self;
        // SAFETY: the type is LEN scalars in a row without padding, borrowed for as long as the slice.
        unsafe { core::slice::from_raw_parts(start.cast(), Self::LEN) }
    }

    /// The value whose numbers these are; `None` if there are more or fewer than `LEN`.
    #[inline(always)]
    fn from_flat(numbers: &[Self::Number]) -> Option<&Self> {
        if numbers.len() != Self::LEN {
            return None;
        }
        // SAFETY: LEN scalars in a row, aligned as such, are a value of the type, borrowed for as long as they are;
        // where LEN is 0, a value without bytes may lie anywhere that is aligned.
        Some(unsafe { &*Self::start(numbers.as_ptr().cast_mut()) })
    }

    /// The value whose numbers these are, to write.
    #[inline(always)]
    fn from_flat_mut(numbers: &mut [Self::Number]) -> Option<&mut Self> {
        if numbers.len() != Self::LEN {
            return None;
        }
        // SAFETY: as in `from_flat`, borrowed exclusively; every sequence of scalars is a value of the type.
        Some(unsafe { &mut *Self::start(numbers.as_mut_ptr()) })
    }

    /// Where a value begins whose numbers begin at `first`: there, or anywhere where there are none.
    #[doc(hidden)]
    #[inline(always)]
    fn start(first: *mut Self::Number) -> *mut Self {
        if Self::LEN == 0 { NonNull::dangling().as_ptr() } else { first.cast() }
    }

    /// All numbers, to write.
    #[inline(always)]
    fn flat_mut(&mut self) -> &mut [Self::Number] {
        if Self::LEN == 0 {
            return &mut [];
        }
        let start: *mut Self = self;
        // SAFETY: as in `flat`, borrowed exclusively; every sequence of scalars is a value of the type.
        unsafe { core::slice::from_raw_parts_mut(start.cast(), Self::LEN) }
    }
}

/// The flat view as an array, of a type that is known to have `N` numbers.
pub fn flat_array<F: Flat, const N: usize>(value: &F) -> &[F::Number; N] {
    const { assert!(F::LEN == N, "the array has as many numbers as the type") };
    let start: *const F = if N == 0 { NonNull::<F::Number>::dangling().as_ptr().cast() } else { value };
    // SAFETY: the type is LEN = N scalars in a row without padding, borrowed for as long as the array;
    // no scalars at all may lie anywhere that is aligned.
    unsafe { &*start.cast() }
}

/// The flat view as an array, to write.
pub fn flat_array_mut<F: Flat, const N: usize>(value: &mut F) -> &mut [F::Number; N] {
    const { assert!(F::LEN == N, "the array has as many numbers as the type") };
    let start: *mut F = if N == 0 { NonNull::<F::Number>::dangling().as_ptr().cast() } else { value };
    // SAFETY: as in `flat_array`, borrowed exclusively; every sequence of scalars is a value of the type.
    unsafe { &mut *start.cast() }
}

/// Zero, as a constant: `static NET: Net = zero()`.
///
/// ```
/// static COUNTS: [u32; 1000] = backprop_runtime::flat::zero();
/// assert_eq!(COUNTS[999], 0);
/// ```
pub const fn zero<T: Zeroed>() -> T {
    const { T::CHECKED }
    // SAFETY: zero bytes are a value of a Zeroed type.
    unsafe { core::mem::zeroed() }
}

/// Writes a number, given as its bytes, the least significant first, to a place of a value; nothing beyond its end.
///
/// For constant evaluation, which has no flat view of a generic type.
pub(crate) const fn put_bytes<F: Flat>(value: &mut F, place: usize, bytes: &[u8]) {
    let size = size_of::<F::Number>();
    if place >= F::LEN || bytes.len() != size {
        return;
    }
    let start: *mut u8 = core::ptr::from_mut(value).cast();
    let mut byte = 0;
    while byte < size {
        let from = if cfg!(target_endian = "little") { byte } else { size - 1 - byte };
        // SAFETY: the type is LEN scalars in a row without padding, of `size` bytes each, and the place is below LEN.
        let to = unsafe { start.add(place * size + byte) };
        // SAFETY: the byte is in the value, which is borrowed exclusively; any bytes are a scalar.
        unsafe { to.write(bytes[from]) };
        byte += 1;
    }
}

macro_rules! zeroed {
    ($($type:ty),*) => { $(
        // SAFETY: zero bytes are the number zero.
        unsafe impl Zeroed for $type {}
    )* };
}
zeroed!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64, bool, ());

// SAFETY: an array of values each of which may be zero bytes.
unsafe impl<T: Zeroed, const N: usize> Zeroed for [T; N] {
    const CHECKED: () = T::CHECKED;
}
// SAFETY: `GenericArray<T, L>` is laid out as an array of L values of T.
unsafe impl<T: Zeroed, L: ArrayLength> Zeroed for GenericArray<T, L> {
    const CHECKED: () = T::CHECKED;
}
// SAFETY: a pair has no bytes but its fields' and padding.
unsafe impl<A: Zeroed, B: Zeroed> Zeroed for (A, B) {
    const CHECKED: () = (A::CHECKED, B::CHECKED).0;
}

// SAFETY: one number is one number.
unsafe impl Flat for f32 {
    type Number = f32;
    const LEN: usize = 1;
}
// SAFETY: one number is one number.
unsafe impl Flat for f64 {
    type Number = f64;
    const LEN: usize = 1;
}
// SAFETY: an array has no padding between elements that have none themselves.
unsafe impl<T: Flat, const N: usize> Flat for [T; N] {
    type Number = T::Number;
    // Of the element's, which holds its checks.
    const LEN: usize = N * T::LEN;
}
// SAFETY: as an array.
unsafe impl<T: Flat, L: ArrayLength> Flat for GenericArray<T, L> {
    type Number = T::Number;
    const LEN: usize = L::USIZE * T::LEN;
}

/// Where a field begins, in bytes, and how many numbers it has. A pointer to it is of the field's own type: a reference
/// could be one to what the field points to.
#[doc(hidden)]
pub const fn place<T, F: Flat<Number = S>, S: Scalar>(
    offset: usize,
    _: fn(&T) -> *const F,
) -> (usize, usize) {
    (offset, F::LEN)
}

/// How many numbers a type has whose fields lie in these places; fails where it is not these numbers in a row.
#[doc(hidden)]
pub const fn numbers<T, S: Scalar>(fields: &[(usize, usize)]) -> usize {
    let (mut end, mut field) = (0, 0);
    while field < fields.len() {
        let (offset, numbers) = fields[field];
        assert!(
            offset == end * size_of::<S>(),
            "flat!: name the fields in the order of their declaration, of a #[repr(C)] struct"
        );
        end += numbers;
        field += 1;
    }
    assert!(
        size_of::<T>() == end * size_of::<S>(),
        "flat!: name every field; there is no room for others, nor for padding"
    );
    assert!(
        end == 0 || align_of::<T>() == align_of::<S>(),
        "flat!: the type is aligned as its numbers are: remove `repr(align(…))` or `repr(packed)`"
    );
    end
}

#[doc(hidden)]
#[macro_export]
macro_rules! __place {
    ($scalar:ty, $field:tt) => { $crate::__place!($scalar, $field: _) };
    ($scalar:ty, $field:tt : $type:ty) => {
        $crate::flat::place::<Self, $type, $scalar>(::core::mem::offset_of!(Self, $field), |of| {
            // Of a union, of which a value may lack the field's bytes, this is not safe and does not compile.
            let _ = &of.$field;
            &raw const of.$field
        })
    };
}

/// Implements [`Flat`] for a `#[repr(C)]` struct, after checking at compile time that it is one.
///
/// The list names the fields, all of them. The checks are constants, which are evaluated wherever the type is used as one
/// that is flat or that may be zeros: every field is [`Flat`] over the scalar, each begins where the one before it ends,
/// nothing follows the last, and the type is aligned as its numbers are.
///
/// ```
/// #[repr(C)]
/// struct Pair { weight: [[f32; 2]; 3], bias: [f32; 2] }
/// backprop_runtime::flat!(Pair: f32 { weight, bias });
///
/// use backprop_runtime::Flat;
/// assert_eq!(Pair::LEN, 8);
/// ```
///
/// ```compile_fail
/// struct Padded { small: [f32; 1], large: f64 }
/// backprop_runtime::flat!(Padded: f32 { small, large });
/// ```
///
/// A field that is not numbers, also where the macro is told that the type is generic:
///
/// ```compile_fail
/// use backprop_runtime::Zeroed;
/// #[repr(C)]
/// struct Named { name: &'static str }
/// backprop_runtime::flat!([] Named: f32 {});
/// let _ = <[Named; 1]>::zeroed_box();
/// ```
///
/// One that points to numbers:
///
/// ```compile_fail
/// #[repr(C)]
/// struct Pointing { w: Box<[f32; 2]> }
/// backprop_runtime::flat!(Pointing: f32 { w: [f32; 2] });
/// ```
///
/// One without bytes that is not named:
///
/// ```compile_fail
/// enum Never {}
/// #[repr(C)]
/// struct Impossible { w: [f32; 2], never: Never }
/// backprop_runtime::flat!(Impossible: f32 { w });
/// ```
///
/// A union, a value of which may have none of its field's bytes:
///
/// ```compile_fail,E0133
/// #[repr(C)]
/// union Either { numbers: [f32; 2], nothing: () }
/// backprop_runtime::flat!(Either: f32 { numbers });
/// ```
///
/// A type that is aligned to more than its numbers:
///
/// ```compile_fail
/// #[repr(C, align(64))]
/// struct Aligned { w: [f32; 16] }
/// backprop_runtime::flat!(Aligned: f32 { w });
/// ```
#[macro_export]
macro_rules! flat {
    ([$($generics:tt)*] $type:ty : $scalar:ty { $($field:tt $(: $field_type:ty)?),* $(,)? }) => {
        // SAFETY: LEN shows that the fields are scalars in a row and fill the whole type.
        unsafe impl<$($generics)*> $crate::Zeroed for $type {
            const CHECKED: () = { let _ = <Self as $crate::Flat>::LEN; };
        }
        // SAFETY: LEN shows that the fields are scalars in a row and fill the whole type.
        unsafe impl<$($generics)*> $crate::Flat for $type {
            type Number = $scalar;
            const LEN: usize = {
                // Compiles if no field is left out, one without bytes neither.
                let _: fn(&Self) = |Self { $($field: _),* }| ();
                $crate::flat::numbers::<Self, $scalar>(&[
                    $($crate::__place!($scalar, $field $(: $field_type)?)),*
                ])
            };
        }
    };
    ($type:ty : $scalar:ty { $($body:tt)* }) => {
        $crate::flat!([] $type : $scalar { $($body)* });
        // Zeros may be made of the type without a look at LEN.
        const _: usize = <$type as $crate::Flat>::LEN;
    };
}

/// [`flat!`](crate::flat!) within this crate, where `unsafe` is denied otherwise.
macro_rules! flat_parameters {
    ($($body:tt)*) => {
        #[expect(unsafe_code, reason = "the flat view, checked by the macro")]
        const _: () = {
            $crate::flat!($($body)*);
        };
    };
}
pub(crate) use flat_parameters;

/// The checks of a field that may be zero bytes.
#[doc(hidden)]
pub const fn is_zeroed<T, F: Zeroed>(_: fn(&T) -> *const F) {
    F::CHECKED
}

/// Implements [`Zeroed`] for a struct whose fields are all `Zeroed`, after checking that at compile time.
///
/// ```
/// struct Buffers { hidden: [f32; 16], counts: [u32; 4] }
/// backprop_runtime::zeroed!(Buffers { hidden, counts });
///
/// static BUFFERS: Buffers = backprop_runtime::flat::zero();
/// ```
///
/// ```compile_fail
/// struct Named { name: &'static str }
/// backprop_runtime::zeroed!(Named { name });
/// ```
///
/// ```compile_fail
/// struct More { counts: [u32; 4], name: &'static str }
/// backprop_runtime::zeroed!(More { counts });
/// ```
#[macro_export]
macro_rules! zeroed {
    ([$($generics:tt)*] $type:ident $(<$($argument:tt),*>)? { $($field:tt $(: $field_type:ty)?),* $(,)? }) => {
        // SAFETY: the checks name every field, and compile for `Zeroed` types alone.
        unsafe impl<$($generics)*> $crate::Zeroed for $type $(<$($argument),*>)? {
            const CHECKED: () = {
                let _: fn(&Self) = |Self { $($field: _),* }| ();
                $($crate::flat::is_zeroed(|of: &Self| &raw const of.$field);)*
            };
        }
    };
    ($type:ident { $($body:tt)* }) => { $crate::zeroed!([] $type { $($body)* }); };
}
