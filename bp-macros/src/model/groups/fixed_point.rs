//! `fixed_point(…)[ … ]`: the body becomes a network of its own beside the one that holds it.

use super::super::build::Builder;
use super::super::outline::Part;
use super::super::train::Train;
use super::super::{Compute, Flow};
use crate::declaration::Item;
use crate::diagnostics::Result;
use crate::layers::{Form, Kind, Needs, Operation, Parameters};
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub(super) static FIXED_POINT: Kind = super::group(
    "fixed_point",
    "fixed_point(tolerance = 1e-5, max_iterations = 100, best_effort = false)[ … ]",
    "y = z, where z = body(z + x)",
);

impl Builder<'_> {
    pub(super) fn fixed_point(
        &mut self,
        item: &Item,
        kind: &'static Kind,
        body: &TokenStream,
        input: &Flow,
    ) -> Result<Flow> {
        let mut settings = [quote!(1e-5), quote!(100), quote!(false)];
        for argument in &item.arguments {
            let names = ["tolerance", "max_iterations", "best_effort"];
            let place = argument.key.as_ref().and_then(|key| names.iter().position(|name| key == name));
            let Some(place) = place else {
                let message = format!("fixed_point takes settings by name: write `{}`", kind.signature);
                return Err(self.diagnostics.error(item.span(), message));
            };
            let value = &argument.value;
            settings[place] = quote!(#value);
        }
        let [tolerance, iterations, best_effort] = settings;
        let layer = self.join(item, kind, &input.shape, &input.shape)?;
        self.layers[layer].text = format!("{}[{}]", item.text, crate::size::readable(body));
        self.outline.chain.push(Part::Layer(layer));
        let (constants, scalar, features) = (self.constants, self.scalar, input.shape.features());
        let name = &self.layers[layer].constant;
        let network = format_ident!("{constants}_{name}");
        let axes = &input.shape.0;
        let train = matches!(self.train, Train::Biases(_)).then(|| quote!(train = biases,));
        let doc = [" The body of `", &self.layers[layer].name.to_string(), "`."].concat();
        let nested = quote! {
            #[doc = #doc]
            #[doc(hidden)]
            #[allow(non_camel_case_types)]
            #[::backprop::network(input = [#(#axes),*], layers = [#body], scalar = #scalar, #train crate = ::backprop)]
            pub struct #network;
        };
        let field = quote! {
            ::backprop::layers::FixedPoint<
                #network, { #features }, { let tolerance: f64 = #tolerance; tolerance.to_bits() }, { #iterations }, { #best_effort }
            >
        };
        let block = quote!(<#field as ::backprop::codegen::Block>);
        self.layers[layer].operation = Some(Operation {
            needs: Needs { input: true, output: true },
            form: Form::Block,
            multiply_adds: Size::expression(quote!(#block::MULTIPLY_ADDS)),
            parameters: Some(Parameters {
                field: field.clone(),
                count: Size::expression(quote!(<#field as ::backprop::codegen::Flat>::LEN)),
                tensors: Size::expression(quote!(#block::TENSORS.len())),
                initializers: Vec::new(),
            }),
            ..Operation::apart(field, quote!())
        });
        self.layers[layer].frozen = self.frozen;
        self.nested.push(nested);
        let value = self.node(layer, Compute::Layer, vec![input.value], &input.shape);
        Ok(Flow { value, shape: input.shape.clone() })
    }
}
