//! What is remembered from one step of time to the next.

use super::Steps;
use crate::parts::Parts as _;
use crate::simd::Simd;
use crate::{Forward, Scalar};

/// What a network remembers from one step of time to the next: `N` numbers of its layers, and how many steps there were.
///
/// `Net::state()` is that before the first step, when nothing but silence has been; it is a constant, and can stand in a
/// `static`.
#[repr(C)]
#[derive(Clone, Debug, PartialEq)]
pub struct State<S, const N: usize> {
    /// Rings of past steps turn with it; it begins anew after 2³².
    steps: u32,
    numbers: [S; N],
}

impl<S: Scalar, const N: usize> State<S, N> {
    /// Before the first step.
    pub const START: Self = Self { steps: 0, numbers: [S::ZERO; N] };

    /// Forgets everything: as before the first step.
    pub fn reset(&mut self) {
        self.steps = 0;
        self.numbers.fill(S::ZERO);
    }

    /// What the layers remember, in the order of declaration; of a recurrent layer `h` of all cells, then `c` of all cells.
    pub fn numbers(&self) -> &[S; N] {
        &self.numbers
    }

    /// The same, to change: a recurrent layer may begin from any `h` and `c`.
    pub fn numbers_mut(&mut self) -> &mut [S; N] {
        &mut self.numbers
    }
}

/// A [`State`] of any size.
pub trait Remembered<S>: Clone + PartialEq + Send + Sync {
    /// What the layers remember.
    fn numbers(&self) -> &[S];
    /// What the layers remember, and the number of steps, to change.
    fn parts(&mut self) -> (&mut [S], &mut u32);
}

impl<S: Scalar, const N: usize> Remembered<S> for State<S, N> {
    #[inline(always)]
    fn numbers(&self) -> &[S] {
        &self.numbers
    }
    #[inline(always)]
    fn parts(&mut self) -> (&mut [S], &mut u32) {
        (&mut self.numbers, &mut self.steps)
    }
}

/// What stands in the place of the state of a network that cannot run one step at a time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoState;

/// What a layer remembers of `T` streams: `numbers[i]` is number `i` of all of them.
#[derive(Debug)]
pub struct Memory<'a, S, const T: usize> {
    /// How many steps there were before this one, for each stream; after 2³² they begin anew.
    pub steps: &'a [u32; T],
    /// To be read, and overwritten with what the layer remembers after the step.
    pub numbers: &'a mut [[S; T]],
}

impl<S, const T: usize> Memory<'_, S, T> {
    /// What one of the network's layers remembers.
    #[inline(always)]
    pub fn part(&mut self, first: usize, count: usize) -> Memory<'_, S, T> {
        Memory { steps: self.steps, numbers: self.numbers.part_mut(first..first + count) }
    }
}

/// A causal layer that remembers, for one step of time.
pub trait Remembers<S: Scalar> {
    /// One step: [`forward`](crate::Layer::forward) with what the layer remembers.
    fn step<const T: usize>(&self, io: Forward<'_, S, T>, memory: Memory<'_, S, T>);

    /// [`step`](Self::step), to the bit, in a function that is compiled for one instruction set.
    #[inline(always)]
    fn step_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>, memory: Memory<'_, S, T>) {
        let _ = v;
        self.step(io, memory);
    }
}

/// A layer that remembers, whose window may begin from what it remembers.
pub trait Carries<S: Scalar> {
    /// [`forward`](crate::Layer::forward) from `memory`, which becomes what the layer remembers after the window; where it is
    /// empty, from silence.
    fn forward_from<const T: usize>(&self, io: Forward<'_, S, T>, memory: &mut [[S; T]]);
}

/// Buffers to train in whose window may begin from a state.
pub trait Carrying<N: Steps> {
    /// Makes the window of a sample begin from a state.
    fn begin_from(&mut self, lane: usize, state: &mut [N::Number]);
    /// The state that a sample's window has ended with.
    fn ended_with(&mut self, lane: usize, state: &mut [N::Number]);
}

/// What a layer remembers of one sample: taken into a tile's memory, or out of it.
pub fn exchange<S: Scalar, const T: usize>(memory: &mut [[S; T]], lane: usize, state: &mut [S], take: bool) {
    for (place, number) in memory.as_flattened_mut().iter_mut().skip(lane).step_by(T).zip(state) {
        if take {
            *place = *number;
        } else {
            *number = *place;
        }
    }
}

/// What one layer remembers, among what all do.
#[inline(always)]
pub fn part<S>(state: &mut [S], first: usize, count: usize) -> &mut [S] {
    state.part_mut(first..first + count)
}

/// Numbers nearer to zero than this are taken as 0 where they enter a network that runs step by step, and in what it
/// remembers: 2⁻¹⁰⁰ ≈ 7.9e-31 (`f64`: 2⁻⁹⁹⁶). So a decaying tail takes no longer than speech: products with weights of
/// at least 2⁻²⁶ never are subnormal numbers, on which many processors take a hundred times as long.
pub(crate) fn without_tails<S: Scalar>(numbers: &mut [S]) {
    for number in numbers {
        *number = without_tail(*number);
    }
}

/// The same for one number.
#[inline(always)]
pub(crate) fn without_tail<S: Scalar>(number: S) -> S {
    // NaN is not below the limit and stays.
    if number.abs() < S::TAIL { S::ZERO } else { number }
}
