//! [`Network`] and [`Trainable`]: what `#[network]` implements, and what code generic over networks uses.
//!
//! Three layers of traits, from the inside out. [`Passes`] is what the macro writes: forward and backward
//! for a tile of any size. [`Inference`] and [`Training`] are the same with buffers of a fixed tile.
//! [`Network`] is what users see.

mod buffers;
mod construction;
mod passes;
mod summary;
mod tensor;
mod tiles;
mod widths;

pub use buffers::{Inference, Scratch, Tape, Training};
#[cfg(feature = "alloc")]
pub use construction::Boxed;
pub use construction::{expect_by_value, new_by_value};
pub use passes::Passes;
pub use summary::{Drawing, Summary, SummaryRow};
pub use tensor::Tensor;
pub use tiles::{measuring_tile, narrow, tile};
pub use widths::{TwoWidths, Widths, Workspaces};

use crate::calls::{Apart, Calls, with_calls};
use crate::flat::zero;
use crate::learning::Accumulate;
use crate::losses::Sum;
use crate::moves::store;
use crate::sample::InputGradient;
use crate::{AsTarget, Block, Error, Flat, Loss, Sample, Scalar};
use generic_array::ArrayLength;
use rand_core::Rng;

/// The largest value that by-value constructors return: 256 KiB.
pub const LARGEST_BY_VALUE: usize = 256 * 1024;
/// The largest scratch that prediction puts on the stack: 64 KiB.
pub const LARGEST_SCRATCH: usize = 64 * 1024;

/// A network: sizes, parameters, prediction, and the two passes of backpropagation.
///
/// `#[network]` implements it; `Box<N>` forwards it. Lengths are `typenum` types, so that generic code can
/// hold arrays of them:
///
/// ```
/// use backprop_runtime::{GenericArray, Network};
///
/// /// The mean of the parameters of several networks of one kind.
/// struct Average<N: Network> {
///     sum: GenericArray<N::Scalar, N::Stored>,
///     count: usize,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a network",
    note = "declare it with `#[network(input = …, layers = […])]`"
)]
pub trait Network: Sized + Send + Sync {
    /// `f32` or `f64`.
    type Scalar: Scalar;
    /// One input: `[S; INPUTS]`, or `[u32; INPUTS]` before an embedding.
    type Sample: Sample<Self::Scalar>;
    /// One output: `[S; OUTPUTS]`, or a struct with a field for each head.
    type Output: Flat<Number = Self::Scalar> + Copy;
    /// The gradient with respect to one input: `[S; INPUTS]`, or `()` before an embedding.
    type InputGradient: InputGradient<Self::Scalar>;
    /// All parameters in a row: `[S; N]`.
    type ParameterArray: AsRef<[Self::Scalar]> + AsMut<[Self::Scalar]>;
    /// One number for each trained parameter.
    type Gradients: Flat<Number = Self::Scalar> + Send;
    /// Room for one sample's forward and backward pass.
    type Tape: Training<Self::Core>;
    /// Room for one sample's prediction.
    type Scratch: Inference<Self::Core>;
    /// Room for a tile's prediction.
    type BatchScratch: Inference<Self::Core>;
    /// Room for a tile's forward and backward pass.
    type Workspace: Training<Self::Core>;
    /// Number of input features.
    type Inputs: ArrayLength;
    /// Number of output features.
    type Outputs: ArrayLength;
    /// Number of all that is stored: trained, frozen, and running statistics.
    type Stored: ArrayLength;
    /// Number of all that is trained: the length of gradients and optimizer state.
    type Trained: ArrayLength;
    /// Number of tensors, the length of [`tensors`](Self::tensors).
    type Tensors: ArrayLength;
    /// The declared struct itself, out of its boxes.
    type Core: Passes<Number = Self::Scalar, Gradients = Self::Gradients> + Block;

    /// Name of the struct.
    const NAME: &'static str;
    /// Number of parameters, counted as PyTorch does: running statistics are none.
    const PARAMETERS: usize;
    /// Multiply-adds of one prediction.
    const MULTIPLY_ADDS: usize = <Self::Core as Block>::MULTIPLY_ADDS;
    /// Number of input features.
    const INPUTS: usize = <Self::Core as Block>::INPUTS;
    /// Number of output features.
    const OUTPUTS: usize = <Self::Core as Block>::OUTPUTS;
    /// Samples that training works on together.
    const TILE: usize;
    /// Bytes of the network, its gradients and the workspace of a trainer.
    const TRAINING_BYTES: usize =
        size_of::<Self::Core>() + size_of::<Self::Gradients>() + size_of::<Self::Workspace>();
    /// Bytes of the network and the scratch of one prediction.
    const INFERENCE_BYTES: usize = size_of::<Self::Core>() + size_of::<Self::Scratch>();
    /// Bytes of a [`Tape`](Self::Tape): what forward and backward of one sample take beside network and gradients.
    const TAPE_BYTES: usize = size_of::<Self::Tape>();
    /// Where an embedding reads the input, how many rows it has: training refuses an index that is not below.
    const INPUT_ROWS: usize = usize::MAX;

    /// The declared struct.
    fn core(&self) -> &Self::Core;
    /// The declared struct, to change.
    fn core_mut(&mut self) -> &mut Self::Core;
    /// All that is stored, in the order of declaration.
    fn parameters(&self) -> &Self::ParameterArray;
    /// All that is stored, to change.
    fn parameters_mut(&mut self) -> &mut Self::ParameterArray;
    /// Names, shapes and places of everything that is stored.
    fn tensors() -> &'static [Tensor] {
        <Self::Core as Block>::TENSORS
    }
    /// The network's graph and its table of layers, to print.
    fn summary(&self) -> Summary;
    /// Draws all parameters anew, in place.
    fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        self.core_mut().initialize(rng);
    }
    /// A network with drawn parameters, by value: up to 256 KiB, beyond that use [`Boxed::boxed`].
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Self;

    /// The output for one input.
    ///
    /// Works on the stack, with at most 64 KiB; a network that needs more is refused at compile time and is
    /// used through [`predict_with`](Self::predict_with).
    #[inline]
    fn predict(&self, x: &Self::Sample) -> Self::Output {
        let mut y = zero();
        self.predict_into(x, &mut y);
        y
    }

    /// [`predict`](Self::predict) into a given place.
    #[inline]
    fn predict_into(&self, x: &Self::Sample, y: &mut Self::Output) {
        const {
            assert!(
                size_of::<Self::Scratch>() <= LARGEST_SCRATCH,
                "predicting needs more than 64 KiB of scratch: keep a `Box` or `static` of `Network::Scratch` and call `predict_with`"
            );
        }
        with_calls!(Self::Core, 1, calls => match x.features() {
            Some(x) => {
                // The layers read the sample and write the output where they are.
                let mut slots: <Self::Core as Passes>::InferenceSlots<1> = zero();
                let (x, y) = (x.as_chunks().0, y.flat_mut().as_chunks_mut().0);
                buffers::infer(calls, self.core(), x, y, &mut slots);
            }
            None => {
                let mut scratch: Self::Scratch = zero();
                infer(calls, self.core(), &mut scratch, x, y);
            }
        });
    }

    /// The output for one input, computed in the caller's scratch: `Net::scratch()` in a `static`, or
    /// `<Net as Network>::Scratch::zeroed_box()`.
    ///
    /// An output that is returned lies on the stack: one of more than 256 KiB is refused at compile time, and computed with
    /// [`predict_into_with`](Self::predict_into_with).
    #[inline]
    fn predict_with(&self, scratch: &mut Self::Scratch, x: &Self::Sample) -> Self::Output {
        const {
            assert!(
                size_of::<Self::Output>() <= LARGEST_BY_VALUE,
                "this output is larger than 256 KiB: keep it in a box or a static, and call `predict_into_with`"
            );
        }
        let mut y = zero();
        self.predict_into_with(scratch, x, &mut y);
        y
    }

    /// [`predict_with`](Self::predict_with) into a given place: nothing is copied to the stack.
    ///
    /// ```
    /// use backprop::prelude::*;
    /// #[network(input = [1, 256, 256], layers = [conv2d(1, kernel = 3, padding = 1)])]
    /// struct Mask;
    ///
    /// let mut net = Mask::zeroed();
    /// net.conv2d1.bias = [1.0];
    /// let mut scratch = <Mask as Network>::Scratch::zeroed_box();
    /// let (image, mut mask) = (vec![[0.0; 65536]], vec![[0.0; 65536]]);
    /// net.predict_into_with(&mut scratch, &image[0], &mut mask[0]);
    /// assert_eq!(mask[0][65535], 1.0);
    /// ```
    #[inline]
    fn predict_into_with(&self, scratch: &mut Self::Scratch, x: &Self::Sample, y: &mut Self::Output) {
        with_calls!(Self::Core, 1, calls => infer(calls, self.core(), scratch, x, y));
    }

    /// The outputs for many inputs, one for each.
    ///
    /// Works on tiles of samples where a tile's scratch is at most 64 KiB, otherwise one by one;
    /// [`predict_batch_with`](Self::predict_batch_with) always works on tiles. The last bits may differ from
    /// [`predict`](Self::predict)'s.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] if there are more or fewer places than inputs; nothing is written then.
    fn predict_batch(&self, xs: &[Self::Sample], ys: &mut [Self::Output]) -> Result<(), Error> {
        // Constant, because a debug build makes room on the stack for what stands in either branch.
        if const { size_of::<Self::BatchScratch>() <= LARGEST_SCRATCH } {
            let mut scratch: Self::BatchScratch = zero();
            return self.predict_batch_with(&mut scratch, xs, ys);
        }
        Error::check_lengths("inputs", xs.len(), "outputs", ys.len())?;
        for (x, y) in xs.iter().zip(ys) {
            self.predict_into(x, y);
        }
        Ok(())
    }

    /// The outputs for many inputs, computed tile by tile in the caller's scratch.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] if there are more or fewer places than inputs; nothing is written then.
    fn predict_batch_with(
        &self,
        scratch: &mut Self::BatchScratch,
        xs: &[Self::Sample],
        ys: &mut [Self::Output],
    ) -> Result<(), Error> {
        Error::check_lengths("inputs", xs.len(), "outputs", ys.len())?;
        let tile = Self::BatchScratch::TILE;
        for (xs, ys) in xs.chunks(tile).zip(ys.chunks_mut(tile)) {
            Sample::load(xs, scratch.input_mut(), tile);
            scratch.run(Apart, self.core());
            for (lane, y) in ys.iter_mut().enumerate() {
                store(y.flat_mut(), scratch.output(), tile, lane);
            }
        }
        Ok(())
    }

    /// Takes over all parameters of another network, running statistics too. Nothing passes over the stack, as a `Clone`
    /// of a large network would.
    ///
    /// ```
    /// use backprop::prelude::*;
    /// #[network(input = 2, layers = [dense(3)])]
    /// struct Net;
    ///
    /// let (net, mut target) = (Net::new(&mut backprop::rng(1)), Net::zeroed());
    /// target.lerp(&net, 0.5);
    /// assert_eq!(target.dense1.weight[0][0], 0.5 * net.dense1.weight[0][0]);
    /// target.copy_from(&net);
    /// assert_eq!(target.parameters(), net.parameters());
    /// ```
    fn copy_from(&mut self, other: &Self) {
        for (to, from) in self.parameters_mut().as_mut().iter_mut().zip(other.parameters().as_ref()) {
            *to = *from;
        }
    }

    /// Moves all parameters a part `t` of the way to those of another network, `w ← w + t (other − w)`: the soft update of a
    /// target network (Lillicrap et al., [arXiv:1509.02971](https://arxiv.org/abs/1509.02971)). For 0 nothing changes.
    fn lerp(&mut self, other: &Self, t: impl Into<crate::Real>) {
        let t = Self::Scalar::real(t.into());
        for (to, from) in self.parameters_mut().as_mut().iter_mut().zip(other.parameters().as_ref()) {
            *to += t * (*from - *to);
        }
    }

    /// Works each `batch_norm`, as it acts in prediction, into the `dense`, `conv1d` or `conv2d` right before it, of
    /// networks within the network too: weights are scaled, the bias is shifted. Predictions stay what they were up
    /// to rounding.
    ///
    /// For networks that are done with training. The `batch_norm` stays in its place and leaves every number as it is,
    /// which prediction knows and passes over; only where the layer before has no bias it still has something to
    /// subtract. With that bias, a network declared without the `batch_norm` predicts the same from the folded weights.
    /// Where the output of the layer before is read by others too, or the layer before is of another kind, nothing is
    /// folded.
    ///
    /// PyTorch's `fuse_conv_bn_eval` and `fuse_linear_bn_eval`.
    ///
    /// ```
    /// use backprop_runtime::Network;
    ///
    /// /// What remains to be done before a trained network is put to use.
    /// fn freeze<N: Network>(net: &mut N) {
    ///     net.fold_batch_norm();
    /// }
    /// ```
    fn fold_batch_norm(&mut self) {
        self.core_mut().fold();
    }

    /// The output for one input, keeping on the tape what [`backward`](Self::backward) needs.
    ///
    /// With a fresh tape it predicts, as [`predict`](Self::predict) does, with the same bits: dropout drops nothing, and batch
    /// normalisation uses its running statistics. After [`tape.training(seed)`](Tape::training) it trains: dropout drops what the
    /// seed says, batch normalisation measures over this one sample, and running statistics stay as they are.
    ///
    /// ```
    /// use backprop::prelude::*;
    /// #[network(input = 4, layers = [dropout(0.5)])]
    /// struct Net;
    ///
    /// let (net, mut tape) = (Net::zeroed(), Net::tape());
    /// assert_eq!(net.forward(&[1.0; 4], &mut tape), [1.0; 4]);
    /// tape.training(1);
    /// assert!(net.forward(&[1.0; 4], &mut tape).iter().all(|y| *y == 0.0 || *y == 2.0));
    /// ```
    #[inline]
    fn forward(&self, x: &Self::Sample, tape: &mut Self::Tape) -> Self::Output {
        Sample::load(core::slice::from_ref(x), tape.input_mut(), 1);
        with_calls!(Self::Core, 1, calls => tape.forward(calls, self.core()));
        let mut y: Self::Output = zero();
        y.flat_mut().copy_from_slice(tape.outputs().y);
        y
    }

    /// Given the gradient of some loss with respect to the output of the last [`forward`](Self::forward),
    /// *adds* the gradient with respect to the parameters, and returns that with respect to the input.
    #[inline]
    fn backward(
        &self,
        tape: &mut Self::Tape,
        dy: &Self::Output,
        gradients: &mut Self::Gradients,
    ) -> Self::InputGradient {
        tape.outputs().dy.copy_from_slice(dy.flat());
        let mut dx: Self::InputGradient = zero();
        let mut learning = Accumulate::new(self.parameters().as_ref(), gradients.flat_mut());
        with_calls!(Self::Core, 1, calls => tape.backward(calls, dx.numbers_mut(), &mut learning));
        dx
    }

    /// What [`backward`](Self::backward) returns, `dx = (∂y/∂x)ᵀ dy`, without the gradients of the parameters: it takes
    /// neither the time nor the memory for them.
    ///
    /// The slope of a fitted function, the force of a learnt potential, the pixels that a score depends on.
    #[inline]
    fn input_gradient(&self, tape: &mut Self::Tape, dy: &Self::Output) -> Self::InputGradient {
        tape.outputs().dy.copy_from_slice(dy.flat());
        let mut dx: Self::InputGradient = zero();
        let mut learning = Accumulate::nothing(self.parameters().as_ref());
        with_calls!(Self::Core, 1, calls => tape.backward(calls, dx.numbers_mut(), &mut learning));
        dx
    }
}

#[inline(always)]
fn infer<C: Calls, N: Passes, Y: Flat<Number = N::Number>, X: Sample<N::Number>>(
    calls: C,
    network: &N,
    scratch: &mut impl Inference<N>,
    x: &X,
    y: &mut Y,
) {
    X::load(core::slice::from_ref(x), scratch.input_mut(), 1);
    scratch.run(calls, network);
    y.flat_mut().copy_from_slice(scratch.output());
}

/// A network with a declared loss.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no loss to train with",
    note = "declare one, `loss = cross_entropy`, or train with `Trainer::step_with`"
)]
pub trait Trainable: Network {
    /// What one output is compared with.
    type Target: Sync;
    /// The declared loss.
    type Loss: Loss<Self::Scalar, Target = Self::Target>;
    /// The declared loss, with its constants.
    const LOSS: Self::Loss;

    /// The loss of one prediction; NaN where the loss is not defined for the target.
    fn loss<Y: AsTarget<Self::Target>>(&self, x: &Self::Sample, target: &Y) -> Self::Scalar {
        let y = self.predict(x);
        let mut dy: Self::Output = zero();
        let fits = x.length().is_none() || target.with(|target| Self::LOSS.fits(target, x.length()));
        match Self::LOSS.check_with(Self::OUTPUTS, target) {
            Ok(()) if fits => {
                let factors = Self::LOSS.factors(core::slice::from_ref(target), None);
                let Sum { loss, weight } = Self::LOSS.sample_with(&factors, y.flat(), target, dy.flat_mut());
                loss / Self::LOSS.divisor(weight)
            }
            _ => Self::Scalar::NAN,
        }
    }
}
