//! Pooling of images, and along the time axis: a sequence `[time, features]` is an image of one channel, and its window
//! one column wide.

use super::padding::{Pads, Window};
use super::resize::sequence;
use super::{Call, Kind, Layer, Nature, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static MAX_POOL2D: Kind = Kind {
    name: "max_pool2d",
    nature: Nature::Other,
    signature: "max_pool2d(kernel, stride = kernel, padding = 0 | same, dilation = 1, ceil_mode = false)",
    formula: "y = the largest x of each window",
    build: |call, input| {
        let image = image(call, input)?;
        let windows = Windows::over_images(call, true)?;
        max(call, &windows, image, |axes| axes)
    },
};

pub(crate) static AVG_POOL2D: Kind = Kind {
    name: "avg_pool2d",
    nature: Nature::Other,
    signature: "avg_pool2d(kernel, stride = kernel, padding = 0 | same, ceil_mode = false, count_include_pad = true, divisor_override = none)",
    formula: "y = the mean of x over each window",
    build: |call, input| {
        let image = image(call, input)?;
        let windows = Windows::over_images(call, false)?;
        avg(call, &windows, image, |axes| axes)
    },
};

pub(crate) static MAX_POOL1D: Kind = Kind {
    name: "max_pool1d",
    nature: Nature::Other,
    signature: "max_pool1d(kernel, stride = kernel, padding = 0 | same, dilation = 1, ceil_mode = false)",
    formula: "y = the largest x of each window of the time axis",
    build: |call, input| {
        let image = image_of_sequence(call, input)?;
        let windows = Windows::over_time(call, true)?;
        max(call, &windows, image, without_channel)
    },
};

pub(crate) static AVG_POOL1D: Kind = Kind {
    name: "avg_pool1d",
    nature: Nature::Other,
    signature: "avg_pool1d(kernel, stride = kernel, padding = 0 | same, ceil_mode = false, count_include_pad = true, divisor_override = none)",
    formula: "y = the mean of x over each window of the time axis",
    build: |call, input| {
        let image = image_of_sequence(call, input)?;
        let windows = Windows::over_time(call, false)?;
        avg(call, &windows, image, without_channel)
    },
};

/// `[channels, height, width]`, or a message.
fn image(call: &mut Call<'_>, input: &Shape) -> Result<[Size; 3]> {
    match input.0.as_slice() {
        [channels, height, width] => Ok([channels.clone(), height.clone(), width.clone()]),
        _ => Err(call.wrong_input("`[channels, height, width]`", input, "pool before `flatten`")),
    }
}

fn image_of_sequence(call: &mut Call<'_>, input: &Shape) -> Result<[Size; 3]> {
    let [time, features] = sequence(call, input)?;
    Ok([Size::Known(1), time, features])
}

fn without_channel(axes: Vec<Size>) -> Vec<Size> {
    axes.into_iter().skip(1).collect()
}

fn max(
    call: &mut Call<'_>,
    windows: &Windows,
    image: [Size; 3],
    shape: fn(Vec<Size>) -> Vec<Size>,
) -> Result<Layer> {
    let descriptor = quote!(::backprop::layers::MaxPool2d);
    let (value, axes) = windows.write(call, image, &descriptor)?;
    let output = Shape(shape(axes));
    let operation = Operation { saved: output.features(), ..Operation::apart(descriptor, value) };
    Ok(Layer { output, operation: Some(operation) })
}

fn avg(
    call: &mut Call<'_>,
    windows: &Windows,
    image: [Size; 3],
    shape: fn(Vec<Size>) -> Vec<Size>,
) -> Result<Layer> {
    let descriptor = quote!(::backprop::layers::AvgPool2d);
    let (mut value, axes) = windows.write(call, image, &descriptor)?;
    if !call.flag_or("count_include_pad", true)? {
        value = quote!(#value.count_include_pad(false));
    }
    if let Some(divisor) = call.size_if("divisor_override", 1)? {
        value = quote!(#value.divisor_override(#divisor));
    }
    Ok(Layer { output: Shape(shape(axes)), operation: Some(Operation::apart(descriptor, value)) })
}

/// Windows that slide over an image, in rows and columns.
struct Windows {
    kernel: [Size; 2],
    stride: [Size; 2],
    pads: Pads,
    dilation: [Size; 2],
    ceil: bool,
}

const ONE: [Size; 2] = [Size::Known(1), Size::Known(1)];

impl Windows {
    fn over_images(call: &mut Call<'_>, dilates: bool) -> Result<Self> {
        let kernel = call.pair("kernel")?;
        let stride = call.pair_or("stride", kernel.clone(), 1)?;
        let pads = call.padding(2, &["same"])?;
        let dilation = if dilates { call.pair_or("dilation", ONE, 1)? } else { ONE };
        let ceil = call.flag_or("ceil_mode", false)?;
        Ok(Self { kernel, stride, pads, dilation, ceil })
    }

    fn over_time(call: &mut Call<'_>, dilates: bool) -> Result<Self> {
        let kernel = call.size("kernel")?;
        let stride = call.size_if("stride", 1)?.unwrap_or_else(|| kernel.clone());
        let pads = call.padding(1, &["same"])?.of_rows();
        let dilation = if dilates { call.size_or("dilation", 1)? } else { Size::Known(1) };
        let [kernel, stride, dilation] = [kernel, stride, dilation].map(|rows| [rows, Size::Known(1)]);
        let ceil = call.flag_or("ceil_mode", false)?;
        Ok(Self { kernel, stride, pads, dilation, ceil })
    }

    /// The description, and the axes of the output.
    fn write(
        &self,
        call: &mut Call<'_>,
        image: [Size; 3],
        descriptor: &TokenStream,
    ) -> Result<(TokenStream, Vec<Size>)> {
        let [channels, height, width] = &image;
        let axes = vec![channels.clone(), self.output(call, height, 0)?, self.output(call, width, 1)?];
        let [rows, columns] = &self.kernel;
        let mut value = quote!(#descriptor::new([#channels, #height, #width]).kernel(#rows, #columns));
        for (name, [vertical, horizontal], default) in
            [("stride", &self.stride, &self.kernel), ("dilation", &self.dilation, &ONE)]
        {
            if vertical.equals(&default[0]) != Some(true) || horizontal.equals(&default[1]) != Some(true) {
                let name = syn::Ident::new(name, proc_macro2::Span::call_site());
                value = quote!(#value.#name(#vertical, #horizontal));
            }
        }
        if self.ceil {
            value = quote!(#value.ceil_mode());
        }
        // `same` needs all else.
        value = self.pads.write(value);
        if axes.iter().any(|axis| axis.known().is_none()) {
            value = quote!(#value.checked());
        }
        Ok((value, axes))
    }

    /// The length of an axis of the output: 0 for rows, 1 for columns.
    fn output(&self, call: &mut Call<'_>, size: &Size, axis: usize) -> Result<Size> {
        let [kernel, stride, dilation] =
            [&self.kernel, &self.stride, &self.dilation].map(|sizes| &sizes[axis]);
        let padding = self.pads.of(axis);
        let none = padding.is_none_or(|sides| sides.iter().all(|size| size.known() == Some(0)));
        if [kernel, stride].iter().all(|size| size.known() == Some(1)) && none {
            return Ok(size.clone());
        }
        if let (Some([before, after]), Some(kernel)) = (padding, kernel.known())
            && let (Some(before), Some(after)) = (before.known(), after.known())
        {
            if before == after && 2 * before > kernel {
                return Err(call.error(&format!(
                    "a padding of {before} is more than half the kernel of {kernel}: windows would lie in the padding alone"
                )));
            }
            if before.max(after) >= kernel {
                return Err(call.error(&format!(
                    "a padding of {} is no less than the kernel of {kernel}: windows would lie in the padding alone",
                    before.max(after)
                )));
            }
        }
        let window = Window { kernel, stride, padding, dilation, ceil: self.ceil };
        let (constant, place) = (&call.constant, axis + 1);
        let read = quote!(#constant.output_shape()[#place]);
        window.output(call, size, read)
    }
}
