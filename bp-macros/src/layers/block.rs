//! A type in the list of layers: another network, or a layer of the user's own.

use super::{Call, Form, Kind, Layer, Needs, Operation, Parameters};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static BLOCK: Kind = Kind {
    name: "block",
    signature: "a type without arguments: a `#[network]`, or one that implements `OwnLayer`",
    formula: "as the type computes it",
    build,
};

/// All sizes are constants of the type; that they fit is asserted where the expansion lands.
fn build(call: &mut Call<'_>, _: &Shape) -> Result<Layer> {
    let kind = call.path();
    let block = quote!(<#kind as ::backprop::codegen::Block>);
    let operation = Operation {
        needs: Needs { input: true, output: true },
        form: Form::Block,
        multiply_adds: Size::expression(quote!(#block::MULTIPLY_ADDS)),
        parameters: Some(Parameters {
            field: quote!(#kind),
            count: Size::expression(quote!(<#kind as ::backprop::codegen::Flat>::LEN)),
            tensors: Size::expression(quote!(#block::TENSORS.len())),
            initializers: Vec::new(),
        }),
        ..Operation::apart(quote!(#kind), quote!())
    };
    let output = Shape::flat(Size::expression(quote!(#block::OUTPUTS)));
    Ok(Layer { output, operation: Some(operation) })
}
