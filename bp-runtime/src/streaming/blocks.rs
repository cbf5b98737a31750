//! Blocks of steps: where kernels that see several steps of a stream at once take less than one step after the other.

use super::{Memory, Steps, Streaming, without_tails};
use crate::flat::zero;
use crate::parts::Parts as _;
use crate::sample::Sample;
use crate::{Flat, Scalar, Zeroed};

/// The code that `#[network]` writes for a block of steps of one stream.
pub trait Blocks: Steps {
    /// What a block works in.
    type BlockSlots: Zeroed + Send;
    /// How many steps it has.
    const STEPS: usize;

    /// Computes the block's outputs from its inputs, and what is remembered after it: the bits of one step after the other.
    fn block(
        &self,
        x: &[[Self::Number; 1]],
        y: &mut [[Self::Number; 1]],
        slots: &mut Self::BlockSlots,
        memory: Memory<'_, Self::Number, 1>,
    );
}

/// Buffers for a block: `X` and `Y` are `[[S; 1]; steps × features]`.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct BlockRoom<X, Y, W> {
    input: X,
    output: Y,
    slots: W,
}

#[expect(unsafe_code, reason = "buffers start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([X: Zeroed, Y: Zeroed, W: Zeroed] BlockRoom<X, Y, W> { input, output, slots });
};

/// Room for a block of steps; `()` of a network that has none.
pub trait InBlocks<N: Steps>: Zeroed {
    /// Steps of a block, or 0.
    const STEPS: usize;
    /// A block of [`STEPS`](Self::STEPS) steps.
    fn block<X: Sample<N::Number>, Y: Flat<Number = N::Number>>(
        &mut self,
        network: &N,
        xs: &[X],
        ys: &mut [Y],
        memory: Memory<'_, N::Number, 1>,
    );
}

impl<N: Steps> InBlocks<N> for () {
    const STEPS: usize = 0;

    fn block<X: Sample<N::Number>, Y: Flat<Number = N::Number>>(
        &mut self,
        _: &N,
        _: &[X],
        _: &mut [Y],
        _: Memory<'_, N::Number, 1>,
    ) {
    }
}

impl<S, N, const I: usize, const O: usize> InBlocks<N> for BlockRoom<[[S; 1]; I], [[S; 1]; O], N::BlockSlots>
where
    S: Scalar,
    N: Blocks<Number = S>,
{
    const STEPS: usize = N::STEPS;

    fn block<X: Sample<S>, Y: Flat<Number = S>>(
        &mut self,
        network: &N,
        xs: &[X],
        ys: &mut [Y],
        memory: Memory<'_, S, 1>,
    ) {
        let Self { input, output, slots } = self;
        let (inputs, outputs) = (N::STEP_INPUTS.max(1), N::STEP_OUTPUTS.max(1));
        for (x, input) in xs.iter().zip(input.pieces_mut(inputs)) {
            Sample::load(core::slice::from_ref(x), input.as_flattened_mut(), 1);
        }
        without_tails(input.as_flattened_mut());
        network.block(input, output, slots, memory);
        for (y, output) in ys.iter_mut().zip(output.pieces(outputs)) {
            crate::moves::store(y.flat_mut(), output.as_flattened(), 1, 0);
        }
    }
}

/// As many of the steps as fill blocks; how many those are.
pub(super) fn blocks<N: Streaming>(
    network: &N,
    xs: &[N::StepSample],
    ys: &mut [N::StepOutput],
    state: &mut N::State,
) -> usize {
    use super::Remembered as _;
    let steps = const { <N::BlockRoom as InBlocks<N::Core>>::STEPS };
    if steps == 0 || xs.len() < steps {
        return 0;
    }
    let mut room: N::BlockRoom = zero();
    let (numbers, count) = state.parts();
    let numbers = numbers.as_chunks_mut().0;
    for (xs, ys) in xs.pieces(steps).zip(ys.pieces_mut(steps)) {
        room.block(network.core(), xs, ys, Memory { steps: &[*count], numbers: &mut *numbers });
        *count = count.wrapping_add(steps as u32);
    }
    xs.len() / steps * steps
}
