//! The struct of parameters, the descriptions of the layers, and the struct of gradients.

use super::{Context, docs, formulas};
use crate::layers::Parameters;
use crate::model::Layer;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// Layers that store numbers.
pub(super) fn stored<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (&'a Layer, &'a Parameters)> {
    let layers = context.model.layers.iter();
    layers.filter_map(|layer| Some((layer, layer.operation.as_ref()?.parameters.as_ref()?)))
}

/// The number of parameters before each stored layer, and after the last, of those layers that count.
pub(super) fn offsets(context: &Context<'_>, counts: fn(&Layer) -> bool) -> Vec<Size> {
    let mut offsets = vec![Size::Known(0)];
    for (layer, parameters) in stored(context) {
        let description = context.model.description(layer);
        let count = parameters.count.clone().or_read(quote!(#description.parameters()));
        let count = if counts(layer) { count } else { Size::Known(0) };
        let end = offsets.last().map_or(Size::Known(0), |end| end.plus(&count));
        offsets.push(end);
    }
    offsets
}

/// The struct itself: a field for each layer with parameters.
pub(super) fn structure(context: &Context<'_>) -> TokenStream {
    let item = &context.declaration.item;
    let (attributes, visibility, name) = (&item.attrs, &item.vis, &item.ident);
    let table = docs::table(context);
    let fields = stored(context).map(|(layer, parameters)| {
        let (field, kind) = (&layer.name, &parameters.field);
        let doc = docs::layer(layer);
        quote!(#[doc = #doc] pub #field: #kind)
    });
    quote! {
        #(#attributes)*
        #(#[doc = #table])*
        #[repr(C)]
        #visibility struct #name {
            #(#fields,)*
        }
    }
}

/// What each layer computes, as constants. They stand in the user's scope, because sizes may name
/// constants of the user's.
pub(super) fn constants(context: &Context<'_>) -> TokenStream {
    let name = &context.model.constants;
    let model = context.model;
    let doc = format!(" What the layers of [`{}`] compute, as constants.", model.name);
    let formulas = formulas::constants(context);
    let layers = model.layers.iter().filter_map(|layer| {
        let operation = layer.operation.as_ref()?;
        let (constant, descriptor, value) = (&layer.constant, &operation.descriptor, &operation.value);
        let doc = docs::layer(layer);
        Some(quote!(#[doc = #doc] const #constant: #descriptor = #value;))
    });
    quote! {
        #[doc = #doc]
        #[doc(hidden)]
        #[allow(dead_code)]
        struct #name;
        #[allow(dead_code)]
        impl #name {
            #formulas
            #(#layers)*
        }
    }
}

/// A struct with the trained fields of the network, for gradients.
pub(super) fn gradients(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    let (name, gradients) = (&model.name, context.named("Gradients"));
    let doc = format!(" Gradients of a loss with respect to what [`{name}`] trains.");
    let fields = |of: &dyn Fn(&Layer) -> bool| -> Vec<TokenStream> {
        let field = |(layer, parameters): (&Layer, &Parameters)| {
            let (name, kind) = (&layer.name, &parameters.field);
            quote!(#name: #kind)
        };
        stored(context).filter(|(layer, _)| of(layer)).map(field).collect()
    };
    let (all, trained) = (fields(&|_| true), fields(&Layer::trains));
    let docs = stored(context)
        .filter(|(layer, _)| layer.trains())
        .map(|(layer, _)| format!(" Of `{}`.", layer.name));
    quote! {
        #[doc = #doc]
        #[repr(C)]
        pub struct #gradients {
            #(#[doc = #docs] pub #trained,)*
        }
        rt::flat!(#name: #scalar { #(#all),* });
        rt::flat!(#gradients: #scalar { #(#trained),* });
    }
}
