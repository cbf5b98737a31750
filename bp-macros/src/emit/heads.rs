//! Networks with several heads: structs for output and target, and a loss that adds up the heads' losses.

use super::Context;
use crate::losses::{Head, Loss};
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

/// The type of one output: an array, or the struct of heads.
pub(super) fn output(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    if model.heads.is_empty() {
        let outputs = model.output.shape.features();
        quote!([#scalar; #outputs])
    } else {
        let name = context.named("Output");
        quote!(#name)
    }
}

/// The structs that users name: of outputs and of targets. They stand beside the network.
pub(super) fn structs(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    if model.heads.is_empty() {
        return TokenStream::new();
    }
    let output = context.named("Output");
    let names: Vec<_> = model.heads.iter().map(|(name, _)| name).collect();
    let sizes: Vec<Size> = model.heads.iter().map(|(_, shape)| shape.features()).collect();
    let docs = model.heads.iter().map(|(name, shape)| format!(" Head `{name}`: {shape}."));
    let doc = format!(" Output of [`{}`], a field for each head.", model.name);
    let target = target(context);
    quote! {
        #[doc = #doc]
        #[repr(C)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::cmp::PartialEq)]
        pub struct #output {
            #(#[doc = #docs] pub #names: [#scalar; #sizes],)*
        }
        #target
    }
}

fn target(context: &Context<'_>) -> Option<TokenStream> {
    let (model, scalar) = (context.model, &context.model.scalar);
    let Some(Loss::Heads(heads)) = &model.loss else { return None };
    let target = context.named("Target");
    let names = heads.iter().map(|head| &head.name);
    let kinds = heads.iter().map(|head| &head.loss.kind);
    let docs = heads.iter().map(|head| format!(" Target of head `{}`.", head.name));
    let doc = format!(" Target of [`{}`], a field for each head with a loss.", model.name);
    Some(quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        pub struct #target {
            #(#[doc = #docs] pub #names: <#kinds as ::backprop::Loss<#scalar>>::Target,)*
        }
    })
}

/// What the structs are to the runtime, and the sum of the heads' losses.
pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    if model.heads.is_empty() {
        return TokenStream::new();
    }
    let output = context.named("Output");
    let names = model.heads.iter().map(|(name, _)| name);
    let loss = loss(context);
    quote! {
        rt::flat!(#output: #scalar { #(#names),* });
        #loss
    }
}

fn loss(context: &Context<'_>) -> Option<TokenStream> {
    let (model, scalar) = (context.model, &context.model.scalar);
    let Some(Loss::Heads(heads)) = &model.loss else { return None };
    let (name, target) = (context.named("Loss"), context.named("Target"));
    let (mut checks, mut losses, mut factors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut measures, mut measured, mut fits) = (Vec::new(), Vec::new(), Vec::new());
    for (head, shape) in &model.heads {
        let outputs = shape.features();
        match heads.iter().find(|loss| loss.name == *head) {
            Some(Head { loss, weight, .. }) => {
                let (kind, value) = (&loss.kind, &loss.value);
                checks.push(quote!(<#kind as rt::Loss<#scalar>>::check(&#value, #outputs, &target.#head)?;));
                fits.push(quote!(<#kind as rt::Loss<#scalar>>::fits(&#value, &target.#head, length)));
                let number = factors.len();
                factors.push(quote!(factors.set(#number, &#value, targets, weights, |target: &#target| &target.#head);));
                losses.push(quote!(heads.loss(#outputs, #weight, &#value, &target.#head);));
                measures.push(quote!(heads.loss(#outputs, &#value, &target.#head);));
                measured.push(head.unraw().to_string());
            }
            None => {
                losses.push(quote!(heads.skip(#outputs);));
                measures.push(quote!(heads.skip(#outputs);));
            }
        }
    }
    let fits = model.lengths.as_ref().map(|_| {
        quote! {
            fn fits(&self, target: &#target, length: ::core::option::Option<usize>) -> bool {
                #(#fits)&&*
            }
        }
    });
    let loss_doc = format!(" Loss of [`{}`]: the weighted sum of its heads' losses.", model.name);
    Some(quote! {
        #[doc = #loss_doc]
        pub struct #name;
        impl rt::Loss<#scalar> for #name {
            type Target = #target;

            const HEADS: &'static [&'static str] = &[#(#measured),*];

            fn measure(&self, heads: &mut rt::MeasuredHeads<'_, #scalar>, target: &#target) {
                #(#measures)*
            }

            fn check(&self, _: usize, target: &#target) -> ::core::result::Result<(), rt::TargetError> {
                #(#checks)*
                ::core::result::Result::Ok(())
            }
            #fits

            fn factors<__Target: rt::AsTarget<#target>>(
                &self,
                targets: &[__Target],
                weights: ::core::option::Option<&[#scalar]>,
            ) -> rt::HeadFactors<#scalar> {
                let mut factors = <rt::HeadFactors<#scalar> as ::core::default::Default>::default();
                #(#factors)*
                factors
            }

            fn sample(&self, y: &[#scalar], target: &#target, dy: &mut [#scalar]) -> rt::Sum<#scalar> {
                let factors = self.factors(::core::slice::from_ref(target), ::core::option::Option::None);
                self.sample_of(&factors, y, target, dy)
            }

            fn sample_of(
                &self,
                factors: &rt::HeadFactors<#scalar>,
                y: &[#scalar],
                target: &#target,
                dy: &mut [#scalar],
            ) -> rt::Sum<#scalar> {
                let mut heads = rt::Heads::new(factors, y, dy);
                #(#losses)*
                heads.sum()
            }
        }
    })
}
