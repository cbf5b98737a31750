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
/// }
/// ```
pub trait Saved {
    /// How many bytes [`write`](Self::write) writes and [`read`](Self::read) reads.
    const BYTES: usize;

    /// Appends the value.
    fn write(&self, to: &mut Writer<'_>);
    /// Takes over the value that comes next.
    fn read(&mut self, from: &mut Reader<'_>);
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
}

impl Saved for bool {
    const BYTES: usize = u8::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        u8::from(*self).write(to);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        *self = from.value::<u8>() != 0;
    }
}

impl Saved for () {
    const BYTES: usize = 0;

    fn write(&self, _: &mut Writer<'_>) {}
    fn read(&mut self, _: &mut Reader<'_>) {}
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
}

impl<T: Saved, const N: usize> Saved for [T; N] {
    const BYTES: usize = N * T::BYTES;

    fn write(&self, to: &mut Writer<'_>) {
        to.put_all(self);
    }
    fn read(&mut self, from: &mut Reader<'_>) {
        from.fill(self);
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
}

/// Implements [`Saved`] for a struct, field by field in the order they are named.
macro_rules! saved {
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
    }

    #[test]
    fn the_bytes_are_those_of_any_machine() {
        let mut bytes = [0; 12];
        (0x0102_usize, 1.0_f32).write(&mut Writer::new(&mut bytes));
        assert_eq!(bytes, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
    }
}
