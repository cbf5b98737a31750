//! Words for humans: the table on the struct, a line on each step, and `summary()`.

use super::network::{counted_of, parameters_of};
use super::{Context, drawing};
use crate::losses::{Loss, Written};
use crate::model::{Layer, Model};
use crate::plan::{LayerCall, Move, Plan};
use crate::size::Size;
use crate::symbolic::Formula;
use proc_macro2::TokenStream;
use quote::quote;

/// The drawing and the table in the struct's docs.
pub(super) fn table(context: &Context<'_>) -> Vec<String> {
    let model = context.model;
    let bytes = Size::Known(if model.scalar == "f64" { 8 } else { 4 });
    let mut lines = vec![String::new(), " ```text".to_owned()];
    lines.extend(drawing::lines(model).iter().map(|line| format!(" {line}")));
    lines.extend([
        " ```".to_owned(),
        String::new(),
        " | Layer | Output | Parameters | Multiply-adds | Bytes |".to_owned(),
        " |---|---|--:|--:|--:|".to_owned(),
        format!(" | input | {} | | | |", input(model, &model.input.to_string())),
    ]);
    for layer in &model.layers {
        let (stored, parameters) = (parameters_of(layer), counted_of(layer));
        let multiply_adds =
            layer.operation.as_ref().map_or(Size::Known(0), |operation| operation.multiply_adds.clone());
        lines.push(format!(
            " | {} | {} | {} | {} | {} |",
            words(layer),
            layer.output,
            cell(&parameters),
            cell(&multiply_adds),
            cell(&stored.times(&bytes))
        ));
    }
    lines.push(String::new());
    if let Some(Loss::One(Written { formula: Some(formula), .. })) = &model.loss {
        lines.extend([format!(" Loss of each output: `{}`.", formula.text), String::new()]);
    }
    for note in &model.notes {
        lines.extend([format!(" Note: {note}"), String::new()]);
    }
    lines
}

/// The input's shape, with `..=` where samples have lengths of their own.
pub(super) fn input(model: &Model, shape: &str) -> String {
    match &model.lengths {
        Some(_) => shape.replacen('[', "[..=", 1),
        None => shape.to_owned(),
    }
}

/// Name and declaration of a layer; of one with a formula of the user's also the derivative.
fn words(layer: &Layer) -> String {
    let words = format!("`{}`: `{}`", layer.name, declared(layer));
    let words =
        written(layer).map_or_else(|| words.clone(), |formula| format!("{words}, `{}`", formula.text));
    // A bar would end the cell.
    words.replace('|', "\\|")
}

/// The formula that the user wrote, if that is what the layer computes.
fn written(layer: &Layer) -> Option<&Formula> {
    layer.operation.as_ref()?.formula.as_ref()
}

/// What a layer computes.
pub(super) fn formula(layer: &Layer) -> &str {
    written(layer).map_or(layer.kind.formula, |formula| &formula.text)
}

/// A layer as one would declare it alone; of one with a formula of the user's, which stands elsewhere, only the kind.
pub(super) fn declared(layer: &Layer) -> String {
    let text = if written(layer).is_some() { layer.kind.name } else { &layer.text };
    if parameters_of(layer).known() == Some(0) {
        return text.to_owned();
    }
    match layer.biases() {
        Some(_) if layer.trains() => format!("{text} (only biases are trained)"),
        Some(_) => format!("frozen {text}"),
        None if layer.frozen => format!("frozen {text}"),
        None => text.to_owned(),
    }
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
    format!(" `{}`: {} → {}; {}", declared(layer), layer.input, layer.output, formula(layer))
}

/// Who lives in a slot.
pub(super) fn slot(plan: &Plan, slot: usize) -> String {
    let tenants: Vec<_> = plan
        .buffers
        .iter()
        .filter(|buffer| buffer.slot == slot)
        .map(|buffer| buffer.what.to_string())
        .collect();
    format!(" {}", tenants.join(", then "))
}

/// A layer's step of forward.
pub(super) fn forward(model: &Model, layer: usize, call: &LayerCall) -> String {
    let layer = &model.layers[layer];
    let (mut name, mut text, mut output) = (layer.name.to_string(), formula(layer).to_owned(), &layer.output);
    for fused in [call.norm, call.activation].into_iter().flatten() {
        let fused = &model.layers[fused];
        name = format!("{name}, {}", fused.name);
        text = format!("{text}; then {}", formula(fused));
        output = &fused.output;
    }
    format!(" {name}: {} → {output}: {text}", layer.input)
}

/// A layer's step of backward.
pub(super) fn backward(model: &Model, layer: usize, call: &LayerCall) -> String {
    let layer = &model.layers[layer];
    let activation = call.activation.map(|activation| &model.layers[activation]);
    let name = activation.map_or_else(|| layer.name.to_string(), |a| format!("{}, {}", layer.name, a.name));
    let output = activation.map_or(&layer.output, |activation| &activation.output);
    let gradients = match (call.trains, layer.biases()) {
        (false, _) => "dx",
        (true, Some(_)) => "db and dx",
        (true, None) => "dW and dx",
    };
    format!(" {name}: {} ← {output}: dy gives {gradients}", layer.input)
}

/// A step that moves numbers.
pub(super) fn moved(model: &Model, layer: usize, step: &Move) -> String {
    let layer = &model.layers[layer];
    let what = match (step.times.is_some(), step.add) {
        (true, _) => "one number times another",
        (false, true) => "one more term of a sum",
        (false, false) => "one part",
    };
    format!(" {}: {what}", layer.name)
}

/// The method that prints drawing and table at run time.
pub(super) fn summary(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let ((pieces, sizes), notes) = (drawing::pieces(model), &model.notes);
    let rows = model.layers.iter().map(|layer| {
        let text = format!("{}: {}", layer.name, declared(layer));
        let shape = &layer.output.0;
        let (stored, parameters) = (parameters_of(layer), counted_of(layer));
        let multiply_adds =
            layer.operation.as_ref().map_or(Size::Known(0), |operation| operation.multiply_adds.clone());
        let scalar = &model.scalar;
        let measures = layer.operation.as_ref().is_some_and(|operation| operation.measured.is_some());
        let storing = measures.then(|| quote!(.storing::<#scalar>(#stored)));
        quote!(rt::SummaryRow::of::<#scalar>(#text, &[#(#shape),*], #parameters, #multiply_adds) #storing)
    });
    quote! {
        fn summary(&self) -> rt::Summary {
            const __DRAWING: rt::Drawing = rt::Drawing { pieces: &[#(#pieces),*], sizes: &[#(#sizes),*] };
            const __ROWS: &[rt::SummaryRow] = &[#(#rows),*];
            rt::Summary::of::<Self>(__DRAWING, __ROWS, &[#(#notes),*])
        }
    }
}
