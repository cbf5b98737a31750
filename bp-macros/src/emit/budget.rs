//! Limits that the user set: constants that fail to evaluate where the network takes more.

use super::Context;
use super::network::parameters_of;
use crate::plan::Plan;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// A check for each limit, at the place of its figure.
pub(super) fn checks(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let (name, name_text) = (&model.name, model.name.to_string());
    let checks = model.budget.iter().map(|(limit, bytes)| {
        let limit_text = limit.to_string();
        let network = quote!(<#name as rt::Network>);
        let (used, parts) = match limit_text.as_str() {
            "training" => {
                let slots = slots(context.training, &quote!(#network::TILE), context);
                (quote!(#network::TRAINING_BYTES), [parameters(context, true), slots].concat())
            }
            "inference" => {
                let slots = slots(context.inference, &quote!(1), context);
                (quote!(#network::INFERENCE_BYTES), [parameters(context, false), slots].concat())
            }
            _ => (quote!(::core::mem::size_of::<#name>()), parameters(context, false)),
        };
        let parts = quote!(&[#(#parts),*]);
        quote_spanned!(bytes.span()=> const _: () = rt::budget::check(#name_text, #limit_text, #used, #bytes, #parts);)
    });
    quote!(#(#checks)*)
}

/// Bytes of each layer's parameters, and of their gradients where these are wanted.
fn parameters(context: &Context<'_>, gradients: bool) -> Vec<TokenStream> {
    let scalar = &context.model.scalar;
    let layers = context.model.layers.iter().filter(|layer| parameters_of(layer).known() != Some(0));
    let part = |layer| {
        let (stored, with_gradients) = (parameters_of(layer), gradients && layer.trains());
        let (words, count) = if with_gradients {
            ("parameters and gradients", stored.plus(layer.biases().unwrap_or(&stored)))
        } else {
            ("parameters", stored)
        };
        let what = format!("`{}` ({words})", layer.name);
        quote!((#what, (#count) * ::core::mem::size_of::<#scalar>()))
    };
    layers.map(part).collect()
}

/// Bytes of each slot of a plan for `tile` samples, by its first tenant.
fn slots(plan: &Plan, tile: &TokenStream, context: &Context<'_>) -> Vec<TokenStream> {
    let scalar = &context.model.scalar;
    let part = |(slot, size)| {
        let tenants: Vec<_> = plan.buffers.iter().filter(|buffer| buffer.slot == slot).collect();
        let first = tenants.first().map_or_else(|| "nothing".to_owned(), |buffer| buffer.what.to_string());
        let what = match tenants.len() {
            0 | 1 => format!("{first} (of a tile)"),
            _ => format!("{first}, and what lies there later (of a tile)"),
        };
        quote!((#what, (#size) * #tile * ::core::mem::size_of::<#scalar>()))
    };
    plan.slots.iter().enumerate().map(part).collect()
}
