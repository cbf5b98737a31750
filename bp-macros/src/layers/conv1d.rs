use super::padding::{Pads, Window, with_mode};
use super::resize::sequence;
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Remembers, Stepwise, Why};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static CONV1D: Kind = Kind {
    name: "conv1d",
    nature: Nature::Linear,
    signature: "conv1d(channels, kernel = …, stride = 1, padding = 0 | same | causal, padding_mode = zeros, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y[t] = b + Σₖ W[k]ᵀ x[t + k]",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [time, features] = sequence(call, input)?;
    let outputs = call.size("channels")?;
    let kernel = call.size("kernel")?;
    let stride = call.size_or("stride", 1)?;
    let pads = call.padding(1, &["same", "causal"])?;
    let dilation = call.size_or("dilation", 1)?;
    let groups = call.size_or("groups", 1)?;
    let bias = call.flag_or("bias", true)?;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;
    super::conv2d::check_groups(call, &features, &outputs, &groups)?;
    let (padded, pads) = with_mode(call, input, pads, &[[&kernel, &stride, &dilation]])?;
    let time = padded.0.into_iter().next().unwrap_or(time);

    let constant = call.constant.clone();
    let outputs_read = outputs.clone().or_read(quote!(#constant.out_channels));
    // A causal convolution has as many outputs as `padding = same`.
    let window =
        Window { kernel: &kernel, stride: &stride, padding: pads.of(0), dilation: &dilation, ceil: false };
    let steps = window.output(call, &time, quote!(#constant.output_shape()[0]))?;

    let per_group = features.divided_by(&groups);
    let biases = if bias { outputs_read.clone() } else { Size::Known(0) };
    let weights = kernel.times(&per_group).times(&outputs_read);
    let scalar = call.scalar();
    let field = [&per_group, &outputs_read, &kernel, &biases].map(Size::generic);
    let mut value = quote!(::backprop::layers::Conv1d::new(#time, #features, #outputs).kernel(#kernel));
    if stride.known() != Some(1) {
        value = quote!(#value.stride(#stride));
    }
    if dilation.known() != Some(1) {
        value = quote!(#value.dilation(#dilation));
    }
    value = pads.write(value);
    if groups.known() != Some(1) {
        value = quote!(#value.groups(#groups));
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: biases.clone(),
        form: Form::Fusible,
        sized: true,
        multiply_adds: weights.times(&steps),
        stepwise: stepwise(&pads, &kernel, &stride),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::Conv1dParameters<#scalar, #(#field),*>),
            count: weights.plus(&biases),
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        }),
        ..Operation::apart(quote!(::backprop::layers::Conv1d), value)
    };
    Ok(Layer { output: Shape(vec![steps, outputs_read]), operation: Some(operation) })
}

/// Whether all padding stands before the sequence, and every step has an output.
fn stepwise(pads: &Pads, kernel: &Size, stride: &Size) -> Stepwise {
    let none = pads.of(0).is_some_and(|sides| sides.iter().all(|size| size.known() == Some(0)));
    let one_tap = kernel.known() == Some(1) && (none || pads.of(0).is_none());
    if stride.known() != Some(1) {
        Stepwise::Never(Why::Strides)
    } else if matches!(pads, Pads::Word("causal")) || one_tap {
        Stepwise::Remembers(Remembers { carries: false, gains_in_blocks: true })
    } else if none {
        Stepwise::Never(Why::Shortens)
    } else {
        Stepwise::Never(Why::LooksAhead)
    }
}
