//! What layers measure: where it lasts until a step is done, and how it comes into the network.

use super::Context;
use super::parameters::{is_block, kind, stored};
use crate::model::Layer;
use crate::plan::{Fold, Mode, Plan};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The circumstances of a layer's call: a frozen one does not measure.
pub(super) fn pass(context: &Context<'_>, plan: &Plan, layer: usize) -> TokenStream {
    let layer = &context.model.layers[layer];
    let measures = layer.operation.as_ref().is_some_and(|operation| operation.measured.is_some());
    if layer.frozen && (measures || is_block(layer)) && plan.mode == Mode::Training {
        quote!(&pass.frozen())
    } else {
        quote!(pass)
    }
}

/// Fields among the slots of training, and their lengths.
pub(super) fn states<'a>(context: &'a Context<'_>) -> (Vec<&'a Ident>, Vec<&'a TokenStream>) {
    let field = |layer: &'a Layer| Some((&layer.name, &layer.measured()?.state));
    context.model.layers.iter().filter_map(field).unzip()
}

/// The state of a layer in its call, where it has one.
pub(super) fn state(context: &Context<'_>, plan: &Plan, layer: usize, write: bool) -> Option<TokenStream> {
    let layer = &context.model.layers[layer];
    layer.measured().filter(|_| plan.mode == Mode::Training)?;
    let (name, mutable) = (&layer.name, write.then(|| quote!(mut)));
    Some(quote!(state: &#mutable slots.#name,))
}

/// Takes over what has been measured. Only trainers call it, so that a network that predicts may have any tile.
pub(super) fn commit(context: &Context<'_>, slots: &Ident) -> Option<TokenStream> {
    let model = context.model;
    let steps: Vec<_> = stored(context)
        .filter_map(|(layer, _)| {
            let name = &layer.name;
            if is_block(layer) {
                let commit = quote!(rt::Passes::commit(&mut self.#name, &mut slots.#name););
                return (!layer.frozen).then_some(commit);
            }
            layer.measured()?;
            let description = model.description(layer);
            let message = format!(
                "layer `{name}` of `{}`: batch_norm measures over the samples of a tile, and one sample has no \
                 variance: declare a larger tile, or use `layer_norm` or `group_norm`",
                model.name
            );
            Some(quote! {
                const { assert!(__TILE > 1, #message) }
                #description.commit(self.#name.flat_mut(), &mut slots.#name);
            })
        })
        .collect();
    let visits = |mutable: Option<TokenStream>, measured: Ident| -> Vec<_> {
        let visit = |(layer, parameters)| {
            let (layer, name): (&Layer, _) = (layer, &layer.name);
            if is_block(layer) {
                let kind = kind(parameters, layer);
                return (!layer.frozen)
                    .then(|| quote!(<#kind as rt::Passes>::#measured(&#mutable slots.#name, visit);));
            }
            layer.measured()?;
            Some(quote!(visit(&#mutable slots.#name);))
        };
        stored(context).filter_map(visit).collect()
    };
    let seen = visits(None, format_ident!("measured"));
    let changed = visits(Some(quote!(mut)), format_ident!("measured_mut"));
    let scalar = &model.scalar;
    (!steps.is_empty()).then(|| {
        quote! {
            fn measured<const __TILE: usize>(
                slots: &#slots<__TILE>,
                visit: &mut impl ::core::ops::FnMut(&[#scalar]),
            ) {
                #(#seen)*
            }

            fn measured_mut<const __TILE: usize>(
                slots: &mut #slots<__TILE>,
                visit: &mut impl ::core::ops::FnMut(&mut [#scalar]),
            ) {
                #(#changed)*
            }

            fn commit<const __TILE: usize>(&mut self, slots: &mut #slots<__TILE>) {
                #(#steps)*
            }
        }
    })
}

/// Brings parameters back into their bounds.
pub(super) fn settle(context: &Context<'_>) -> Option<TokenStream> {
    let steps: Vec<_> = stored(context)
        .filter(|(layer, _)| !layer.frozen)
        .filter_map(|(layer, _)| {
            let name = &layer.name;
            // A network within it has none of these: an embedding, which comes first.
            layer.operation.as_ref().filter(|operation| operation.settles)?;
            let description = context.model.description(layer);
            Some(quote!(#description.settle(self.#name.flat_mut());))
        })
        .collect();
    (!steps.is_empty()).then(|| quote!(fn settle(&mut self) { #(#steps)* }))
}

/// Works each normalisation into the layer that it alone follows.
pub(super) fn fold(context: &Context<'_>) -> Option<TokenStream> {
    let model = context.model;
    let pairs = context.inference.folds.iter().map(|Fold { norm, into }| {
        let [norm, linear] = [norm, into].map(|layer| &model.layers[*layer]);
        let (name, to) = (&norm.name, &linear.name);
        let [norm, linear] = [norm, linear].map(|layer| model.description(layer));
        quote!(#norm.fold(self.#name.flat_mut(), self.#to.flat_mut(), &#linear.tensors());)
    });
    let blocks = stored(context).filter(|(layer, _)| is_block(layer)).map(|(layer, _)| {
        let name = &layer.name;
        quote!(rt::Passes::fold(&mut self.#name);)
    });
    let steps: Vec<_> = pairs.chain(blocks).collect();
    (!steps.is_empty()).then(|| quote!(fn fold(&mut self) { #(#steps)* }))
}

/// How many numbers a network measures, where it may measure any.
pub(super) fn measures(context: &Context<'_>) -> Option<TokenStream> {
    let blocks =
        stored(context).filter(|(layer, _)| is_block(layer) && !layer.frozen).map(|(layer, parameters)| {
            let kind = kind(parameters, layer);
            quote!(<#kind as rt::Passes>::MEASURED)
        });
    let own = states(context).1.into_iter().map(|state| quote!(#state));
    let counts: Vec<_> = own.chain(blocks).collect();
    (!counts.is_empty()).then(|| quote!(const MEASURED: usize = #(#counts)+*;))
}

/// How a network counts its parameters as a layer of another, where that is not all it stores.
pub(super) fn parameters(context: &Context<'_>) -> Option<TokenStream> {
    let differs = |layer: &Layer| {
        is_block(layer) || layer.operation.as_ref().is_some_and(|operation| operation.measured.is_some())
    };
    stored(context).any(|(layer, _)| differs(layer)).then(|| {
        quote!(
            const PARAMETERS: usize = <Self as rt::Network>::PARAMETERS;
        )
    })
}
