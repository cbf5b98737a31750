//! [`Embedded`]: a network that stays in flash, as a layer of another.

use super::Pretrained;
use crate::calls::Calls;
use crate::flat::flat_parameters;
use crate::learning::Accumulate;
use crate::network::{Passes, Tensor};
use crate::streaming::{Memory, Steps};
use crate::{Block, Flat, Learning, Pass};
use rand_core::Rng;

/// A network with [weights of its own](Pretrained) as a layer that has no numbers: it computes with
/// [`Pretrained::STATIC`], which stays in flash, and is never trained. Gradients pass through it.
///
/// So a last layer is trained on a trunk that takes no RAM but for the values that it computes. List it by an alias:
///
/// ```text
/// #[network(input = 64, layers = [dense(64), relu], weights = "trunk.safetensors")]
/// struct Trunk;
///
/// type InFlash = Embedded<Trunk>;
///
/// #[network(input = 64, layers = [InFlash, dense(10)], loss = cross_entropy)]
/// struct Adapted;
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Embedded<N: Passes> {
    numbers: [N::Number; 0],
}

flat_parameters!([N: Passes] Embedded<N>: N::Number { numbers: [N::Number; 0] });

/// One step of time as its network takes it.
impl<N: Pretrained + Block + Steps> Steps for Embedded<N> {
    type StepSlots<const T: usize> = N::StepSlots<T>;

    const NOT_CAUSAL: Option<&'static str> = N::NOT_CAUSAL;
    const MEMORY: usize = N::MEMORY;
    const STEP_INPUTS: usize = N::STEP_INPUTS;
    const STEP_OUTPUTS: usize = N::STEP_OUTPUTS;
    const STEP_MULTIPLY_ADDS: usize = N::STEP_MULTIPLY_ADDS;
    const STEP_IS_TINY: bool = N::STEP_IS_TINY;
    const NOT_CARRIED: Option<&'static str> = N::NOT_CARRIED;

    #[inline(always)]
    fn step<C: Calls, const T: usize>(
        &self,
        calls: C,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::StepSlots<T>,
        memory: Memory<'_, Self::Number, T>,
    ) {
        N::STATIC.step(calls, x, y, slots, memory);
    }

    fn exchange<const T: usize>(
        slots: &mut Self::Slots<T>,
        lane: usize,
        state: &mut [Self::Number],
        take: bool,
    ) {
        N::exchange(slots, lane, state, take);
    }
}

impl<N: Pretrained + Block> Passes for Embedded<N> {
    type Gradients = Self;
    type Slots<const T: usize> = N::Slots<T>;
    type InferenceSlots<const T: usize> = N::InferenceSlots<T>;

    const IS_TINY: bool = N::IS_TINY;

    #[inline(always)]
    fn infer<C: Calls, const T: usize>(
        &self,
        calls: C,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::InferenceSlots<T>,
    ) {
        N::STATIC.infer(calls, x, y, slots);
    }

    #[inline(always)]
    fn forward<C: Calls, const T: usize>(
        &self,
        calls: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
    ) {
        Passes::forward(N::STATIC, calls, &pass.frozen(), x, y, slots);
    }

    #[inline(always)]
    fn backward<C: Calls, const T: usize, G: Learning<Self::Number>>(
        calls: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &[[Self::Number; T]],
        dy: &mut [[Self::Number; T]],
        dx: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
        _: &mut G,
    ) {
        // Without anyone who wants the gradient of the input there is nothing to compute.
        if !dx.is_empty() {
            let learning = &mut Accumulate::nothing(Flat::flat(N::STATIC));
            <N as Passes>::backward(calls, &pass.frozen(), x, y, dy, dx, slots, learning);
        }
    }
}

impl<N: Pretrained + Block> Block for Embedded<N> {
    const INPUTS: usize = <N as Block>::INPUTS;
    const OUTPUTS: usize = <N as Block>::OUTPUTS;
    const MULTIPLY_ADDS: usize = <N as Block>::MULTIPLY_ADDS;
    const HAS_LENGTHS: bool = N::HAS_LENGTHS;
    const TAKES_INDICES: bool = N::TAKES_INDICES;
    const NETWORKS: usize = N::NETWORKS;
    const TENSORS: &'static [Tensor] = &[];

    fn initialize<R: Rng + ?Sized>(&mut self, _: &mut R) {}
}
