//! `train = last(2)`, `train = biases`: what training changes, of what is not `frozen`.

use super::Layer;
use crate::declaration::{Keys, as_name};
use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::layers::Form;
use crate::size::Size;
use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;

/// What `train` may be.
const WORDS: &[&str] = &["all", "last", "biases"];

/// What is trained.
pub(super) enum Train {
    All,
    /// So many layers at the end.
    Last(usize, Span),
    Biases(Span),
}

/// The key, or all after a mistake.
pub(super) fn read(keys: &Keys, diagnostics: &mut Diagnostics) -> Train {
    let Some(train) = &keys.train else { return Train::All };
    let (name, arguments) = match train {
        Expr::Call(call) => (as_name(&call.func), call.args.iter().collect()),
        other => (as_name(other), Vec::new()),
    };
    match (name.map(ToString::to_string).unwrap_or_default().as_str(), arguments.as_slice()) {
        ("all", []) => return Train::All,
        ("biases", []) => return Train::Biases(train.span()),
        ("last", [count]) => match Size::from_expr(count).known() {
            Some(count) if count > 0 => return Train::Last(count, train.span()),
            _ => {
                let message =
                    "last: how many layers are trained is a number of at least 1, such as `last(2)`";
                diagnostics.error(count.span(), message);
            }
        },
        (word, _) if WORDS.contains(&word) => {
            diagnostics
                .error(train.span(), "train: write `all`, which is the default, `last(2)`, or `biases`");
        }
        (word, _) => {
            let hint = did_you_mean(word, WORDS.iter().copied());
            let message = format!("train: expected what is trained{hint}; known: `all`, `last(2)`, `biases`");
            diagnostics.error(train.span(), message);
        }
    }
    Train::All
}

/// Freezes what is not trained.
pub(super) fn apply(train: &Train, layers: &mut [Layer], diagnostics: &mut Diagnostics) {
    match train {
        Train::All => {}
        Train::Last(count, span) => last(*count, *span, layers, diagnostics),
        Train::Biases(span) => biases(*span, layers, diagnostics),
    }
}

/// Of the layers that would be trained, in the order of declaration, freezes all but the last `count`.
fn last(count: usize, span: Span, layers: &mut [Layer], diagnostics: &mut Diagnostics) {
    let there = layers.iter().filter(|layer| layer.trains()).count();
    // After a mistake some layers are missing.
    if count > there && diagnostics.reported().is_ok() {
        let message = format!(
            "last: {count} layers are asked for, {there} have parameters and are not frozen: \
             ask for fewer, or write `train = all`"
        );
        diagnostics.error(span, message);
        return;
    }
    // What measures without being trained, as `batch_norm(affine = false)`, rests with the layers around it.
    let first =
        layers.iter().enumerate().filter(|(_, layer)| layer.trains()).nth(there.saturating_sub(count));
    let before = first.map_or(layers.len(), |(place, _)| place);
    for layer in layers.iter_mut().take(before) {
        layer.frozen |= layer.trains() || layer.measured().is_some();
    }
}

/// Freezes all but the biases. What stands in the list by its path trains what it says itself.
fn biases(span: Span, layers: &mut [Layer], diagnostics: &mut Diagnostics) {
    for layer in &mut *layers {
        let operation = layer.operation.as_ref().filter(|operation| operation.form != Form::Block);
        layer.only_biases = operation.is_some_and(|operation| operation.parameters.is_some());
    }
    if !layers.iter().any(Layer::trains) && diagnostics.reported().is_ok() {
        diagnostics.error(span, "biases: no layer that is not frozen has any: write `train = all`");
    }
}
