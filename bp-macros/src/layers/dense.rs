use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static DENSE: Kind = Kind {
    name: "dense",
    nature: Nature::Linear,
    signature: "dense(outputs, bias = true, init = default, bias_init = default)",
    formula: "y = Wᵀx + b",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    if input.rank() > 2 {
        let remedy = "put `flatten` before it";
        return Err(call.wrong_input("`[features]` or `[time, features]`", input, remedy));
    }
    let outputs = call.size("outputs")?;
    let bias = call.flag_or("bias", true)?;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Default))?;

    let (inputs, rows) = input.last_axis();
    let constant = &call.constant;
    let outputs_read = outputs.clone().or_read(quote!(#constant.outputs));
    let biases = if bias { outputs_read.clone() } else { Size::Known(0) };
    let count = inputs.times(&outputs_read).plus(&biases);
    let scalar = call.scalar();

    let field = [&inputs, &outputs_read, &biases].map(Size::generic);
    let mut value = quote!(::backprop::layers::Dense::new(#inputs, #outputs));
    if rows.known() != Some(1) {
        value = quote!(#value.rows(#rows));
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: biases.clone(),
        form: Form::Fusible,
        sized: true,
        scratch: Size::expression(quote!(#constant.scratch())),
        stepwise: Stepwise::Alone(Some("rows")),
        multiply_adds: rows.times(&inputs).times(&outputs_read),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::DenseParameters<#scalar, #(#field),*>),
            count,
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        }),
        ..Operation::apart(quote!(::backprop::layers::Dense), value)
    };
    Ok(Layer { output: input.with_last(outputs_read), operation: Some(operation) })
}
