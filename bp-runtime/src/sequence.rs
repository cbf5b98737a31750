//! [`Sequence`]: a sample, or a target for each step, that is shorter than the window.
//!
//! A network declared with `input = [..=16, 8]` takes sequences of up to 16 steps. In a tile the number of steps stands in
//! one more row behind the features of each sample, so that it goes wherever the sample goes; the layers that look at
//! several steps are told it (`Forward::lengths`), and what lies behind the end of an output, and of its gradient,
//! is [silenced](silence).

use crate::sample::{AsTarget, Class};
use crate::{Error, Sample, Scalar};

/// Up to `N` steps: a sample of a network whose input is declared as `[..=N, features]`, with steps `[S; features]` (`u32`
/// before an embedding), or the targets of its steps, one for each (`[S; n]`, or any integer type for classes).
///
/// What lies behind the end does not count: neither for outputs, which are 0 there, nor for gradients and losses. PyTorch's
/// `pack_padded_sequence` with a loss over the steps that are there.
///
/// ```
/// use backprop::prelude::*;
///
/// // A label for each step, of sequences of 1 to 8 steps.
/// #[network(input = [..=8, 2], layers = [gru(6, bidirectional = true), dense(3)], loss = cross_entropy)]
/// struct Tagger;
///
/// # fn main() -> Result<(), backprop::Error> {
/// let xs = [Sequence::new(&[[0.5, -1.0], [0.25, 1.0], [1.0, 1.0]])?, Sequence::new(&[[1.0, 0.0]])?];
/// let ys = [Sequence::new(&[0, 2, 1])?, Sequence::new(&[2])?];
/// let mut net = Tagger::new(&mut backprop::rng(1));
/// let loss = Trainer::new(Adam::new(1e-2)).step(&mut net, &xs, &ys)?; // the mean over four steps
/// assert!(loss > 0.0);
/// assert_eq!(net.predict(&xs[1])[3..], [0.0; 21]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sequence<E, const N: usize> {
    /// Behind the end the first again: also there layers compute something, and zeros could turn into NaN.
    steps: [E; N],
    /// From 1 to `N`.
    length: usize,
}

impl<E: Copy, const N: usize> Sequence<E, N> {
    /// A sequence of these steps.
    ///
    /// # Errors
    /// [`Error::SequenceLength`] if there are none, or more than `N`.
    pub fn new(steps: &[E]) -> Result<Self, Error> {
        let (Some(first), true) = (steps.first(), steps.len() <= N) else {
            return Err(Error::SequenceLength { found: steps.len(), most: N });
        };
        let mut all = [*first; N];
        for (place, step) in all.iter_mut().zip(steps) {
            *place = *step;
        }
        Ok(Self { steps: all, length: steps.len() })
    }

    /// The steps that are there.
    pub fn steps(&self) -> &[E] {
        self.steps.get(..self.length).unwrap_or(&self.steps)
    }

    /// A sequence of as many steps, made of these one by one.
    pub fn map<F: Copy>(&self, f: impl FnMut(E) -> F) -> Sequence<F, N> {
        Sequence { steps: self.steps.map(f), length: self.length }
    }
}

/// Copies the numbers of a sample to its places, and how many steps it has to the last.
fn load<S: Scalar>(numbers: impl Iterator<Item = S>, length: usize, x: &mut [S], [tile, lane]: [usize; 2]) {
    let numbers = numbers.chain(core::iter::once(S::from_usize(length)));
    for (place, number) in x.iter_mut().skip(lane).step_by(tile.max(1)).zip(numbers) {
        *place = number;
    }
}

impl<S: Scalar, const F: usize, const N: usize> Sample<S> for Sequence<[S; F], N> {
    fn load(samples: &[Self], x: &mut [S], tile: usize) {
        for (lane, sample) in samples.iter().take(tile).enumerate() {
            let numbers = sample.steps.as_flattened().iter().copied();
            load(numbers, sample.length, x, [tile, lane]);
        }
    }

    fn length(&self) -> Option<usize> {
        Some(self.length)
    }
}

impl<S: Scalar, const N: usize> Sample<S> for Sequence<u32, N> {
    fn load(samples: &[Self], x: &mut [S], tile: usize) {
        for (lane, sample) in samples.iter().take(tile).enumerate() {
            let numbers = sample.steps.iter().map(|index| S::from_usize(*index as usize));
            load(numbers, sample.length, x, [tile, lane]);
        }
    }

    fn is_within(&self, rows: usize) -> bool {
        self.steps.iter().all(|index| (*index as usize) < rows)
    }

    fn length(&self) -> Option<usize> {
        Some(self.length)
    }
}

macro_rules! classes {
    ($($integer:ty),*) => { $(
        impl<const N: usize> AsTarget<Sequence<Class, N>> for Sequence<$integer, N> {
            fn with<R>(&self, f: impl FnOnce(&Sequence<Class, N>) -> R) -> R {
                f(&self.map(Class::from))
            }
        }
    )* };
}
classes!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

/// The features of a tile, and the row of its samples' numbers of steps.
#[inline(always)]
pub fn split<S, const T: usize>(x: &[[S; T]]) -> (&[[S; T]], &[[S; T]]) {
    x.split_at(x.len().saturating_sub(1))
}

/// Calls `f` with each sample that is shorter than `time` steps, and how many it has. For none where there are no lengths.
#[inline(always)]
pub(crate) fn shorter<S: Scalar, const T: usize>(
    lengths: &[[S; T]],
    time: usize,
    mut f: impl FnMut(usize, usize),
) {
    for (lane, length) in lengths.iter().flatten().enumerate() {
        let length = length.to_usize();
        if length < time {
            f(lane, length);
        }
    }
}

/// Sets to 0 what lies behind the end of the samples of a tile, of `time` steps.
pub fn silence<S: Scalar, const T: usize>(values: &mut [[S; T]], lengths: &[[S; T]], time: usize) {
    let features = values.len() / time.max(1);
    shorter(lengths, time, |lane, length| {
        for value in values.iter_mut().skip(length * features).filter_map(|row| row.get_mut(lane)) {
            *value = S::ZERO;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{Sequence, silence};
    use crate::Sample as _;

    #[test]
    fn a_tile_has_the_lengths_in_its_last_row() {
        let samples = [Sequence::new(&[[1.0_f32, 2.0]]), Sequence::new(&[[3.0, 4.0], [5.0, 6.0]])];
        let samples: [Sequence<[f32; 2], 3>; 2] = samples.map(|sample| sample.expect("up to three steps"));
        let mut x = [[9.0_f32; 2]; 7];
        Sequence::load(&samples, x.as_flattened_mut(), 2);
        assert_eq!(x, [[1.0, 3.0], [2.0, 4.0], [1.0, 5.0], [2.0, 6.0], [1.0, 3.0], [2.0, 4.0], [1.0, 2.0]]);
        let mut y = [[7.0_f32; 2]; 3];
        silence(&mut y, &[[1.0, 2.0]], 3);
        assert_eq!(y, [[7.0, 7.0], [0.0, 7.0], [0.0, 0.0]]);
        silence(&mut y, &[], 3);
        assert_eq!(y[0], [7.0, 7.0]);
    }

    #[test]
    fn a_sequence_has_at_least_one_step_and_no_more_than_declared() {
        let of = |steps: &[u32]| Sequence::<u32, 2>::new(steps).map_err(|error| error.to_string());
        assert_eq!(of(&[4, 5]).map(|sequence| sequence.steps().len()), Ok(2));
        let expected =
            |found| Err(format!("a sequence of {found} steps: give 1 to 2, as the network declares"));
        assert_eq!((of(&[]), of(&[1, 2, 3])), (expected(0), expected(3)));
    }
}
