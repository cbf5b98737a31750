//! [`Network`] and [`Trainable`]: what `#[network]` implements, and what code generic over networks uses.
//!
//! Three layers of traits, from the inside out. [`Passes`] is what the macro writes: forward and backward
//! for a tile of any size. [`Inference`] and [`Training`] are the same with buffers of a fixed tile.
//! [`Network`] is what users see.

use crate::flat::zero;
use crate::layer::Pass;
use crate::losses::Sum;
use crate::sample::InputGradient;
use crate::{AsTarget, Error, Flat, Loss, Sample, Scalar, Zeroed};
use generic_array::ArrayLength;
use rand_core::Rng;

/// The code that `#[network]` writes: one call per layer, for tiles of any size `T`.
pub trait Passes {
    /// The type of all numbers.
    type Scalar: Scalar;
    /// One number for each trained parameter, in fields named as the network's.
    type Gradients: Flat<Scalar = Self::Scalar>;
    /// What forward keeps for backward, and what backward works in.
    type Slots<const T: usize>: Zeroed + Send;
    /// What prediction works in.
    type InferenceSlots<const T: usize>: Zeroed + Send;

    /// Prediction: computes `y` from `x` and keeps nothing.
    fn infer<const T: usize>(
        &self,
        x: &[[Self::Scalar; T]],
        y: &mut [[Self::Scalar; T]],
        slots: &mut Self::InferenceSlots<T>,
    );

    /// Computes `y` from `x` and keeps what backward needs.
    fn forward<const T: usize>(
        &self,
        pass: &Pass,
        x: &[[Self::Scalar; T]],
        y: &mut [[Self::Scalar; T]],
        slots: &mut Self::Slots<T>,
    );

    /// The chain rule from the last layer to the first. `dy` is consumed; `dx` is overwritten, or left
    /// alone where it is empty; `gradients` are added to where they are wanted.
    #[expect(clippy::too_many_arguments, reason = "each is one symbol of the chain rule")]
    fn backward<const T: usize>(
        &self,
        pass: &Pass,
        x: &[[Self::Scalar; T]],
        y: &[[Self::Scalar; T]],
        dy: &mut [[Self::Scalar; T]],
        dx: &mut [[Self::Scalar; T]],
        slots: &mut Self::Slots<T>,
        gradients: Option<&mut Self::Gradients>,
    );

    /// Takes over what forward measured (running statistics), once the step has succeeded.
    fn commit<const T: usize>(&mut self, slots: &mut Self::Slots<T>) {
        let _ = slots;
    }
}

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

    /// What the layers keep, for those that tell of it: `tape.slots().fixed_point1.iterations`.
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
    /// Computes the gradients of parameters, and of the input unless `dx` is empty.
    fn backward(&mut self, network: &N, dx: &mut [N::Scalar], gradients: &mut N::Gradients);
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
    fn backward(&mut self, network: &N, dx: &mut [S], gradients: &mut N::Gradients) {
        let Self { input, output, output_gradient, slots, pass } = self;
        network.backward(pass, input, output, output_gradient, dx.as_chunks_mut().0, slots, Some(gradients));
    }

    #[inline(always)]
    fn commit(&mut self, network: &mut N) {
        network.commit(&mut self.slots);
    }
}

/// The tile for a network whose buffers hold `features` numbers for each sample.
///
/// 32 samples: a weight is read once for two vectors of them, and small batches still fill a tile. 16 where 32
/// would take more than two mebibytes of cache; 1 where even 16 would take more than 16 MiB, and on targets
/// without an operating system, whose memory is dear. `cargo bench --bench workloads -- tile` compares.
pub const fn tile<S>(features: usize) -> usize {
    if cfg!(target_os = "none") {
        return 1;
    }
    let bytes = features * size_of::<S>();
    match bytes {
        0..=65_536 => 32,
        65_537..=1_048_576 => 16,
        _ => 1,
    }
}

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
pub trait Network: Sized {
    /// `f32` or `f64`.
    type Scalar: Scalar;
    /// One input: `[S; INPUTS]`, or `[u32; INPUTS]` before an embedding.
    type Sample: Sample<Self::Scalar>;
    /// One output: `[S; OUTPUTS]`, or a struct with a field for each head.
    type Output: Flat<Scalar = Self::Scalar> + Copy;
    /// The gradient with respect to one input: `[S; INPUTS]`, or `()` before an embedding.
    type InputGradient: InputGradient<Self::Scalar>;
    /// All parameters in a row: `[S; N]`.
    type ParameterArray: AsRef<[Self::Scalar]> + AsMut<[Self::Scalar]>;
    /// One number for each trained parameter.
    type Gradients: Flat<Scalar = Self::Scalar> + Send;
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
    type Core: Passes<Scalar = Self::Scalar, Gradients = Self::Gradients>;

    /// Name of the struct.
    const NAME: &'static str;
    /// Number of parameters, counted as PyTorch does: running statistics are none.
    const PARAMETERS: usize;
    /// Multiply-adds of one prediction.
    const MULTIPLY_ADDS: usize;
    /// Number of input features.
    const INPUTS: usize;
    /// Number of output features.
    const OUTPUTS: usize;
    /// Samples that training works on together.
    const TILE: usize;
    /// Bytes of the network, its gradients and the workspace of a trainer.
    const TRAINING_BYTES: usize;
    /// Bytes of the network and the scratch of one prediction.
    const INFERENCE_BYTES: usize;
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
    fn tensors() -> &'static [Tensor];
    /// The network's table of layers, to print.
    fn summary(&self) -> Summary;
    /// Draws all parameters anew, in place.
    fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R);
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
        let mut scratch: Self::Scratch = zero();
        infer(self.core(), &mut scratch, x, y);
    }

    /// The output for one input, computed in the caller's scratch: `Net::scratch()` in a `static`, or
    /// `<Net as Network>::Scratch::zeroed_box()`.
    #[inline]
    fn predict_with(&self, scratch: &mut Self::Scratch, x: &Self::Sample) -> Self::Output {
        let mut y = zero();
        infer(self.core(), scratch, x, &mut y);
        y
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
        if size_of::<Self::BatchScratch>() <= LARGEST_SCRATCH {
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
            scratch.run(self.core());
            for (lane, y) in ys.iter_mut().enumerate() {
                store(y.flat_mut(), scratch.output(), tile, lane);
            }
        }
        Ok(())
    }

    /// The output for one input, keeping on the tape what [`backward`](Self::backward) needs.
    #[inline]
    fn forward(&self, x: &Self::Sample, tape: &mut Self::Tape) -> Self::Output {
        Sample::load(core::slice::from_ref(x), tape.input_mut(), 1);
        tape.forward(self.core());
        let mut y: Self::Output = zero();
        y.flat_mut().copy_from_slice(tape.output().0);
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
        tape.output().1.copy_from_slice(dy.flat());
        let mut dx: Self::InputGradient = zero();
        tape.backward(self.core(), dx.numbers_mut(), gradients);
        dx
    }
}

#[inline]
fn infer<N: Passes, Y: Flat<Scalar = N::Scalar>, X: Sample<N::Scalar>>(
    network: &N,
    scratch: &mut impl Inference<N>,
    x: &X,
    y: &mut Y,
) {
    X::load(core::slice::from_ref(x), scratch.input_mut(), 1);
    scratch.run(network);
    y.flat_mut().copy_from_slice(scratch.output());
}

/// Copies one sample out of a tile.
#[inline]
pub(crate) fn store<S: Scalar>(sample: &mut [S], tile: &[S], width: usize, lane: usize) {
    for (value, place) in sample.iter_mut().zip(tile.iter().skip(lane).step_by(width)) {
        *value = *place;
    }
}

/// A network with a declared loss.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no loss to train with",
    note = "declare one, `loss = cross_entropy`, or train with `Trainer::step_with`"
)]
pub trait Trainable: Network {
    /// What one output is compared with.
    type Target;
    /// The declared loss.
    type Loss: Loss<Self::Scalar, Target = Self::Target>;
    /// The declared loss, with its constants.
    const LOSS: Self::Loss;

    /// The loss of one prediction; NaN where the loss is not defined for the target.
    fn loss<Y: AsTarget<Self::Target>>(&self, x: &Self::Sample, target: &Y) -> Self::Scalar {
        let y = self.predict(x);
        let mut dy: Self::Output = zero();
        target.with(|target| match Self::LOSS.check(Self::OUTPUTS, target) {
            Ok(()) => {
                let Sum { loss, weight } = Self::LOSS.sample(y.flat(), target, dy.flat_mut());
                loss / Self::LOSS.divisor(weight)
            }
            Err(_) => Self::Scalar::NAN,
        })
    }
}

/// Name, shape and place of one tensor of a network.
///
/// The shape is PyTorch's; the number at PyTorch's index `[i, j, …]` stands in the flat view at
/// `offset + i * strides[0] + j * strides[1] + …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The networks that the layer stands in, from the outermost, `["encoder1", "", ""]`.
    pub networks: [&'static str; 3],
    /// The layer's name, `conv1`.
    pub layer: &'static str,
    /// The tensor's name in its layer, `weight`.
    pub name: &'static str,
    /// Place of its first number in the flat view.
    pub offset: usize,
    /// How many numbers it has.
    pub len: usize,
    /// Place of its first number among those that are trained, if it is.
    pub trained: Option<usize>,
    /// PyTorch's shape; only the first `rank` entries count.
    pub shape: [usize; 4],
    /// Distance in the flat view between neighbours along each axis.
    pub strides: [usize; 4],
    /// Number of axes.
    pub rank: usize,
}

impl Tensor {
    /// A contiguous tensor of one layer, at place 0 of it: shape as stored.
    pub const fn new(name: &'static str, shape: &[usize]) -> Self {
        let mut tensor = Self {
            networks: [""; 3],
            layer: "",
            name,
            offset: 0,
            len: 1,
            trained: Some(0),
            shape: [1; 4],
            strides: [0; 4],
            rank: shape.len(),
        };
        let mut axis = shape.len();
        while axis > 0 {
            axis -= 1;
            tensor.shape[axis] = shape[axis];
            tensor.strides[axis] = tensor.len;
            tensor.len *= shape[axis];
        }
        tensor
    }

    /// The same numbers with the axes in another order: PyTorch's axis `k` is the stored axis `order[k]`.
    pub const fn permuted(self, order: &[usize]) -> Self {
        let mut tensor = self;
        let mut axis = 0;
        while axis < order.len() {
            tensor.shape[axis] = self.shape[order[axis]];
            tensor.strides[axis] = self.strides[order[axis]];
            axis += 1;
        }
        tensor
    }

    /// The same as part of a network.
    pub const fn of(self, layer: &'static str, offset: usize, trained: Option<usize>) -> Self {
        let trained = match (trained, self.trained) {
            (Some(start), Some(place)) => Some(start + place),
            _ => None,
        };
        Self { layer, offset: self.offset + offset, trained, ..self }
    }

    /// The same at another place of its layer.
    pub const fn at(self, offset: usize) -> Self {
        let trained = match self.trained {
            Some(_) => Some(offset),
            None => None,
        };
        Self { offset, trained, ..self }
    }

    /// The same as part of a network within a network: up to three deep.
    pub const fn inside(self, network: &'static str) -> Self {
        let [first, second, third] = self.networks;
        assert!(third.is_empty(), "networks stand within networks at most three deep");
        Self { networks: [network, first, second], ..self }
    }

    /// The name with the path to it: `encoder1.conv1.weight`.
    pub fn path(&self) -> impl core::fmt::Display + use<> {
        Path(*self)
    }

    /// Whether `path` names this tensor, or something that it stands in.
    pub fn is_in(&self, path: &str) -> bool {
        let parts =
            self.networks.iter().copied().chain([self.layer, self.name]).filter(|part| !part.is_empty());
        let mut rest = Some(path);
        for part in parts {
            let Some(behind) = rest.and_then(|rest| rest.strip_prefix(part)) else { return false };
            if behind.is_empty() {
                return true;
            }
            rest = behind.strip_prefix('.');
        }
        false
    }

    /// PyTorch's shape.
    pub fn shape(&self) -> &[usize] {
        self.shape.get(..self.rank).unwrap_or(&[])
    }

    /// Places in the flat view, in PyTorch's order.
    pub fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { offset, shape, strides, .. } = *self;
        (0..self.len).map(move |index| {
            let mut rest = index;
            let mut place = offset;
            for axis in (0..4).rev() {
                place += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            place
        })
    }
}

/// Writes a tensor's name with the path to it.
struct Path(Tensor);

impl core::fmt::Display for Path {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for network in self.0.networks.iter().filter(|network| !network.is_empty()) {
            write!(f, "{network}.")?;
        }
        write!(f, "{}.{}", self.0.layer, self.0.name)
    }
}

/// The network's table: prints layers, output shapes, parameters, multiply-adds and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// Name of the network.
    pub name: &'static str,
    /// A row for each layer.
    pub rows: &'static [SummaryRow],
    /// What is legal and surely not intended.
    pub notes: &'static [&'static str],
    /// Sum of the column.
    pub parameters: usize,
    /// Sum of the column.
    pub multiply_adds: usize,
    /// Samples that training works on together.
    pub tile: usize,
    /// See [`Network::INFERENCE_BYTES`].
    pub inference_bytes: usize,
    /// See [`Network::TRAINING_BYTES`].
    pub training_bytes: usize,
}

/// One layer in a [`Summary`].
#[derive(Clone, Copy, Debug)]
pub struct SummaryRow {
    /// `conv1: conv2d(6, kernel = 5)`, as declared.
    pub layer: &'static str,
    /// Output shape; only the first `rank` entries count.
    pub shape: [usize; 4],
    /// Number of axes of the output.
    pub rank: usize,
    /// Number of parameters.
    pub parameters: usize,
    /// Multiply-adds of one prediction.
    pub multiply_adds: usize,
    /// Bytes of its parameters.
    pub bytes: usize,
}

impl core::fmt::Display for Summary {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let width = self.rows.iter().map(|row| row.layer.chars().count()).max().unwrap_or(0).max(5);
        writeln!(f, "{}", self.name)?;
        writeln!(
            f,
            "{:<width$}  {:>16}  {:>11}  {:>13}  {:>11}",
            "layer", "output", "parameters", "multiply-adds", "bytes"
        )?;
        for row in self.rows {
            let shape = Shape(row.shape.get(..row.rank).unwrap_or(&[]));
            writeln!(
                f,
                "{:<width$}  {:>16}  {:>11}  {:>13}  {:>11}",
                row.layer, shape, row.parameters, row.multiply_adds, row.bytes
            )?;
        }
        writeln!(f, "{:<width$}  {:>16}  {:>11}  {:>13}", "total", "", self.parameters, self.multiply_adds)?;
        write!(
            f,
            "tile {}; {} bytes to predict, {} bytes to train (without the optimizer's state)",
            self.tile, self.inference_bytes, self.training_bytes
        )?;
        for note in self.notes {
            write!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}

/// `[6, 14, 14]`, padded as the formatter asks.
struct Shape<'a>(&'a [usize]);

impl core::fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let digits = |n: usize| n.checked_ilog10().unwrap_or(0) as usize + 1;
        let len: usize = self.0.iter().map(|&n| digits(n) + 2).sum();
        for _ in len..f.width().unwrap_or(0) {
            f.write_str(" ")?;
        }
        write!(f, "{:?}", self.0)
    }
}

/// What [`Network::new`] does for a declared struct.
#[inline]
pub fn new_by_value<N: Network + Zeroed, R: Rng + ?Sized>(rng: &mut R) -> N {
    const {
        assert!(
            size_of::<N>() <= LARGEST_BY_VALUE,
            "this network is larger than 256 KiB: use `boxed(&mut rng)`, or a `static` of `zeroed()` and `initialize(&mut rng)`"
        );
    }
    let mut network: N = zero();
    network.initialize(rng);
    network
}

/// Networks of any size, built in a box.
#[cfg(feature = "alloc")]
pub trait Boxed: Network + Zeroed {
    /// A network with drawn parameters in a box, built there.
    fn boxed<R: Rng + ?Sized>(rng: &mut R) -> alloc::boxed::Box<Self> {
        let mut network = Self::zeroed_box();
        network.initialize(rng);
        network
    }
}

#[cfg(feature = "alloc")]
impl<N: Network + Zeroed> Boxed for N {}

/// A box is the network in it.
#[cfg(feature = "alloc")]
impl<N: Network + Zeroed> Network for alloc::boxed::Box<N> {
    type Scalar = N::Scalar;
    type Sample = N::Sample;
    type Output = N::Output;
    type InputGradient = N::InputGradient;
    type ParameterArray = N::ParameterArray;
    type Gradients = N::Gradients;
    type Tape = N::Tape;
    type Scratch = N::Scratch;
    type BatchScratch = N::BatchScratch;
    type Workspace = N::Workspace;
    type Inputs = N::Inputs;
    type Outputs = N::Outputs;
    type Stored = N::Stored;
    type Trained = N::Trained;
    type Tensors = N::Tensors;
    type Core = N::Core;

    const NAME: &'static str = N::NAME;
    const PARAMETERS: usize = N::PARAMETERS;
    const MULTIPLY_ADDS: usize = N::MULTIPLY_ADDS;
    const INPUTS: usize = N::INPUTS;
    const OUTPUTS: usize = N::OUTPUTS;
    const TILE: usize = N::TILE;
    const TRAINING_BYTES: usize = N::TRAINING_BYTES;
    const INFERENCE_BYTES: usize = N::INFERENCE_BYTES;
    const INPUT_ROWS: usize = N::INPUT_ROWS;

    fn core(&self) -> &Self::Core {
        (**self).core()
    }
    fn core_mut(&mut self) -> &mut Self::Core {
        (**self).core_mut()
    }
    fn parameters(&self) -> &Self::ParameterArray {
        (**self).parameters()
    }
    fn parameters_mut(&mut self) -> &mut Self::ParameterArray {
        (**self).parameters_mut()
    }
    fn tensors() -> &'static [Tensor] {
        N::tensors()
    }
    fn summary(&self) -> Summary {
        (**self).summary()
    }
    fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        (**self).initialize(rng);
    }
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Self {
        N::boxed(rng)
    }
}

#[cfg(feature = "alloc")]
impl<N: Trainable + Zeroed> Trainable for alloc::boxed::Box<N> {
    type Target = N::Target;
    type Loss = N::Loss;
    const LOSS: Self::Loss = N::LOSS;
}
