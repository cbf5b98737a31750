//! Pooling along the time axis: a sequence `[time, features]` is an image of one channel, and a window one column wide.

use super::conv2d::Window;
use super::resize::sequence;
use super::{Call, Kind, Layer, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static MAX_POOL1D: Kind = Kind {
    name: "max_pool1d",
    signature: "max_pool1d(kernel, stride = kernel, padding = 0, dilation = 1)",
    formula: "y = the largest x of each window of the time axis",
    build: |call, input| {
        let descriptor = quote!(::backprop::layers::MaxPool2d);
        let (pool, output) = pool(call, input, &descriptor, true)?;
        let saved = output.features();
        let operation = Operation { saved, ..Operation::apart(descriptor, pool) };
        Ok(Layer { output, operation: Some(operation) })
    },
};

pub(crate) static AVG_POOL1D: Kind = Kind {
    name: "avg_pool1d",
    signature: "avg_pool1d(kernel, stride = kernel, padding = 0, count_include_pad = true)",
    formula: "y = the mean of x over each window of the time axis",
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
    let [time, features] = sequence(call, input)?;
    let kernel = call.size("kernel")?;
    let stride = match call.size_if("stride", 1)? {
        Some(stride) => stride,
        None => kernel.clone(),
    };
    let padding = call.size_if("padding", 0)?.unwrap_or(Size::Known(0));
    let dilation = if dilates { call.size_or("dilation", 1)? } else { Size::Known(1) };
    if let (Some(padding), Some(kernel)) = (padding.known(), kernel.known())
        && 2 * padding > kernel
    {
        return Err(call.error(&format!(
            "a padding of {padding} is more than half the kernel of {kernel}: windows would lie in the padding alone"
        )));
    }
    let window = Window { kernel: &kernel, stride: &stride, padding: Some(&padding), dilation: &dilation };
    let constant = &call.constant;
    let read = quote!(#constant.output_shape()[1]);
    let steps = window.output(call, &time, read)?;
    let mut value = quote!(#descriptor::new([1, #time, #features]).kernel(#kernel, 1).stride(#stride, 1));
    if padding.known() != Some(0) {
        value = quote!(#value.padding(#padding, 0));
    }
    if dilation.known() != Some(1) {
        value = quote!(#value.dilation(#dilation, 1));
    }
    Ok((value, Shape(vec![steps, features])))
}
