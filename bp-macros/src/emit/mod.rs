//! Plan → tokens. Everything here only writes; nothing is decided.
//!
//! The struct and the constants that hold user expressions stand in the user's scope; all the rest in a
//! `const _` block, in which `rt` names the runtime.

mod broken;
mod budget;
mod docs;
mod drawing;
mod fingerprint;
mod formulas;
mod heads;
mod lengths;
mod measured;
mod network;
mod parameters;
mod passes;
mod path;
mod steps;
mod values;

pub(crate) use broken::broken;

use crate::declaration::Declaration;
use crate::model::{Model, Steps};
use crate::plan::Plan;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Everything that one emitter needs to know.
pub(crate) struct Context<'a> {
    pub(crate) declaration: &'a Declaration,
    pub(crate) model: &'a Model,
    pub(crate) training: &'a Plan,
    pub(crate) inference: &'a Plan,
    pub(crate) steps: &'a Steps,
    /// The plan of a step, where all layers are causal.
    pub(crate) step: Option<&'a Plan>,
    /// A block of steps, where that takes less than one step after the other.
    pub(crate) block: Option<&'a StepBlock>,
}

/// A network on a block of steps.
pub(crate) struct StepBlock {
    pub(crate) model: Model,
    pub(crate) plan: Plan,
    /// How many steps.
    pub(crate) count: usize,
}

impl Context<'_> {
    /// Name of a generated type: that of the network with a suffix.
    pub(crate) fn named(&self, suffix: &str) -> Ident {
        format_ident!("{}{}", self.model.name, suffix)
    }
}

/// The whole expansion of a valid declaration.
pub(crate) fn network(context: &Context<'_>) -> TokenStream {
    let structure = parameters::structure(context);
    let heads = heads::structs(context);
    let nested = &context.model.nested;
    let constants = parameters::constants(context);
    let gradients = parameters::gradients(context);
    let formulas = formulas::implementations(context);
    let passes = passes::passes(context);
    let network = network::network(context);
    let steps = steps::steps(context);
    let expansion = quote! {
        #structure
        #(#nested)*
        #heads
        #constants
        const _: () = {
            use ::backprop::codegen as rt;
            use rt::{Flat as _, InPlace as _, Layer as _};
            #formulas
            #gradients
            #passes
            #network
            #steps
        };
    };
    path::replace(expansion, context.declaration.keys.backprop.as_ref())
}
