//! The formulas that users wrote as closures, each with its derivative.

use super::Context;
use crate::losses::Loss;
use crate::symbolic::Formula;
use proc_macro2::TokenStream;
use quote::quote;

/// All formulas of a network, layers first.
fn all<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Formula> {
    let model = context.model;
    let layers = model.layers.iter().filter_map(|layer| layer.operation.as_ref()?.formula.as_ref());
    let losses = match &model.loss {
        Some(Loss::One(loss)) => vec![loss],
        Some(Loss::Heads(heads)) => heads.iter().map(|head| &head.loss).collect(),
        None => Vec::new(),
    };
    layers.chain(losses.into_iter().filter_map(|loss| loss.formula.as_ref()))
}

/// The user's constants that formulas name, in both precisions: no conversion is left to do at run time.
pub(super) fn constants(context: &Context<'_>) -> TokenStream {
    let written = all(context).flat_map(|formula| &formula.constants).map(|(name, value)| {
        quote! {
            #[allow(clippy::unnecessary_cast, trivial_numeric_casts)]
            const #name: ::backprop::Real = #value;
        }
    });
    quote!(#(#written)*)
}

/// Value and derivative of each formula.
pub(super) fn implementations(context: &Context<'_>) -> TokenStream {
    let written = all(context).map(|formula| {
        let (doc, implementation) = (format!(" {}", formula.text), &formula.implementation);
        quote!(#[doc = #doc] #implementation)
    });
    quote!(#(#written)*)
}
