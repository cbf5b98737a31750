//! What a declaration is, in a number, so that a checkpoint of another one is refused.

use super::{Context, docs, parameters::is_block};
use crate::model::{Compute, Model};
use proc_macro2::TokenStream;
use quote::quote;
use std::fmt::Write as _;

/// The constant of a network: a hash of layers and graph, which the runtime joins with those of the networks within it, and
/// with names, shapes and places of tensors. Neither the loss nor the name of the struct is in it.
pub(super) fn fingerprint(context: &Context<'_>) -> TokenStream {
    let hash = fnv(&text(context.model));
    let blocks = context.model.layers.iter().filter(|layer| is_block(layer));
    let blocks = blocks.filter_map(|layer| {
        let kind = &layer.operation.as_ref()?.descriptor;
        Some(quote!(<#kind as rt::Block>::FINGERPRINT))
    });
    quote!(const FINGERPRINT: u64 = rt::fingerprint(#hash, &[#(#blocks),*], Self::TENSORS);)
}

/// Layers and graph, in lines.
fn text(model: &Model) -> String {
    let mut text = format!("{} {}\n", model.scalar, model.input);
    for layer in &model.layers {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{}: {} = {} of {} to {}",
            layer.name,
            docs::declared(layer),
            docs::formula(layer),
            layer.input,
            layer.output
        );
    }
    for node in &model.nodes {
        let what = match &node.compute {
            Compute::Layer => "layer",
            Compute::Sum => "sum",
            Compute::Product => "product",
            Compute::Concat { .. } => "concat",
        };
        let _ = writeln!(text, "{what} {} {:?} {}", model.layers[node.layer].name, node.inputs, node.output);
    }
    text
}

/// FNV-1a of 64 bits.
fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
