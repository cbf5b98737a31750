//! An activation of the user's own, given by its formula.

use super::{Call, Kind, Layer, Nature, Needs, Operation, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use quote::quote;

pub(crate) static ACTIVATION: Kind = Kind {
    name: "activation",
    nature: Nature::Other,
    signature: "activation(|x| …, derivative = |x| …)",
    formula: "y = f(x)",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let formula = call.formula()?;
    let (constants, number) = (call.constants(), call.index());
    let descriptor = quote!(::backprop::layers::FromFormula::<#constants, #number>);
    let value = quote!(#descriptor::new());
    let operation = Operation {
        needs: Needs { input: true, output: false },
        formula: Some(formula),
        stepwise: Stepwise::Alone(None),
        ..Operation::apart(descriptor, value)
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}
