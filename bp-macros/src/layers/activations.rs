//! Activations: one number at a time, or one row at a time.

use super::reshape::over;
use super::{Call, Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise, Why};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// A kind without arguments, by name, nature, description, form and formula.
macro_rules! activations {
    ($($constant:ident: $name:literal $nature:ident $descriptor:ident $form:ident $formula:literal;)*) => { $(
        pub(crate) static $constant: Kind = Kind {
            name: $name,
            nature: Nature::$nature,
            signature: $name,
            formula: $formula,
            build: |_, input| $form(input, quote!($descriptor), quote!()),
        };
    )* };
}

activations! {
    RELU: "relu" Clamp Relu in_place "y = max(x, 0)";
    RELU6: "relu6" Clamp Relu6 in_place "y = min(max(x, 0), 6)";
    SELU: "selu" Activation Selu in_place "y = s x for x > 0, s α (exp(x) − 1) otherwise";
    SIGMOID: "sigmoid" Activation Sigmoid in_place "y = 1 / (1 + exp(−x))";
    TANH: "tanh" Activation Tanh in_place "y = tanh(x)";
    HARD_SIGMOID: "hard_sigmoid" Activation HardSigmoid in_place "y = min(max(x / 6 + 1/2, 0), 1)";
    SOFTSIGN: "softsign" Activation Softsign in_place "y = x / (1 + |x|)";
    SILU: "silu" Activation Silu apart "y = x / (1 + exp(−x))";
    MISH: "mish" Activation Mish apart "y = x tanh(ln(1 + exp(x)))";
    HARD_SWISH: "hard_swish" Activation HardSwish apart "y = x min(max(x + 3, 0), 6) / 6";
    LOG_SIGMOID: "log_sigmoid" Activation LogSigmoid apart "y = −ln(1 + exp(−x))";
    TANH_SHRINK: "tanh_shrink" Activation TanhShrink apart "y = x − tanh(x)";
}

pub(crate) static GELU: Kind = Kind {
    name: "gelu",
    nature: Nature::Activation,
    signature: "gelu(approximate = none)",
    formula: "y = x Φ(x)",
    build: |call, input| match call.word_or("approximate", "none", &["none", "tanh"])? {
        "tanh" => apart(input, quote!(GeluTanh), quote!()),
        _ => apart(input, quote!(Gelu), quote!()),
    },
};

pub(crate) static LEAKY_RELU: Kind = Kind {
    name: "leaky_relu",
    nature: Nature::Activation,
    signature: "leaky_relu(slope = 0.01)",
    formula: "y = x for x > 0, slope · x otherwise",
    build: |call, input| {
        let slope = call.real_or("slope", 0.01, "a positive number", |slope| slope > 0.0)?;
        in_place(input, quote!(LeakyRelu), quote!(::new(#slope)))
    },
};

pub(crate) static ELU: Kind = Kind {
    name: "elu",
    nature: Nature::Activation,
    signature: "elu(alpha = 1.0)",
    formula: "y = x for x > 0, α (exp(x) − 1) otherwise",
    build: |call, input| {
        let alpha = call.real_or("alpha", 1.0, "a positive number", |alpha| alpha > 0.0)?;
        in_place(input, quote!(Elu), quote!(::new(#alpha)))
    },
};

pub(crate) static CELU: Kind = Kind {
    name: "celu",
    nature: Nature::Activation,
    signature: "celu(alpha = 1.0)",
    formula: "y = x for x > 0, α (exp(x / α) − 1) otherwise",
    build: |call, input| {
        let alpha = call.real_or("alpha", 1.0, "a positive number", |alpha| alpha > 0.0)?;
        in_place(input, quote!(Celu), quote!(::new(#alpha)))
    },
};

pub(crate) static SOFTPLUS: Kind = Kind {
    name: "softplus",
    nature: Nature::Activation,
    signature: "softplus(beta = 1.0, threshold = 20.0)",
    formula: "y = ln(1 + exp(β x)) / β",
    build: |call, input| {
        let beta = call.real_or("beta", 1.0, "a positive number", |beta| beta > 0.0)?;
        let threshold = call.real_or("threshold", 20.0, "a number", |_| true)?;
        apart(input, quote!(Softplus), quote!(::new(#beta, #threshold)))
    },
};

pub(crate) static HARD_TANH: Kind = Kind {
    name: "hard_tanh",
    nature: Nature::Clamp,
    signature: "hard_tanh(min = -1.0, max = 1.0)",
    formula: "y = min(max(x, min), max)",
    build: |call, input| {
        let min = call.real_or("min", -1.0, "a number", |_| true)?;
        let max = call.real_or("max", 1.0, "a number", |_| true)?;
        in_place(input, quote!(HardTanh), quote!(::new(#min, #max)))
    },
};

pub(crate) static HARD_SHRINK: Kind = Kind {
    name: "hard_shrink",
    nature: Nature::Activation,
    signature: "hard_shrink(lambda = 0.5)",
    formula: "y = x for |x| > λ, 0 otherwise",
    build: |call, input| {
        let lambda = call.real_or("lambda", 0.5, "a number of at least 0", |lambda| lambda >= 0.0)?;
        in_place(input, quote!(HardShrink), quote!(::new(#lambda)))
    },
};

pub(crate) static SOFT_SHRINK: Kind = Kind {
    name: "soft_shrink",
    nature: Nature::Activation,
    signature: "soft_shrink(lambda = 0.5)",
    formula: "y = x − λ for x > λ, x + λ for x < −λ, 0 between",
    build: |call, input| {
        let lambda = call.real_or("lambda", 0.5, "a number of at least 0", |lambda| lambda >= 0.0)?;
        in_place(input, quote!(SoftShrink), quote!(::new(#lambda)))
    },
};

pub(crate) static THRESHOLD: Kind = Kind {
    name: "threshold",
    nature: Nature::Activation,
    signature: "threshold(threshold = 0.0, value = 0.0)",
    formula: "y = x for x > threshold, value otherwise",
    build: |call, input| {
        let threshold = call.real_or("threshold", 0.0, "a number", |_| true)?;
        let value = call.real_or("value", 0.0, "a number", |_| true)?;
        apart(input, quote!(Threshold), quote!(::new(#threshold, #value)))
    },
};

pub(crate) static SIN: Kind = Kind {
    name: "sin",
    nature: Nature::Other,
    signature: "sin(frequency = 1.0)",
    formula: "y = sin(ω x)",
    build: |call, input| {
        let frequency =
            call.real_or("frequency", 1.0, "a number other than 0", |frequency| frequency != 0.0)?;
        apart(input, quote!(Sin), quote!(::new(#frequency)))
    },
};

pub(crate) static SOFTMAX: Kind = Kind {
    name: "softmax",
    nature: Nature::Activation,
    signature: "softmax(axis = last)",
    formula: "y = exp(x) / Σ exp(x), over the last axis",
    build: |call, input| {
        over_axis(call, input, |call, input| {
            let (features, rows) = input.last_axis();
            among_several(call, input)?;
            in_rows(in_place(input, quote!(Softmax), quote!(::new(#rows, #features))))
        })
    },
};

pub(crate) static LOG_SOFTMAX: Kind = Kind {
    name: "log_softmax",
    nature: Nature::Activation,
    signature: "log_softmax(axis = last)",
    formula: "y = x − ln Σ exp(x), over the last axis",
    build: |call, input| {
        over_axis(call, input, |call, input| {
            let (features, rows) = input.last_axis();
            among_several(call, input)?;
            in_rows(in_place(input, quote!(LogSoftmax), quote!(::new(#rows, #features))))
        })
    },
};

/// Builds what works along the last axis for the one that is asked for.
fn over_axis(
    call: &mut Call<'_>,
    input: &Shape,
    build: impl FnOnce(&mut Call<'_>, &Shape) -> Result<Layer>,
) -> Result<Layer> {
    match call.axes_if("axis", input.rank())? {
        Some(axes) => over(call, input, &axes, build),
        None => build(call, input),
    }
}

/// Refuses the distribution over a network's one feature, which is always the same.
fn among_several(call: &mut Call<'_>, input: &Shape) -> Result<()> {
    match input.0.as_slice() {
        [Size::Known(1)] => Err(call.error(
            "of a single number the probability is always 1: use `sigmoid`, or give the layer before more outputs",
        )),
        _ => Ok(()),
    }
}

pub(crate) static GLU: Kind = Kind {
    name: "glu",
    nature: Nature::Other,
    signature: "glu(axis = last)",
    formula: "y = a σ(b), where x = [a, b] along the last axis",
    build: |call, input| {
        over_axis(call, input, |call, input| {
            let (features, rows) = input.last_axis();
            if features.known().is_some_and(|features| features % 2 == 1) {
                let wants = "an axis of even length";
                return Err(call.wrong_input(wants, input, "change the size of the layer before"));
            }
            let half = features.divided_by(&Size::Known(2));
            let layer = in_rows(apart(input, quote!(Glu), quote!(::new(#rows, #half))))?;
            Ok(Layer { output: input.with_last(half), ..layer })
        })
    },
};

pub(crate) static PRELU: Kind = Kind {
    name: "prelu",
    nature: Nature::Activation,
    signature: "prelu(channels = false, init = constant(0.25))",
    formula: "y = x for x > 0, w x otherwise",
    build: prelu,
};

fn prelu(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let by_channel = call.flag_or("channels", false)?;
    let initial = quote!(::backprop::initializers::Constant(::backprop::layers::Prelu::INITIAL));
    let init = call.initializer("init", initial)?;
    let features = input.features();
    let channels = match input.0.first() {
        Some(channels) if by_channel => channels.clone(),
        _ => Size::Known(1),
    };
    let inner = features.divided_by(&channels);
    let (scalar, count) = (call.scalar(), channels.generic());
    let layer = apart(input, quote!(Prelu), quote!(::new(#channels, #inner)))?;
    let operation = layer.operation.map(|operation| Operation {
        // The channels of a sequence are its steps, each with a slope of its own.
        stepwise: match by_channel {
            true => Stepwise::Never(Why::SlopeForEachStep),
            false => operation.stepwise,
        },
        heeds_lengths: true,
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::PreluParameters<#scalar, #count>),
            count: channels,
            tensors: Size::Known(1),
            initializers: vec![init],
        }),
        ..operation
    });
    Ok(Layer { output: layer.output, operation })
}

/// An activation whose derivative can be had from its output.
fn in_place(input: &Shape, descriptor: TokenStream, constructor: TokenStream) -> Result<Layer> {
    let descriptor = quote!(::backprop::layers::#descriptor);
    let value = quote!(#descriptor #constructor);
    let stepwise = Stepwise::Alone(None);
    let operation = Operation { stepwise, ..Operation::in_place(descriptor, value) };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}

/// An activation whose derivative needs its input.
fn apart(input: &Shape, descriptor: TokenStream, constructor: TokenStream) -> Result<Layer> {
    let descriptor = quote!(::backprop::layers::#descriptor);
    let value = quote!(#descriptor #constructor);
    let needs = Needs { input: true, output: false };
    let stepwise = Stepwise::Alone(None);
    let operation = Operation { needs, stepwise, ..Operation::apart(descriptor, value) };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}

/// The same for an activation of rows, of which one step is one.
fn in_rows(layer: Result<Layer>) -> Result<Layer> {
    let stepwise = Stepwise::Alone(Some("rows"));
    layer.map(|layer| Layer {
        operation: layer.operation.map(|operation| Operation { stepwise, ..operation }),
        ..layer
    })
}
