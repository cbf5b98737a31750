//! `train = last(2)`: which layers training changes, beside what is `frozen`.

use super::Layer;
use crate::declaration::as_name;
use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::size::Size;
use syn::Expr;
use syn::spanned::Spanned;

/// What `train` may be.
const WORDS: &[&str] = &["all", "last"];

/// Freezes what the declaration does not train.
pub(super) fn apply(train: &Expr, layers: &mut [Layer], diagnostics: &mut Diagnostics) {
    let (name, arguments) = match train {
        Expr::Call(call) => (as_name(&call.func), call.args.iter().collect()),
        other => (as_name(other), Vec::new()),
    };
    match (name.map(ToString::to_string).unwrap_or_default().as_str(), arguments.as_slice()) {
        ("all", []) => {}
        ("last", [count]) => match Size::from_expr(count).known() {
            Some(count) if count > 0 => last(count, train, layers, diagnostics),
            _ => {
                let message =
                    "last: how many layers are trained is a number of at least 1, such as `last(2)`";
                diagnostics.error(count.span(), message);
            }
        },
        (word, _) if WORDS.contains(&word) => {
            diagnostics.error(train.span(), "train: write `all`, which is the default, or `last(2)`");
        }
        (word, _) => {
            let hint = did_you_mean(word, WORDS.iter().copied());
            let message = format!("train: expected what is trained{hint}; known: `all`, `last(2)`");
            diagnostics.error(train.span(), message);
        }
    }
}

/// Of the layers that would be trained, in the order of declaration, freezes all but the last `count`.
fn last(count: usize, train: &Expr, layers: &mut [Layer], diagnostics: &mut Diagnostics) {
    let there = layers.iter().filter(|layer| layer.trains()).count();
    // After a mistake some layers are missing.
    if count > there && diagnostics.reported().is_ok() {
        let message = format!(
            "last: {count} layers are asked for, {there} have parameters and are not frozen: \
             ask for fewer, or write `train = all`"
        );
        diagnostics.error(train.span(), message);
        return;
    }
    let before = layers.iter_mut().filter(|layer| layer.trains()).take(there.saturating_sub(count));
    before.for_each(|layer| layer.frozen = true);
}
