//! Normalisation over the samples of a tile.

use super::{Call, Form, Kind, Layer, Measured, Nature, Needs, Operation, Parameters, Stepwise};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static BATCH_NORM: Kind = Kind {
    name: "batch_norm",
    nature: Nature::Centering,
    signature: "batch_norm(eps = 1e-5, momentum = 0.1, affine = true, bias = true, init = ones, bias_init = zeros)",
    formula: "y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics",
    build,
};

fn build(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let one = Size::Known(1);
    let (rows, channels, inner) = match input.0.as_slice() {
        [channels, height, width] => (one, channels.clone(), height.times(width)),
        _ => {
            let (features, rows) = input.last_axis();
            (rows, features, one)
        }
    };
    let descriptor = quote!(::backprop::layers::BatchNorm);
    let mut value = quote!(#descriptor::new(#channels, #inner));
    if rows.known() != Some(1) {
        value = quote!(#value.rows(#rows));
    }
    if let Some(eps) = call.real("eps", "a positive number", |eps| eps > 0.0)? {
        value = quote!(#value.eps(#eps));
    }
    let expected = "a number from 0 to 1, or none";
    let momentum = call.real("momentum", expected, |m| (0.0..=1.0).contains(&m))?;
    let counts = momentum.as_ref().is_some_and(|momentum| momentum.to_string() == "none");
    match momentum {
        Some(_) if counts => value = quote!(#value.cumulative()),
        Some(momentum) => value = quote!(#value.momentum(#momentum)),
        None => {}
    }
    let affine = call.flag_or("affine", true)?;
    let bias = call.flag_or("bias", true)? && affine;
    let weight_init = call.initializer("init", quote!(::backprop::initializers::Ones))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Zeros))?;
    match (affine, bias) {
        (true, true) => {}
        (true, false) => value = quote!(#value.without_bias()),
        (false, _) => value = quote!(#value.without_parameters()),
    }
    let or_none = |there: bool| if there { channels.clone() } else { Size::Known(0) };
    let (weights, biases) = (or_none(affine), or_none(bias));
    let trained = weights.plus(&biases);
    let (scalar, sizes) = (call.scalar(), [&weights, &biases, &channels].map(Size::generic));
    let [weights, of_biases, _] = &sizes;
    let constant = &call.constant;
    let field = if counts { quote!(CumulativeBatchNormParameters) } else { quote!(BatchNormParameters) };
    let stored = trained.plus(&channels).plus(&channels).plus(&Size::Known(usize::from(counts)));
    let operation = Operation {
        needs: Needs { input: true, output: false },
        form: Form::Fusible,
        sized: true,
        multiply_adds: input.features(),
        stepwise: Stepwise::Alone(Some("rows")),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::#field<#scalar, #(#sizes),*>),
            count: stored,
            tensors: Size::Known(4 + usize::from(counts)),
            initializers: vec![weight_init, bias_init],
        }),
        biases,
        measured: Some(Measured {
            gradient: quote!(::backprop::layers::NormParameters<#scalar, #weights, #of_biases>),
            trained: trained.or_read(quote!(#constant.trained())),
            state: quote!(#constant.state()),
            counts,
        }),
        ..Operation::apart(descriptor, value)
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}
