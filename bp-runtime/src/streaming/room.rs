//! Buffers that steps of time work in.

use super::{Memory, Remembered, Steps, Streaming, exchange, without_tails};
use crate::calls::{Apart, Calls};
use crate::flat::zero;
use crate::network::LARGEST_SCRATCH;
use crate::parts::Parts as _;
use crate::sample::Sample;
use crate::simd::Lanes;
use crate::{Flat, Scalar, Zeroed};

/// Streams that [`step_batch`](Streaming::step_batch) works on together: two vectors of them, or one where two need more than
/// 64 KiB; one stream on targets without an operating system. One of them takes `W` and so many numbers.
pub const fn streams<S: Scalar, W>(numbers: usize) -> usize {
    let (lanes, each) = (<S as Lanes>::LANES, size_of::<W>() + numbers * size_of::<S>());
    // Less what tiles are aligned to.
    match 2 * lanes * each + 64 <= LARGEST_SCRATCH {
        _ if cfg!(target_os = "none") => 1,
        true => 2 * lanes,
        false => lanes,
    }
}

/// Buffers for a step of one stream: `X` is `[[S; 1]; features]`.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct StepRoom<X, W> {
    input: X,
    slots: W,
}

/// Buffers for a step of `T` streams: `X`, `Y` and `M` are `[[S; T]; features]`, of the input, the output and what is
/// remembered, which stands in `packed` stream by stream.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct StepTile<X, Y, M, W> {
    input: X,
    output: Y,
    memory: M,
    packed: M,
    slots: W,
}

#[expect(unsafe_code, reason = "buffers start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([X: Zeroed, W: Zeroed] StepRoom<X, W> { input, slots });
    crate::zeroed!([X: Zeroed, Y: Zeroed, M: Zeroed, W: Zeroed] StepTile<X, Y, M, W> { input, output, memory, packed, slots });
};

/// Room for a step of one stream.
pub trait OneStep<N: Steps>: Zeroed + Send {
    /// One step.
    fn step<C: Calls, X: Sample<N::Number>>(
        &mut self,
        calls: C,
        network: &N,
        x: &X,
        y: &mut [[N::Number; 1]],
        memory: Memory<'_, N::Number, 1>,
    );
}

impl<S, N, const I: usize> OneStep<N> for StepRoom<[[S; 1]; I], N::StepSlots<1>>
where
    S: Scalar,
    N: Steps<Number = S>,
{
    #[inline(always)]
    fn step<C: Calls, X: Sample<S>>(
        &mut self,
        calls: C,
        network: &N,
        x: &X,
        y: &mut [[S; 1]],
        memory: Memory<'_, S, 1>,
    ) {
        let Self { input, slots } = self;
        Sample::load(core::slice::from_ref(x), input.as_flattened_mut(), 1);
        without_tails(input.as_flattened_mut());
        if const { C::WHOLE } {
            network.step(calls, input, y, slots, memory);
        } else {
            step_apart(network, input, y, slots, memory);
        }
    }
}

/// Room for a step of many streams.
pub trait ManySteps<N: Steps>: Zeroed + Send {
    /// Streams worked on together.
    const STREAMS: usize;
    /// One step of at most [`STREAMS`](Self::STREAMS) streams, and at least one.
    fn step<X: Sample<N::Number>, Y: Flat<Number = N::Number>, M: Remembered<N::Number>>(
        &mut self,
        network: &N,
        xs: &[X],
        ys: &mut [Y],
        states: &mut [M],
    );
}

impl<S, N, const T: usize, const I: usize, const O: usize, const M: usize> ManySteps<N>
    for StepTile<[[S; T]; I], [[S; T]; O], [[S; T]; M], N::StepSlots<T>>
where
    S: Scalar,
    N: Steps<Number = S>,
{
    const STREAMS: usize = T;

    fn step<X: Sample<S>, Y: Flat<Number = S>, R: Remembered<S>>(
        &mut self,
        network: &N,
        xs: &[X],
        ys: &mut [Y],
        states: &mut [R],
    ) {
        let Self { input, output, memory, packed, slots } = self;
        Sample::load(xs, input.as_flattened_mut(), T);
        without_tails(input.as_flattened_mut());
        let mut steps = [0; T];
        for ((lane, state), steps) in states.iter_mut().enumerate().zip(&mut steps) {
            let (numbers, count) = state.parts();
            *steps = *count;
            *count = count.wrapping_add(1);
            match packed.as_flattened_mut().get_mut(lane * M..(lane + 1) * M) {
                Some(packed) if T.is_multiple_of(S::LANES) => copy(packed, numbers),
                _ => exchange(memory, lane, numbers, true),
            }
        }
        // Transposed together: number by number it would take as long as the step.
        if T.is_multiple_of(S::LANES) {
            S::transpose(packed.as_flattened(), M, memory.as_flattened_mut(), T);
        }
        step_apart(network, input, output, slots, Memory { steps: &steps, numbers: memory });
        // Rows of whole vectors, of which the last numbers may be no part.
        let whole = if T.is_multiple_of(S::LANES) { M / S::LANES * S::LANES } else { 0 };
        let (together, rest) = memory.split_at_mut(whole.min(M));
        S::transpose(together.as_flattened(), T, packed.as_flattened_mut(), whole);
        let mut packed = packed.as_flattened().chunks_exact(whole.max(1));
        for (lane, (state, y)) in states.iter_mut().zip(ys).enumerate() {
            let numbers = state.parts().0;
            let (first, last) = numbers.split_at_mut(whole.min(numbers.len()));
            if let Some(packed) = packed.next().filter(|_| whole > 0) {
                copy(first, packed);
            }
            exchange(rest, lane, last, false);
            crate::moves::store(y.flat_mut(), output.as_flattened(), T, lane);
        }
    }
}

/// Copies up to the shorter of the slices.
fn copy<S: Scalar>(to: &mut [S], from: &[S]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// [`Steps::step`] in a function of its own, of which there is one however many call it.
#[inline(never)]
fn step_apart<N: Steps, const T: usize>(
    network: &N,
    x: &[[N::Number; T]],
    y: &mut [[N::Number; T]],
    slots: &mut N::StepSlots<T>,
    memory: Memory<'_, N::Number, T>,
) {
    network.step(Apart, x, y, slots, memory);
}

/// Whether many streams are best run in tiles: their room fits on the stack, and what they remember, which is carried
/// into the tile and back, is little beside what a step computes.
pub(super) const fn tiles_pay<N: Streaming>() -> bool {
    let multiply_adds = <N::Core as Steps>::STEP_MULTIPLY_ADDS;
    size_of::<N::StepTile>() <= LARGEST_SCRATCH && 2 * <N::Core as Steps>::MEMORY <= multiply_adds
}

/// [`Streaming::step_batch`], tile by tile.
pub(super) fn step_batch<N: Streaming>(
    network: &N,
    xs: &[N::StepSample],
    ys: &mut [N::StepOutput],
    states: &mut [N::State],
) {
    let mut room: N::StepTile = zero();
    let streams = <N::StepTile as ManySteps<N::Core>>::STREAMS;
    for ((xs, ys), states) in xs.runs(streams).zip(ys.runs_mut(streams)).zip(states.runs_mut(streams)) {
        room.step(network.core(), xs, ys, states);
    }
}
