//! Forward and backward: one call per step of the plan.

use super::parameters::{is_block, kind, stored};
use super::values::{Values, reference, slot};
use super::{Context, docs, lengths, measured, steps};
use crate::layers::Parameters;
use crate::model::Layer;
use crate::plan::{Call, LayerCall, Mode, Move, Part, Place, Plan, Step, Wanted};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The slots and the three passes.
pub(super) fn passes(context: &Context<'_>) -> TokenStream {
    let (name, scalar) = (&context.model.name, &context.model.scalar);
    let (gradients, slots, scratch) =
        (context.named("Gradients"), context.named("Slots"), context.named("Scratch"));
    let (split, silent_y, silent_dy) = (
        lengths::split(context),
        lengths::silence(context, &quote!(y)),
        lengths::silence(context, &quote!(dy)),
    );
    let training_slots = slots_struct(context, context.training, &slots, "What training keeps and works in.");
    let inference_slots = slots_struct(context, context.inference, &scratch, "What prediction works in.");
    let infer = forward_steps(context, context.inference);
    let forward = forward_steps(context, context.training);
    let backward = backward_steps(context);
    let measures = measured::measures(context);
    let commit = measured::commit(context, &slots);
    let settle = measured::settle(context);
    let fold = measured::fold(context);
    quote! {
        #training_slots
        #inference_slots
        #[allow(unused_variables, unused_mut, unused_doc_comments)]
        impl rt::Passes for #name {
            type Gradients = #gradients;
            type Slots<const __TILE: usize> = #slots<__TILE>;
            type InferenceSlots<const __TILE: usize> = #scratch<__TILE>;

            const IS_TINY: bool =
                rt::is_tiny(<Self as rt::Block>::MULTIPLY_ADDS) && !::core::cfg!(debug_assertions);
            #measures

            #[inline(always)]
            fn infer<__Calls: rt::Calls, const __TILE: usize>(
                &self,
                calls: __Calls,
                x: &[[#scalar; __TILE]],
                y: &mut [[#scalar; __TILE]],
                slots: &mut #scratch<__TILE>,
            ) {
                let pass = &rt::Pass::PREDICTION;
                #split
                #(#infer)*
                #silent_y
            }

            #[inline(always)]
            fn forward<__Calls: rt::Calls, const __TILE: usize>(
                &self,
                calls: __Calls,
                pass: &rt::Pass,
                x: &[[#scalar; __TILE]],
                y: &mut [[#scalar; __TILE]],
                slots: &mut #slots<__TILE>,
            ) {
                #split
                #(#forward)*
                #silent_y
            }

            #[inline(always)]
            fn backward<__Calls: rt::Calls, const __TILE: usize, __Learning: rt::Learning<#scalar>>(
                calls: __Calls,
                pass: &rt::Pass,
                x: &[[#scalar; __TILE]],
                y: &[[#scalar; __TILE]],
                dy: &mut [[#scalar; __TILE]],
                dx: &mut [[#scalar; __TILE]],
                slots: &mut #slots<__TILE>,
                learning: &mut __Learning,
            ) {
                #split
                #silent_dy
                #(#backward)*
            }

            #commit
            #settle
            #fold
        }
    }
}

pub(super) fn slots_struct(context: &Context<'_>, plan: &Plan, name: &Ident, doc: &str) -> TokenStream {
    let scalar = &context.model.scalar;
    let fields: Vec<_> = (0..plan.slots.len()).map(slot).collect();
    let sizes = &plan.slots;
    let blocks: Vec<_> = stored(context).filter(|(layer, _)| is_block(layer)).collect();
    let block_field = |(layer, parameters): &(&Layer, &Parameters)| {
        let (name, kind) = (&layer.name, kind(parameters, layer));
        let of = match plan.mode {
            Mode::Training => quote!(Passes > ::Slots),
            Mode::Step if layer.memory.is_some() => quote!(Steps > ::StepSlots),
            Mode::Inference | Mode::Step => quote!(Passes > ::InferenceSlots),
        };
        quote!(#name: <#kind as rt::#of<__TILE>)
    };
    let block_fields: Vec<_> = blocks.iter().map(block_field).collect();
    let block_names = blocks.iter().map(|(layer, _)| &layer.name);
    let block_docs = blocks.iter().map(|(layer, _)| format!(" Of `{}`.", layer.name));
    let (carried, memories): (Vec<_>, Vec<_>) = match plan.mode {
        Mode::Training => {
            steps::carried(context).into_iter().map(|(layer, size)| (&layer.name, size)).unzip()
        }
        Mode::Inference | Mode::Step => Default::default(),
    };
    let (states, lengths) = match plan.mode {
        Mode::Training => measured::states(context),
        Mode::Inference | Mode::Step => Default::default(),
    };
    let docs = (0..plan.slots.len()).map(|slot| docs::slot(plan, slot));
    let doc = format!(" {doc}");
    quote! {
        #[doc = #doc]
        #[repr(C, align(64))]
        pub struct #name<const __TILE: usize> {
            #(#[doc = #docs] #fields: [[#scalar; __TILE]; #sizes],)*
            #(#[doc = #block_docs] pub #block_fields,)*
            #(#[doc = " What has been measured since the last step."] #states: [#scalar; #lengths],)*
            #(#[doc = " What the layer remembers of the window before."] #carried: [[#scalar; __TILE]; #memories],)*
        }
        rt::zeroed!([const __TILE: usize] #name<__TILE> { #(#fields,)* #(#block_names,)* #(#states,)* #(#carried),* });
    }
}

pub(super) fn forward_steps(context: &Context<'_>, plan: &Plan) -> Vec<TokenStream> {
    let mut values = Values::of(plan, &plan.forward);
    let write = |step: &Step| {
        let (doc, call) = match &step.call {
            Call::Layer(call) => {
                (docs::forward(context.model, step.layer, call), forward(context, plan, step.layer, call))
            }
            Call::Move(call) => (docs::moved(context.model, step.layer, call), moved(plan, call)),
        };
        let names = values.bind(step);
        quote!(#[doc = #doc] #(#names)* #call)
    };
    plan.forward.iter().map(write).collect()
}

fn forward(context: &Context<'_>, plan: &Plan, layer: usize, call: &LayerCall) -> TokenStream {
    let description = context.model.description(&context.model.layers[layer]);
    let read = |place: Option<Place>| place.map(|place| reference(plan, place));
    if call.in_place {
        let y = read(call.y);
        return quote!(calls.forward_in_place(&#description, pass, #y););
    }
    if is_block(&context.model.layers[layer]) {
        return forward_block(context, plan, layer, call);
    }
    let parameters = parameters(context, layer).map(|_| {
        let field = &context.model.layers[layer].name;
        quote!(parameters: self.#field.flat(),)
    });
    let x = read(call.x).map(|x| field("x", x));
    let y = read(call.y).map(|y| field("y", y));
    let saved = read(call.saved).map(|saved| field("saved", saved));
    let norm = call.norm.map(|norm| {
        let norm = &context.model.layers[norm];
        let (description, field, y) = (context.model.description(norm), &norm.name, read(call.y));
        quote!(calls.forward_in_place(&#description.of(self.#field.flat()), pass, #y);)
    });
    let activation = call.activation.map(|activation| {
        let description = context.model.description(&context.model.layers[activation]);
        let y = read(call.y);
        quote!(calls.forward_in_place(&#description, pass, #y);)
    });
    let (pass, state) = (measured::pass(context, plan, layer), measured::state(context, plan, layer, true));
    let lengths = lengths::told(context, plan, layer);
    let io = quote!(rt::Forward { #parameters #x #lengths #y #saved #state ..rt::Forward::of(#pass) });
    let carried = steps::carried_of(context, layer);
    let call = match steps::memory_of(context, layer) {
        Some(memory) => quote!(calls.step(&#description, #io, #memory);),
        None if plan.mode == Mode::Training && carried.is_some() => {
            quote!(rt::Carries::forward_from(&#description, #io, #carried);)
        }
        None => quote!(calls.forward(&#description, #io);),
    };
    quote!(#call #norm #activation)
}

/// A network within the network, or a layer of the user's, has slots of its own.
fn forward_block(context: &Context<'_>, plan: &Plan, layer: usize, call: &LayerCall) -> TokenStream {
    let field = &context.model.layers[layer].name;
    let kind = context.model.layers[layer].operation.as_ref().map(|operation| &operation.descriptor);
    let x = call.x.map(|place| reference(plan, place));
    let y = call.y.map(|place| reference(plan, place));
    if let Some(memory) = steps::memory_of(context, layer) {
        let (network, inputs) =
            (context.model.name.to_string(), context.model.layers[layer].input.features());
        let (name, text) =
            (field.to_string(), "a network within the network takes another number of features in a step");
        return quote! {
            const { rt::expect_causal(#network, #name, <#kind as rt::Steps>::NOT_CAUSAL) }
            const { rt::expect(<#kind as rt::Steps>::STEP_INPUTS == #inputs, #text) }
            <#kind as rt::Steps>::step(&self.#field, calls, #x, #y, &mut slots.#field, #memory);
        };
    }
    if plan.mode == Mode::Training {
        let pass = measured::pass(context, plan, layer);
        quote!(<#kind as rt::Passes>::forward(&self.#field, calls, #pass, #x, #y, &mut slots.#field);)
    } else {
        quote!(<#kind as rt::Passes>::infer(&self.#field, calls, #x, #y, &mut slots.#field);)
    }
}

fn backward_block(context: &Context<'_>, step: &Step, call: &LayerCall) -> TokenStream {
    let plan = context.training;
    let field = &context.model.layers[step.layer].name;
    let read = |place: Option<Place>| place.map(|place| reference(plan, place));
    let (x, y, dy) = (read(call.x), read(call.y), read(call.dy));
    let dx = call.dx.map(|(place, wanted)| input_gradient(plan, step, place, wanted));
    let place = parameters_place(context, step.layer, call);
    let kind = context.model.layers[step.layer].operation.as_ref().map(|operation| &operation.descriptor);
    let pass = measured::pass(context, plan, step.layer);
    quote! {
        <#kind as rt::Passes>::backward(
            calls, #pass, #x, #y, #dy, #dx, &mut slots.#field, &mut learning.part(#place)
        );
    }
}

/// Where the parameters of a layer lie, and their gradients if it is trained.
fn parameters_place(context: &Context<'_>, layer: usize, call: &LayerCall) -> TokenStream {
    let (network, field) = (&context.model.name, &context.model.layers[layer].name);
    let gradients = context.named("Gradients");
    let gradients = call.trains.then(|| quote!(, #gradients));
    quote!(rt::place!(#network.#field #gradients))
}

/// The calls in order; those that serve only the gradient of the input under a condition.
fn backward_steps(context: &Context<'_>) -> Vec<TokenStream> {
    let plan = context.training;
    let mut values = Values::of(plan, &plan.backward);
    let write = |values: &mut Values<'_>, step: &Step| {
        let (doc, call) = match &step.call {
            Call::Layer(call) => {
                (docs::backward(context.model, step.layer, call), backward(context, step, call))
            }
            Call::Move(call) => (docs::moved(context.model, step.layer, call), moved(plan, call)),
        };
        let names = values.bind(step);
        quote!(#[doc = #doc] #(#names)* #call)
    };
    let mut steps = Vec::new();
    for run in plan.backward.chunk_by(|a, b| a.only_for_input == b.only_for_input) {
        if run.iter().all(|step| step.only_for_input) {
            let written: Vec<_> = values.scope(|values| run.iter().map(|step| write(values, step)).collect());
            steps.push(quote!(if !dx.is_empty() { #(#written)* }));
        } else {
            steps.extend(run.iter().map(|step| write(&mut values, step)));
        }
    }
    steps
}

fn backward(context: &Context<'_>, step: &Step, call: &LayerCall) -> TokenStream {
    let plan = context.training;
    let layer = step.layer;
    let description = context.model.description(&context.model.layers[layer]);
    let read = |place: Option<Place>| place.map(|place| reference(plan, place));
    let (y, dy) = (read(call.y), read(call.dy));
    let in_place = |of: usize| {
        let (description, y) = (context.model.description(&context.model.layers[of]), y.clone());
        let y = y.unwrap_or_else(|| quote!(&[]));
        quote!(calls.backward_in_place(&#description, pass, #y, #dy);)
    };
    if call.in_place {
        return in_place(layer);
    }
    if is_block(&context.model.layers[layer]) {
        return backward_block(context, step, call);
    }
    // The layer itself reads its output only where no activation has changed it.
    let activation = call.activation.map(in_place);
    let y = y.filter(|_| activation.is_none()).map(|y| field("y", y));
    let named = |name, place: Option<Place>| read(place).map(|value| field(name, value));
    let (x, saved, dy) = (named("x", call.x), named("saved", call.saved), named("dy", call.dy));
    let dx = call.dx.map(|(place, wanted)| field("dx", input_gradient(plan, step, place, wanted)));
    let scratch = named("scratch", call.scratch);
    let (pass, state) = (measured::pass(context, plan, layer), measured::state(context, plan, layer, false));
    let lengths = lengths::told(context, plan, layer);
    let io = quote!(rt::Backward { #x #lengths #y #saved #state #dy #dx #scratch ..rt::Backward::of(#pass) });
    let call = if parameters(context, layer).is_some() {
        let place = parameters_place(context, layer, call);
        quote!(learning.layer(calls, #place, &#description, #io);)
    } else {
        quote!(calls.backward(&#description, #io);)
    };
    quote!(#activation #call)
}

/// A copy or a sum, of a whole value, of a product, or of a part.
fn moved(plan: &Plan, call: &Move) -> TokenStream {
    let (from, to) = (reference(plan, call.from), reference(plan, call.to));
    let add = call.add;
    if let Some(times) = call.times {
        let times = reference(plan, times);
        let function = if add { quote!(add_product) } else { quote!(multiply) };
        return quote!(rt::#function(#to, #from, #times););
    }
    let part =
        call.part.as_ref().map(|Part { groups, offset, taken }| (groups.value(), offset.value(), *taken));
    match part {
        None if add => quote!(rt::add(#to, #from);),
        None => quote!(rt::copy(#to, #from);),
        Some((groups, offset, false)) => quote!(rt::put(#to, #from, #groups, #offset);),
        Some((groups, offset, true)) if add => {
            quote!(rt::add_part(#to, #from, #groups, #offset);)
        }
        Some((groups, offset, true)) => quote!(rt::take(#to, #from, #groups, #offset);),
    }
}

/// The place of `dx`: nothing where nothing below is trained and the caller wants no input gradient.
fn input_gradient(plan: &Plan, step: &Step, place: Place, wanted: Wanted) -> TokenStream {
    let written = reference(plan, place);
    if place == Place::InputGradient || wanted == Wanted::Always || step.only_for_input {
        written
    } else {
        quote!(if dx.is_empty() { &mut [] } else { #written })
    }
}

fn parameters<'a>(context: &'a Context<'_>, layer: usize) -> Option<&'a Parameters> {
    context.model.layers[layer].operation.as_ref()?.parameters.as_ref()
}

fn field(name: &str, value: TokenStream) -> TokenStream {
    let name = format_ident!("{name}");
    if name == value.to_string() { quote!(#name,) } else { quote!(#name: #value,) }
}
