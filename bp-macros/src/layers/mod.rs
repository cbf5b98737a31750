//! The kinds of layers: their arguments, shapes and needs. One file for each family, one line here for each.

mod activation;
mod activations;
mod attention;
mod batch_norm;
mod block;
mod call;
mod conv1d;
mod conv2d;
mod conv_transpose;
mod dense;
mod dropout;
mod embedding;
pub(crate) mod initializers;
mod norms;
mod pad;
mod padding;
mod pixels;
mod pool;
mod recurrent;
mod reshape;
mod resize;
mod scale;
#[cfg(test)]
mod tests;

pub(crate) use block::BLOCK;
pub(crate) use call::{Call, remedy};

use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use crate::symbolic::Formula;
use proc_macro2::TokenStream;

/// Every kind of layer there is.
pub(crate) static KINDS: &[&Kind] = &[
    &dense::DENSE,
    &conv1d::CONV1D,
    &conv2d::CONV2D,
    &conv_transpose::CONV_TRANSPOSE1D,
    &conv_transpose::CONV_TRANSPOSE2D,
    &pool::MAX_POOL2D,
    &pool::AVG_POOL2D,
    &pool::MAX_POOL1D,
    &pool::AVG_POOL1D,
    &resize::GLOBAL_MAX_POOL,
    &resize::GLOBAL_AVG_POOL,
    &resize::ADAPTIVE_AVG_POOL1D,
    &resize::ADAPTIVE_AVG_POOL2D,
    &resize::ADAPTIVE_MAX_POOL1D,
    &resize::ADAPTIVE_MAX_POOL2D,
    &resize::UPSAMPLE,
    &pad::PAD,
    &pixels::PIXEL_SHUFFLE,
    &pixels::PIXEL_UNSHUFFLE,
    &reshape::FLATTEN,
    &reshape::RESHAPE,
    &reshape::TRANSPOSE,
    &reshape::LAST,
    &dropout::DROPOUT,
    &embedding::EMBEDDING,
    &batch_norm::BATCH_NORM,
    &norms::LAYER_NORM,
    &norms::RMS_NORM,
    &norms::GROUP_NORM,
    &norms::INSTANCE_NORM,
    &scale::SCALE,
    &scale::BIAS,
    &dropout::DROPOUT2D,
    &attention::ATTENTION,
    &attention::POSITIONAL_ENCODING,
    &recurrent::RNN,
    &recurrent::GRU,
    &recurrent::LSTM,
    &activations::RELU,
    &activations::RELU6,
    &activations::LEAKY_RELU,
    &activations::PRELU,
    &activations::ELU,
    &activations::SELU,
    &activations::CELU,
    &activations::GELU,
    &activations::SILU,
    &activations::MISH,
    &activations::SOFTPLUS,
    &activations::SOFTSIGN,
    &activations::SIGMOID,
    &activations::HARD_SIGMOID,
    &activations::HARD_SWISH,
    &activations::TANH,
    &activations::HARD_TANH,
    &activations::HARD_SHRINK,
    &activations::SOFT_SHRINK,
    &activations::TANH_SHRINK,
    &activations::THRESHOLD,
    &activations::LOG_SIGMOID,
    &activations::SIN,
    &activations::SOFTMAX,
    &activations::LOG_SOFTMAX,
    &activations::GLU,
    &activation::ACTIVATION,
];

/// A kind of layer.
pub(crate) struct Kind {
    /// As written in a declaration.
    pub(crate) name: &'static str,
    pub(crate) nature: Nature,
    /// Its arguments, for messages: `dense(outputs, bias = true)`.
    pub(crate) signature: &'static str,
    /// What it computes, for the docs of the expansion.
    pub(crate) formula: &'static str,
    /// Reads the arguments and works out the shape.
    pub(crate) build: fn(&mut Call<'_>, &Shape) -> Result<Layer>,
}

/// What a kind is, as far as its neighbours are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Two in a row are as one, and a normalisation that follows can be worked into it.
    Linear,
    /// It turns numbers into others one by one.
    Activation,
    /// An activation that changes nothing when it is applied again.
    Clamp,
    /// It subtracts the mean, and with it any bias before it.
    Centering,
    /// None of these.
    Other,
}

impl Nature {
    pub(crate) fn is_activation(self) -> bool {
        matches!(self, Self::Activation | Self::Clamp)
    }
}

/// A layer in its place: what the planner and the emitter need to know.
pub(crate) struct Layer {
    /// Shape of the output.
    pub(crate) output: Shape,
    /// What it computes; nothing where it only changes the shape.
    pub(crate) operation: Option<Operation>,
}

/// A computation beside that of a layer, with a row of its own in the network: a padding before a convolution.
pub(crate) struct Aside {
    pub(crate) kind: &'static Kind,
    pub(crate) output: Shape,
    pub(crate) operation: Operation,
}

impl Aside {
    /// What the layer computes, if it computes anything.
    fn of(kind: &'static Kind, layer: Layer) -> Option<Self> {
        let output = layer.output;
        layer.operation.map(|operation| Self { kind, output, operation })
    }
}

/// A computation.
#[derive(Clone)]
pub(crate) struct Operation {
    /// Type of the description, in the runtime: `::backprop::layers::Dense`.
    pub(crate) descriptor: TokenStream,
    /// The description itself, a constant expression.
    pub(crate) value: TokenStream,
    /// What it stores.
    pub(crate) parameters: Option<Parameters>,
    /// How many of its numbers are biases. A gradient of them alone holds them in the order of their tensors.
    pub(crate) biases: Size,
    /// What of that it measures instead of learning it.
    pub(crate) measured: Option<Measured>,
    /// What backward reads.
    pub(crate) needs: Needs,
    /// Whether backward reads the input only for the gradient of what is no bias.
    pub(crate) input_for_weights: bool,
    /// Features saved by forward for backward.
    pub(crate) saved: Size,
    /// Whether forward works in what it saves, in prediction too.
    pub(crate) works_in_saved: bool,
    /// Features that backward works in.
    pub(crate) scratch: Size,
    /// How the output may lie.
    pub(crate) form: Form,
    /// Multiply-adds of one prediction.
    pub(crate) multiply_adds: Size,
    /// Whether the description knows its `outputs()`.
    pub(crate) sized: bool,
    /// What it computes, where the user wrote that.
    pub(crate) formula: Option<Formula>,
    /// Whether its parameters have bounds, which they are brought back into after a step.
    pub(crate) settles: bool,
    /// Where the input is indices: how many there are. Such a layer reads the network's input.
    pub(crate) input_rows: Option<Size>,
    /// How it runs one step of time at a time.
    pub(crate) stepwise: Stepwise,
    /// Whether it is told how many steps each sample has, where they have a number of their own, and heeds it.
    pub(crate) heeds_lengths: bool,
}

/// How a layer on a sequence runs one step of time at a time.
#[derive(Clone, Debug)]
pub(crate) enum Stepwise {
    /// It computes each step by itself: the method that makes its description that of so many steps, such as `rows`, if it
    /// needs to know.
    Alone(Option<&'static str>),
    /// It remembers. Its description has a method `steps`, which makes it one that knows its `memory()`.
    Remembers(Remembers),
    /// It gives the last step: from there on nothing has a time axis. Its description has a method `steps`.
    Last,
    /// As the type knows whose network it is.
    Block,
    /// It cannot.
    Never(Why),
}

/// What a layer that remembers can do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remembers {
    /// A window of training may begin from what it remembers.
    pub(crate) carries: bool,
    /// Several steps at a time take it less than one after the other.
    pub(crate) gains_in_blocks: bool,
}

/// Why a layer cannot run one step of time at a time. The runtime has a trait of each name, with a message for whoever
/// tries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    AllAtOnce,
    LooksAhead,
    Shortens,
    Strides,
    GoesBackward,
    SlopeForEachStep,
    PositionForEachStep,
    JoinsTime,
    JoinsTimeless,
}

impl Why {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::AllAtOnce => "works on all steps at once",
            Self::LooksAhead => "looks at later steps: write `padding = causal`",
            Self::Shortens => "shortens the sequence: write `padding = causal`",
            Self::Strides => "has a stride, so that not every step has an output: give it a stride of 1",
            Self::GoesBackward => "goes backward through time too: leave out `bidirectional`",
            Self::SlopeForEachStep => "has a slope for each step of the window",
            Self::PositionForEachStep => {
                "has learnt a position for each step of the window: write `positional_encoding` without `mode = learned`"
            }
            Self::JoinsTime => "joins sequences one after the other in time",
            Self::JoinsTimeless => "joins what has a time axis with what has none",
        }
    }
}

/// The numbers a layer stores.
#[derive(Clone)]
pub(crate) struct Parameters {
    /// Type of the field.
    pub(crate) field: TokenStream,
    /// How many there are.
    pub(crate) count: Size,
    /// How many tensors they are.
    pub(crate) tensors: Size,
    /// Initializers to pass, in the order of `initialize`.
    pub(crate) initializers: Vec<TokenStream>,
}

/// Of a layer that stores numbers which training measures: what it learns beside them.
#[derive(Clone)]
pub(crate) struct Measured {
    /// Type of the field of gradients.
    pub(crate) gradient: TokenStream,
    /// How many numbers are learnt.
    pub(crate) trained: Size,
    /// How many numbers last, among the slots of training, from one tile to the next.
    pub(crate) state: TokenStream,
    /// Whether steps are counted, in a tensor of its own.
    pub(crate) counts: bool,
}

/// Which of forward's values backward reads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    pub(crate) input: bool,
    pub(crate) output: bool,
}

/// How a layer's output may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Only apart from its input.
    Apart,
    /// Also in the place of its input; backward then needs only the output.
    InPlace,
    /// Apart, by a block with slots of its own: a network, or a layer of the user's.
    Block,
    /// Apart, and an activation in place may follow in the same call, because backward does not read the output.
    Fusible,
}

impl Operation {
    /// A computation without parameters, in place, whose backward needs only the output.
    pub(crate) fn in_place(descriptor: TokenStream, value: TokenStream) -> Self {
        Self {
            needs: Needs { input: false, output: true },
            form: Form::InPlace,
            ..Self::apart(descriptor, value)
        }
    }

    /// A computation without parameters that needs nothing of forward.
    pub(crate) fn apart(descriptor: TokenStream, value: TokenStream) -> Self {
        Self {
            descriptor,
            value,
            parameters: None,
            biases: Size::Known(0),
            input_for_weights: false,
            measured: None,
            needs: Needs::default(),
            saved: Size::Known(0),
            works_in_saved: false,
            scratch: Size::Known(0),
            form: Form::Apart,
            multiply_adds: Size::Known(0),
            sized: false,
            formula: None,
            settles: false,
            input_rows: None,
            stepwise: Stepwise::Never(Why::AllAtOnce),
            heeds_lengths: false,
        }
    }
}
