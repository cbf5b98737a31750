//! Channels become positions, and positions channels.

use super::{Call, Kind, Layer, Nature, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static PIXEL_SHUFFLE: Kind = Kind {
    name: "pixel_shuffle",
    nature: Nature::Other,
    signature: "pixel_shuffle(factor)",
    formula: "y[c, f h + i, f w + j] = x[f² c + f i + j, h, w]",
    build: |call, input| {
        let [channels, height, width] = image(call, input)?;
        let factor = call.size("factor")?;
        let square = factor.times(&factor);
        if let (Some(channels), Some(square)) = (channels.known(), square.known())
            && channels % square != 0
        {
            let wants = format!("a multiple of {square} channels for a factor of {factor}");
            return Err(call.wrong_input(&wants, input, "give the layer before so many channels"));
        }
        let output = [channels.divided_by(&square), height.times(&factor), width.times(&factor)];
        let value = quote!(::backprop::layers::PixelShuffle::new([#channels, #height, #width], #factor));
        Ok(shuffle(value, output))
    },
};

pub(crate) static PIXEL_UNSHUFFLE: Kind = Kind {
    name: "pixel_unshuffle",
    nature: Nature::Other,
    signature: "pixel_unshuffle(factor)",
    formula: "y[f² c + f i + j, h, w] = x[c, f h + i, f w + j]",
    build: |call, input| {
        let [channels, height, width] = image(call, input)?;
        let factor = call.size("factor")?;
        if let (Some(height), Some(width), Some(factor)) = (height.known(), width.known(), factor.known())
            && (height % factor != 0 || width % factor != 0)
        {
            let wants = format!("a height and a width that are multiples of {factor}");
            return Err(call.wrong_input(&wants, input, "put a `pad` or a pooling layer before it"));
        }
        let output =
            [channels.times(&factor.times(&factor)), height.divided_by(&factor), width.divided_by(&factor)];
        let value = quote!(::backprop::layers::PixelShuffle::inverse([#channels, #height, #width], #factor));
        Ok(shuffle(value, output))
    },
};

/// `[channels, height, width]`, or a message.
fn image(call: &mut Call<'_>, input: &Shape) -> Result<[Size; 3]> {
    match input.0.as_slice() {
        [channels, height, width] => Ok([channels.clone(), height.clone(), width.clone()]),
        _ => Err(call.wrong_input("`[channels, height, width]`", input, "put it before `flatten`")),
    }
}

fn shuffle(value: proc_macro2::TokenStream, output: [Size; 3]) -> Layer {
    let operation = Operation::apart(quote!(::backprop::layers::PixelShuffle), value);
    Layer { output: Shape(output.to_vec()), operation: Some(Operation { sized: true, ..operation }) }
}
