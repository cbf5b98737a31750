//! Layers that work through time and remember.

use super::resize::sequence;
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Remembers, Stepwise, Why};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static RNN: Kind = Kind {
    name: "rnn",
    nature: Nature::Other,
    signature: "rnn(outputs, activation = tanh, bias = true, layers = 1, dropout = 0.0, bidirectional = false)",
    formula: "h[t] = tanh(W x[t] + b + U h[t−1] + b'), y = h",
    build: |call, input| {
        let activation = call.word_or("activation", "tanh", &["tanh", "relu"])?;
        let cell = if activation == "tanh" { quote!(Tanh) } else { quote!(Relu) };
        build(call, input, &cell, 1)
    },
};

pub(crate) static GRU: Kind = Kind {
    name: "gru",
    nature: Nature::Other,
    signature: "gru(outputs, bias = true, layers = 1, dropout = 0.0, bidirectional = false)",
    formula: "h[t] = (1 − z) n + z h[t−1], n = tanh(W x[t] + b + r (U h[t−1] + b')), y = h; gates r, z",
    build: |call, input| build(call, input, &quote!(Gru), 3),
};

pub(crate) static LSTM: Kind = Kind {
    name: "lstm",
    nature: Nature::Other,
    signature: "lstm(outputs, bias = true, layers = 1, dropout = 0.0, bidirectional = false, projection = none)",
    formula: "c[t] = f c[t−1] + i g, h[t] = o tanh(c[t]), y = h; gates i, f, g, o of W x[t] + b + U h[t−1] + b'",
    build: |call, input| build(call, input, &quote!(Lstm), 4),
};

/// As many stacked layers as the runtime has names for.
const MOST_LAYERS: usize = 16;

fn build(call: &mut Call<'_>, input: &Shape, cell: &TokenStream, gates: usize) -> Result<Layer> {
    let [time, features] = sequence(call, input)?;
    let hidden = call.size("outputs")?;
    let bias = call.flag_or("bias", true)?;
    let layers = layers(call)?;
    let dropout =
        call.real("dropout", "a probability of at least 0 and below 1", |p| (0.0..1.0).contains(&p))?;
    if dropout.is_some() && layers == 1 {
        return Err(call.error(
            "dropout acts between stacked layers, and there is one: write `layers = 2`, or the layer `dropout` behind it",
        ));
    }
    let directions = if call.flag_or("bidirectional", false)? { 2 } else { 1 };
    let projection = if gates == 4 { call.size_if("projection", 1)? } else { None };
    if let (Some(projection), Some(hidden)) = (projection.as_ref().and_then(Size::known), hidden.known())
        && projection >= hidden
    {
        return Err(call.error(&format!(
            "a projection to {projection} numbers of {hidden} units: choose fewer than there are units, or none"
        )));
    }

    let tensors = 5 * layers * directions;
    let descriptor = quote!(::backprop::layers::Recurrent::<#tensors>);
    let counts = Counts { gates, layers, directions, bias, projected: projection.is_some() };
    let value = quote!(#descriptor::new(::backprop::layers::Cell::#cell, #time, #features, #hidden));
    let value = with_options(value, &counts, projection.as_ref(), dropout.map(|p| (p, call.index())));

    let constant = call.constant.clone();
    let scalar = call.scalar();
    let hidden = hidden.or_read(quote!(#constant.hidden));
    let width = match &projection {
        Some(size) => size.clone().or_read(quote!(#constant.width())),
        None => hidden.clone(),
    };
    let step_outputs = width.times(&Size::Known(directions));
    let (weights, biases) = counts.parameters(&features, &hidden, &width);
    let count = weights.plus(&biases);
    let field = count.generic();
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: biases.clone(),
        form: Form::Fusible,
        sized: true,
        saved: Size::expression(quote!(#constant.saved())),
        works_in_saved: true,
        heeds_lengths: true,
        stepwise: match directions {
            1 => Stepwise::Remembers(Remembers { carries: true, gains_in_blocks: false }),
            _ => Stepwise::Never(Why::GoesBackward),
        },
        scratch: Size::expression(quote!(#constant.scratch())),
        multiply_adds: time.times(&weights),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::RecurrentParameters<#scalar, #field>),
            count,
            tensors: Size::Known(tensors),
            initializers: vec![],
        }),
        ..Operation::apart(descriptor, value)
    };
    Ok(Layer { output: input.with_last(step_outputs), operation: Some(operation) })
}

/// The description with what is not as by default.
fn with_options(
    mut value: TokenStream,
    counts: &Counts,
    projection: Option<&Size>,
    dropout: Option<(TokenStream, usize)>,
) -> TokenStream {
    let Counts { layers, directions, bias, .. } = *counts;
    if layers > 1 {
        value = quote!(#value.layers(#layers));
    }
    if directions == 2 {
        value = quote!(#value.bidirectional());
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    if let Some(size) = projection {
        value = quote!(#value.projection(#size));
    }
    if let Some((p, index)) = dropout {
        value = quote!(#value.dropout(#p, #index));
    }
    value
}

/// The number of stacked layers. It must be a plain number, because it is that of the tensors' names.
fn layers(call: &mut Call<'_>) -> Result<usize> {
    match call.size_or("layers", 1)?.known() {
        Some(layers) if layers <= MOST_LAYERS => Ok(layers),
        _ => Err(call.error(&format!("`layers` must be a number from 1 to {MOST_LAYERS}"))),
    }
}

/// What the number of parameters depends on beside sizes.
struct Counts {
    gates: usize,
    layers: usize,
    directions: usize,
    bias: bool,
    projected: bool,
}

impl Counts {
    /// Weights and biases of all cells.
    fn parameters(&self, features: &Size, hidden: &Size, width: &Size) -> (Size, Size) {
        let Self { gates, layers, directions, bias, projected } = *self;
        let sums = hidden.times(&Size::Known(gates));
        // What is read from below, over all cells, and from the step before.
        let inputs = features
            .times(&Size::Known(directions))
            .plus(&width.times(&Size::Known(directions * directions * (layers - 1))));
        let cells = Size::Known(layers * directions);
        let rows = inputs.plus(&width.times(&cells));
        let projections = if projected { hidden.times(width).times(&cells) } else { Size::Known(0) };
        let biases = if bias { sums.times(&cells).times(&Size::Known(2)) } else { Size::Known(0) };
        (rows.times(&sums).plus(&projections), biases)
    }
}
