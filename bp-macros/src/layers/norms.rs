//! Layers that normalise groups of features of one sample.

use super::reshape::over;
use super::{Call, Form, Kind, Layer, Nature, Needs, Operation, Parameters, Stepwise, Why};
use crate::diagnostics::{Reported, Result};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static LAYER_NORM: Kind = Kind {
    name: "layer_norm",
    nature: Nature::Other,
    signature: "layer_norm(axes = last, eps = 1e-5, affine = true, bias = true, init = ones, bias_init = zeros)",
    formula: "y = w (x − mean) / √(variance + eps) + b, over the last axis (of an image: over all of it)",
    build: |call, input| {
        over_rows(call, input, |call, input, rows, axes| {
            let value = quote!(::backprop::layers::LayerNorm::over(#rows, &[#(#axes),*]));
            let norm = Norm { descriptor: quote!(LayerNorm), value, parameters: Shape(axes).features() };
            norm.build(call, input, rows.times(&Size::Known(2)), true)
        })
    },
};

pub(crate) static RMS_NORM: Kind = Kind {
    name: "rms_norm",
    nature: Nature::Other,
    signature: "rms_norm(axes = last, eps = the scalar's epsilon, affine = true, init = ones)",
    formula: "y = w x / √(mean(x²) + eps), over the last axis (of an image: over all of it)",
    build: |call, input| over_rows(call, input, rms_norm),
};

pub(crate) static GROUP_NORM: Kind = Kind {
    name: "group_norm",
    nature: Nature::Other,
    signature: "group_norm(groups, eps = 1e-5, affine = true, bias = true, init = ones, bias_init = zeros)",
    formula: "y = w[c] (x − mean) / √(variance + eps) + b[c], over each group of channels",
    build: group_norm,
};

pub(crate) static INSTANCE_NORM: Kind = Kind {
    name: "instance_norm",
    nature: Nature::Other,
    signature: "instance_norm(eps = 1e-5, affine = false, bias = true, init = ones, bias_init = zeros)",
    formula: "y = (x − mean) / √(variance + eps), over each channel",
    build: |call, input| {
        // Each feature of a sequence is a channel, whose steps are normalised.
        match input.rank() {
            3 => instance_norm(call, input),
            2 => over(call, input, &[0], instance_norm),
            _ => {
                let wants = "`[channels, height, width]` or `[time, features]`";
                Err(call.wrong_input(wants, input, "use `layer_norm` or `group_norm`"))
            }
        }
    },
};

/// Over each of the first axis, the channels.
fn instance_norm(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let [channels, inner @ ..] = input.0.as_slice() else { return Err(Reported::already()) };
    let inner = Shape(inner.to_vec()).features();
    several(call, &inner)?;
    let value = quote!(::backprop::layers::GroupNorm::new(#channels, #channels, #inner));
    let norm = Norm { descriptor: quote!(GroupNorm), value, parameters: channels.clone() };
    norm.build(call, input, channels.times(&Size::Known(2)), false)
}

/// Refuses a norm over one number: less its mean nothing is left of it, and divided by its size only its sign.
fn several(call: &mut Call<'_>, over: &Size) -> Result<()> {
    if over.known() != Some(1) {
        return Ok(());
    }
    Err(call.error(
        "there is only one number to normalise over, and the output would be the same for every input: leave the norm \
         out, or give it more numbers",
    ))
}

/// Builds a norm of rows: given how many there are that are normalised on their own, and the axes of one, which are the last of
/// the input. An image is one row unless axes are asked for.
fn over_rows(
    call: &mut Call<'_>,
    input: &Shape,
    build: impl FnOnce(&mut Call<'_>, &Shape, Size, Vec<Size>) -> Result<Layer>,
) -> Result<Layer> {
    let rank = input.rank();
    let axes = call.axes_if("axes", rank)?;
    let axes = axes.unwrap_or_else(|| if rank == 2 { vec![1] } else { (0..rank).collect() });
    over(call, input, &axes, |call, input| {
        let (rows, axes) = input.0.split_at(rank - axes.len());
        several(call, &Shape(axes.to_vec()).features())?;
        let mut layer = build(call, input, Shape(rows.to_vec()).features(), axes.to_vec())?;
        // Over all of a sequence, time included.
        if let (Some(operation), [], 2) = (&mut layer.operation, rows, rank) {
            operation.stepwise = Stepwise::Never(Why::AllAtOnce);
        }
        Ok(layer)
    })
}

fn rms_norm(call: &mut Call<'_>, input: &Shape, rows: Size, axes: Vec<Size>) -> Result<Layer> {
    let eps = call.real("eps", "a positive number", |eps| eps > 0.0)?;
    let affine = call.flag_or("affine", true)?;
    let init = call.initializer("init", quote!(::backprop::initializers::Ones))?;
    let mut value = quote!(::backprop::layers::RmsNorm::over(#rows, &[#(#axes),*]));
    if let Some(eps) = eps {
        value = quote!(#value.eps(#eps));
    }
    if !affine {
        value = quote!(#value.without_parameters());
    }
    let features = Shape(axes).features();
    let (scalar, weights) = (call.scalar(), features.generic());
    let parameters = affine.then(|| Parameters {
        field: quote!(::backprop::layers::RmsNormParameters<#scalar, #weights>),
        count: features,
        tensors: Size::Known(1),
        initializers: vec![init],
    });
    let operation = Operation {
        parameters,
        saved: rows.times(&Size::Known(2)),
        ..normalizing(input, quote!(::backprop::layers::RmsNorm), value)
    };
    Ok(Layer { output: input.clone(), operation: Some(operation) })
}

fn group_norm(call: &mut Call<'_>, input: &Shape) -> Result<Layer> {
    let groups = call.size("groups")?;
    let one = Size::Known(1);
    let (rows, channels, inner) = match input.0.as_slice() {
        [channels, height, width] => (one, channels.clone(), height.times(width)),
        _ => {
            let (features, rows) = input.last_axis();
            (rows, features, one)
        }
    };
    if let (Some(n), Some(g)) = (channels.known(), groups.known())
        && !n.is_multiple_of(g)
    {
        return Err(
            call.error(&format!("{n} channels do not divide into {g} groups: choose a divisor of {n}"))
        );
    }
    several(call, &channels.divided_by(&groups).times(&inner))?;
    let mut value = quote!(::backprop::layers::GroupNorm::new(#groups, #channels, #inner));
    if rows.known() != Some(1) {
        value = quote!(#value.rows(#rows));
    }
    let constant = call.constant.clone();
    let groups = groups.or_read(quote!(#constant.groups));
    let norm = Norm { descriptor: quote!(GroupNorm), value, parameters: channels };
    norm.build(call, input, rows.times(&groups).times(&Size::Known(2)), true)
}

/// A layer with weights and biases, before its options have been read.
struct Norm {
    descriptor: TokenStream,
    value: TokenStream,
    /// How many weights there are, and how many biases.
    parameters: Size,
}

impl Norm {
    fn build(self, call: &mut Call<'_>, input: &Shape, saved: Size, affine: bool) -> Result<Layer> {
        let Self { descriptor, mut value, parameters } = self;
        if let Some(eps) = call.real("eps", "a positive number", |eps| eps > 0.0)? {
            value = quote!(#value.eps(#eps));
        }
        let affine = call.flag_or("affine", affine)?;
        let bias = call.flag_or("bias", true)?;
        let weight_init = call.initializer("init", quote!(::backprop::initializers::Ones))?;
        let bias_init = call.initializer("bias_init", quote!(::backprop::initializers::Zeros))?;
        match (affine, bias) {
            (true, true) => {}
            (true, false) => value = quote!(#value.without_bias()),
            (false, _) => value = quote!(#value.without_parameters()),
        }
        let biases = if bias { parameters.clone() } else { Size::Known(0) };
        let (scalar, sizes) = (call.scalar(), [&parameters, &biases].map(Size::generic));
        let parameters = affine.then(|| Parameters {
            field: quote!(::backprop::layers::NormParameters<#scalar, #(#sizes),*>),
            count: parameters.plus(&biases),
            tensors: Size::Known(2),
            initializers: vec![weight_init, bias_init],
        });
        let descriptor = quote!(::backprop::layers::#descriptor);
        let operation = Operation { parameters, biases, saved, ..normalizing(input, descriptor, value) };
        Ok(Layer { output: input.clone(), operation: Some(operation) })
    }
}

/// Two multiply-adds for each feature: its part in the variance, and scaling.
fn normalizing(input: &Shape, descriptor: TokenStream, value: TokenStream) -> Operation {
    Operation {
        needs: Needs { input: true, output: false },
        form: Form::Fusible,
        sized: true,
        multiply_adds: input.features().times(&Size::Known(2)),
        stepwise: Stepwise::Alone(Some("rows")),
        ..Operation::apart(descriptor, value)
    }
}
