//! The kinds of losses: a constant of the runtime for each.

use crate::declaration::{DeclaredLoss, as_name};
use crate::diagnostics::{Diagnostics, Result, did_you_mean};
use crate::shape::Shape;
use crate::symbolic::{self, Formula, Place};
use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Ident};

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

/// The declared loss.
pub(crate) enum Loss {
    /// Of the one output.
    One(Written),
    /// A weighted sum over some of the heads.
    Heads(Vec<Head>),
}

/// A loss as tokens: its type and a constant of it.
pub(crate) struct Written {
    pub(crate) kind: TokenStream,
    pub(crate) value: TokenStream,
    /// What it computes, where the user wrote that.
    pub(crate) formula: Option<Formula>,
}

/// The loss of one head.
pub(crate) struct Head {
    pub(crate) name: Ident,
    pub(crate) loss: Written,
    /// What it is multiplied by.
    pub(crate) weight: TokenStream,
}

/// Finds the declared losses and checks that they suit the outputs.
pub(crate) fn build(
    network: &Ident,
    constants: &Ident,
    declared: &DeclaredLoss,
    output: &Shape,
    heads: &[(Ident, Shape)],
    last: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<Loss> {
    match declared {
        DeclaredLoss::One(expr) if heads.is_empty() => {
            let place = Place { constants, owner: network, prefix: "LOSS", number: 0 };
            one(expr, output, last, &place, diagnostics).map(Loss::One)
        }
        DeclaredLoss::One(expr) => {
            let names: Vec<_> = heads.iter().map(|(name, _)| format!("{name}: mse")).collect();
            let message = format!(
                "a network with several heads has a loss for each: `loss = {{ {} }}`",
                names.join(", ")
            );
            Err(diagnostics.error(expr.span(), message))
        }
        DeclaredLoss::Heads(losses) => {
            let mut built = Vec::new();
            for (number, (name, expr)) in losses.iter().enumerate() {
                let place = Place { constants, owner: network, prefix: &format!("LOSS{number}"), number };
                built.push(head(name, expr, heads, &place, diagnostics)?);
            }
            Ok(Loss::Heads(built))
        }
    }
}

/// `mse` or `0.5 * mse`, for one head.
fn head(
    name: &Ident,
    expr: &Expr,
    heads: &[(Ident, Shape)],
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Head> {
    let Some((name, shape)) = heads.iter().find(|(head, _)| head == name) else {
        let known: Vec<_> = heads.iter().map(|(name, _)| name.to_string()).collect();
        let hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
        return Err(diagnostics
            .error(name.span(), format!("there is no head `{name}`{hint}; heads: {}", known.join(", "))));
    };
    let (weight, expr) = match expr {
        Expr::Binary(product) if matches!(product.op, syn::BinOp::Mul(_)) => {
            let weight = &product.left;
            (quote!(#weight), &*product.right)
        }
        other => (quote!(1.0), other),
    };
    Ok(Head { name: name.clone(), loss: one(expr, shape, None, place, diagnostics)?, weight })
}

fn one(
    expr: &Expr,
    output: &Shape,
    last: Option<&str>,
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Written> {
    if is_closure(expr) {
        let formula = symbolic::loss(expr, place, diagnostics)?;
        let (owner, number, outputs) = (place.owner, place.number, output.features().generic());
        return Ok(Written {
            kind: quote!(::backprop::losses::FromFormula<#owner, #number, #outputs>),
            value: quote!(::backprop::losses::FromFormula::<#owner, #number, #outputs>::new()),
            formula: Some(formula),
        });
    }
    let known = || KINDS.iter().map(|kind| kind.name);
    let all = || known().collect::<Vec<_>>().join(", ");
    let Some(name) = as_name(expr) else {
        return Err(
            diagnostics.error(expr.span(), format!("expected `|y, t| …` or the name of a loss: {}", all()))
        );
    };
    let Some(kind) = KINDS.iter().find(|kind| name == kind.name) else {
        let hint = did_you_mean(&name.to_string(), known());
        return Err(diagnostics.error(name.span(), format!("unknown loss `{name}`{hint}; known: {}", all())));
    };
    if let Some((layer, why)) = kind.refuses.iter().find(|(layer, _)| last == Some(*layer)) {
        return Err(diagnostics.error(name.span(), format!("{why}: remove the last layer, `{layer}`")));
    }
    let (kind, value) = (kind.write)(output);
    Ok(Written { kind, value, formula: None })
}

/// `|y, t| …`, perhaps in parentheses.
fn is_closure(expr: &Expr) -> bool {
    match expr {
        Expr::Closure(_) => true,
        Expr::Paren(paren) => is_closure(&paren.expr),
        Expr::Group(group) => is_closure(&group.expr),
        _ => false,
    }
}
