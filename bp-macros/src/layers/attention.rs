//! Attention, and what tells it where a step stands.

use super::resize::sequence;
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Remembers, Stepwise, Why};
use crate::diagnostics::Result;
use crate::shape::Shape;
use crate::size::Size;
use quote::quote;

pub(crate) static ATTENTION: Kind = Kind {
    name: "attention",
    nature: Nature::Other,
    signature: "attention(heads, causal = false, dropout = 0.0, bias = true, init = xavier_uniform, out_init = default, bias_init = zeros)",
    formula: "y = concat(softmax(Q Kᵀ / √d) V) W + b, where [Q, K, V] = x W' + b'",
    build: attention,
};

pub(crate) static POSITIONAL_ENCODING: Kind = Kind {
    name: "positional_encoding",
    nature: Nature::Other,
    signature: "positional_encoding(mode = sinusoidal)",
    formula: "y[t] = x[t] + p[t]",
    build: positional_encoding,
};

fn attention(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [time, features] = sequence(call, input)?;
    let heads = call.size("heads")?;
    let causal = call.flag_or("causal", false)?;
    let dropout =
        call.real("dropout", "a probability of at least 0 and below 1", |p| (0.0..1.0).contains(&p))?;
    let bias = call.flag_or("bias", true)?;
    let in_init = call.initializer("init", quote!(::backprop::initializers::Xavier::uniform()))?;
    let out_init = call.initializer("out_init", quote!(::backprop::initializers::Default))?;
    let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Zeros))?;
    if let (Some(n), Some(heads)) = (features.known(), heads.known())
        && !n.is_multiple_of(heads)
    {
        return Err(
            call.error(&format!("{n} features do not divide into {heads} heads: choose a divisor of {n}"))
        );
    }

    let constant = call.constant.clone();
    let scalar = call.scalar();
    let three = features.times(&Size::Known(3));
    let biases = if bias { [three.clone(), features.clone()] } else { [Size::Known(0), Size::Known(0)] };
    let all_biases = biases[0].plus(&biases[1]);
    let weights = features.times(&three).plus(&features.times(&features));
    let count = weights.plus(&all_biases);
    let [in_biases, out_biases] = biases;
    let field = [&features, &three, &in_biases, &out_biases].map(Size::generic);
    let mut value = quote!(::backprop::layers::Attention::new(#time, #features, #heads));
    if causal {
        value = quote!(#value.causal());
    }
    if let Some(p) = dropout {
        let layer = call.index();
        value = quote!(#value.dropout(#p, #layer));
    }
    if !bias {
        value = quote!(#value.without_bias());
    }
    let products = time.times(&time).times(&features).times(&Size::Known(2));
    let operation = Operation {
        needs: Needs { input: true, output: false },
        input_for_weights: true,
        biases: all_biases,
        form: Form::Fusible,
        sized: true,
        saved: Size::expression(quote!(#constant.saved())),
        works_in_saved: true,
        heeds_lengths: true,
        scratch: Size::expression(quote!(#constant.scratch())),
        multiply_adds: time.times(&weights).plus(&products),
        parameters: Some(Parameters {
            field: quote!(::backprop::layers::AttentionParameters<#scalar, #(#field),*>),
            count,
            tensors: Size::Known(4),
            initializers: vec![in_init, out_init, bias_init],
        }),
        ..Operation::apart(quote!(::backprop::layers::Attention), value)
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}

fn positional_encoding(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [time, features] = sequence(call, input)?;
    let learned = call.word_or("mode", "sinusoidal", &["sinusoidal", "learned"])? == "learned";
    let normal = quote!(::backprop::initializers::Normal::new(0.0, 0.02));
    // What is added to a step does not depend on others.
    let heeds_lengths = true;
    let operation = if learned {
        let init = call.initializer("init", normal)?;
        let scalar = call.scalar();
        let field = [&time, &features].map(Size::generic);
        let descriptor = quote!(::backprop::layers::LearnedPosition);
        let value = quote!(#descriptor::new(#time, #features));
        Operation {
            parameters: Some(Parameters {
                field: quote!(::backprop::layers::PositionParameters<#scalar, #(#field),*>),
                count: time.times(&features),
                tensors: Size::Known(1),
                initializers: vec![init],
            }),
            heeds_lengths,
            stepwise: Stepwise::Never(Why::PositionForEachStep),
            ..Operation::apart(descriptor, value)
        }
    } else {
        let descriptor = quote!(::backprop::layers::SinusoidalPosition);
        let value = quote!(#descriptor::new(#time, #features));
        let needs = Needs::default();
        let stepwise = Stepwise::Remembers(Remembers { carries: false, gains_in_blocks: false });
        Operation { needs, heeds_lengths, stepwise, ..Operation::in_place(descriptor, value) }
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}
