//! [`Saved`]: values as bytes that are the same on every machine.

use crate::optimizers::Risk;
use crate::{Real, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// Plain data that a [checkpoint](crate::checkpoint) holds: numbers, and tuples and arrays of such.
///
/// Numbers are little-endian, the least significant byte first; a `usize` takes eight bytes, so that checkpoints of small
/// and of large machines agree. The [state](crate::Optimizer::State) of an optimizer of one's own is made of these types,
/// or implements the trait field by field:
///
/// ```
/// use backprop_runtime::saved::{Reader, Saved, Writer};
///
/// struct Clock { step: u32, decay: f32 }
///
/// impl Saved for Clock {
///     const BYTES: usize = u32::BYTES + f32::BYTES;
///
///     fn write(&self, to: &mut Writer<'_>) {
///         self.step.write(to);
///         self.decay.write(to);
///     }
///     fn read(&mut self, from: &mut Reader<'_>) {
///         self.step.read(from);
///         self.decay.read(from);
///     }
///     fn copy_from(&mut self, other: &Self) {
///         self.step.copy_from(&other.step);
///         self.decay.copy_from(&other.decay);
///     }
///     fn equals(&self, other: &Self) -> bool {
///         self.step.equals(&other.step) && self.decay.equals(&other.decay)
///     }
/// }
/// ```
pub trait Saved {
    /// How many bytes [`write`](Self::write) writes and [`read`](Self::read) reads.
    const BYTES: usize;

    /// Appends the value.
    fn write(&self, to: &mut Writer<'_>);
    /// Takes over the value that comes next.
    fn read(&mut self, from: &mut Reader<'_>);
    /// Takes over another value, in place: one of any size, without a copy on the stack.
    fn copy_from(&mut self, other: &Self);
    /// Whether both are written as the same bytes: a NaN equals itself, and 0 differs from −0.
    fn equals(&self, other: &Self) -> bool;
}

/// Takes over values, one by one.
pub(crate) fn copy_all<T: Saved>(to: &mut [T], from: &[T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| to.copy_from(from));
}

/// Whether all values are the same.
pub(crate) fn all_equal<T: Saved>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.equals(other))
}

/// Where values are written, one after the other.
#[derive(Debug)]
pub struct Writer<'a> {
    room: &'a mut [u8],
}

impl<'a> Writer<'a> {
    /// Writes into `room`, from its beginning.
    pub fn new(room: &'a mut [u8]) -> Self {
        Self { room }
    }

    /// Appends bytes. What there is no room for is left out: callers count first.
    pub fn put(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.len() <= self.room.len(), "a value writes as many bytes as it says");
        if let Some((place, rest)) = core::mem::take(&mut self.room).split_at_mut_checked(bytes.len()) {
            place.copy_from_slice(bytes);
            self.room = rest;
        }
    }

    /// Appends each of the values.
    pub fn put_all<T: Saved>(&mut self, values: &[T]) {
        values.iter().for_each(|value| value.write(self));
    }
}

/// Where values are read, one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, from their beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The next bytes; zeros where there are no more: callers count first.
    pub fn take<const N: usize>(&mut self) -> [u8; N] {
        debug_assert!(N <= self.bytes.len(), "a value reads as many bytes as it says");
        match self.bytes.split_first_chunk() {
            Some((bytes, rest)) => {
                self.bytes = rest;
                *bytes
            }
            None => [0; N],
        }
    }

    /// The next value.
    pub fn value<T: Saved + Default>(&mut self) -> T {
        let mut value = T::default();
        value.read(self);
        value
    }

    /// Reads each of the values.
    pub fn fill<T: Saved>(&mut self, values: &mut [T]) {
        values.iter_mut().for_each(|value| value.read(self));
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Saved for $type {
            const BYTES: usize = size_of::<$type>();

            #[inline]
            fn write(&self, to: &mut Writer<'_>) {
                to.put(&self.to_le_bytes());
            }
            #[inline]
            fn read(&mut self, from: &mut Reader<'_>) {
                *self = Self::from_le_bytes(from.take());
            }
            #[inline]
            fn copy_from(&mut self, other: &Self) {
                *self = *other;
            }
            #[inline]
            fn equals(&self, other: &Self) -> bool {
                self.to_le_bytes() == other.to_le_bytes()
            }
        }
    )* };
}
numbers!(u8, u16, u32, u64, i8, i16, i32, i64, f32, f64);

/// As a `u64`. Of a count that this machine cannot hold the largest number is read that it can.
impl Saved for usize {
    const BYTES: usize = u64::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        (*self as u64).write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        *self = Self::try_from(from.value::<u64>()).unwrap_or(Self::MAX);
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
}

impl Saved for bool {
    const BYTES: usize = u8::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        u8::from(*self).write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        *self = from.value::<u8>() != 0;
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
}

impl Saved for () {
    const BYTES: usize = 0;

    fn write(&self, _: &mut Writer<'_>) {}
    fn read(&mut self, _: &mut Reader<'_>) {}
    fn copy_from(&mut self, _: &Self) {}
    fn equals(&self, _: &Self) -> bool {
        true
    }
}

impl<A: Saved, B: Saved> Saved for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        self.0.write(to);
        self.1.write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        self.0.read(from);
        self.1.read(from);
    }
    fn copy_from(&mut self, other: &Self) {
        self.0.copy_from(&other.0);
        self.1.copy_from(&other.1);
    }
    fn equals(&self, other: &Self) -> bool {
        self.0.equals(&other.0) && self.1.equals(&other.1)
    }
}

impl<T: Saved, const N: usize> Saved for [T; N] {
    const BYTES: usize = N * T::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        to.put_all(self);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        from.fill(self);
    }
    fn copy_from(&mut self, other: &Self) {
        copy_all(self, other);
    }
    fn equals(&self, other: &Self) -> bool {
        all_equal(self, other)
    }
}

impl<T: Saved, L: ArrayLength> Saved for GenericArray<T, L> {
    const BYTES: usize = L::USIZE * T::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        to.put_all(self);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        from.fill(self);
    }
    fn copy_from(&mut self, other: &Self) {
        copy_all(self, other);
    }
    fn equals(&self, other: &Self) -> bool {
        all_equal(self, other)
    }
}

/// Whether there is one, and the number.
impl<S: Scalar> Saved for Option<S> {
    const BYTES: usize = bool::BYTES + S::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        self.is_some().write(to);
        self.unwrap_or(S::ZERO).write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        let there = from.value::<bool>();
        let number = from.value::<S>();
        *self = there.then_some(number);
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(one), Some(other)) => one.equals(other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

/// Both precisions.
impl Saved for Real {
    const BYTES: usize = u32::BYTES + u64::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        self.to_bits().write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        *self = Self::from_bits(from.value());
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Saved for Risk {
    const BYTES: usize = u8::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        (*self as u8).write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        *self = match from.value::<u8>() {
            0 => Self::Gradients,
            1 => Self::Parameters,
            _ => Self::Settings,
        };
    }
    fn copy_from(&mut self, other: &Self) {
        *self = *other;
    }
    fn equals(&self, other: &Self) -> bool {
        self == other
    }
}

/// Implements [`Saved`] for a struct, field by field in the order they are named; declares it too, where the whole
/// declaration stands.
macro_rules! saved {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident { $($field:ident : $field_type:ty),* $(,)? }) => {
        $(#[$attribute])*
        $visibility struct $name { $($field: $field_type),* }
        $crate::saved::saved!([] $name { $($field: $field_type),* });
    };
    ([$($generics:tt)*] $type:ty { $($field:ident : $field_type:ty),* $(,)? }) => {
        impl<$($generics)*> $crate::saved::Saved for $type {
            const BYTES: usize = 0 $(+ <$field_type as $crate::saved::Saved>::BYTES)*;

            fn write(&self, to: &mut $crate::saved::Writer<'_>) {
                // Compiles if no field is left out.
                let Self { $($field),* } = self;
                $($field.write(to);)*
            }
            fn read(&mut self, from: &mut $crate::saved::Reader<'_>) {
                $(self.$field.read(from);)*
            }
            fn copy_from(&mut self, other: &Self) {
                $(self.$field.copy_from(&other.$field);)*
            }
            fn equals(&self, other: &Self) -> bool {
                true $(&& self.$field.equals(&other.$field))*
            }
        }
    };
}
pub(crate) use saved;

#[cfg(test)]
mod tests {
    use super::{Reader, Saved, Writer};
    use crate::Real;

    #[test]
    fn values_come_back_and_take_as_many_bytes_as_they_say() {
        type All = ((u8, (usize, bool)), ([f32; 3], (Real, (f64, ()))));
        let value: All =
            ((7, (usize::MAX, true)), ([1.5, -0.0, f32::NAN], (Real::new(0.1), (f64::MIN_POSITIVE, ()))));
        let mut bytes = [0; All::BYTES];
        let mut to = Writer::new(&mut bytes);
        value.write(&mut to);
        assert!(to.room.is_empty());
        let mut read: All = ((0, (0, false)), ([0.0; 3], (Real::new(0.0), (0.0, ()))));
        let mut from = Reader::new(&bytes);
        read.read(&mut from);
        assert!(from.rest().is_empty());
        assert_eq!(format!("{value:?}"), format!("{read:?}"));
        // A NaN and the sign of 0 count by their bits.
        assert!(read.equals(&value));
        read.1.0[1] = 0.0;
        assert!(!read.equals(&value));
        read.copy_from(&value);
        assert!(read.equals(&value));
    }

    #[test]
    fn the_bytes_are_those_of_any_machine() {
        let mut bytes = [0; 12];
        (0x0102_usize, 1.0_f32).write(&mut Writer::new(&mut bytes));
        assert_eq!(bytes, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
    }
}
