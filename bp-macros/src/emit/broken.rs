//! Where a declaration has mistakes: they, and a type that stands in the network's place, so that code which
//! uses it adds no errors of its own.

use super::{parameters, path};
use crate::layers::{Form, Parameters};
use crate::losses::{Loss, Written};
use crate::model::{Layer, Sketch};
use crate::shape::Shape;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::{Data, DeriveInput, Fields};

/// The expansion of a declaration with mistakes: the errors, and the struct with what is known of it. All else is of
/// a type that holds the errors: the compiler says nothing of what is done with values of it.
pub(crate) fn broken(errors: TokenStream, item: TokenStream, sketch: &Sketch) -> TokenStream {
    let Ok(input) = syn::parse2::<DeriveInput>(item.clone()) else {
        return quote!(#errors #item);
    };
    let (vis, name) = (&input.vis, &input.ident);
    let unknown = format_ident!("{name}Unknown");
    let network = if is_unit_struct(&input) {
        network(&input, &unknown, sketch)
    } else {
        let (generics, types) = (&input.generics, input.generics.type_params().map(|of| &of.ident));
        quote! {
            #[allow(type_alias_bounds)]
            #vis type #name #generics = <::backprop::codegen::Undeclared<
                { ::core::mem::size_of::<#unknown>() }, (#(#types,)*)
            > as ::backprop::codegen::Unknown>::Type;
        }
    };
    let heads = heads(&input, &unknown, sketch);
    let expansion = quote! {
        #[doc(hidden)]
        type #unknown = <::backprop::codegen::Undeclared<{ #errors 0 }> as ::backprop::codegen::Unknown>::Type;
        #network
        #heads
    };
    path::replace(expansion, sketch.backprop.as_ref())
}

fn is_unit_struct(input: &DeriveInput) -> bool {
    let is_unit = matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Unit));
    is_unit && input.generics.params.is_empty()
}

fn scalar(sketch: &Sketch) -> Ident {
    sketch.scalar.clone().unwrap_or_else(|| Ident::new("f32", Span::call_site()))
}

/// The struct, the descriptions that its fields' types name, and its traits.
fn network(input: &DeriveInput, unknown: &Ident, sketch: &Sketch) -> TokenStream {
    let DeriveInput { attrs, vis, ident, .. } = input;
    let attributes = attrs.iter().filter(|attribute| !attribute.path().is_ident("repr"));
    let scalar = scalar(sketch);
    let mut known = Known { unknown, missing: BTreeSet::new() };
    let constants: Vec<_> = sketch.layers.iter().filter_map(|layer| known.constant(layer)).collect();
    let layers = format_ident!("{}Layers", ident);
    let aliases = sketch.layers.iter().filter_map(|layer| parameters::alias(layer, &scalar));
    let number = if sketch.indices { Ident::new("u32", Span::call_site()) } else { scalar.clone() };
    let sample = known.sample(sketch, &number);
    let output = if sketch.mentions_heads {
        let output = format_ident!("{}Output", ident);
        quote!(#output)
    } else {
        known.array(sketch.output.as_ref(), &scalar)
    };
    let target = match &sketch.loss {
        Some(Loss::One(loss)) => known.target(loss, &scalar),
        Some(Loss::Heads(_)) => {
            let target = format_ident!("{}Target", ident);
            quote!(#target)
        }
        None => quote!(#unknown),
    };
    let fields: Vec<_> = sketch.layers.iter().filter_map(|layer| known.field(layer)).collect();
    let names: Vec<_> = fields.iter().map(|(layer, _)| &layer.name).collect();
    let kinds: Vec<_> = fields.iter().map(|(_, parameters)| &parameters.field).collect();
    let nested = &sketch.nested;
    quote! {
        #(#attributes)*
        #[repr(C)]
        #vis struct #ident {
            #(pub #names: #kinds,)*
        }
        #(#nested)*
        #(#aliases)*
        #[doc(hidden)]
        #[allow(dead_code)]
        struct #layers;
        #[allow(dead_code)]
        impl #layers {
            #(#constants)*
        }
        const _: () = {
            use ::backprop::codegen as rt;
            rt::flat!(#ident: #scalar { #(#names),* });
            rt::broken!(#ident: #scalar, #unknown, #sample => #output, loss: #target);
        };
    }
}

/// The types that users name where there are several heads.
fn heads(input: &DeriveInput, unknown: &Ident, sketch: &Sketch) -> Option<TokenStream> {
    if !sketch.mentions_heads {
        return None;
    }
    let (vis, scalar) = (&input.vis, scalar(sketch));
    let known = Known { unknown, missing: BTreeSet::new() };
    let (output, target) = (format_ident!("{}Output", input.ident), format_ident!("{}Target", input.ident));
    let (names, shapes): (Vec<_>, Vec<_>) =
        sketch.heads.iter().map(|(name, shape)| (name, known.array(Some(shape), &scalar))).unzip();
    let output = if names.is_empty() {
        quote!(#vis type #output = #unknown;)
    } else {
        quote! {
            #[repr(C)]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #vis struct #output {
                #(pub #names: #shapes,)*
            }
            ::backprop::codegen::flat!(#output: #scalar { #(#names),* });
        }
    };
    let target = match &sketch.loss {
        Some(Loss::Heads(heads)) => {
            let names = heads.iter().map(|head| &head.name);
            let targets = heads.iter().map(|head| known.target(&head.loss, &scalar));
            Some(quote! {
                #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
                #vis struct #target {
                    #(pub #names: #targets,)*
                }
            })
        }
        _ => sketch.targets.then(|| quote!(#[allow(dead_code)] #vis type #target = #unknown;)),
    };
    Some(quote!(#output #target))
}

/// What can be written of a network with mistakes.
struct Known<'a> {
    /// The type of what cannot.
    unknown: &'a Ident,
    /// Names of the constants that cannot.
    missing: BTreeSet<String>,
}

impl Known<'_> {
    /// The description of a layer, where it is known.
    fn constant(&mut self, layer: &Layer) -> Option<TokenStream> {
        let operation = layer.operation.as_ref().filter(|operation| operation.form != Form::Block)?;
        let (constant, descriptor, value) = (&layer.constant, &operation.descriptor, &operation.value);
        if !self.is_complete(value) {
            self.missing.insert(constant.to_string());
            return None;
        }
        Some(quote!(const #constant: #descriptor = #value;))
    }

    /// The type of numbers of a shape.
    fn array(&self, shape: Option<&Shape>, scalar: &Ident) -> TokenStream {
        match shape.filter(|shape| !shape.is_unknown()).map(Shape::features) {
            Some(features) if self.is_complete(&quote!(#features)) => quote!([#scalar; #features]),
            _ => self.anything(),
        }
    }

    /// The type of a sample.
    fn sample(&self, sketch: &Sketch, number: &Ident) -> TokenStream {
        let axes = sketch.input.as_ref().filter(|_| sketch.lengths).map(|shape| shape.0.as_slice());
        let (time, step) = match axes {
            Some([time]) => (time, quote!(#number)),
            Some([time, features]) => (time, quote!([#number; #features])),
            _ => return self.array(sketch.input.as_ref(), number),
        };
        let time = time.generic();
        quote!(::backprop::Sequence<#step, #time>)
    }

    /// What a loss compares an output with.
    fn target(&self, loss: &Written, scalar: &Ident) -> TokenStream {
        let kind = &loss.kind;
        if self.is_complete(kind) {
            quote!(<#kind as ::backprop::Loss<#scalar>>::Target)
        } else {
            self.anything()
        }
    }

    fn anything(&self) -> TokenStream {
        let unknown = self.unknown;
        quote!(#unknown)
    }

    /// A layer with a field whose type is known.
    fn field<'a>(&self, layer: &'a Layer) -> Option<(&'a Layer, &'a Parameters)> {
        let parameters = layer.operation.as_ref()?.parameters.as_ref()?;
        self.is_complete(&parameters.field).then_some((layer, parameters))
    }

    /// Whether tokens hold neither the placeholder `_` nor a constant that is missing.
    fn is_complete(&self, tokens: &TokenStream) -> bool {
        tokens.clone().into_iter().all(|token| match token {
            TokenTree::Group(group) => self.is_complete(&group.stream()),
            TokenTree::Ident(ident) => ident != "_" && !self.missing.contains(&ident.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => true,
        })
    }
}
