//! The traits that users see, and the constant functions that traits cannot have.

use super::parameters::{counted, is_block, offsets, stored};
use super::{Context, budget, docs, heads, measured};
use crate::layers::Parameters;
use crate::losses::Loss;
use crate::model::Layer;
use crate::plan::Plan;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// `Network`, `Trainable`, and what is inherent.
pub(super) fn network(context: &Context<'_>) -> TokenStream {
    let checks = checks(context);
    let inherent = inherent(context);
    let network = network_impl(context);
    let heads = heads::impls(context);
    let trainable = trainable(context);
    quote!(#checks #inherent #heads #network #trainable)
}

fn sum(sizes: impl Iterator<Item = Size>) -> Size {
    sizes.fold(Size::Known(0), |sum, size| sum.plus(&size))
}

/// Sizes that the macro has worked out, checked again by the descriptions; and limits that the user set.
fn checks(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let layers = model.layers.iter().filter_map(|layer| {
        let operation = layer.operation.as_ref()?;
        let description = model.description(layer);
        if is_block(layer) {
            let (kind, inputs) = (&operation.descriptor, layer.input.features());
            let message = format!(
                "layer `{}` of `{}`: `{}` takes another number of inputs than the layer before it gives, {}",
                layer.name, model.name, layer.text, layer.input
            );
            return Some(quote!(assert!(<#kind as rt::Block>::INPUTS == #inputs, #message);));
        }
        let mut equal = Vec::new();
        if let Some(parameters) = &operation.parameters {
            let count = &parameters.count;
            equal.push(quote!(#description.parameters() == #count));
        }
        if let Some(measured) = &operation.measured {
            let trained = &measured.trained;
            equal.push(quote!(#description.trained() == #trained));
        }
        if operation.sized {
            let outputs = layer.output.features();
            equal.push(quote!(#description.outputs() == #outputs));
        }
        let message = format!(
            "layer `{}` of `{}`: the macro and the runtime disagree on a size",
            layer.name, model.name
        );
        (!equal.is_empty()).then(|| quote!(assert!(#(#equal)&&*, #message);))
    });
    let equal = model.equal.iter().map(|(a, b, message)| {
        let message = format!("{message}, in the network `{}`", model.name);
        quote!(assert!(#a == #b, #message);)
    });
    let budget = budget::checks(context);
    quote! {
        const _: () = {
            #(#equal)*
            #(#layers)*
        };
        #budget
    }
}

/// Constant functions: zeros that a `static` can be made of.
fn inherent(context: &Context<'_>) -> TokenStream {
    let name = &context.model.name;
    quote! {
        impl #name {
            /// A network of zeros, for instance as the beginning of a `static`.
            pub const fn zeroed() -> Self {
                rt::zero()
            }
            /// Room to predict in, for `predict_with`.
            pub const fn scratch() -> <Self as rt::Network>::Scratch {
                rt::zero()
            }
            /// An empty tape, to go forward and backward with one sample.
            pub const fn tape() -> <Self as rt::Network>::Tape {
                rt::zero()
            }
            /// Gradients of zero, to add to.
            pub const fn gradients() -> <Self as rt::Network>::Gradients {
                rt::zero()
            }
        }
    }
}

fn network_impl(context: &Context<'_>) -> TokenStream {
    let (model, scalar) = (context.model, &context.model.scalar);
    let name = &model.name;
    let (gradients, slots, scratch) =
        (context.named("Gradients"), context.named("Slots"), context.named("Scratch"));
    let (inputs, outputs) = (model.input.features(), model.output.shape.features());
    let mut places = offsets(context);
    let stored_count = places.stored.pop().unwrap_or(Size::Known(0));
    let counted = sum(stored(context).map(|(layer, parameters)| counted(context, layer, parameters)));
    let block_parameters = measured::parameters(context);
    let trained_count = places.trained.pop().unwrap_or(Size::Known(0));
    let tensors = sum(stored(context).map(|(_, parameters)| parameters.tensors.clone()));
    let multiply_adds =
        sum(model.layers.iter().filter_map(|layer| Some(layer.operation.as_ref()?.multiply_adds.clone())));
    let tile = tile(context);
    let rows = tensor_rows(context);
    let summary = docs::summary(context);
    let initialize = stored(context).map(|(layer, parameters)| {
        let (description, field, initializers) =
            (model.description(layer), &layer.name, &parameters.initializers);
        if is_block(layer) {
            quote!(rt::Block::initialize(&mut self.#field, rng);)
        } else {
            quote!(#description.initialize(self.#field.flat_mut(), #(&#initializers,)* rng);)
        }
    });
    let name_text = name.to_string();
    let output = heads::output(context);
    let (sample, input_gradient) = match model.input_rows {
        Some(_) => (quote!([u32; #inputs]), quote!(())),
        None => (quote!([#scalar; #inputs]), quote!([#scalar; #inputs])),
    };
    let input_rows = model.input_rows.as_ref().map(|rows| quote!(const INPUT_ROWS: usize = #rows;));
    quote! {
        impl rt::Network for #name {
            type Scalar = #scalar;
            type Sample = #sample;
            type Output = #output;
            type InputGradient = #input_gradient;
            type ParameterArray = [#scalar; #stored_count];
            type Gradients = #gradients;
            type Tape = rt::Tape<[[#scalar; 1]; #inputs], [[#scalar; 1]; #outputs], #slots<1>>;
            type Scratch = rt::Scratch<[[#scalar; 1]; #inputs], [[#scalar; 1]; #outputs], #scratch<1>>;
            type BatchScratch = rt::Scratch<
                [[#scalar; Self::TILE]; #inputs],
                [[#scalar; Self::TILE]; #outputs],
                #scratch<{ Self::TILE }>,
            >;
            type Workspace = rt::Tape<
                [[#scalar; Self::TILE]; #inputs],
                [[#scalar; Self::TILE]; #outputs],
                #slots<{ Self::TILE }>,
            >;
            type Inputs = rt::length!(#inputs);
            type Outputs = rt::length!(#outputs);
            type Stored = rt::length!(#stored_count);
            type Trained = rt::length!(#trained_count);
            type Tensors = rt::length!(#tensors);
            type Core = Self;

            const NAME: &'static str = #name_text;
            const PARAMETERS: usize = #counted;
            const MULTIPLY_ADDS: usize = <Self as rt::Block>::MULTIPLY_ADDS;
            const INPUTS: usize = #inputs;
            const OUTPUTS: usize = #outputs;
            const TILE: usize = #tile;
            const TRAINING_BYTES: usize = ::core::mem::size_of::<Self>()
                + ::core::mem::size_of::<Self::Gradients>()
                + ::core::mem::size_of::<Self::Workspace>();
            const INFERENCE_BYTES: usize = ::core::mem::size_of::<Self>() + ::core::mem::size_of::<Self::Scratch>();
            #input_rows

            #[inline(always)]
            fn core(&self) -> &Self {
                self
            }
            #[inline(always)]
            fn core_mut(&mut self) -> &mut Self {
                self
            }
            #[inline]
            fn parameters(&self) -> &Self::ParameterArray {
                rt::flat_array(self)
            }
            #[inline]
            fn parameters_mut(&mut self) -> &mut Self::ParameterArray {
                rt::flat_array_mut(self)
            }
            #[inline]
            fn tensors() -> &'static [rt::Tensor] {
                <Self as rt::Block>::TENSORS
            }
            #summary
            fn new<R: rt::RandomGenerator + ?::core::marker::Sized>(rng: &mut R) -> Self {
                rt::new_by_value(rng)
            }
            fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                rt::Block::initialize(self, rng);
            }
        }

        impl rt::Block for #name {
            const INPUTS: usize = #inputs;
            const OUTPUTS: usize = #outputs;
            const MULTIPLY_ADDS: usize = #multiply_adds;
            const TENSORS: &'static [rt::Tensor] = &rt::table::<{ #tensors }>(&[#(#rows),*]);
            #block_parameters

            #[allow(unused_variables)]
            fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                #(#initialize)*
            }
        }
    }
}

/// The declared tile, or the one that the runtime chooses for the features of all buffers.
fn tile(context: &Context<'_>) -> TokenStream {
    if let Some(tile) = context.model.tile {
        return quote!(#tile);
    }
    let (model, scalar) = (context.model, &context.model.scalar);
    let features = |plan: &Plan| sum(plan.slots.iter().cloned());
    let outputs = model.output.shape.features();
    let all = features(context.training).plus(&model.input.features()).plus(&outputs).plus(&outputs);
    quote!(rt::tile::<#scalar>(#all))
}

/// The tensors of each layer, with the places where they begin.
fn tensor_rows(context: &Context<'_>) -> Vec<TokenStream> {
    let places = offsets(context);
    let row = |((layer, parameters), (place, trained)): ((&Layer, &Parameters), (&Size, &Size))| {
        let nested = is_block(layer);
        let tensors = if nested {
            let kind = &parameters.field;
            quote!(<#kind as rt::Block>::TENSORS)
        } else {
            let description = context.model.description(layer);
            quote!(&#description.tensors())
        };
        let name = layer.name.to_string().trim_start_matches("r#").to_owned();
        let trained = if layer.trains() {
            quote!(::core::option::Option::Some(#trained))
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(rt::Rows { layer: #name, tensors: #tensors, stored: #place, trained: #trained, nested: #nested })
    };
    stored(context).zip(places.stored.iter().zip(&places.trained)).map(row).collect()
}

fn trainable(context: &Context<'_>) -> Option<TokenStream> {
    let (name, scalar) = (&context.model.name, &context.model.scalar);
    let loss = context.model.loss.as_ref()?;
    let (kind, value) = match loss {
        Loss::One(loss) => (loss.kind.clone(), loss.value.clone()),
        Loss::Heads(_) => {
            let name = context.named("Loss");
            (quote!(#name), quote!(#name))
        }
    };
    Some(quote! {
        impl rt::Trainable for #name {
            type Target = <#kind as rt::Loss<#scalar>>::Target;
            type Loss = #kind;
            const LOSS: Self::Loss = #value;
        }
    })
}

/// Parameters of one layer as PyTorch counts them.
pub(super) fn counted_of(layer: &Layer) -> Size {
    let measured = layer.operation.as_ref().and_then(|operation| operation.measured.as_ref());
    measured.map_or_else(|| parameters_of(layer), |measured| measured.trained.clone())
}

/// All that one layer stores.
pub(super) fn parameters_of(layer: &Layer) -> Size {
    let parameters = layer.operation.as_ref().and_then(|operation| operation.parameters.as_ref());
    parameters.map_or(Size::Known(0), |parameters| parameters.count.clone())
}
