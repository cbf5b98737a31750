//! Rows and columns around an image, or steps around a sequence.

use super::resize::neither;
use super::{Call, Kind, Layer, Nature, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static PAD: Kind = Kind {
    name: "pad",
    nature: Nature::Other,
    signature: "pad(padding, mode = constant, value = 0.0)",
    formula: "y = x, with more rows and columns, or steps, around it",
    build: pad,
};

fn pad(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let count = match input.rank() {
        3 => 2,
        2 => 1,
        _ => return Err(neither(call, input)),
    };
    let sides = call.sides("padding", count)?;
    let words = &["constant", "reflect", "replicate", "circular"];
    let mode = call.word_or("mode", "constant", words)?;
    let value = call.real("value", "a number", |_| true)?;
    if value.is_some() && mode != "constant" {
        return Err(
            call.error(&format!("`value` stands in a constant padding, and this one is `{mode}`: remove it"))
        );
    }
    layer(call, input, &sides, mode, value)
}

/// Pads an image along its rows and columns, or a sequence along its steps.
pub(super) fn layer(
    call: &mut Call<'_>,
    input: &Shape,
    sides: &[[Size; 2]],
    mode: &str,
    value: Option<TokenStream>,
) -> Result<Layer> {
    let (image, output) = match (input.0.as_slice(), sides) {
        ([channels, height, width], [rows, columns]) => {
            let output = vec![channels.clone(), padded(height, rows), padded(width, columns)];
            ([channels, height, width].map(Clone::clone), output)
        }
        ([time, features], [steps]) => {
            let output = vec![padded(time, steps), features.clone()];
            ([Size::Known(1), time.clone(), features.clone()], output)
        }
        _ => return Err(neither(call, input)),
    };
    if let Some(smallest) = smallest(mode)
        && let Some((length, most)) = too_wide(&image[1..], sides, smallest)
    {
        return Err(call.error(&format!(
            "`{mode}` takes numbers of an axis of {length}, which has none for a padding of {most}: pad by less"
        )));
    }
    let none = [Size::Known(0), Size::Known(0)];
    let [[above, below], [left, right]] = [&sides[0], sides.get(1).unwrap_or(&none)];
    let descriptor = quote!(::backprop::layers::Pad);
    let mut description = quote!(#descriptor::new([#(#image),*], [[#above, #below], [#left, #right]]));
    let padding = quote!(::backprop::layers::Padding);
    match (mode, value) {
        ("reflect", _) => description = quote!(#description.mode(#padding::Reflect)),
        ("replicate", _) => description = quote!(#description.mode(#padding::Replicate)),
        ("circular", _) => description = quote!(#description.mode(#padding::Circular)),
        (_, Some(value)) => {
            description = quote!(#description.mode(#padding::Constant(::backprop::Real::new(#value))))
        }
        (_, None) => {}
    }
    let operation = Operation { sized: true, ..Operation::apart(descriptor, description) };
    Ok(Layer { output: Shape(output), operation: Some(operation) })
}

fn padded(length: &Size, [before, after]: &[Size; 2]) -> Size {
    before.plus(length).plus(after)
}

/// How much longer than its padding an axis is at least, where that matters.
fn smallest(mode: &str) -> Option<usize> {
    match mode {
        "reflect" => Some(1),
        "circular" => Some(0),
        _ => None,
    }
}

/// An axis that is not so much longer than its padding, as far as the macro can see the numbers.
fn too_wide(axes: &[Size], sides: &[[Size; 2]], smallest: usize) -> Option<(usize, usize)> {
    axes.iter().zip(sides).find_map(|(length, [before, after])| {
        let (length, most) = (length.known()?, before.known()?.max(after.known()?));
        (most + smallest > length).then_some((length, most))
    })
}
