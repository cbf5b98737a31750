//! The values of a pass by their layers' names: `let relu4 = &mut slots.slot7[..84];` in the step that first touches one.

use crate::plan::{Buffer, Call, Place, Plan, Role, Step};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// Which values of a pass have their names already.
pub(super) struct Values<'a> {
    plan: &'a Plan,
    /// Buffers that the pass writes; it only reads the others.
    written: Vec<bool>,
    bound: Vec<bool>,
}

impl<'a> Values<'a> {
    pub(super) fn of(plan: &'a Plan, steps: &[Step]) -> Self {
        let mut written = vec![false; plan.buffers.len()];
        for (buffer, writes) in steps.iter().flat_map(touched) {
            written[buffer] |= writes;
        }
        Self { plan, written, bound: vec![false; plan.buffers.len()] }
    }

    /// Gives names to what a step is the first to touch.
    pub(super) fn bind(&mut self, step: &Step) -> Vec<TokenStream> {
        let mut bindings = Vec::new();
        for (index, _) in touched(step) {
            let buffer = &self.plan.buffers[index];
            if !std::mem::replace(&mut self.bound[index], true) && buffer.what.role != Role::Scratch {
                let (name, value) = (name(buffer), in_slot(self.plan, buffer, self.written[index]));
                bindings.push(quote!(let #name = #value;));
            }
        }
        bindings
    }

    /// Writes statements in a scope of their own, whose names end with it.
    pub(super) fn scope<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.bound.clone();
        let written = write(self);
        self.bound = before;
        written
    }
}

/// The buffers that a step touches, and whether it writes them. The gradient of an output is what a step has written
/// before it is changed in place.
fn touched(step: &Step) -> Vec<(usize, bool)> {
    let places = match &step.call {
        Call::Layer(call) => vec![
            (call.x, false),
            // Backward reads them; it has no place for the same buffers otherwise.
            (call.y, call.dy.is_none()),
            (call.saved, call.dy.is_none()),
            (call.dy, false),
            (call.dx.map(|(place, _)| place), true),
        ],
        Call::Move(call) => vec![(Some(call.from), false), (call.times, false), (Some(call.to), true)],
    };
    let buffer = |(place, writes)| match place {
        Some(Place::Buffer(index)) => Some((index, writes)),
        _ => None,
    };
    places.into_iter().filter_map(buffer).collect()
}

/// A value in a step: a parameter of the pass, or its name; scratch, which no other step reads, where it lies.
pub(super) fn reference(plan: &Plan, place: Place) -> TokenStream {
    match place {
        Place::Input => quote!(x),
        Place::Output => quote!(y),
        Place::OutputGradient => quote!(dy),
        Place::InputGradient => quote!(dx),
        Place::Buffer(index) => {
            let buffer = &plan.buffers[index];
            if buffer.what.role == Role::Scratch {
                return in_slot(plan, buffer, true);
            }
            let name = name(buffer);
            quote!(#name)
        }
    }
}

fn name(buffer: &Buffer) -> Ident {
    Ident::new(&buffer.name, Span::mixed_site())
}

/// The head of a slot.
fn in_slot(plan: &Plan, buffer: &Buffer, write: bool) -> TokenStream {
    let slot = slot(buffer.slot);
    let whole = buffer.size.equals(&plan.slots[buffer.slot]) == Some(true);
    let part = (!whole).then(|| {
        let size = buffer.size.value();
        quote!([..#size])
    });
    let mutable = write.then(|| quote!(mut));
    quote!(&#mutable slots.#slot #part)
}

/// The field of a slot.
pub(super) fn slot(index: usize) -> Ident {
    format_ident!("slot{index}")
}
