//! Parts of slices that are always there, taken without a branch that panics.
//!
//! The code of this crate must not contain a panic, so what cannot be out of range is not indexed but taken with `get`.
//! What to do if it is out of range all the same must not depend on the place: a wrong result that nobody notices is worse
//! than a panic. With these functions it is empty in a release build, and a panic in tests and in builds with debug
//! assertions.

use core::slice::SliceIndex;

/// Parts that are always there.
pub(crate) trait Parts<T> {
    /// The part of that range.
    fn part<I: SliceIndex<[T], Output = [T]>>(&self, range: I) -> &[T];
    /// What follows a place: nothing from the end on, for instance where there are no biases.
    fn after(&self, place: usize) -> &[T];
    /// [`part`](Self::part), to write.
    fn part_mut<I: SliceIndex<[T], Output = [T]>>(&mut self, range: I) -> &mut [T];
}

impl<T> Parts<T> for [T] {
    #[inline(always)]
    #[track_caller]
    fn part<I: SliceIndex<[T], Output = [T]>>(&self, range: I) -> &[T] {
        match self.get(range) {
            Some(part) => part,
            None => {
                does_not_fit();
                &[]
            }
        }
    }

    #[inline(always)]
    fn after(&self, place: usize) -> &[T] {
        self.get(place..).unwrap_or(&[])
    }

    #[inline(always)]
    #[track_caller]
    fn part_mut<I: SliceIndex<[T], Output = [T]>>(&mut self, range: I) -> &mut [T] {
        match self.get_mut(range) {
            Some(part) => part,
            None => {
                does_not_fit();
                &mut []
            }
        }
    }
}

/// The first `count` numbers of a slice; `rest` keeps what follows them.
#[inline(always)]
pub(crate) fn take<'a, T>(rest: &mut &'a [T], count: usize) -> &'a [T] {
    let (first, after) = rest.split_at(count.min(rest.len()));
    *rest = after;
    first
}

/// [`take`], to write.
#[inline(always)]
pub(crate) fn take_mut<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let whole = core::mem::take(rest);
    let (first, after) = whole.split_at_mut(count.min(whole.len()));
    *rest = after;
    first
}

/// What stands where sizes contradict each other, before the way out that a build without checks takes.
#[inline(always)]
#[track_caller]
pub(crate) fn does_not_fit() {
    if cfg!(any(test, debug_assertions)) {
        panic!("a size contradicts the slices that it is given with");
    }
}

#[cfg(test)]
mod tests {
    use super::Parts as _;

    #[test]
    #[should_panic = "a size contradicts"]
    fn a_part_that_is_not_there_fails_in_tests() {
        let numbers = [1, 2, 3];
        assert_eq!(numbers.part(1..), [2, 3]);
        let _ = numbers.part(2..4);
    }

    #[test]
    #[should_panic = "a size contradicts"]
    fn a_part_to_write_that_is_not_there_fails_in_tests() {
        let mut numbers = [1, 2, 3];
        numbers.part_mut(..1).fill(0);
        assert_eq!(numbers, [0, 2, 3]);
        numbers.part_mut(4..).fill(0);
    }
}
