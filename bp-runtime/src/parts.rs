//! Parts of slices that are always there, taken without a branch that panics.
//!
//! The code of this crate must not contain a panic, so what cannot be out of range is not indexed but taken with `get`.
//! What to do if it is out of range all the same must not depend on the place: a wrong result that nobody notices is worse
//! than a panic. With these functions it is empty in a release build, and a panic in tests and in builds with debug
//! assertions.

use core::slice::{ChunksExact, ChunksExactMut, SliceIndex};

/// Parts that are always there.
pub(crate) trait Parts<T> {
    /// The part of that range.
    fn part<I: SliceIndex<[T], Output = [T]>>(&self, range: I) -> &[T];
    /// What follows a place: nothing from the end on, for instance where there are no biases.
    fn after(&self, place: usize) -> &[T];
    /// [`part`](Self::part), to write.
    fn part_mut<I: SliceIndex<[T], Output = [T]>>(&mut self, range: I) -> &mut [T];
    /// What stands before a place, and what follows it.
    fn divided(&self, place: usize) -> (&[T], &[T]);
    /// [`divided`](Self::divided), to write.
    fn divided_mut(&mut self, place: usize) -> (&mut [T], &mut [T]);
    /// In pieces of a length that is not zero, without a rest that is shorter.
    fn pieces(&self, length: usize) -> ChunksExact<'_, T>;
    /// [`pieces`](Self::pieces), to write.
    fn pieces_mut(&mut self, length: usize) -> ChunksExactMut<'_, T>;
    /// In pieces of a length that is not zero, the last of which may be shorter.
    fn runs(&self, length: usize) -> Runs<'_, T>;
    /// [`runs`](Self::runs), to write.
    fn runs_mut(&mut self, length: usize) -> RunsMut<'_, T>;
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

    #[inline(always)]
    #[track_caller]
    fn divided(&self, place: usize) -> (&[T], &[T]) {
        match self.split_at_checked(place) {
            Some(parts) => parts,
            None => {
                does_not_fit();
                (self, &[])
            }
        }
    }

    #[inline(always)]
    #[track_caller]
    fn divided_mut(&mut self, place: usize) -> (&mut [T], &mut [T]) {
        if place > self.len() {
            does_not_fit();
        }
        self.split_at_mut(place.min(self.len()))
    }

    // What is known of a length where it comes from is forgotten on the way through a function that is not inlined: said
    // here, it is known where the division by it stands.
    #[inline(always)]
    fn pieces(&self, length: usize) -> ChunksExact<'_, T> {
        self.chunks_exact(length.max(1))
    }

    #[inline(always)]
    fn pieces_mut(&mut self, length: usize) -> ChunksExactMut<'_, T> {
        self.chunks_exact_mut(length.max(1))
    }

    #[inline(always)]
    fn runs(&self, length: usize) -> Runs<'_, T> {
        Runs { rest: self, length: length.max(1) }
    }

    #[inline(always)]
    fn runs_mut(&mut self, length: usize) -> RunsMut<'_, T> {
        RunsMut { rest: self, length: length.max(1) }
    }
}

/// What [`Parts::runs`] gives: `chunks` without the division by their length that zipping them takes.
#[derive(Debug)]
pub(crate) struct Runs<'a, T> {
    rest: &'a [T],
    length: usize,
}

impl<T> Clone for Runs<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, T> Iterator for Runs<'a, T> {
    type Item = &'a [T];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a [T]> {
        (!self.rest.is_empty()).then(|| take(&mut self.rest, self.length))
    }
}

/// [`Runs`], to write.
#[derive(Debug)]
pub(crate) struct RunsMut<'a, T> {
    rest: &'a mut [T],
    length: usize,
}

impl<'a, T> Iterator for RunsMut<'a, T> {
    type Item = &'a mut [T];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a mut [T]> {
        (!self.rest.is_empty()).then(|| take_mut(&mut self.rest, self.length))
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
    fn runs_are_chunks() {
        let mut numbers = [1, 2, 3, 4, 5];
        for length in [1, 2, 5, 7] {
            assert!(numbers.runs(length).eq(numbers.chunks(length)));
            let chunks: Vec<_> = numbers.chunks(length).map(<[_]>::to_vec).collect();
            assert!(numbers.runs_mut(length).map(|run| run.to_vec()).eq(chunks));
        }
        assert_eq!(numbers[..0].runs(0).next(), None);
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
