//! Where a declaration has mistakes: they, and a type that stands in the network's place, so that code which
//! uses it adds no errors of its own.

use super::path;
use crate::layers::Parameters;
use crate::model::{Layer, Sketch};
use crate::shape::Shape;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::DeriveInput;

/// The expansion of a declaration with mistakes: the errors, the struct with the fields that are known, and
/// traits that do nothing.
pub(crate) fn broken(errors: TokenStream, item: TokenStream, sketch: &Sketch) -> TokenStream {
    let Ok(DeriveInput { attrs, vis, ident, .. }) = syn::parse2(item.clone()) else {
        return quote!(#errors #item);
    };
    let attributes = attrs.iter().filter(|attribute| !attribute.path().is_ident("repr"));
    let scalar = sketch.scalar.clone().unwrap_or_else(|| Ident::new("f32", Span::call_site()));
    let (sample, output) = (array(sketch.input.as_ref(), &scalar), array(sketch.output.as_ref(), &scalar));
    let fields: Vec<_> = sketch.layers.iter().filter_map(field).collect();
    let names: Vec<_> = fields.iter().map(|(layer, _)| &layer.name).collect();
    let kinds: Vec<_> = fields.iter().map(|(_, parameters)| &parameters.field).collect();
    let loss = sketch.trains.then(|| match &sketch.loss {
        Some(loss) if is_complete(&loss.kind) => {
            let (kind, value) = (&loss.kind, &loss.value);
            quote!(, loss: #kind = #value)
        }
        _ => quote!(, loss: rt::AnyLoss = rt::AnyLoss),
    });
    let expansion = quote! {
        #errors
        #(#attributes)*
        #[repr(C)]
        #vis struct #ident {
            #(pub #names: #kinds,)*
        }
        const _: () = {
            use ::backprop::codegen as rt;
            rt::flat!(#ident: #scalar { #(#names: #kinds),* });
            rt::broken!(#ident: #scalar, #sample => #output #loss);
        };
    };
    path::replace(expansion, sketch.backprop.as_ref())
}

/// The type of numbers of a shape.
fn array(shape: Option<&Shape>, scalar: &Ident) -> TokenStream {
    match shape.map(Shape::features).map(|features| quote!(#features)) {
        Some(features) if shape.is_some_and(|shape| !shape.is_unknown()) && is_complete(&features) => {
            quote!([#scalar; #features])
        }
        _ => quote!(rt::Anything<#scalar>),
    }
}

/// A layer with a field whose type is known.
fn field(layer: &Layer) -> Option<(&Layer, &Parameters)> {
    let parameters = layer.operation.as_ref()?.parameters.as_ref()?;
    is_complete(&parameters.field).then_some((layer, parameters))
}

/// Whether tokens are made of what the user wrote alone: neither of the placeholder `_` nor of the constants of
/// layers, which are not written.
fn is_complete(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| match token {
        TokenTree::Group(group) => is_complete(&group.stream()),
        TokenTree::Ident(ident) => ident != "_" && !ident.to_string().ends_with("Layers"),
        TokenTree::Punct(_) | TokenTree::Literal(_) => true,
    })
}
