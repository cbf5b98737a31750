//! Words for humans: the table on the struct, a line on each step, and `summary()`.

use super::Context;
use super::network::parameters_of;
use crate::model::{Layer, Model};
use crate::plan::{Plan, Step};
use crate::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

/// The lines of the table in the struct's docs.
pub(super) fn table(context: &Context<'_>) -> Vec<String> {
    let model = context.model;
    let bytes = Size::Known(if model.scalar == "f64" { 8 } else { 4 });
    let mut lines = vec![
        String::new(),
        " | Layer | Output | Parameters | Multiply-adds | Bytes |".to_owned(),
        " |---|---|---|---|---|".to_owned(),
        format!(" | input | {} | | | |", model.input),
    ];
    for layer in &model.layers {
        let parameters = parameters_of(layer);
        let multiply_adds =
            layer.operation.as_ref().map_or(Size::Known(0), |operation| operation.multiply_adds.clone());
        lines.push(format!(
            " | `{}`: `{}` | {} | {} | {} | {} |",
            layer.name,
            layer.text,
            layer.output,
            cell(&parameters),
            cell(&multiply_adds),
            cell(&parameters.times(&bytes))
        ));
    }
    lines.push(String::new());
    lines
}

fn cell(size: &Size) -> String {
    match size.known() {
        Some(0) => String::new(),
        Some(n) => n.to_string(),
        None => format!("`{size}`"),
    }
}

/// One layer in one line.
pub(super) fn layer(layer: &Layer) -> String {
    format!(" `{}`: {} → {}; {}", layer.text, layer.input, layer.output, layer.kind.formula)
}

/// Who lives in a slot.
pub(super) fn slot(plan: &Plan, slot: usize) -> String {
    let tenants: Vec<_> =
        plan.buffers.iter().filter(|buffer| buffer.slot == slot).map(|buffer| buffer.what.as_str()).collect();
    format!(" {}", tenants.join(", then "))
}

fn step_name(model: &Model, step: &Step) -> String {
    let name = &model.layers[step.layer].name;
    step.activation
        .map_or_else(|| name.to_string(), |activation| format!("{name}, {}", model.layers[activation].name))
}

/// A step of forward.
pub(super) fn forward(model: &Model, step: &Step) -> String {
    let layer = &model.layers[step.layer];
    let output = step.activation.map_or(&layer.output, |activation| &model.layers[activation].output);
    let activation = step
        .activation
        .map_or_else(String::new, |activation| format!("; then {}", model.layers[activation].kind.formula));
    format!(" {}: {} → {}: {}{activation}", step_name(model, step), layer.input, output, layer.kind.formula)
}

/// A step of backward.
pub(super) fn backward(model: &Model, step: &Step) -> String {
    let layer = &model.layers[step.layer];
    let output = step.activation.map_or(&layer.output, |activation| &model.layers[activation].output);
    let gradients = match (step.trains, step.dx.is_some()) {
        (true, true) => "dW and dx",
        (true, false) => "dW",
        _ => "dx",
    };
    format!(" {}: {} ← {}: dy to {gradients}", step_name(model, step), layer.input, output)
}

/// The method that prints the table at run time.
pub(super) fn summary(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let count = model.layers.len();
    let rows = model.layers.iter().map(|layer| {
        let text = format!("{}: {}", layer.name, layer.text);
        let rank = layer.output.rank();
        let shape = (0..4).map(|axis| layer.output.0.get(axis).cloned().unwrap_or(Size::Known(1)));
        let parameters = parameters_of(layer);
        let multiply_adds =
            layer.operation.as_ref().map_or(Size::Known(0), |operation| operation.multiply_adds.clone());
        let scalar = &model.scalar;
        quote! {
            rt::SummaryRow {
                layer: #text,
                shape: [#(#shape),*],
                rank: #rank,
                parameters: #parameters,
                multiply_adds: #multiply_adds,
                bytes: #parameters * ::core::mem::size_of::<#scalar>(),
            }
        }
    });
    quote! {
        fn summary(&self) -> rt::Summary {
            const ROWS: [rt::SummaryRow; #count] = [#(#rows),*];
            rt::Summary {
                name: Self::NAME,
                rows: &ROWS,
                parameters: Self::PARAMETERS,
                multiply_adds: Self::MULTIPLY_ADDS,
                tile: Self::TILE,
                inference_bytes: Self::INFERENCE_BYTES,
                training_bytes: Self::TRAINING_BYTES,
            }
        }
    }
}
