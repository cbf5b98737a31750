//! Where a declaration has mistakes: they, and a type that stands in the network's place, so that code which
//! uses it adds no errors of its own.

use super::path;
use crate::layers::Parameters;
use crate::model::{Layer, Sketch};
use crate::shape::Shape;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use syn::DeriveInput;

/// The expansion of a declaration with mistakes: the errors, the struct with the fields that are known, and
/// traits that do nothing.
pub(crate) fn broken(errors: TokenStream, item: TokenStream, sketch: &Sketch) -> TokenStream {
    let Ok(DeriveInput { attrs, vis, ident, .. }) = syn::parse2(item.clone()) else {
        return quote!(#errors #item);
    };
    let attributes = attrs.iter().filter(|attribute| !attribute.path().is_ident("repr"));
    let scalar = sketch.scalar.clone().unwrap_or_else(|| Ident::new("f32", Span::call_site()));
    let mut known = Known::default();
    let constants: Vec<_> = sketch.layers.iter().filter_map(|layer| known.constant(layer)).collect();
    let layers = format_ident!("{}Layers", ident);
    let sample = known.array(sketch.input.as_ref(), &scalar);
    let output = known.array(sketch.output.as_ref(), &scalar);
    let fields: Vec<_> = sketch.layers.iter().filter_map(|layer| known.field(layer)).collect();
    let names: Vec<_> = fields.iter().map(|(layer, _)| &layer.name).collect();
    let kinds: Vec<_> = fields.iter().map(|(_, parameters)| &parameters.field).collect();
    let loss = sketch.trains.then(|| match &sketch.loss {
        Some(loss) if known.is_complete(&loss.kind) => {
            let (kind, value) = (&loss.kind, &loss.value);
            quote!(, loss: #kind = #value)
        }
        _ => quote!(, loss: AnyLoss = AnyLoss),
    });
    let any_loss = loss.as_ref().is_some_and(|loss| loss.to_string().contains("AnyLoss"));
    let any_loss = any_loss.then(|| quote!(rt::any_loss!(#scalar);));
    let expansion = quote! {
        #errors
        #(#attributes)*
        #[repr(C)]
        #vis struct #ident {
            #(pub #names: #kinds,)*
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        struct #layers;
        #[allow(dead_code)]
        impl #layers {
            #(#constants)*
        }
        const _: () = {
            use ::backprop::codegen as rt;
            rt::flat!(#ident: #scalar { #(#names: #kinds),* });
            #any_loss
            rt::broken!(#ident: #scalar, #sample => #output #loss);
        };
    };
    path::replace(expansion, sketch.backprop.as_ref())
}

/// What can be written of a network with mistakes.
#[derive(Default)]
struct Known {
    /// Names of the constants that cannot.
    missing: BTreeSet<String>,
}

impl Known {
    /// The description of a layer, where it is known.
    fn constant(&mut self, layer: &Layer) -> Option<TokenStream> {
        let operation = layer.operation.as_ref()?;
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
            _ => quote!(rt::Anything<#scalar>),
        }
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
