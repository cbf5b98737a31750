//! Forward and backward: one call per step of the plan.

use super::{Context, docs};
use crate::plan::{Place, Plan, Step, Wanted};
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
        #[allow(unused_variables, unused_doc_comments)]
        impl rt::Passes for #name {
            type Scalar = #scalar;
            type Gradients = #gradients;
            type Slots<const T: usize> = #slots<T>;
            type InferenceSlots<const T: usize> = #scratch<T>;

            #[inline]
            fn infer<const T: usize>(&self, x: &[[#scalar; T]], y: &mut [[#scalar; T]], slots: &mut #scratch<T>) {
                let pass = &rt::Pass::PREDICTION;
                #(#infer)*
            }

            #[inline]
            fn forward<const T: usize>(
                &self,
                pass: &rt::Pass,
                x: &[[#scalar; T]],
                y: &mut [[#scalar; T]],
                slots: &mut #slots<T>,
            ) {
                #(#forward)*
            }

            #[inline]
            fn backward<const T: usize>(
                &self,
                pass: &rt::Pass,
                x: &[[#scalar; T]],
                y: &[[#scalar; T]],
                dy: &mut [[#scalar; T]],
                dx: &mut [[#scalar; T]],
                slots: &mut #slots<T>,
                gradients: &mut #gradients,
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
    let docs = (0..plan.slots.len()).map(|slot| docs::slot(plan, slot));
    let doc = format!(" {doc}");
    quote! {
        #[doc = #doc]
        #[repr(C, align(64))]
        pub struct #name<const T: usize> {
            #(#[doc = #docs] #fields: [[#scalar; T]; #sizes],)*
        }
        rt::zeroed!([const T: usize] #name<T> { #(#fields: [[#scalar; T]; #sizes]),* });
    }
}

fn slot(index: usize) -> Ident {
    format_ident!("slot{index}")
}

fn forward_steps(context: &Context<'_>, plan: &Plan) -> Vec<TokenStream> {
    plan.forward.iter().map(|step| forward(context, plan, step)).collect()
}

fn forward(context: &Context<'_>, plan: &Plan, step: &Step) -> TokenStream {
    let layer = &context.model.layers[step.layer];
    let description = described(context, step);
    let doc = docs::forward(context.model, step);
    let write = |place: Option<Place>| place.map(|place| reference(plan, place, true));
    if step.in_place {
        let y = write(step.y);
        return quote!(#[doc = #doc] #description.forward_in_place(pass, #y););
    }
    let parameters = has_parameters(context, step).then(|| {
        let field = &layer.name;
        quote!(parameters: self.#field.flat(),)
    });
    let x = step.x.map(|place| reference(plan, place, false)).map(|x| field("x", x));
    let y = write(step.y).map(|y| field("y", y));
    let saved = write(step.saved).map(|saved| field("saved", saved));
    quote!(#[doc = #doc] #description.forward(rt::Forward { #parameters #x #y #saved ..rt::Forward::of(pass) });)
}

/// The calls in order; those that serve only the gradient of the input come last and under one condition.
fn backward_steps(context: &Context<'_>) -> Vec<TokenStream> {
    let (mut always, mut for_input) = (Vec::new(), Vec::new());
    for step in &context.training.backward {
        let written = backward(context, step);
        if step.only_for_input() { for_input.push(written) } else { always.push(written) }
    }
    if !for_input.is_empty() {
        always.push(quote!(if !dx.is_empty() { #(#for_input)* }));
    }
    always
}

fn backward(context: &Context<'_>, step: &Step) -> TokenStream {
    let plan = context.training;
    let layer = &context.model.layers[step.layer];
    let description = described(context, step);
    let doc = docs::backward(context.model, step);
    let dy = step.dy.map(|place| reference(plan, place, true));
    let y = step.y.map(|place| read_in_backward(plan, place));
    if step.in_place {
        let y = y.unwrap_or_else(|| quote!(&[]));
        return quote!(#[doc = #doc] #description.backward_in_place(pass, #y, #dy););
    }
    let parameters = has_parameters(context, step).then(|| {
        let field = &layer.name;
        let gradient = step.trains.then(|| quote!(gradient: gradients.#field.flat_mut(),));
        quote!(parameters: self.#field.flat(), #gradient)
    });
    let x = step.x.map(|place| field("x", read_in_backward(plan, place)));
    let y = y.map(|y| field("y", y));
    let saved = step.saved.map(|place| field("saved", reference(plan, place, false)));
    let dy = field("dy", quote!(#dy));
    let dx = step.dx.map(|(place, wanted)| field("dx", input_gradient(plan, step, place, wanted)));
    let scratch = step.scratch.map(|place| field("scratch", reference(plan, place, true)));
    quote! {
        #[doc = #doc]
        #description.backward(rt::Backward { #parameters #x #y #saved #dy #dx #scratch ..rt::Backward::of(pass) });
    }
}

/// The place of `dx`: nothing where nothing below is trained and the caller wants no input gradient.
fn input_gradient(plan: &Plan, step: &Step, place: Place, wanted: Wanted) -> TokenStream {
    let written = reference(plan, place, true);
    if place == Place::InputGradient || wanted == Wanted::Always || step.only_for_input() {
        written
    } else {
        quote!(if dx.is_empty() { &mut [] } else { #written })
    }
}

/// `Conv2d` of the constants, with its activation if it has one.
fn described(context: &Context<'_>, step: &Step) -> TokenStream {
    let description = context.model.description(&context.model.layers[step.layer]);
    match step.activation {
        Some(activation) => {
            let activation = context.model.description(&context.model.layers[activation]);
            quote!(rt::Fused(#description, #activation))
        }
        None => description,
    }
}

fn has_parameters(context: &Context<'_>, step: &Step) -> bool {
    let operation = context.model.layers[step.layer].operation.as_ref();
    operation.is_some_and(|operation| operation.parameters.is_some())
}

fn field(name: &str, value: TokenStream) -> TokenStream {
    let name = format_ident!("{name}");
    if value.to_string() == name.to_string() { quote!(#name,) } else { quote!(#name: #value,) }
}

/// The output is borrowed for reading in backward.
fn read_in_backward(plan: &Plan, place: Place) -> TokenStream {
    reference(plan, place, false)
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
