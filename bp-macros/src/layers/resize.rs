//! Layers that change how many positions an image or a sequence has, without parameters: whole-image pooling, bins,
//! upsampling.

use super::{Call, Kind, Layer, Nature, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static GLOBAL_AVG_POOL: Kind = Kind {
    name: "global_avg_pool",
    nature: Nature::Other,
    signature: "global_avg_pool",
    formula: "y = the mean of x over all positions of each channel",
    build: |call, input| {
        let descriptor = quote!(::backprop::layers::AvgPool2d);
        let Plane { planes, rows, columns, channels, kernel } = plane(call, input)?;
        let value = quote!(#descriptor::new([#planes, #rows, #columns]).kernel(#(#kernel),*));
        let operation = Operation { heeds_lengths: true, ..Operation::apart(descriptor, value) };
        Ok(Layer { output: Shape::flat(channels), operation: Some(operation) })
    },
};

pub(crate) static GLOBAL_MAX_POOL: Kind = Kind {
    name: "global_max_pool",
    nature: Nature::Other,
    signature: "global_max_pool",
    formula: "y = the largest x over all positions of each channel",
    build: |call, input| {
        let descriptor = quote!(::backprop::layers::MaxPool2d);
        let Plane { planes, rows, columns, channels, kernel } = plane(call, input)?;
        let value = quote!(#descriptor::new([#planes, #rows, #columns]).kernel(#(#kernel),*));
        let pool = Operation::apart(descriptor, value);
        let operation = Operation { saved: channels.clone(), heeds_lengths: true, ..pool };
        Ok(Layer { output: Shape::flat(channels), operation: Some(operation) })
    },
};

pub(crate) static ADAPTIVE_AVG_POOL2D: Kind = Kind {
    name: "adaptive_avg_pool2d",
    nature: Nature::Other,
    signature: "adaptive_avg_pool2d([rows, columns])",
    formula: "y = the mean of x over each of rows × columns bins",
    build: |call, input| bins_of_image(call, input).map(average),
};

pub(crate) static ADAPTIVE_AVG_POOL1D: Kind = Kind {
    name: "adaptive_avg_pool1d",
    nature: Nature::Other,
    signature: "adaptive_avg_pool1d(steps)",
    formula: "y = the mean of x over each of so many bins of the time axis",
    build: |call, input| bins_of_sequence(call, input).map(average),
};

pub(crate) static ADAPTIVE_MAX_POOL2D: Kind = Kind {
    name: "adaptive_max_pool2d",
    nature: Nature::Other,
    signature: "adaptive_max_pool2d([rows, columns])",
    formula: "y = the largest x of each of rows × columns bins",
    build: |call, input| bins_of_image(call, input).map(largest),
};

pub(crate) static ADAPTIVE_MAX_POOL1D: Kind = Kind {
    name: "adaptive_max_pool1d",
    nature: Nature::Other,
    signature: "adaptive_max_pool1d(steps)",
    formula: "y = the largest x of each of so many bins of the time axis",
    build: |call, input| bins_of_sequence(call, input).map(largest),
};

pub(crate) static UPSAMPLE: Kind = Kind {
    name: "upsample",
    nature: Nature::Other,
    signature: "upsample(factor, mode = nearest, align_corners = false)",
    formula: "y = x, so many times as high and wide, between its neighbours",
    build: |call, input| {
        let (image, factors, output) = match input.0.as_slice() {
            [channels, height, width] => {
                let [down, across] = call.pair("factor")?;
                let shape = vec![channels.clone(), height.times(&down), width.times(&across)];
                (quote!([#channels, #height, #width]), [down, across], Shape(shape))
            }
            [time, features] => {
                let factor = call.size("factor")?;
                let shape = vec![time.times(&factor), features.clone()];
                (quote!([1, #time, #features]), [factor, Size::Known(1)], Shape(shape))
            }
            _ => return Err(neither(call, input)),
        };
        let words = &["nearest", "linear", "bilinear"];
        let linear = call.word_or("mode", "nearest", words)? != "nearest";
        let descriptor = quote!(::backprop::layers::Upsample);
        let mut value = quote!(#descriptor::new(#image, [#(#factors),*]));
        match (linear, call.flag_or("align_corners", false)?) {
            (true, true) => value = quote!(#value.align_corners()),
            (true, false) => value = quote!(#value.linear()),
            (false, true) => {
                let message =
                    "`align_corners` is of linear interpolation: write `mode = linear` too, or leave it out";
                return Err(call.error(message));
            }
            (false, false) => {}
        }
        Ok(Layer { output, operation: Some(Operation::apart(descriptor, value)) })
    },
};

/// A pooling to a number of bins: its sizes as arguments, and the shape of its output.
struct Bins {
    sizes: TokenStream,
    output: Shape,
}

fn bins_of_image(call: &mut Call<'_>, input: &Shape) -> Result<Bins> {
    let [channels, height, width] = input.0.as_slice() else {
        return Err(call.wrong_input("`[channels, height, width]`", input, "pool before `flatten`"));
    };
    let [rows, columns] = call.pair("output")?;
    let sizes = quote!([#channels, #height, #width], #rows, #columns);
    Ok(Bins { sizes, output: Shape(vec![channels.clone(), rows, columns]) })
}

fn bins_of_sequence(call: &mut Call<'_>, input: &Shape) -> Result<Bins> {
    let [time, features] = sequence(call, input)?;
    let steps = call.size("steps")?;
    let sizes = quote!([1, #time, #features], #steps, #features);
    Ok(Bins { sizes, output: Shape(vec![steps, features]) })
}

fn average(Bins { sizes, output }: Bins) -> Layer {
    let descriptor = quote!(::backprop::layers::AdaptiveAvgPool2d);
    let value = quote!(#descriptor::new(#sizes));
    let operation = Operation { sized: true, ..Operation::apart(descriptor, value) };
    Layer { output, operation: Some(operation) }
}

fn largest(Bins { sizes, output }: Bins) -> Layer {
    let descriptor = quote!(::backprop::layers::AdaptiveMaxPool2d);
    let value = quote!(#descriptor::new(#sizes));
    let saved = output.features();
    let operation = Operation { sized: true, saved, ..Operation::apart(descriptor, value) };
    Layer { output, operation: Some(operation) }
}

/// `[time, features]`, or a message.
pub(super) fn sequence(call: &mut Call<'_>, input: &Shape) -> Result<[Size; 2]> {
    match input.0.as_slice() {
        [time, features] => Ok([time.clone(), features.clone()]),
        _ => Err(call.wrong_input(
            "`[time, features]`",
            input,
            "give the network an input of two axes, or put `reshape([time, features])` before it",
        )),
    }
}

pub(super) fn neither(call: &mut Call<'_>, input: &Shape) -> crate::diagnostics::Reported {
    let remedy = "put it before `flatten`, or put a `reshape` before it";
    call.wrong_input("`[channels, height, width]` or `[time, features]`", input, remedy)
}

/// What one window covers that covers all positions of a channel.
struct Plane {
    planes: Size,
    rows: Size,
    columns: Size,
    channels: Size,
    kernel: [Size; 2],
}

/// The features of a sequence are columns of one plane, each with a window of its own.
fn plane(call: &mut Call<'_>, input: &Shape) -> Result<Plane> {
    match input.0.as_slice() {
        [channels, height, width] => Ok(Plane {
            planes: channels.clone(),
            rows: height.clone(),
            columns: width.clone(),
            channels: channels.clone(),
            kernel: [height.clone(), width.clone()],
        }),
        [time, features] => Ok(Plane {
            planes: Size::Known(1),
            rows: time.clone(),
            columns: features.clone(),
            channels: features.clone(),
            kernel: [time.clone(), Size::Known(1)],
        }),
        _ => Err(neither(call, input)),
    }
}
