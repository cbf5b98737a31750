//! One factor or summand for each feature of the last axis, or for each channel of an image.

use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static SCALE: Kind = Kind {
    name: "scale",
    nature: Nature::Other,
    signature: "scale(init = ones)",
    formula: "y = w x, with a factor for each feature of the last axis or each channel",
    build: |call, input| {
        let needs = Needs { input: true, output: false };
        let multiply_adds = input.features();
        let layer = build(call, input, [quote!(Scale), quote!(ScaleParameters), quote!(Ones)])?;
        let input_for_weights = true;
        let scale = |operation| Operation { needs, input_for_weights, multiply_adds, ..operation };
        let operation = layer.operation.map(scale);
        Ok(Layer { output: layer.output, operation })
    },
};

pub(crate) static BIAS: Kind = Kind {
    name: "bias",
    nature: Nature::Other,
    signature: "bias(init = zeros)",
    formula: "y = x + b, with a summand for each feature of the last axis or each channel",
    build: |call, input| {
        let layer = build(call, input, [quote!(Bias), quote!(BiasParameters), quote!(Zeros)])?;
        let biases = |operation: &Operation| {
            operation.parameters.as_ref().map_or(Size::Known(0), |parameters| parameters.count.clone())
        };
        let operation =
            layer.operation.map(|operation| Operation { biases: biases(&operation), ..operation });
        Ok(Layer { output: layer.output, operation })
    },
};

fn build(
    call: &mut Call<'_>,
    input: &Shape,
    [descriptor, parameters, initial]: [TokenStream; 3],
) -> Result<Layer> {
    let init = call.initializer("init", quote!(::backprop::initializers::#initial))?;
    let (channels, inner) = match input.0.as_slice() {
        [channels, height, width] => (channels.clone(), height.times(width)),
        _ => (input.last_axis().0, Size::Known(1)),
    };
    let (scalar, count) = (call.scalar(), channels.generic());
    let descriptor = quote!(::backprop::layers::#descriptor);
    let value = quote!(#descriptor::new(#channels, #inner));
    let operation = Operation {
        form: Form::Fusible,
        // Repeated over what there is.
        stepwise: Stepwise::Alone(None),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::#parameters<#scalar, #count>),
            count: channels,
            tensors: Size::Known(1),
            initializers: vec![init],
        }),
        ..Operation::apart(descriptor, value)
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}
