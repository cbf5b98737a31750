//! Buffers of a fixed tile, and the passes that run in them.

use super::Passes;
use crate::layer::Pass;
use crate::learning::Learning;
use crate::{Scalar, Zeroed};

/// Buffers to predict in: `X` and `Y` are `[[S; T]; features]`.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Scratch<X, Y, W> {
    input: X,
    output: Y,
    slots: W,
}

/// Buffers to train in: what one forward pass leaves for its backward pass.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Tape<X, Y, W> {
    input: X,
    output: Y,
    output_gradient: Y,
    slots: W,
    pass: Pass,
}

impl<X, Y, W> Tape<X, Y, W> {
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

/// Declares `Zeroed` where every field is.
macro_rules! zeroed_struct {
    ($type:ident { $($field:ident),* }) => {
        #[expect(unsafe_code, reason = "buffers start as zero bytes")]
        // SAFETY: every field may be zero bytes: X, Y and W by their bounds, a Pass is integers and a bool.
        unsafe impl<X: Zeroed, Y: Zeroed, W: Zeroed> Zeroed for $type<X, Y, W> {}
    };
}
zeroed_struct!(Scratch { input, output, slots });
zeroed_struct!(Tape { input, output, output_gradient, slots, pass });

/// Buffers of a fixed tile to predict in.
pub trait Inference<N: Passes>: Zeroed + Send {
    /// Samples worked on together.
    const TILE: usize;
    /// Input features, `[feature][sample]`.
    fn input_mut(&mut self) -> &mut [N::Scalar];
    /// Output features, `[feature][sample]`.
    fn output(&self) -> &[N::Scalar];
    /// Computes the output from the input.
    fn run(&mut self, network: &N);
}

impl<S, N, const T: usize, const I: usize, const O: usize> Inference<N>
    for Scratch<[[S; T]; I], [[S; T]; O], N::InferenceSlots<T>>
where
    S: Scalar,
    N: Passes<Scalar = S>,
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
    fn run(&mut self, network: &N) {
        network.infer(&self.input, &mut self.output, &mut self.slots);
    }
}

/// Buffers of a fixed tile to train in.
pub trait Training<N: Passes>: Zeroed + Send {
    /// Samples worked on together.
    const TILE: usize;
    /// Circumstances of the pass.
    fn pass_mut(&mut self) -> &mut Pass;
    /// Input features, `[feature][sample]`.
    fn input_mut(&mut self) -> &mut [N::Scalar];
    /// Output features and the gradient of the loss with respect to them, `[feature][sample]`.
    fn output(&mut self) -> (&[N::Scalar], &mut [N::Scalar]);
    /// Computes the output from the input.
    fn forward(&mut self, network: &N);
    /// Propagates the gradient back: what `learning` does with those of parameters, and that of the input unless
    /// `dx` is empty.
    fn backward<L: Learning<N::Scalar>>(&mut self, dx: &mut [N::Scalar], learning: &mut L);
    /// Takes over what forward measured.
    fn commit(&mut self, network: &mut N);
}

impl<S, N, const T: usize, const I: usize, const O: usize> Training<N>
    for Tape<[[S; T]; I], [[S; T]; O], N::Slots<T>>
where
    S: Scalar,
    N: Passes<Scalar = S>,
{
    const TILE: usize = T;

    #[inline(always)]
    fn pass_mut(&mut self) -> &mut Pass {
        &mut self.pass
    }

    #[inline(always)]
    fn input_mut(&mut self) -> &mut [S] {
        self.input.as_flattened_mut()
    }

    #[inline(always)]
    fn output(&mut self) -> (&[S], &mut [S]) {
        (self.output.as_flattened(), self.output_gradient.as_flattened_mut())
    }

    #[inline(always)]
    fn forward(&mut self, network: &N) {
        network.forward(&self.pass, &self.input, &mut self.output, &mut self.slots);
    }

    #[inline(always)]
    fn backward<L: Learning<S>>(&mut self, dx: &mut [S], learning: &mut L) {
        let Self { input, output, output_gradient, slots, pass } = self;
        N::backward(pass, input, output, output_gradient, dx.as_chunks_mut().0, slots, learning);
    }

    #[inline(always)]
    fn commit(&mut self, network: &mut N) {
        network.commit(&mut self.slots);
    }
}
