//! [`Layer`]: one step of a network, forward and backward.
//!
//! A layer computes `y = f(x, w)` and, given the gradient `dy` of the loss with respect to `y`, applies the
//! chain rule: `dx = (∂f/∂x)ᵀ dy` and `dw = (∂f/∂w)ᵀ dy`. It does so for a *tile* of `T` samples at once,
//! stored `[feature][sample]`: `x[i]` holds feature `i` of all `T` samples. `T = 1` is a single sample; else `T` is a multiple
//! of the numbers in a vector, 16 of `f32` or 8 of `f64`.
//!
//! A value that implements the trait is the *description* of a layer: sizes, strides, constants. The numbers
//! it learns are passed to it as a slice, so that a network's parameters lie in a row and a description is
//! a constant.

use crate::Scalar;
use crate::simd::Simd;
use core::ops::Range;

/// What all layers of one pass over a tile have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Whether dropout drops and batch normalisation measures; otherwise both act as in prediction.
    pub training: bool,
    /// Seed of everything random in the pass.
    pub seed: u64,
    /// Number of the step, from 0: the same seed draws differently in each.
    pub step: u64,
    /// Place of the tile's first sample in its batch.
    pub first_sample: usize,
    /// How many samples of the tile are real; the rest repeat one of them.
    pub samples: usize,
    /// Whether the layer, or the network it stands in, is frozen: batch normalisation does not measure then.
    pub frozen: bool,
    /// Whether layers that remember begin from what the windows before have left, instead of from silence.
    pub carried: bool,
}

impl Pass {
    /// Prediction: nothing random, nothing measured.
    pub const PREDICTION: Self = Self {
        training: false,
        seed: 0,
        step: 0,
        first_sample: 0,
        samples: 1,
        frozen: false,
        carried: false,
    };

    /// The same for a frozen layer.
    #[inline]
    pub const fn frozen(self) -> Self {
        Self { frozen: true, ..self }
    }
}

/// What [`Layer::forward`] reads and writes. Slices that a layer does not use are empty.
#[derive(Debug)]
pub struct Forward<'a, S, const T: usize> {
    /// Circumstances of the pass.
    pub pass: &'a Pass,
    /// The layer's numbers, in the order of its tensors.
    pub parameters: &'a [S],
    /// Input features.
    pub x: &'a [[S; T]],
    /// One row, how many steps each sample has, for layers that are told; empty where all have as many as declared.
    pub lengths: &'a [[S; T]],
    /// Output features, to be overwritten.
    pub y: &'a mut [[S; T]],
    /// What backward needs beside input and output, to be overwritten. Empty in prediction, unless the kind
    /// declares that forward works in it.
    pub saved: &'a mut [[S; T]],
    /// Numbers of the layer's own that last from one tile to the next, until a step is done: what it measures.
    /// Empty in prediction, and for layers that measure nothing.
    pub state: &'a mut [S],
}

impl<'a, S, const T: usize> Forward<'a, S, T> {
    /// Nothing but the circumstances: the rest of a literal, `Forward { x, y, ..Forward::of(pass) }`.
    #[inline(always)]
    pub fn of(pass: &'a Pass) -> Self {
        Self { pass, parameters: &[], x: &[], lengths: &[], y: &mut [], saved: &mut [], state: &mut [] }
    }
}

/// What [`Layer::backward`] reads and writes. Slices that a layer does not use are empty.
#[derive(Debug)]
pub struct Backward<'a, S, const T: usize> {
    /// Circumstances of the pass, as in forward.
    pub pass: &'a Pass,
    /// The layer's numbers, as in forward.
    pub parameters: &'a [S],
    /// The input of forward, where the kind declares that it needs it.
    pub x: &'a [[S; T]],
    /// How many steps each sample has, as in forward.
    pub lengths: &'a [[S; T]],
    /// The output of forward, where the kind declares that it needs it.
    pub y: &'a [[S; T]],
    /// What forward saved.
    pub saved: &'a [[S; T]],
    /// What forward left in its state.
    pub state: &'a [S],
    /// Gradient with respect to the output.
    pub dy: &'a [[S; T]],
    /// Gradient with respect to the input, to be overwritten. Empty where nobody wants it.
    pub dx: &'a mut [[S; T]],
    /// Gradient with respect to the parameters, to be *added* to. Empty where the layer is frozen; of the biases alone
    /// where only they are trained.
    pub gradient: &'a mut [S],
    /// Whether the gradient is the first, to be written over whatever stands there instead of added to it. Only for
    /// a layer that [can](Layer::OVERWRITES); for others the numbers are zero then.
    pub first: bool,
    /// Whether the gradient is a [part](Layer::gradient_part), and scratch as the part before it has left it.
    pub continued: bool,
    /// Room to work in, of the size the kind declares; otherwise its contents mean nothing before and after.
    pub scratch: &'a mut [[S; T]],
}

impl<'a, S, const T: usize> Backward<'a, S, T> {
    /// Nothing but the circumstances: the rest of a literal, `Backward { dy, dx, ..Backward::of(pass) }`.
    #[inline(always)]
    pub fn of(pass: &'a Pass) -> Self {
        Self {
            pass,
            parameters: &[],
            x: &[],
            lengths: &[],
            y: &[],
            saved: &[],
            state: &[],
            dy: &[],
            dx: &mut [],
            gradient: &mut [],
            first: false,
            continued: false,
            scratch: &mut [],
        }
    }
}

/// What computes part of the gradient of a layer's parameters, see [`Layer::gradient_part`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradientPart<L> {
    /// A layer of which these are all parameters. Nobody asks it for the gradient of its input.
    pub layer: L,
    /// The features that are its input. All else is that of the whole layer.
    pub inputs: Range<usize>,
    /// How many parameters these are. They follow those of the part before.
    pub parameters: usize,
}

/// The most parts that a layer's gradient has.
pub(crate) const MOST_PARTS: usize = 8;

/// The place of one of several parts of `count` things, which are as long as each other, and a multiple of `unit`; the
/// last may be shorter. None where all of the work is so little that one part is best.
pub(crate) const fn part_of(
    count: usize,
    unit: usize,
    multiply_adds: usize,
    index: usize,
) -> Option<Range<usize>> {
    // For a sample: some microseconds for a tile.
    let parts = multiply_adds / 4096;
    let parts = if parts > MOST_PARTS { MOST_PARTS } else { parts };
    if parts < 2 {
        return None;
    }
    let length = count.div_ceil(unit).div_ceil(parts) * unit;
    let start = index * length;
    if length >= count || start >= count {
        return None;
    }
    let end = if count - start < length { count } else { start + length };
    Some(start..end)
}

/// One step of a network.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer of numbers of type `{S}`",
    label = "expected a type that implements `Layer<{S}>`",
    note = "write `impl Layer<{S}> for {Self}` with `forward` and `backward`"
)]
pub trait Layer<S: Scalar> {
    /// Whether the gradient of the parameters depends on the parameters themselves, as in attention: then they
    /// must not change while it is computed.
    const GRADIENT_READS_PARAMETERS: bool = false;
    /// Whether backward heeds [`Backward::first`], which spares it reading zeros.
    const OVERWRITES: bool = false;

    /// Computes `y` (and, in training, `saved`) from `x`.
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>);
    /// Computes `dx` and adds to `gradient`, from `dy`.
    fn backward<const T: usize>(&self, io: Backward<'_, S, T>);

    /// The layers, from number 0 on, that together compute the gradient of all parameters, to the bit, one after the
    /// other: so that one thread computes the first for its tile while another works on the second for the tile before.
    /// There are none for a layer whose gradient is best computed at once, and up to eight.
    #[inline]
    fn gradient_part(&self, index: usize) -> Option<GradientPart<Self>>
    where
        Self: Sized,
    {
        let _ = index;
        None
    }

    /// [`forward`](Self::forward), to the bit, in a function that is compiled for one instruction set: worth it for
    /// layers that tiny networks are made of.
    #[inline(always)]
    fn forward_within<V: Simd, const T: usize>(&self, v: V, io: Forward<'_, S, T>) {
        let _ = v;
        self.forward(io);
    }
    /// [`backward`](Self::backward), to the bit, in a function that is compiled for one instruction set.
    #[inline(always)]
    fn backward_within<V: Simd, const T: usize>(&self, v: V, io: Backward<'_, S, T>) {
        let _ = v;
        self.backward(io);
    }
}

/// A layer whose output may take the place of its input, because backward needs only the output.
pub trait InPlace<S: Scalar>: Layer<S> {
    /// Turns the input into the output where it stands.
    fn forward_in_place<const T: usize>(&self, pass: &Pass, y: &mut [[S; T]]);
    /// Turns the gradient of the output into that of the input where it stands.
    fn backward_in_place<const T: usize>(&self, pass: &Pass, y: &[[S; T]], d: &mut [[S; T]]);

    /// [`forward_in_place`](Self::forward_in_place) as in [`Layer::forward_within`].
    #[inline(always)]
    fn forward_in_place_within<V: Simd, const T: usize>(&self, v: V, pass: &Pass, y: &mut [[S; T]]) {
        let _ = v;
        self.forward_in_place(pass, y);
    }
    /// [`backward_in_place`](Self::backward_in_place) as in [`Layer::backward_within`].
    #[inline(always)]
    fn backward_in_place_within<V: Simd, const T: usize>(
        &self,
        v: V,
        pass: &Pass,
        y: &[[S; T]],
        d: &mut [[S; T]],
    ) {
        let _ = v;
        self.backward_in_place(pass, y, d);
    }
}
