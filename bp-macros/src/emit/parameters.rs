//! The struct of parameters, the descriptions of the layers, and the struct of gradients.

use super::{Context, docs, formulas};
use crate::layers::{Form, Parameters};
use crate::model::Layer;
use crate::size::Size;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// Layers that store numbers.
pub(super) fn stored<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (&'a Layer, &'a Parameters)> {
    let layers = context.model.layers.iter();
    layers.filter_map(|layer| Some((layer, layer.operation.as_ref()?.parameters.as_ref()?)))
}

/// How many numbers a layer stores.
fn stored_count(context: &Context<'_>, layer: &Layer, parameters: &Parameters) -> Size {
    if is_block(layer) {
        return parameters.count.clone();
    }
    let description = context.model.description(layer);
    parameters.count.clone().or_read(quote!(#description.parameters()))
}

/// How many of them PyTorch counts as parameters: frozen ones, and not what is measured.
pub(super) fn counted(context: &Context<'_>, layer: &Layer, parameters: &Parameters) -> Size {
    let measured = layer.operation.as_ref().and_then(|operation| operation.measured.as_ref());
    match measured {
        Some(measured) => measured.trained.clone(),
        None if is_block(layer) => {
            let kind = kind(parameters, layer);
            Size::expression(quote!(<#kind as ::backprop::codegen::Block>::PARAMETERS))
        }
        None => stored_count(context, layer, parameters),
    }
}

/// How many of them are trained.
fn trained_count(context: &Context<'_>, layer: &Layer, parameters: &Parameters) -> Size {
    if !layer.trains() {
        Size::Known(0)
    } else if let Some(biases) = layer.biases() {
        biases.clone()
    } else if let Some(measured) = layer.measured() {
        measured.trained.clone()
    } else if is_block(layer) {
        let gradients = gradient_type(context, parameters, layer);
        Size::expression(quote!(<#gradients as ::backprop::codegen::Flat>::LEN))
    } else {
        stored_count(context, layer, parameters)
    }
}

fn gradient_type(context: &Context<'_>, parameters: &Parameters, layer: &Layer) -> TokenStream {
    if let Some(biases) = layer.biases() {
        let (scalar, biases) = (&context.model.scalar, biases.generic());
        return quote!(::backprop::layers::BiasParameters<#scalar, #biases>);
    }
    if let Some(measured) = layer.measured() {
        return measured.gradient.clone();
    }
    let kind = kind(parameters, layer);
    if is_block(layer) { quote!(<#kind as ::backprop::codegen::Passes>::Gradients) } else { kind }
}

/// The type of a layer's parameters: for a block its alias.
pub(super) fn kind(parameters: &Parameters, layer: &Layer) -> TokenStream {
    match &layer.operation {
        Some(operation) if operation.form == Form::Block => operation.descriptor.clone(),
        _ => parameters.field.clone(),
    }
}

/// The alias of a type that the user put in the list: the type, or a mistake where it is no layer.
pub(super) fn alias(layer: &Layer, scalar: &Ident) -> Option<TokenStream> {
    let operation = layer.operation.as_ref().filter(|_| layer.kind.name == "block")?;
    let (alias, kind) = (&operation.descriptor, &operation.parameters.as_ref()?.field);
    Some(quote! {
        #[allow(non_camel_case_types)]
        type #alias = <::backprop::codegen::Listed<
            #kind, { ::backprop::codegen::listed::<#kind, #scalar>() }
        > as ::backprop::codegen::InList>::Layer;
    })
}

/// The aliases of all types in the list of layers.
pub(super) fn nested<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a TokenStream> {
    let operations = context.model.layers.iter().filter(|layer| layer.kind.name == "block");
    operations.filter_map(|layer| Some(&layer.operation.as_ref()?.descriptor))
}

/// Whether a layer is a network or a layer of the user's.
pub(super) fn is_block(layer: &Layer) -> bool {
    layer.operation.as_ref().is_some_and(|operation| operation.form == Form::Block)
}

/// Places of the stored layers, and behind the last: among all that is stored, and among all that is trained.
pub(super) struct Offsets {
    pub(super) stored: Vec<Size>,
    pub(super) trained: Vec<Size>,
}

pub(super) fn offsets(context: &Context<'_>) -> Offsets {
    let behind =
        |places: &[Size], count: &Size| places.last().map_or(count.clone(), |place| place.plus(count));
    let mut offsets = Offsets { stored: vec![Size::Known(0)], trained: vec![Size::Known(0)] };
    for (layer, parameters) in stored(context) {
        let (stored, trained) =
            (stored_count(context, layer, parameters), trained_count(context, layer, parameters));
        offsets.stored.push(behind(&offsets.stored, &stored));
        offsets.trained.push(behind(&offsets.trained, &trained));
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

/// Calls at a place in the declaration, where the compiler reports a constant that fails; what stands in their
/// parentheses may be the user's, and stays where it is.
fn located(calls: &TokenStream, span: Span) -> TokenStream {
    let locate = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    calls.clone().into_iter().map(locate).collect()
}

/// What each layer computes, as constants. They stand in the user's scope, because sizes may name
/// constants of the user's.
pub(super) fn constants(context: &Context<'_>) -> TokenStream {
    let name = &context.model.constants;
    let model = context.model;
    let doc = format!(" What the layers of [`{}`] compute, as constants.", model.name);
    let formulas = formulas::constants(context);
    let layers = model.layers.iter().filter_map(|layer| {
        let operation = layer.operation.as_ref().filter(|operation| operation.form != Form::Block)?;
        let (constant, descriptor) = (&layer.constant, &operation.descriptor);
        let value = located(&operation.value, layer.name.span());
        Some(quote!(const #constant: #descriptor = #value;))
    });
    let aliases = model.layers.iter().filter_map(|layer| alias(layer, &model.scalar));
    quote! {
        #(#aliases)*
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
    let all = stored(context).map(|(layer, parameters)| {
        let (name, kind) = (&layer.name, is_block(layer).then(|| kind(parameters, layer)));
        let of = kind.map(|kind| quote!(: #kind));
        quote!(#name #of)
    });
    let trained_names =
        stored(context).map(|(layer, _)| layer).filter(|layer| layer.trains()).map(|layer| &layer.name);
    let trained: Vec<_> = stored(context)
        .filter(|(layer, _)| layer.trains())
        .map(|(layer, parameters)| {
            let (name, kind) = (&layer.name, gradient_type(context, parameters, layer));
            quote!(#name: #kind)
        })
        .collect();
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
        rt::flat!(#gradients: #scalar { #(#trained_names),* });
    }
}
