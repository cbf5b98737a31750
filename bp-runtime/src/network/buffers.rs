//! Buffers of a fixed tile, and the passes that run in them.

use super::Passes;
use crate::calls::{Apart, Calls};
use crate::layer::Pass;
use crate::learning::Learning;
use crate::losses::Outputs;
use crate::moves::all_finite;
use crate::streaming::{Carrying, Steps};
use crate::{Scalar, Zeroed};

/// Buffers to predict in: `X` and `Y` are `[[S; T]; features]`.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Scratch<X, Y, W> {
    input: X,
    output: Y,
    slots: W,
}

/// Buffers to train in: what one forward pass leaves for its backward pass, and the [room](crate::losses::room) that losses
/// need.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Tape<X, Y, W, R> {
    input: X,
    output: Y,
    output_gradient: Y,
    slots: W,
    pass: Pass,
    room: R,
}

impl<X, Y, W, R> Tape<X, Y, W, R> {
    /// From now on forward trains: dropout drops, drawn from `seed`, and batch normalisation measures.
    pub fn training(&mut self, seed: u64) {
        self.pass = Pass { training: true, seed, samples: 1, ..Pass::default() };
    }

    /// What the layers keep, for those that tell of it: `tape.slots().fixed_point1.iterations`. Of a trainer,
    /// [`workspace`](crate::Trainer::workspace) is such a tape.
    pub fn slots(&self) -> &W {
        &self.slots
    }

    /// From now on forward predicts, as in a fresh tape.
    pub fn prediction(&mut self) {
        self.pass = Pass::PREDICTION;
    }
}

#[expect(unsafe_code, reason = "buffers start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([X: Zeroed, Y: Zeroed, W: Zeroed] Scratch<X, Y, W> { input, output, slots });
    crate::zeroed!(
        [X: Zeroed, Y: Zeroed, W: Zeroed, R: Zeroed] Tape<X, Y, W, R> { input, output, output_gradient, slots, pass, room }
    );
};
#[expect(unsafe_code, reason = "a pass is integers and booleans, checked by the macro")]
const _: () = {
    crate::zeroed!([] Pass { training, seed, step, first_sample, samples, frozen, carried });
};

/// Buffers of a fixed tile to predict in.
pub trait Inference<N: Passes>: Zeroed + Send {
    /// Samples worked on together.
    const TILE: usize;
    /// Input features, `[feature][sample]`.
    fn input_mut(&mut self) -> &mut [N::Number];
    /// Output features, `[feature][sample]`.
    fn output(&self) -> &[N::Number];
    /// Computes the output from the input.
    fn run<C: Calls>(&mut self, calls: C, network: &N);
}

impl<S, N, const T: usize, const I: usize, const O: usize> Inference<N>
    for Scratch<[[S; T]; I], [[S; T]; O], N::InferenceSlots<T>>
where
    S: Scalar,
    N: Passes<Number = S>,
{
    const TILE: usize = T;

    #[inline(always)]
    fn input_mut(&mut self) -> &mut [S] {
        self.input.as_flattened_mut()
    }

    #[inline(always)]
    fn output(&self) -> &[S] {
        self.output.as_flattened()
    }

    #[inline(always)]
    fn run<C: Calls>(&mut self, calls: C, network: &N) {
        infer(calls, network, &self.input, &mut self.output, &mut self.slots);
    }
}

impl<S, N, R, const T: usize, const I: usize, const O: usize> Carrying<N>
    for Tape<[[S; T]; I], [[S; T]; O], N::Slots<T>, R>
where
    S: Scalar,
    N: Steps<Number = S>,
{
    fn begin_from(&mut self, lane: usize, state: &mut [S]) {
        N::exchange(&mut self.slots, lane, state, true);
    }

    fn ended_with(&mut self, lane: usize, state: &mut [S]) {
        N::exchange(&mut self.slots, lane, state, false);
    }
}

/// Buffers of a fixed tile to train in.
pub trait Training<N: Passes>: Zeroed + Send {
    /// The most samples worked on together.
    const TILE: usize;
    /// How many are where there are few.
    const NARROWEST: usize = Self::TILE;
    /// The most samples worked on together in a batch of so many.
    #[inline(always)]
    fn tile(samples: usize) -> usize {
        let _ = samples;
        Self::TILE
    }
    /// How many samples are worked on together as of the last [`fit`](Self::fit).
    fn width(&self) -> usize;
    /// Makes itself ready for tiles of so many samples.
    fn fit(&mut self, samples: usize);
    /// Circumstances of the pass.
    fn pass_mut(&mut self) -> &mut Pass;
    /// Input features, `[feature][sample]`.
    fn input_mut(&mut self) -> &mut [N::Number];
    /// Output features and the gradient of the loss with respect to them.
    fn outputs(&mut self) -> Outputs<'_, N::Number>;
    /// Computes the output from the input.
    fn forward<C: Calls>(&mut self, calls: C, network: &N);
    /// Propagates the gradient back: what `learning` does with those of parameters, and that of the input unless
    /// `dx` is empty.
    fn backward<C: Calls, L: Learning<N::Number>>(
        &mut self,
        calls: C,
        dx: &mut [N::Number],
        learning: &mut L,
    );
    /// Visits what forward has measured.
    fn measured(&self, visit: &mut impl FnMut(&[N::Number]));
    /// Visits what forward has measured, to change it.
    fn measured_mut(&mut self, visit: &mut impl FnMut(&mut [N::Number]));
    /// Whether all that forward measured is finite.
    #[inline(always)]
    fn measured_is_finite(&self) -> bool {
        let mut finite = true;
        self.measured(&mut |numbers| finite &= all_finite(numbers));
        finite
    }
    /// Takes over what forward measured.
    fn commit(&mut self, network: &mut N);
}

impl<S, N, const T: usize, const I: usize, const O: usize, const R: usize> Training<N>
    for Tape<[[S; T]; I], [[S; T]; O], N::Slots<T>, [S; R]>
where
    S: Scalar,
    N: Passes<Number = S>,
{
    const TILE: usize = T;

    #[inline(always)]
    fn width(&self) -> usize {
        T
    }

    #[inline(always)]
    fn fit(&mut self, _: usize) {}

    #[inline(always)]
    fn pass_mut(&mut self) -> &mut Pass {
        &mut self.pass
    }

    #[inline(always)]
    fn input_mut(&mut self) -> &mut [S] {
        self.input.as_flattened_mut()
    }

    #[inline(always)]
    fn outputs(&mut self) -> Outputs<'_, S> {
        let (y, dy) = (self.output.as_flattened(), self.output_gradient.as_flattened_mut());
        Outputs { tile: T, y, dy, room: &mut self.room }
    }

    #[inline(always)]
    fn forward<C: Calls>(&mut self, calls: C, network: &N) {
        let Self { input, output, slots, pass, .. } = self;
        if const { C::WHOLE && T == 1 } {
            network.forward(calls, pass, input, output, slots);
        } else {
            forward_apart(network, pass, input, output, slots);
        }
    }

    #[inline(always)]
    fn backward<C: Calls, L: Learning<S>>(&mut self, calls: C, dx: &mut [S], learning: &mut L) {
        let Self { input, output, output_gradient, slots, pass, .. } = self;
        let dx = dx.as_chunks_mut().0;
        if const { C::WHOLE && T == 1 } {
            N::backward(calls, pass, input, output, output_gradient, dx, slots, learning);
        } else {
            backward_apart::<N, L, T>(pass, input, output, output_gradient, dx, slots, learning);
        }
    }

    #[inline(always)]
    fn measured(&self, visit: &mut impl FnMut(&[S])) {
        N::measured(&self.slots, visit);
    }

    #[inline(always)]
    fn measured_mut(&mut self, visit: &mut impl FnMut(&mut [S])) {
        N::measured_mut(&mut self.slots, visit);
    }

    #[inline(always)]
    fn commit(&mut self, network: &mut N) {
        network.commit(&mut self.slots);
    }
}

/// [`Passes::infer`]: in place where it is compiled as a whole; elsewhere in a function of its own, of which there is one
/// however many call it. So are the others below.
#[inline(always)]
pub(super) fn infer<C: Calls, N: Passes, const T: usize>(
    calls: C,
    network: &N,
    x: &[[N::Number; T]],
    y: &mut [[N::Number; T]],
    slots: &mut N::InferenceSlots<T>,
) {
    if const { C::WHOLE } {
        network.infer(calls, x, y, slots);
    } else {
        infer_apart(network, x, y, slots);
    }
}

#[inline(never)]
fn infer_apart<N: Passes, const T: usize>(
    network: &N,
    x: &[[N::Number; T]],
    y: &mut [[N::Number; T]],
    slots: &mut N::InferenceSlots<T>,
) {
    network.infer(Apart, x, y, slots);
}

#[inline(never)]
fn forward_apart<N: Passes, const T: usize>(
    network: &N,
    pass: &Pass,
    x: &[[N::Number; T]],
    y: &mut [[N::Number; T]],
    slots: &mut N::Slots<T>,
) {
    network.forward(Apart, pass, x, y, slots);
}

#[inline(never)]
fn backward_apart<N: Passes, L: Learning<N::Number>, const T: usize>(
    pass: &Pass,
    x: &[[N::Number; T]],
    y: &[[N::Number; T]],
    dy: &mut [[N::Number; T]],
    dx: &mut [[N::Number; T]],
    slots: &mut N::Slots<T>,
    learning: &mut L,
) {
    N::backward(Apart, pass, x, y, dy, dx, slots, learning);
}
