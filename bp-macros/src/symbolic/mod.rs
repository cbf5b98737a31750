//! Formulas that users write as closures: read, differentiated, simplified, and written as code.
//!
//! `parse` reads a closure into a graph of `share`, whose constructors in `simplify` apply the rules of algebra;
//! `differentiate` adds the derivative to the same graph; `write` writes both, each shared expression once.

mod catalogue;
mod differentiate;
mod function;
mod parse;
mod share;
mod simplify;
#[cfg(test)]
mod tests;
mod text;
mod write;

use crate::diagnostics::{Diagnostics, Result};
use parse::Parser;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use share::{Graph, Id};
use syn::{Expr, ExprClosure, Pat, Path};
use text::Text;

/// A formula and its derivative, ready to be written.
#[derive(Clone)]
pub(crate) struct Formula {
    /// Both for humans: `y = x², y′ = 2 · x`.
    pub(crate) text: String,
    /// The user's constants that it names, to be evaluated in the user's scope: name and value.
    pub(crate) constants: Vec<(Ident, TokenStream)>,
    /// The implementation of the runtime's trait.
    pub(crate) implementation: TokenStream,
}

/// Where a formula goes.
pub(crate) struct Place<'a> {
    /// The struct that holds the network's constants.
    pub(crate) constants: &'a Ident,
    /// The type that the trait is implemented for. A loss is as public as its network, so it is the network there.
    pub(crate) owner: &'a Ident,
    /// What the names of its own constants begin with.
    pub(crate) prefix: &'a str,
    /// What tells it from the network's other formulas of its sort.
    pub(crate) number: usize,
}

/// `|x| …`, with the derivative that the user gave or with the one worked out.
pub(crate) fn activation(
    value: &Expr,
    derivative: Option<&Expr>,
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Formula> {
    let mut parser = Parser::new(diagnostics);
    let y = parser.closure(value, "|x| …");
    let given = derivative.map(|derivative| parser.closure(derivative, "|x| …"));
    let (mut graph, constants) = parser.finish()?;
    let slope = given.unwrap_or_else(|| differentiate::derivative(&mut graph, y, 0));
    let names = parameters(value);
    let [y_text, slope_text] = texts(&graph, [y, slope], &names, &constants);
    let text = format!("y = {y_text}, y′ = {slope_text}");
    let implementation = written(&graph, [y, slope], &quote!(ActivationFormula), &["x"], place, &constants);
    Ok(Formula { text, constants: values(place, &constants), implementation })
}

/// `|y, t| …`, and its derivative with respect to the first.
pub(crate) fn loss(value: &Expr, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Result<Formula> {
    let mut parser = Parser::new(diagnostics);
    let loss = parser.closure(value, "|y, t| …");
    let (mut graph, constants) = parser.finish()?;
    let slope = differentiate::derivative(&mut graph, loss, 0);
    let names = parameters(value);
    let [loss_text, slope_text] = texts(&graph, [loss, slope], &names, &constants);
    let text = format!("{loss_text}, with derivative {slope_text}");
    let implementation = written(&graph, [loss, slope], &quote!(LossFormula), &["y", "t"], place, &constants);
    Ok(Formula { text, constants: values(place, &constants), implementation })
}

/// The names of a closure's parameters.
fn parameters(expr: &Expr) -> Vec<String> {
    let name = |pattern: &Pat| match pattern {
        Pat::Ident(name) => name.ident.to_string(),
        Pat::Type(typed) => crate::size::readable(&quote::ToTokens::to_token_stream(&typed.pat)),
        _ => "_".to_owned(),
    };
    match expr {
        Expr::Closure(ExprClosure { inputs, .. }) => inputs.iter().map(name).collect(),
        Expr::Paren(paren) => parameters(&paren.expr),
        Expr::Group(group) => parameters(&group.expr),
        _ => Vec::new(),
    }
}

fn texts(graph: &Graph, roots: [Id; 2], variables: &[String], constants: &[Path]) -> [String; 2] {
    let readable =
        |path: &Path| crate::size::readable(&quote::ToTokens::to_token_stream(path)).replace(' ', "");
    let constants: Vec<_> = constants.iter().map(readable).collect();
    roots.map(|root| Text { graph, root, variables, constants: &constants }.to_string())
}

fn constant(place: &Place<'_>, index: usize) -> Ident {
    format_ident!("{}_CONSTANT{}", place.prefix, index)
}

/// The user's constants. A cast makes an `f64` of any number, and none of what is one.
fn values(place: &Place<'_>, constants: &[Path]) -> Vec<(Ident, TokenStream)> {
    let value = |(index, path): (usize, &Path)| {
        (constant(place, index), quote!(::backprop::Real::new(#path as ::core::primitive::f64)))
    };
    constants.iter().enumerate().map(value).collect()
}

fn written(
    graph: &Graph,
    roots: [Id; 2],
    formula: &TokenStream,
    variables: &[&str],
    place: &Place<'_>,
    constants: &[Path],
) -> TokenStream {
    let (holder, owner, number) = (place.constants, place.owner, place.number);
    let variables: Vec<Ident> = variables.iter().map(|name| format_ident!("{name}")).collect();
    let constants: Vec<TokenStream> = (0..constants.len())
        .map(|index| {
            let name = constant(place, index);
            quote!(#holder::#name)
        })
        .collect();
    let body = write::body(graph, &roots, &write::Leaves { variables: &variables, constants: &constants });
    quote! {
        impl rt::#formula<#number> for #owner {
            #[inline(always)]
            #[allow(unused_variables, clippy::excessive_precision, clippy::approx_constant)]
            fn value_and_derivative<F: rt::Float>(#(#variables: F),*) -> (F, F) {
                #body
            }
        }
    }
}
