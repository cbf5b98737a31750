use super::{Call, Form, Kind, Layer, Needs, Operation, Parameters};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static CONV_TRANSPOSE2D: Kind = Kind {
    name: "conv_transpose2d",
    signature: "conv_transpose2d(channels, kernel = …, stride = 1, padding = 0, output_padding = 0, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y = the input gradient of a convolution with W, at x, + b",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [channels, height, width] = input.0.as_slice() else {
        let remedy = "put `reshape([channels, height, width])` before it";
        return Err(call.wrong_input("`[channels, height, width]`", input, remedy));
    };
    let (zeros, ones) = ([Size::Known(0), Size::Known(0)], [Size::Known(1), Size::Known(1)]);
    let outputs = call.size("channels")?;
    let kernel = call.pair("kernel")?;
    let stride = call.pair_or("stride", ones.clone(), 1)?;
    let padding = call.pair_or("padding", zeros.clone(), 0)?;
    let output_padding = call.pair_or("output_padding", zeros.clone(), 0)?;
    let dilation = call.pair_or("dilation", ones.clone(), 1)?;
    let groups = call.size_or("groups", 1)?;
    let bias = call.flag_or("bias", true)?;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;
    super::conv2d::check_groups(call, channels, &outputs, &groups)?;

    let constant = call.constant.clone();
    let outputs_read = outputs.clone().or_read(quote!(#constant.out_channels));
    let mut axes = vec![outputs_read.clone()];
    for (axis, size) in [height, width].into_iter().enumerate() {
        let sizes =
            [size, &kernel[axis], &stride[axis], &padding[axis], &output_padding[axis], &dilation[axis]];
        let [Some(size), Some(kernel), Some(stride), Some(padding), Some(more), Some(dilation)] =
            sizes.map(Size::known)
        else {
            let place = axis + 1;
            let [size, kernel, stride, padding, more, dilation] = sizes;
            let grown = format!("({size} - 1) * {stride} + {more}");
            let reach = format!("{dilation} * ({kernel} - 1) + 1");
            axes.push(Size::Expression {
                tokens: quote!(#constant.output_shape()[#place]),
                text: format!("{grown} + {reach} - 2 * {padding}"),
            });
            continue;
        };
        if more >= stride {
            return Err(call.error(&format!(
                "an output padding of {more} with a stride of {stride}: choose a smaller one than the stride"
            )));
        }
        let grown = (size - 1) * stride + dilation * (kernel - 1) + more + 1;
        if grown <= 2 * padding {
            return Err(call.error(&format!(
                "a padding of {padding} leaves nothing of {grown} along one axis: use less padding"
            )));
        }
        axes.push(Size::Known(grown - 2 * padding));
    }

    let per_group = outputs_read.divided_by(&groups);
    let biases = if bias { outputs_read } else { Size::Known(0) };
    let [rows, columns] = &kernel;
    let weights = per_group.times(rows).times(columns).times(channels);
    let scalar = call.scalar();
    let field = [&per_group, channels, rows, columns, &biases].map(Size::generic);
    let descriptor = quote!(::backprop::layers::ConvTranspose2d);
    let mut value = quote!(#descriptor::new([#channels, #height, #width], #outputs).kernel(#rows, #columns));
    for (name, [vertical, horizontal], default) in [
        ("stride", &stride, 1),
        ("padding", &padding, 0),
        ("output_padding", &output_padding, 0),
        ("dilation", &dilation, 1),
    ] {
        if vertical.known() != Some(default) || horizontal.known() != Some(default) {
            let name = syn::Ident::new(name, proc_macro2::Span::call_site());
            value = quote!(#value.#name(#vertical, #horizontal));
        }
    }
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
        multiply_adds: weights.times(height).times(width),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::ConvTranspose2dParameters<#scalar, #(#field),*>),
            count: weights.plus(&biases),
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        }),
        ..Operation::apart(descriptor, value)
    };
    Ok(Layer { output: Shape(axes), operation: Some(operation) })
}
