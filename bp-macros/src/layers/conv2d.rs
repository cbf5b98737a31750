use super::padding::{Window, with_mode};
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters};
use crate::diagnostics::{Reported, Result};
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static CONV2D: Kind = Kind {
    name: "conv2d",
    nature: Nature::Linear,
    signature: "conv2d(channels, kernel = …, stride = 1, padding = 0 | same, padding_mode = zeros, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [channels, _, _] = input.0.as_slice() else {
        return Err(call.wrong_input(
            "`[channels, height, width]`",
            input,
            "give the network an input of three axes",
        ));
    };
    let outputs = call.size("channels")?;
    let kernel = call.pair("kernel")?;
    let stride = call.pair_or("stride", [Size::Known(1), Size::Known(1)], 1)?;
    let pads = call.padding(2, &["same"])?;
    let dilation = call.pair_or("dilation", [Size::Known(1), Size::Known(1)], 1)?;
    let groups = call.size_or("groups", 1)?;
    let bias = call.flag_or("bias", true)?;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;

    check_groups(call, channels, &outputs, &groups)?;
    let windows = [0, 1].map(|axis| [&kernel[axis], &stride[axis], &dilation[axis]]);
    let (padded, pads) = with_mode(call, input, pads, &windows)?;
    let [_, height, width] = padded.0.as_slice() else { return Err(Reported::already()) };

    let constant = call.constant.clone();
    let outputs_read = outputs.clone().or_read(quote!(#constant.out_channels));
    let mut axes = vec![outputs_read.clone()];
    for (axis, (size, [kernel, stride, dilation])) in [height, width].into_iter().zip(windows).enumerate() {
        let window = Window { kernel, stride, padding: pads.of(axis), dilation, ceil: false };
        let place = axis + 1;
        axes.push(window.output(call, size, quote!(#constant.output_shape()[#place]))?);
    }

    let per_group = channels.divided_by(&groups);
    let biases = if bias { outputs_read.clone() } else { Size::Known(0) };
    let [kernel_height, kernel_width] = &kernel;
    let weights = per_group.times(kernel_height).times(kernel_width).times(&outputs_read);
    let scalar = call.scalar();

    let field = [&per_group, &outputs_read, kernel_height, kernel_width, &biases].map(Size::generic);
    let mut value = quote!(::backprop::layers::Conv2d::new([#channels, #height, #width], #outputs).kernel(#kernel_height, #kernel_width));
    if stride.iter().any(|stride| stride.known() != Some(1)) {
        let [vertical, horizontal] = &stride;
        value = quote!(#value.stride(#vertical, #horizontal));
    }
    if dilation.iter().any(|dilation| dilation.known() != Some(1)) {
        let [vertical, horizontal] = &dilation;
        value = quote!(#value.dilation(#vertical, #horizontal));
    }
    value = pads.write(value);
    if groups.known() != Some(1) {
        value = quote!(#value.groups(#groups));
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    if axes.iter().any(|axis| axis.known().is_none()) {
        value = quote!(#value.checked());
    }
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: biases.clone(),
        form: Form::Fusible,
        sized: true,
        scratch: Size::expression(quote!(#constant.scratch())),
        multiply_adds: weights.times(&axes[1]).times(&axes[2]),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::Conv2dParameters<#scalar, #(#field),*>),
            count: weights.plus(&biases),
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        }),
        ..Operation::apart(quote!(::backprop::layers::Conv2d), value)
    };
    Ok(Layer { output: Shape(axes), operation: Some(operation) })
}

/// Reports groups that do not divide the channels.
pub(super) fn check_groups(
    call: &mut Call<'_>,
    channels: &Size,
    outputs: &Size,
    groups: &Size,
) -> Result<()> {
    for (size, what) in [(channels, "input channels"), (outputs, "channels")] {
        if let (Some(n), Some(g)) = (size.known(), groups.known())
            && !n.is_multiple_of(g)
        {
            return Err(
                call.error(&format!("{n} {what} do not divide into {g} groups: choose a divisor of {n}"))
            );
        }
    }
    Ok(())
}
