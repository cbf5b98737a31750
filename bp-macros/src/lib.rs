//! The attribute macro of the `backprop` crate. Depend on `backprop`, not on this crate.

mod declaration;
mod diagnostics;
mod emit;
mod expand;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;
mod layers;
mod losses;
#[cfg(test)]
mod messages;
mod model;
mod plan;
mod shape;
mod size;

/// Declares a neural network: writes its forward and backward pass. See the crate `backprop`.
#[proc_macro_attribute]
pub fn network(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::network(attribute.into(), item.into()).into()
}
