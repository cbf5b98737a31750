use super::conv2d::Window;
use super::{Call, Kind, Layer, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static MAX_POOL2D: Kind = Kind {
    name: "max_pool2d",
    signature: "max_pool2d(kernel, stride = kernel, padding = 0, dilation = 1)",
    formula: "y = the largest x of each window",
    build: |call, input| {
        let descriptor = quote!(::backprop::layers::MaxPool2d);
        let (pool, output) = pool(call, input, &descriptor, true)?;
        let saved = output.features();
        let operation = Operation { saved, ..Operation::apart(descriptor, pool) };
        Ok(Layer { output, operation: Some(operation) })
    },
};

pub(crate) static AVG_POOL2D: Kind = Kind {
    name: "avg_pool2d",
    signature: "avg_pool2d(kernel, stride = kernel, padding = 0, count_include_pad = true)",
    formula: "y = the mean of x over each window",
    build: |call, input| {
        let descriptor = quote!(::backprop::layers::AvgPool2d);
        let (mut pool, output) = pool(call, input, &descriptor, false)?;
        if !call.flag_or("count_include_pad", true)? {
            pool = quote!(#pool.count_include_pad(false));
        }
        Ok(Layer { output, operation: Some(Operation::apart(descriptor, pool)) })
    },
};

fn pool(
    call: &mut Call<'_>,
    input: &Shape,
    descriptor: &TokenStream,
    dilates: bool,
) -> Result<(TokenStream, Shape)> {
    let [channels, height, width] = input.0.as_slice() else {
        return Err(call.wrong_input("`[channels, height, width]`", input, "pool before `flatten`"));
    };
    let kernel = call.pair("kernel")?;
    let stride = call.pair_or("stride", kernel.clone(), 1)?;
    let padding = call.pair_or("padding", [Size::Known(0), Size::Known(0)], 0)?;
    let one = [Size::Known(1), Size::Known(1)];
    let dilation = if dilates { call.pair_or("dilation", one, 1)? } else { one };

    let mut axes = vec![channels.clone()];
    for (axis, size) in [height, width].into_iter().enumerate() {
        if let (Some(padding), Some(kernel)) = (padding[axis].known(), kernel[axis].known())
            && 2 * padding > kernel
        {
            return Err(call.error(&format!(
                "a padding of {padding} is more than half the kernel of {kernel}: windows would lie in the padding alone"
            )));
        }
        let window = Window {
            kernel: &kernel[axis],
            stride: &stride[axis],
            padding: Some(&padding[axis]),
            dilation: &dilation[axis],
        };
        let (constant, place) = (&call.constant, axis + 1);
        let read = quote!(#constant.output_shape()[#place]);
        axes.push(window.output(call, size, read)?);
    }
    let [kernel_height, kernel_width] = &kernel;
    let mut value =
        quote!(#descriptor::new([#channels, #height, #width]).kernel(#kernel_height, #kernel_width));
    for (name, [vertical, horizontal], default) in [
        ("stride", &stride, &kernel),
        ("padding", &padding, &[Size::Known(0), Size::Known(0)]),
        ("dilation", &dilation, &[Size::Known(1), Size::Known(1)]),
    ] {
        if vertical.equals(&default[0]) != Some(true) || horizontal.equals(&default[1]) != Some(true) {
            let name = syn::Ident::new(name, proc_macro2::Span::call_site());
            value = quote!(#value.#name(#vertical, #horizontal));
        }
    }
    if axes.iter().any(|axis| axis.known().is_none()) {
        value = quote!(#value.checked());
    }
    Ok((value, Shape(axes)))
}
