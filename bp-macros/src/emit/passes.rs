//! Forward and backward: one call per step of the plan.

use super::parameters::{is_block, stored};
use super::{Context, docs};
use crate::layers::Parameters;
use crate::model::Layer;
use crate::plan::{Call, LayerCall, Move, Part, Place, Plan, Step, Wanted};
use crate::size::Size;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The slots and the three passes.
pub(super) fn passes(context: &Context<'_>) -> TokenStream {
    let (name, scalar) = (&context.model.name, &context.model.scalar);
    let (gradients, slots, scratch) =
        (context.named("Gradients"), context.named("Slots"), context.named("Scratch"));
    let training_slots = slots_struct(context, context.training, &slots, "What training keeps and works in.");
    let inference_slots = slots_struct(context, context.inference, &scratch, "What prediction works in.");
    let infer = forward_steps(context, context.inference);
    let forward = forward_steps(context, context.training);
    let backward = backward_steps(context);
    quote! {
        #training_slots
        #inference_slots
        #[allow(unused_variables, unused_mut, unused_doc_comments)]
        impl rt::Passes for #name {
            type Scalar = #scalar;
            type Gradients = #gradients;
            type Slots<const T: usize> = #slots<T>;
            type InferenceSlots<const T: usize> = #scratch<T>;

            const IS_TINY: bool =
                rt::is_tiny(<Self as rt::Block>::MULTIPLY_ADDS) && !::core::cfg!(debug_assertions);

            #[inline(always)]
            fn infer<C: rt::Calls, const T: usize>(
                &self,
                calls: C,
                x: &[[#scalar; T]],
                y: &mut [[#scalar; T]],
                slots: &mut #scratch<T>,
            ) {
                let pass = &rt::Pass::PREDICTION;
                #(#infer)*
            }

            #[inline(always)]
            fn forward<C: rt::Calls, const T: usize>(
                &self,
                calls: C,
                pass: &rt::Pass,
                x: &[[#scalar; T]],
                y: &mut [[#scalar; T]],
                slots: &mut #slots<T>,
            ) {
                #(#forward)*
            }

            #[inline(always)]
            fn backward<C: rt::Calls, const T: usize>(
                &self,
                calls: C,
                pass: &rt::Pass,
                x: &[[#scalar; T]],
                y: &[[#scalar; T]],
                dy: &mut [[#scalar; T]],
                dx: &mut [[#scalar; T]],
                slots: &mut #slots<T>,
                mut gradients: ::core::option::Option<&mut #gradients>,
            ) {
                #(#backward)*
            }
        }
    }
}

fn slots_struct(context: &Context<'_>, plan: &Plan, name: &Ident, doc: &str) -> TokenStream {
    let scalar = &context.model.scalar;
    let fields: Vec<_> = (0..plan.slots.len()).map(slot).collect();
    let sizes = &plan.slots;
    let of = if std::ptr::eq(plan, context.training) { quote!(Slots) } else { quote!(InferenceSlots) };
    let blocks: Vec<_> = stored(context).filter(|(layer, _)| is_block(layer)).collect();
    let block_field = |(layer, parameters): &(&Layer, &Parameters)| {
        let (name, kind) = (&layer.name, &parameters.field);
        quote!(#name: <#kind as rt::Passes>::#of<T>)
    };
    let block_fields: Vec<_> = blocks.iter().map(block_field).collect();
    let block_docs = blocks.iter().map(|(layer, _)| format!(" Of `{}`.", layer.name));
    let docs = (0..plan.slots.len()).map(|slot| docs::slot(plan, slot));
    let doc = format!(" {doc}");
    quote! {
        #[doc = #doc]
        #[repr(C, align(64))]
        pub struct #name<const T: usize> {
            #(#[doc = #docs] #fields: [[#scalar; T]; #sizes],)*
            #(#[doc = #block_docs] pub #block_fields,)*
        }
        rt::zeroed!([const T: usize] #name<T> { #(#fields: [[#scalar; T]; #sizes],)* #(#block_fields,)* });
    }
}

fn slot(index: usize) -> Ident {
    format_ident!("slot{index}")
}

fn forward_steps(context: &Context<'_>, plan: &Plan) -> Vec<TokenStream> {
    let write = |step: &Step| match &step.call {
        Call::Layer(call) => forward(context, plan, step.layer, call),
        Call::Move(call) => moved(context, plan, step.layer, call),
    };
    plan.forward.iter().map(write).collect()
}

fn forward(context: &Context<'_>, plan: &Plan, layer: usize, call: &LayerCall) -> TokenStream {
    let description = described(context, layer, call);
    let doc = docs::forward(context.model, layer, call.activation);
    let write = |place: Option<Place>| place.map(|place| reference(plan, place, true));
    if call.in_place {
        let y = write(call.y);
        return quote!(#[doc = #doc] calls.forward_in_place(&#description, pass, #y););
    }
    if is_block(&context.model.layers[layer]) {
        return forward_block(context, plan, layer, call);
    }
    let parameters = has_parameters(context, layer).then(|| {
        let field = &context.model.layers[layer].name;
        quote!(parameters: self.#field.flat(),)
    });
    let x = call.x.map(|place| field("x", reference(plan, place, false)));
    let y = write(call.y).map(|y| field("y", y));
    let saved = write(call.saved).map(|saved| field("saved", saved));
    quote!(#[doc = #doc] calls.forward(&#description, rt::Forward { #parameters #x #y #saved ..rt::Forward::of(pass) });)
}

/// A network within the network, or a layer of the user's, has slots of its own.
fn forward_block(context: &Context<'_>, plan: &Plan, layer: usize, call: &LayerCall) -> TokenStream {
    let doc = docs::forward(context.model, layer, call.activation);
    let field = &context.model.layers[layer].name;
    let x = call.x.map(|place| reference(plan, place, false));
    let y = call.y.map(|place| reference(plan, place, true));
    if std::ptr::eq(plan, context.training) {
        quote!(#[doc = #doc] rt::Passes::forward(&self.#field, calls, pass, #x, #y, &mut slots.#field);)
    } else {
        quote!(#[doc = #doc] rt::Passes::infer(&self.#field, calls, #x, #y, &mut slots.#field);)
    }
}

fn backward_block(context: &Context<'_>, step: &Step, call: &LayerCall) -> TokenStream {
    let plan = context.training;
    let doc = docs::backward(context.model, step.layer, call);
    let field = &context.model.layers[step.layer].name;
    let read = |place: Option<Place>| place.map(|place| reference(plan, place, false));
    let (x, y) = (read(call.x), read(call.y));
    let dy = call.dy.map(|place| reference(plan, place, true));
    let dx = call.dx.map(|(place, wanted)| input_gradient(plan, step, place, wanted));
    let gradients = if call.trains {
        quote!(rt::part(&mut gradients, |gradients| &mut gradients.#field))
    } else {
        quote!(::core::option::Option::None)
    };
    quote!(#[doc = #doc] rt::Passes::backward(&self.#field, calls, pass, #x, #y, #dy, #dx, &mut slots.#field, #gradients);)
}

/// The calls in order; those that serve only the gradient of the input under a condition.
fn backward_steps(context: &Context<'_>) -> Vec<TokenStream> {
    let mut steps = Vec::new();
    for run in context.training.backward.chunk_by(|a, b| a.only_for_input == b.only_for_input) {
        let written = run.iter().map(|step| match &step.call {
            Call::Layer(call) => backward(context, step, call),
            Call::Move(call) => moved(context, context.training, step.layer, call),
        });
        if run.iter().all(|step| step.only_for_input) {
            steps.push(quote!(if !dx.is_empty() { #(#written)* }));
        } else {
            steps.extend(written);
        }
    }
    steps
}

fn backward(context: &Context<'_>, step: &Step, call: &LayerCall) -> TokenStream {
    let plan = context.training;
    let description = described(context, step.layer, call);
    let doc = docs::backward(context.model, step.layer, call);
    let dy = call.dy.map(|place| reference(plan, place, true));
    let y = call.y.map(|place| reference(plan, place, false));
    if call.in_place {
        let y = y.unwrap_or_else(|| quote!(&[]));
        return quote!(#[doc = #doc] calls.backward_in_place(&#description, pass, #y, #dy););
    }
    if is_block(&context.model.layers[step.layer]) {
        return backward_block(context, step, call);
    }
    let parameters = has_parameters(context, step.layer).then(|| {
        let field = &context.model.layers[step.layer].name;
        let gradient = call
            .trains
            .then(|| quote!(gradient: rt::flat_part(&mut gradients, |gradients| &mut gradients.#field),));
        quote!(parameters: self.#field.flat(), #gradient)
    });
    let x = call.x.map(|place| field("x", reference(plan, place, false)));
    let y = y.map(|y| field("y", y));
    let saved = call.saved.map(|place| field("saved", reference(plan, place, false)));
    let dy = field("dy", quote!(#dy));
    let dx = call.dx.map(|(place, wanted)| field("dx", input_gradient(plan, step, place, wanted)));
    let scratch = call.scratch.map(|place| field("scratch", reference(plan, place, true)));
    quote! {
        #[doc = #doc]
        calls.backward(&#description, rt::Backward { #parameters #x #y #saved #dy #dx #scratch ..rt::Backward::of(pass) });
    }
}

/// A copy or a sum, of a whole value or of a part.
fn moved(context: &Context<'_>, plan: &Plan, layer: usize, call: &Move) -> TokenStream {
    let doc = docs::moved(context.model, layer, call);
    let (from, to) = (reference(plan, call.from, false), reference(plan, call.to, true));
    let add = call.add;
    match &call.part {
        None if add => quote!(#[doc = #doc] rt::add(#to, #from);),
        None => quote!(#[doc = #doc] rt::copy(#to, #from);),
        Some(Part { groups, offset, taken: false }) => {
            quote!(#[doc = #doc] rt::put(#to, #from, #groups, #offset);)
        }
        Some(Part { groups, offset, taken: true }) if add => {
            quote!(#[doc = #doc] rt::add_part(#to, #from, #groups, #offset);)
        }
        Some(Part { groups, offset, taken: true }) => {
            quote!(#[doc = #doc] rt::take(#to, #from, #groups, #offset);)
        }
    }
}

/// The place of `dx`: nothing where nothing below is trained and the caller wants no input gradient.
fn input_gradient(plan: &Plan, step: &Step, place: Place, wanted: Wanted) -> TokenStream {
    let written = reference(plan, place, true);
    if place == Place::InputGradient || wanted == Wanted::Always || step.only_for_input {
        written
    } else {
        quote!(if dx.is_empty() { &mut [] } else { #written })
    }
}

/// `Conv2d` of the constants, with its activation if it has one.
fn described(context: &Context<'_>, layer: usize, call: &LayerCall) -> TokenStream {
    let description = context.model.description(&context.model.layers[layer]);
    match call.activation {
        Some(activation) => {
            let activation = context.model.description(&context.model.layers[activation]);
            quote!(rt::Fused(#description, #activation))
        }
        None => description,
    }
}

fn has_parameters(context: &Context<'_>, layer: usize) -> bool {
    let operation = context.model.layers[layer].operation.as_ref();
    operation.is_some_and(|operation| operation.parameters.is_some())
}

fn field(name: &str, value: TokenStream) -> TokenStream {
    let name = format_ident!("{name}");
    if name == value.to_string() { quote!(#name,) } else { quote!(#name: #value,) }
}

/// A reference to a value: a parameter of the pass, or the head of a slot.
fn reference(plan: &Plan, place: Place, write: bool) -> TokenStream {
    match place {
        Place::Input => quote!(x),
        Place::Output => quote!(y),
        Place::OutputGradient => quote!(dy),
        Place::InputGradient => quote!(dx),
        Place::Buffer(index) => {
            let buffer = &plan.buffers[index];
            let slot = slot(buffer.slot);
            let whole = buffer.size.equals(&plan.slots[buffer.slot]) == Some(true);
            let part = (!whole).then(|| {
                let size: &Size = &buffer.size;
                quote!([..#size])
            });
            if write { quote!(&mut slots.#slot #part) } else { quote!(&slots.#slot #part) }
        }
    }
}
