//! `fixed_point`: a layer whose output is where its body settles. Recurrent backpropagation.

use crate::block::Block;
use crate::calls::{Apart, Calls};
use crate::flat::{Flat, Zeroed, flat_parameters};
use crate::learning::{Accumulate, Learning};
use crate::network::Passes;
use crate::streaming::Steps;
use crate::{Pass, Real, Scalar, Tensor, moves};
use core::ops::{Deref, DerefMut};
use rand_core::Rng;

/// `y = z*`, where `z* = body(z* + x)`: the body is applied, from `z = 0`, until it changes `z` no more.
///
/// Backward does not unroll the iterations. With `J` the Jacobian of the body at the fixed point, it solves
/// `v = dy + Jᵀ v` by the same kind of iteration; then `dx = Jᵀ v` and `dw = (∂body/∂w)ᵀ v` (Almeida 1987,
/// Pineda 1987). Memory does not depend on the number of iterations. Both converge where the body is a
/// contraction; small weights and `tanh` make it one.
///
/// A sample has converged when no feature changes by more than the tolerance; it rests from then on, so that
/// its output does not depend on its neighbours in a tile. A sample that does not converge within
/// `MAX_ITERATIONS` becomes NaN, which a training step reports and leaves the network unchanged by; with
/// `BEST_EFFORT` it keeps the last iterate.
///
/// How a pass went, [`Iteration`] tells: `tape.slots().settle` where the declaration says `settle: fixed_point(…)[…]`.
///
/// ```
/// use backprop_runtime::{Flat, GenericArray, OwnLayer, Pass, calls::Apart, flat, layers::FixedPoint, network::Passes, typenum::{U0, U1}};
///
/// /// `y = x / 2`, so that `z = (z + x) / 2` settles at `z = x`.
/// #[repr(C)]
/// struct Half {}
/// flat!(Half: f64 {});
/// # type One = GenericArray<f64, U1>;
/// # type None = GenericArray<f64, U0>;
/// # impl OwnLayer for Half {
/// #     type Inputs = U1;
/// #     type Outputs = U1;
/// #     type Saved = U0;
/// #     fn forward(&self, x: &One, y: &mut One, _: &mut None) { y[0] = x[0] / 2.0; }
/// #     fn backward(&self, _: &One, _: &None, dy: &One, dx: &mut One, _: &mut Self) { dx[0] = dy[0] / 2.0; }
/// #     fn initialize(&mut self, _: &mut dyn backprop_runtime::rand_core::Rng) {}
/// # }
/// let layer: FixedPoint<Half, 1, { f64::to_bits(1e-3) }, 100, false> = FixedPoint { body: Half {} };
/// // Two samples; the second has settled at once.
/// let (x, mut y, mut slots) = ([[1.0, 0.0]], [[0.0; 2]], flat::zero());
/// layer.forward(Apart, &Pass::PREDICTION, &x, &mut y, &mut slots);
/// assert_eq!((slots.iterations, slots.residual), ([10, 1], [1.0 / 1024.0, 0.0]));
/// assert_eq!(y, [[1.0 - 1.0 / 1024.0, 0.0]]);
/// ```
///
/// In a declaration: `fixed_point(tolerance = 1e-5, max_iterations = 100)[dense(16), tanh]`. `TOLERANCE` holds the
/// bits of an `f64`, and `N` is the number of features.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint<
    B,
    const N: usize,
    const TOLERANCE: u64,
    const MAX_ITERATIONS: usize,
    const BEST_EFFORT: bool,
> {
    /// What is iterated.
    pub body: B,
}

impl<B, const N: usize, const E: u64, const M: usize, const A: bool> Deref for FixedPoint<B, N, E, M, A> {
    type Target = B;
    fn deref(&self) -> &B {
        &self.body
    }
}

impl<B, const N: usize, const E: u64, const M: usize, const A: bool> DerefMut for FixedPoint<B, N, E, M, A> {
    fn deref_mut(&mut self) -> &mut B {
        &mut self.body
    }
}

flat_parameters!([B: Flat, const N: usize, const E: u64, const M: usize, const A: bool]
    FixedPoint<B, N, E, M, A>: B::Number { body: B });

/// Room to iterate in, and how the last pass forward went.
///
/// ```text
/// let loss = trainer.step(&mut net, &xs, &ys)?;
/// let settle = &trainer.workspace().slots().settle;
/// println!("at most {} iterations, residual {}", settle.most_iterations, settle.largest_residual);
/// ```
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Iteration<S, W, const N: usize, const T: usize> {
    /// Iterations that each sample has taken, at most `MAX_ITERATIONS`.
    pub iterations: [u32; T],
    /// The last change of each sample: at most the tolerance where it has converged.
    pub residual: [S; T],
    /// The most iterations of a sample, in all tiles of the batch so far.
    pub most_iterations: u32,
    /// The largest last change of a sample, in all tiles of the batch so far; NaN where one came to that.
    pub largest_residual: S,
    /// The input of the body, `z + x`.
    input: [[S; T]; N],
    output: [[S; T]; N],
    /// What is iterated on the way back.
    adjoint: [[S; T]; N],
    work: [[S; T]; N],
    /// The gradient that backward began with.
    given: [[S; T]; N],
    body: W,
}

#[expect(unsafe_code, reason = "buffers start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([S: Scalar, W: Zeroed, const N: usize, const T: usize] Iteration<S, W, N, T> {
        iterations, residual, most_iterations, largest_residual, input, output, adjoint, work, given, body
    });
};

impl<S: Scalar, W, const N: usize, const T: usize> Iteration<S, W, N, T> {
    fn start(&mut self) {
        self.iterations = [0; T];
        self.residual = [S::INFINITY; T];
    }

    /// Takes over `output` as the next `z` for the samples that have not converged.
    fn advance(&mut self, z: &mut [[S; T]], tolerance: S) {
        let mut change = [S::ZERO; T];
        for (z, next) in z.iter().zip(&self.output) {
            for ((change, z), next) in change.iter_mut().zip(z).zip(next) {
                let difference = (*next - *z).abs();
                // NaN counts as a change that never ends.
                *change = if difference <= *change { *change } else { difference };
            }
        }
        let rests = self.residual.map(|residual| residual <= tolerance);
        for (z, next) in z.iter_mut().zip(&self.output) {
            for ((z, next), rests) in z.iter_mut().zip(next).zip(rests) {
                *z = if rests { *z } else { *next };
            }
        }
        let counts = self.iterations.iter_mut().zip(&mut self.residual);
        for (((count, residual), change), rests) in counts.zip(change).zip(rests) {
            if !rests {
                *count += 1;
                *residual = change;
            }
        }
    }

    /// Takes the tile into what is known of its batch.
    fn count(&mut self, pass: &Pass) {
        if pass.first_sample == 0 {
            (self.most_iterations, self.largest_residual) = (0, S::ZERO);
        }
        self.most_iterations = self.iterations.iter().copied().fold(self.most_iterations, u32::max);
        for residual in self.residual {
            let largest = self.largest_residual;
            let larger = if residual <= largest { largest } else { residual };
            // NaN stays.
            self.largest_residual = if largest <= S::INFINITY { larger } else { largest };
        }
    }

    fn converged(&self, tolerance: S) -> bool {
        self.residual.iter().all(|residual| *residual <= tolerance)
    }
}

impl<B: Block, const N: usize, const E: u64, const M: usize, const A: bool> FixedPoint<B, N, E, M, A> {
    const TOLERANCE: Real = Real::new(f64::from_bits(E));

    /// Iterates to the fixed point, applying the body by `apply(input, output, slots)`.
    fn settle<W, const T: usize>(
        &self,
        x: &[[B::Number; T]],
        z: &mut [[B::Number; T]],
        slots: &mut Iteration<B::Number, W, N, T>,
        apply: impl Fn(&Self, &mut Iteration<B::Number, W, N, T>),
    ) {
        let tolerance = B::Number::real(Self::TOLERANCE);
        z.fill([B::Number::ZERO; T]);
        slots.start();
        for _ in 0..M {
            moves::copy(&mut slots.input, x);
            moves::add(&mut slots.input, z);
            apply(self, slots);
            slots.advance(z, tolerance);
            if slots.converged(tolerance) {
                break;
            }
        }
        if !A {
            for z in z.iter_mut() {
                for (z, residual) in z.iter_mut().zip(slots.residual) {
                    *z = if residual <= tolerance { *z } else { B::Number::NAN };
                }
            }
        }
    }
}

impl<B: Block, const N: usize, const E: u64, const M: usize, const A: bool> Steps
    for FixedPoint<B, N, E, M, A>
{
    type StepSlots<const T: usize> = ();
    const NOT_CAUSAL: Option<&'static str> = Some("a fixed point is one of all steps");
}

impl<B: Block, const N: usize, const E: u64, const M: usize, const A: bool> Passes
    for FixedPoint<B, N, E, M, A>
{
    type Gradients = B::Gradients;
    type Slots<const T: usize> = Iteration<B::Number, B::Slots<T>, N, T>;
    type InferenceSlots<const T: usize> = Iteration<B::Number, B::InferenceSlots<T>, N, T>;

    fn infer<C: Calls, const T: usize>(
        &self,
        _: C,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::InferenceSlots<T>,
    ) {
        self.settle(x, y, slots, |this, slots| {
            let Iteration { input, output, body, .. } = slots;
            this.body.infer(Apart, input, output, body);
        });
        slots.count(&Pass::PREDICTION);
    }

    fn forward<C: Calls, const T: usize>(
        &self,
        _: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
    ) {
        self.settle(x, y, slots, |this, slots| {
            let Iteration { input, output, body, .. } = slots;
            Passes::forward(&this.body, Apart, pass, input, output, body);
        });
        slots.count(pass);
    }

    fn backward<C: Calls, const T: usize, L: Learning<Self::Number>>(
        _: C,
        pass: &Pass,
        x: &[[Self::Number; T]],
        y: &[[Self::Number; T]],
        dy: &mut [[Self::Number; T]],
        dx: &mut [[Self::Number; T]],
        slots: &mut Self::Slots<T>,
        learning: &mut L,
    ) {
        let tolerance = Self::Number::real(Self::TOLERANCE);
        let (iterations, residual) = (slots.iterations, slots.residual);
        moves::copy(&mut slots.input, x);
        moves::add(&mut slots.input, y);
        // `v` is iterated in the place of `dy`.
        moves::copy(&mut slots.given, dy);
        slots.start();
        for _ in 0..M {
            Self::adjoint(pass, dy, slots, &mut Accumulate::nothing(learning.parameters()));
            moves::copy(&mut slots.output, &slots.work);
            moves::add(&mut slots.output, &slots.given);
            slots.advance(dy, tolerance);
            if slots.converged(tolerance) {
                break;
            }
        }
        Self::adjoint(pass, dy, slots, learning);
        if !dx.is_empty() {
            moves::copy(dx, &slots.work);
        }
        (slots.iterations, slots.residual) = (iterations, residual);
    }

    fn fold(&mut self) {
        self.body.fold();
    }
}

impl<B: Block, const N: usize, const E: u64, const M: usize, const A: bool> FixedPoint<B, N, E, M, A> {
    /// `work = Jᵀ v`, and what `learning` does with the gradients of the parameters. Forward goes before, because a
    /// backward pass uses up what forward has kept.
    fn adjoint<const T: usize>(
        pass: &Pass,
        v: &[[B::Number; T]],
        slots: &mut Iteration<B::Number, B::Slots<T>, N, T>,
        learning: &mut impl Learning<B::Number>,
    ) {
        let Some(of) = B::from_flat(learning.parameters()) else { return };
        let Iteration { input, output, adjoint, work, body, .. } = slots;
        Passes::forward(of, Apart, pass, input, output, body);
        moves::copy(adjoint, v);
        B::backward(Apart, pass, input, output, adjoint, work, body, learning);
    }
}

impl<B: Block, const N: usize, const E: u64, const M: usize, const A: bool> Block
    for FixedPoint<B, N, E, M, A>
{
    const INPUTS: usize = {
        assert!(B::INPUTS == N && B::OUTPUTS == N, "the body of a fixed point has as many outputs as inputs");
        assert!(
            !B::MEASURES,
            "the body of a fixed point is applied many times in one step, and `batch_norm` measures once: use \
             `layer_norm`, or `frozen batch_norm`"
        );
        N
    };
    const OUTPUTS: usize = N;
    /// Of one iteration.
    const MULTIPLY_ADDS: usize = B::MULTIPLY_ADDS;
    const PARAMETERS: usize = B::PARAMETERS;
    const TENSORS: &'static [Tensor] = B::TENSORS;

    fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        Block::initialize(&mut self.body, rng);
    }
}
