//! One step of time at a time: the pass of a step, what is remembered between steps, and what stands in its place where
//! that cannot be.

use super::parameters::is_block;
use super::passes::{forward_steps, slots_struct};
use super::{Context, network};
use crate::layers::Why;
use crate::model::{Equal, Layer, Model, Steps, because};
use crate::plan::Plan;
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

/// `Steps`, and for networks on sequences `Streaming` or the error of a network that cannot.
pub(super) fn steps(context: &Context<'_>) -> TokenStream {
    match (context.steps, context.step) {
        (Steps::Causal(model), Some(plan)) => causal(&Context { model, ..*context }, plan),
        (Steps::Never(layer, why), _) => never(context, *layer, *why),
        _ => {
            let name = &context.model.name;
            quote!(rt::not_causal!(#name, "its input has no time axis");)
        }
    }
}

/// The places of what each layer remembers, by the layers' indices, and how many numbers that is in all.
fn memory(model: &Model) -> (Vec<Option<Size>>, Size) {
    let mut all = Size::Known(0);
    let places = model.layers.iter().map(|layer| {
        let memory = layer.memory.as_ref()?;
        let place = all.clone();
        all = all.plus(memory);
        Some(place)
    });
    (places.collect(), all)
}

/// What a layer remembers, in its call.
pub(super) fn memory_of(context: &Context<'_>, layer: usize) -> Option<TokenStream> {
    let (place, count) = place_of(context, layer)?;
    let (place, count) = (place.value(), count.value());
    Some(quote!(memory.part(#place, #count)))
}

/// Where what a layer remembers begins, and how many numbers it is.
fn place_of<'a>(context: &Context<'a>, layer: usize) -> Option<(Size, &'a Size)> {
    let count = context.model.layers[layer].memory.as_ref()?;
    let place = memory(context.model).0.into_iter().nth(layer)??;
    Some((place, count))
}

/// In training: the layers of a causal network, blocks apart, whose window may begin from what they remember, with their
/// names and sizes.
pub(super) fn carried<'a>(context: &Context<'a>) -> Vec<(&'a Layer, &'a Size)> {
    let Steps::Causal(model) = context.steps else { return Vec::new() };
    let layers = model.layers.iter().filter(|layer| layer.carries && !is_block(layer));
    layers.filter_map(|layer| Some((layer, layer.memory.as_ref()?))).collect()
}

/// What a layer begins its window from.
pub(super) fn carried_of(context: &Context<'_>, layer: usize) -> Option<TokenStream> {
    let name = &context.model.layers[layer].name;
    let is_carried = carried(context).iter().any(|(layer, _)| layer.name == *name);
    is_carried.then(|| quote!(if pass.carried { &mut slots.#name } else { &mut [] }))
}

/// What carries states into the slots of training and out of them.
fn exchange(context: &Context<'_>) -> TokenStream {
    let (model, scalar, slots) = (context.model, &context.model.scalar, context.named("Slots"));
    let remembering = model.layers.iter().enumerate().filter(|(_, layer)| layer.memory.is_some());
    let names = |(_, layer): (_, &Layer)| (!layer.carries).then(|| layer.name.to_string());
    let stuck = remembering.clone().find_map(names);
    let own = stuck.map_or_else(|| quote!(rt::None), |name| quote!(rt::Some(#name)));
    let blocks = remembering.clone().filter(|(_, layer)| is_block(layer)).map(|(_, layer)| {
        let kind = &layer.operation.as_ref().map(|operation| &operation.descriptor);
        quote!(<#kind as rt::Steps>::NOT_CARRIED)
    });
    let parts = remembering.filter(|(_, layer)| layer.carries).filter_map(|(index, layer)| {
        let (name, (place, count)) = (&layer.name, place_of(context, index)?);
        let (place, count) = (place.value(), count.value());
        let kind = &layer.operation.as_ref().map(|operation| &operation.descriptor);
        let function =
            if is_block(layer) { quote!(<#kind as rt::Steps>::exchange) } else { quote!(rt::exchange) };
        Some(quote!(#function(&mut slots.#name, lane, rt::part(state, #place, #count), take);))
    });
    let body: Vec<_> = parts.collect();
    quote! {
        const NOT_CARRIED: ::core::option::Option<&'static str> = rt::first_of(&[#own, #(#blocks),*]);

        fn exchange<const __TILE: usize>(
            slots: &mut #slots<__TILE>,
            lane: usize,
            state: &mut [#scalar],
            take: bool,
        ) {
            #(#body)*
        }
    }
}

fn causal(context: &Context<'_>, plan: &Plan) -> TokenStream {
    let (model, name, scalar) = (context.model, &context.model.name, &context.model.scalar);
    let slots = context.named("StepSlots");
    let structure = slots_struct(context, plan, &slots, "What a step of time works in.");
    let steps = forward_steps(context, plan);
    let equal = model.equal.iter().map(|Equal { a, b, message, span }| {
        let check = network::expect(quote!(#a == #b), message, *span);
        quote!(const { #check })
    });
    let exchange = exchange(context);
    let (blocks, block_room) = blocks(context);
    let (inputs, outputs) = (model.input.features(), model.output.shape.features());
    let memory = memory(model).1;
    let multiply_adds = network::sum(
        model.layers.iter().filter_map(|layer| Some(layer.operation.as_ref()?.multiply_adds.clone())),
    );
    let state = memory.generic();
    let sample = if model.input_rows.is_some() { quote!(u32) } else { quote!(#scalar) };
    quote! {
        #structure
        #[allow(unused_variables, unused_mut, unused_doc_comments)]
        impl rt::Steps for #name {
            type StepSlots<const __TILE: usize> = #slots<__TILE>;
            const MEMORY: usize = #memory;
            const STEP_INPUTS: usize = #inputs;
            const STEP_OUTPUTS: usize = #outputs;
            const STEP_MULTIPLY_ADDS: usize = #multiply_adds;
            const STEP_IS_TINY: bool =
                rt::is_tiny_step(<Self as rt::Steps>::STEP_MULTIPLY_ADDS) && !::core::cfg!(debug_assertions);
            const STREAMS: usize = rt::streams::<#scalar, #slots<1>>(#inputs + #outputs + 2 * (#memory));

            #[inline(always)]
            fn step<__Calls: rt::Calls, const __TILE: usize>(
                &self,
                calls: __Calls,
                x: &[[#scalar; __TILE]],
                y: &mut [[#scalar; __TILE]],
                slots: &mut #slots<__TILE>,
                mut memory: rt::Memory<'_, #scalar, __TILE>,
            ) {
                let pass = &rt::Pass::PREDICTION;
                #(#equal)*
                #(#steps)*
            }
            #exchange
        }
        #blocks

        impl rt::Streaming for #name {
            type State = rt::State<#scalar, #state>;
            type StepSample = [#sample; #inputs];
            type StepOutput = [#scalar; #outputs];
            type StepRoom = rt::StepRoom<[[#scalar; 1]; #inputs], #slots<1>>;
            type StepTile = rt::StepTile<
                [[#scalar; <Self as rt::Steps>::STREAMS]; #inputs],
                [[#scalar; <Self as rt::Steps>::STREAMS]; #outputs],
                [[#scalar; <Self as rt::Steps>::STREAMS]; #memory],
                #slots<{ <Self as rt::Steps>::STREAMS }>,
            >;
            type BlockRoom = #block_room;
            const START: Self::State = rt::State::START;
        }

        impl #name {
            /// What the network remembers before the first step of time.
            pub const fn state() -> <Self as rt::Streaming>::State {
                rt::State::START
            }
        }
    }
}

/// A block of steps: `Blocks`, and its room; nothing, where one step after the other takes no longer.
fn blocks(context: &Context<'_>) -> (TokenStream, TokenStream) {
    let Some(block) = context.block else { return (TokenStream::new(), quote!(())) };
    let context = &Context { model: &block.model, ..*context };
    let (model, name, scalar) = (context.model, &context.model.name, &context.model.scalar);
    let slots = context.named("BlockSlots");
    let structure = slots_struct(context, &block.plan, &slots, "What a block of steps works in.");
    let (count, calls) = (Size::Known(block.count), forward_steps(context, &block.plan));
    let (inputs, outputs) = (model.input.features(), model.output.shape.features());
    let blocks = quote! {
        #structure
        #[allow(unused_variables, unused_mut, unused_doc_comments)]
        impl rt::Blocks for #name {
            type BlockSlots = #slots<1>;
            const STEPS: usize = #count;

            fn block(
                &self,
                x: &[[#scalar; 1]],
                y: &mut [[#scalar; 1]],
                slots: &mut #slots<1>,
                mut memory: rt::Memory<'_, #scalar, 1>,
            ) {
                use rt::Calls as _;
                let (calls, pass) = (rt::Apart, &rt::Pass::PREDICTION);
                #(#calls)*
            }
        }
    };
    (blocks, quote!(rt::BlockRoom<[[#scalar; 1]; #inputs], [[#scalar; 1]; #outputs], #slots<1>>))
}

/// Methods whose call is an error that names the layer and says why: a type of the layer's name stands in it.
fn never(context: &Context<'_>, layer: usize, why: Why) -> TokenStream {
    let (name, layer) = (&context.model.name, &context.model.layers[layer]);
    let (because, causal) = (because(layer, why), format_ident!("{why:?}"));
    let layer = format_ident!("{}", layer.name, span = Span::call_site());
    quote! {
        rt::not_causal!(#name, #because);
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        pub struct #layer {}
        rt::no_steps!(#name: rt::#causal<#name, #layer>);
    }
}
