//! Expressions → code over the runtime's `Float`: a `let` for each expression that is used more than once.

use super::share::{Graph, Id, Node, Test};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// How to write the leaves.
pub(super) struct Leaves<'a> {
    /// The variables; each constant takes its form from the first.
    pub(super) variables: &'a [Ident],
    /// The user's constants, of type `Real`.
    pub(super) constants: &'a [TokenStream],
}

/// The body of a function that returns the roots as a tuple.
pub(super) fn body(graph: &Graph, roots: &[Id], leaves: &Leaves<'_>) -> TokenStream {
    let mut writer = Writer { graph, leaves, names: BTreeMap::new() };
    let mut lines = TokenStream::new();
    for (id, count) in graph.uses(roots) {
        if count > 1 && !graph.node(id).is_leaf() {
            let name = format_ident!("v{}", writer.names.len());
            let value = writer.plain(id);
            lines.extend(quote!(let #name = #value;));
            writer.names.insert(id, name);
        }
    }
    let roots = roots.iter().map(|root| writer.expression(*root));
    quote!(#lines (#(#roots),*))
}

struct Writer<'a> {
    graph: &'a Graph,
    leaves: &'a Leaves<'a>,
    /// What has a `let` already.
    names: BTreeMap<Id, Ident>,
}

impl Writer<'_> {
    /// A name where there is one, otherwise the expression itself.
    fn expression(&self, id: Id) -> TokenStream {
        match self.names.get(&id) {
            Some(name) => quote!(#name),
            None => self.plain(id),
        }
    }

    /// The operand of an operator: in parentheses unless it is a name or a call.
    fn operand(&self, id: Id) -> TokenStream {
        let written = self.expression(id);
        let operator = matches!(
            self.graph.node(id),
            Node::Negative(_) | Node::Sum(..) | Node::Difference(..) | Node::Product(..) | Node::Quotient(..)
        ) || matches!(self.graph.node(id), Node::Power(_, 2 | 3));
        if operator && !self.names.contains_key(&id) { quote!((#written)) } else { written }
    }

    fn infix(&self, a: Id, sign: &TokenStream, b: Id) -> TokenStream {
        let (a, b) = (self.operand(a), self.operand(b));
        quote!(#a #sign #b)
    }

    fn function(&self, name: &str, arguments: &[Id]) -> TokenStream {
        let name = format_ident!("{name}");
        let arguments = arguments.iter().map(|argument| self.expression(*argument));
        quote!(rt::functions::#name(#(#arguments),*))
    }

    fn plain(&self, id: Id) -> TokenStream {
        let first = self.leaves.variables.first();
        match self.graph.node(id) {
            Node::Variable(index) => {
                let name = self.leaves.variables.get(index);
                quote!(#name)
            }
            Node::Number(bits) => {
                let number = Literal::f64_unsuffixed(f64::from_bits(bits));
                quote!(rt::Float::real(#first, const { rt::Real::new(#number) }))
            }
            Node::Constant(index) => {
                let constant = self.leaves.constants.get(index);
                quote!(rt::Float::real(#first, #constant))
            }
            Node::Negative(a) => {
                let a = self.operand(a);
                quote!(-#a)
            }
            Node::Sum(a, b) => self.infix(a, &quote!(+), b),
            Node::Difference(a, b) => self.infix(a, &quote!(-), b),
            Node::Product(a, b) => self.infix(a, &quote!(*), b),
            Node::Quotient(a, b) => self.infix(a, &quote!(/), b),
            Node::Power(a, exponent) => self.power(a, exponent),
            Node::RealPower(a, b) => self.function("powf", &[a, b]),
            Node::Min(a, b) => self.function("min", &[a, b]),
            Node::Max(a, b) => self.function("max", &[a, b]),
            Node::Call(function, a) if function.is_elementary() => {
                let (name, a) = (format_ident!("{}", function.name()), self.expression(a));
                quote!(rt::Float::#name(#a))
            }
            Node::Call(function, a) => self.function(function.name(), &[a]),
            Node::Choice { test, left, right, yes, no } => {
                let name = match test {
                    Test::Less => quote!(less),
                    Test::LessEqual => quote!(less_equal),
                    Test::Equal => quote!(equal),
                };
                let [left, right, yes, no] = [left, right, yes, no].map(|id| self.expression(id));
                quote!(F::select(rt::Float::#name(#left, #right), #yes, #no))
            }
        }
    }

    fn power(&self, a: Id, exponent: i32) -> TokenStream {
        let (operand, exponent) = (self.expression(a), Literal::i32_unsuffixed(exponent));
        let repeated = self.names.contains_key(&a) || self.graph.node(a).is_leaf();
        match exponent.to_string().as_str() {
            "2" if repeated => quote!(#operand * #operand),
            "3" if repeated => quote!(#operand * #operand * #operand),
            _ => quote!(rt::functions::powi(#operand, #exponent)),
        }
    }
}
