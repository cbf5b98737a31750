//! Transposed convolutions, of images and of sequences.

use super::conv2d::check_groups;
use super::padding::Pads;
use super::resize::sequence;
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

pub(crate) static CONV_TRANSPOSE2D: Kind = Kind {
    name: "conv_transpose2d",
    nature: Nature::Other,
    signature: "conv_transpose2d(channels, kernel = …, stride = 1, padding = 0, output_padding = 0, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y = the input gradient of a convolution with W, at x, + b",
    build: of_images,
};

pub(crate) static CONV_TRANSPOSE1D: Kind = Kind {
    name: "conv_transpose1d",
    nature: Nature::Other,
    signature: "conv_transpose1d(channels, kernel = …, stride = 1, padding = 0, output_padding = 0, dilation = 1, groups = 1, bias = true, init = default, bias_init = default)",
    formula: "y = the input gradient of a convolution along time with W, at x, + b",
    build: of_sequences,
};

fn of_images(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [channels, height, width] = input.0.as_slice() else {
        let remedy = "put `reshape([channels, height, width])` before it";
        return Err(call.wrong_input("`[channels, height, width]`", input, remedy));
    };
    let outputs = call.size("channels")?;
    let spread = Spread::read(call, 2)?;
    let outputs_read = outputs.clone().or_read({
        let constant = &call.constant;
        quote!(#constant.out_channels)
    });
    let axes = [spread.output(call, height, 0, 1)?, spread.output(call, width, 1, 2)?];
    let per_group = outputs_read.divided_by(&spread.groups);
    let [rows, columns] = [&spread.kernel[0], &spread.kernel[1]];
    let sizes = Sizes {
        weights: per_group.times(rows).times(columns).times(channels),
        field: [&per_group, channels, rows, columns].map(Size::generic).to_vec(),
        positions: height.times(width),
    };
    let new = quote!(::backprop::layers::ConvTranspose2d::new([#channels, #height, #width], #outputs));
    let [height, width] = axes;
    let output = Shape(vec![outputs_read.clone(), height, width]);
    spread.layer(call, "ConvTranspose2d", new, [channels, &outputs_read], sizes, output)
}

fn of_sequences(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [time, features] = sequence(call, input)?;
    let outputs = call.size("channels")?;
    let spread = Spread::read(call, 1)?;
    let outputs_read = outputs.clone().or_read({
        let constant = &call.constant;
        quote!(#constant.out_channels)
    });
    let steps = spread.output(call, &time, 0, 0)?;
    let per_group = outputs_read.divided_by(&spread.groups);
    let kernel = &spread.kernel[0];
    let sizes = Sizes {
        weights: kernel.times(&per_group).times(&features),
        field: [&per_group, &features, kernel].map(Size::generic).to_vec(),
        positions: time.clone(),
    };
    let new = quote!(::backprop::layers::ConvTranspose1d::new(#time, #features, #outputs));
    let output = Shape(vec![steps, outputs_read.clone()]);
    spread.layer(call, "ConvTranspose1d", new, [&features, &outputs_read], sizes, output)
}

/// How numbers of the input spread over the output, along each axis.
struct Spread {
    kernel: Vec<Size>,
    stride: Vec<Size>,
    /// What is taken off.
    padding: Pads,
    /// What is added at the end.
    more: Vec<Size>,
    dilation: Vec<Size>,
    groups: Size,
}

/// Sizes of a layer, beside those of its output.
struct Sizes {
    weights: Size,
    /// Of the weights, as arguments of the type of parameters.
    field: Vec<TokenStream>,
    /// Positions of the input.
    positions: Size,
}

impl Spread {
    fn read(call: &mut Call<'_>, axes: usize) -> Result<Self> {
        let mut by_name = |name, default, least| match axes {
            1 => Ok(vec![call.size_if(name, least)?.unwrap_or(Size::Known(default))]),
            _ => Ok(call.pair_or(name, [Size::Known(default), Size::Known(default)], least)?.to_vec()),
        };
        let [stride, more, dilation] =
            [by_name("stride", 1, 1), by_name("output_padding", 0, 0), by_name("dilation", 1, 1)];
        let (stride, more, dilation) = (stride?, more?, dilation?);
        let kernel = match axes {
            1 => vec![call.size("kernel")?],
            _ => call.pair("kernel")?.to_vec(),
        };
        let padding = call.padding(axes, &[])?;
        let groups = call.size_or("groups", 1)?;
        Ok(Self { kernel, stride, padding, more, dilation, groups })
    }

    /// The length of an axis of the output, which is that of the description's shape at `place`.
    fn output(&self, call: &mut Call<'_>, size: &Size, axis: usize, place: usize) -> Result<Size> {
        let none = [Size::Known(0), Size::Known(0)];
        let [before, after] = self.padding.of(axis).unwrap_or(&none);
        let [kernel, stride, more, dilation] =
            [&self.kernel, &self.stride, &self.more, &self.dilation].map(|sizes| &sizes[axis]);
        let known = [size, kernel, stride, before, after, more, dilation].map(Size::known);
        let [Some(size), Some(kernel), Some(stride), Some(before), Some(after), Some(more), Some(dilation)] =
            known
        else {
            let constant = &call.constant;
            let padding = match before.equals(after) {
                Some(true) => format!("2 * {before}"),
                _ => format!("{before} - {after}"),
            };
            let (grown, reach) =
                (format!("({size} - 1) * {stride} + {more}"), format!("{dilation} * ({kernel} - 1) + 1"));
            return Ok(Size::Expression {
                tokens: quote!(#constant.output_shape()[#place]),
                text: format!("{grown} + {reach} - {padding}"),
            });
        };
        if more >= stride && more >= dilation {
            return Err(call.error(&format!(
                "an output padding of {more} with a stride of {stride} and a dilation of {dilation}: choose a smaller \
                 one than one of these"
            )));
        }
        let grown = (size - 1) * stride + dilation * (kernel - 1) + more + 1;
        if grown <= before + after {
            let padding = if before == after { before.to_string() } else { format!("{before} and {after}") };
            return Err(call.error(&format!(
                "a padding of {padding} leaves nothing of {grown} along one axis: use less padding"
            )));
        }
        Ok(Size::Known(grown - before - after))
    }

    /// The layer, of its description before settings, the channels of input and output, and the shape of its output.
    fn layer(
        self,
        call: &mut Call<'_>,
        name: &str,
        new: TokenStream,
        [inputs, outputs]: [&Size; 2],
        sizes: Sizes,
        output: Shape,
    ) -> Result<Layer> {
        let bias = call.flag_or("bias", true)?;
        let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
        let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;
        check_groups(call, inputs, outputs, &self.groups)?;
        let Self { kernel, stride, padding, more, dilation, groups } = self;
        let mut value = quote!(#new.kernel(#(#kernel),*));
        for (setting, sizes, default) in
            [("stride", stride, 1), ("dilation", dilation, 1), ("output_padding", more, 0)]
        {
            if sizes.iter().any(|size| size.known() != Some(default)) {
                let setting = Ident::new(setting, Span::call_site());
                value = quote!(#value.#setting(#(#sizes),*));
            }
        }
        value = padding.write(value);
        if groups.known() != Some(1) {
            value = quote!(#value.groups(#groups));
        }
        if !bias {
            value = quote!(#value.without_bias());
        }
        let (scalar, biases) = (call.scalar(), if bias { outputs.clone() } else { Size::Known(0) });
        let [of_biases, mut field] = [vec![biases.generic()], sizes.field];
        field.extend(of_biases);
        let parameters = quote::format_ident!("{name}Parameters");
        let name = Ident::new(name, Span::call_site());
        let operation = Operation {
            needs: Needs { input: true, output: false },
            input_for_weights: true,
            biases: biases.clone(),
            form: Form::Fusible,
            sized: true,
            multiply_adds: sizes.weights.times(&sizes.positions),
            parameters: Some(Parameters {
                field: quote!(::backprop::layers::#parameters<#scalar, #(#field),*>),
                count: sizes.weights.plus(&biases),
                tensors: Size::Known(2),
                initializers: vec![weight_init, bias_init],
            }),
            ..Operation::apart(quote!(::backprop::layers::#name), value)
        };
        Ok(Layer { output, operation: Some(operation) })
    }
}
