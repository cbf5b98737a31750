//! Samples with lengths of their own: their type, the row that holds the lengths, and what lies behind their ends.

use super::Context;
use crate::model::Lengths;
use crate::plan::{Mode, Plan};
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// The type of a sample.
pub(super) fn sample(context: &Context<'_>) -> TokenStream {
    let (model, inputs) = (context.model, context.model.input.features());
    let scalar = &model.scalar;
    match (&model.lengths, &model.input_rows, model.input.0.as_slice()) {
        (Some(Lengths { time, .. }), Some(_), _) => {
            let time = time.generic();
            quote!(rt::Sequence<u32, #time>)
        }
        (Some(Lengths { time, .. }), None, [_, features]) => {
            let time = time.generic();
            quote!(rt::Sequence<[#scalar; #features], #time>)
        }
        (_, Some(_), _) => quote!([u32; #inputs]),
        _ => quote!([#scalar; #inputs]),
    }
}

/// How many rows a tile's input has.
pub(super) fn rows(context: &Context<'_>) -> Size {
    let row = Size::Known(usize::from(context.model.lengths.is_some()));
    context.model.input.features().plus(&row)
}

/// Takes the lengths out of a pass's input.
pub(super) fn split(context: &Context<'_>) -> Option<TokenStream> {
    context.model.lengths.as_ref().map(|_| quote!(let (x, lengths) = rt::split(x);))
}

/// The lengths in the call of a layer that is told them.
pub(super) fn told(context: &Context<'_>, plan: &Plan, layer: usize) -> Option<TokenStream> {
    let operation = context.model.layers[layer].operation.as_ref()?;
    let is_told = context.model.lengths.is_some() && operation.heeds_lengths && plan.mode != Mode::Step;
    is_told.then(|| quote!(lengths,))
}

/// Sets to 0 what lies behind the end, of an output that has a time axis or of its gradient.
pub(super) fn silence(context: &Context<'_>, values: &TokenStream) -> Option<TokenStream> {
    let (model, lengths) = (context.model, context.model.lengths.as_ref()?);
    if model.heads.is_empty() {
        let time = lengths.of(0)?.value();
        return Some(quote!(rt::silence(#values, lengths, #time);));
    }
    let mut first = Size::Known(0);
    let parts = model.heads.iter().enumerate().map(|(number, (_, shape))| {
        let end = first.plus(&shape.features());
        let begin = std::mem::replace(&mut first, end.clone());
        let (begin, end) = (begin.value(), end.value());
        lengths
            .of(number)
            .map(Size::value)
            .map(|time| quote!(rt::silence(&mut #values[#begin..#end], lengths, #time);))
    });
    Some(parts.flatten().collect())
}
