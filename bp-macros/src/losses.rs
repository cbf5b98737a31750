//! The kinds of losses: a constant of the runtime for each.

use crate::declaration::as_name;
use crate::diagnostics::{Diagnostics, Result, did_you_mean};
use crate::shape::Shape;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;
use syn::spanned::Spanned;

/// A loss and what it asks of the output.
struct Kind {
    name: &'static str,
    /// Type and value, given the number of outputs.
    write: fn(&Shape) -> (TokenStream, TokenStream),
    /// Activations that must not come last, each with the reason.
    refuses: &'static [(&'static str, &'static str)],
}

static KINDS: &[Kind] = &[
    Kind {
        name: "mse",
        write: |output| {
            let outputs = output.features().generic();
            (quote!(::backprop::losses::Mse<#outputs>), quote!(::backprop::losses::Mse::new()))
        },
        refuses: &[],
    },
    Kind {
        name: "cross_entropy",
        write: |_| {
            (quote!(::backprop::losses::CrossEntropy), quote!(::backprop::losses::CrossEntropy::new()))
        },
        refuses: &[
            ("softmax", "`cross_entropy` takes scores and applies softmax itself"),
            ("log_softmax", "`cross_entropy` takes scores and applies log_softmax itself"),
            ("sigmoid", "`cross_entropy` takes scores, not probabilities"),
            ("relu", "`cross_entropy` takes scores, which may be negative"),
        ],
    },
    Kind {
        name: "binary_cross_entropy",
        write: |output| {
            let outputs = output.features().generic();
            (
                quote!(::backprop::losses::BinaryCrossEntropy<#outputs>),
                quote!(::backprop::losses::BinaryCrossEntropy::new()),
            )
        },
        refuses: &[
            ("sigmoid", "`binary_cross_entropy` takes scores and applies sigmoid itself"),
            ("relu", "`binary_cross_entropy` takes scores, which may be negative"),
        ],
    },
];

/// The declared loss, as tokens.
#[derive(Clone)]
pub(crate) struct Loss {
    pub(crate) kind: TokenStream,
    pub(crate) value: TokenStream,
}

/// Finds a loss by name and checks that it suits the output and the last layer.
pub(crate) fn build(
    expr: &Expr,
    output: &Shape,
    last: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Loss> {
    let known = || KINDS.iter().map(|kind| kind.name);
    let Some(name) = as_name(expr) else {
        let all: Vec<_> = known().collect();
        return Err(
            diagnostics.error(expr.span(), format!("expected the name of a loss: {}", all.join(", ")))
        );
    };
    let Some(kind) = KINDS.iter().find(|kind| name == kind.name) else {
        let hint = did_you_mean(&name.to_string(), known());
        let all: Vec<_> = known().collect();
        return Err(
            diagnostics.error(name.span(), format!("unknown loss `{name}`{hint}; known: {}", all.join(", ")))
        );
    };
    if let Some((layer, why)) = kind.refuses.iter().find(|(layer, _)| last == Some(*layer)) {
        return Err(diagnostics.error(name.span(), format!("{why}: remove the last layer, `{layer}`")));
    }
    let (kind, value) = (kind.write)(output);
    Ok(Loss { kind, value })
}
