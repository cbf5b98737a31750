//! A type in the list of layers: another network, or a layer of the user's own.

use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::{Size, readable};
use quote::quote;

pub(crate) static BLOCK: Kind = Kind {
    name: "block",
    nature: Nature::Other,
    signature: "a type without arguments: a `#[network]`, or one that implements `OwnLayer`",
    formula: "as the type computes it",
    build,
};

/// All sizes are constants of the type; that they fit is asserted where the expansion lands. Everything but the field
/// names the type by an alias, which is a mistake itself where the type is no layer: one error, and no other follows.
fn build(call: &mut Call<'_>, _: &Shape) -> Result<Layer> {
    let (kind, alias) = (call.path(), call.alias());
    let block = quote!(<#alias as ::backprop::codegen::Block>);
    let operation = Operation {
        needs: Needs { input: true, output: true },
        form: Form::Block,
        stepwise: Stepwise::Block,
        multiply_adds: Size::expression(quote!(#block::MULTIPLY_ADDS)),
        parameters: Some(Parameters {
            field: quote!(#kind),
            count: Size::expression(quote!(<#alias as ::backprop::codegen::Flat>::LEN)),
            tensors: Size::expression(quote!(#block::TENSORS.len())),
            initializers: Vec::new(),
        }),
        ..Operation::apart(quote!(#alias), quote!())
    };
    let text = format!("{}::OUTPUTS", readable(&kind));
    let output = Shape::flat(Size::Expression { tokens: quote!(#block::OUTPUTS), text });
    Ok(Layer { output, operation: Some(operation) })
}
