//! Expressions for humans, in docs: `x (1 − tanh(x)²)`.

use super::share::{Graph, Id, Node, Test};
use std::fmt::{self, Display, Formatter};

/// Text longer than this is cut: docs are no place for a page of algebra.
const LONGEST: usize = 400;

/// An expression with the names that it is printed with.
pub(crate) struct Text<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) root: Id,
    pub(crate) variables: &'a [String],
    pub(crate) constants: &'a [String],
}

/// How tightly the outermost operator binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Choice,
    Sum,
    Product,
    Power,
    Atom,
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(self.root, Binding::Choice, &mut text);
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{}…", &text[..end]),
            None => f.write_str(&text),
        }
    }
}

impl Text<'_> {
    /// Appends an expression, in parentheses where its operator binds less tightly than its place asks.
    fn write(&self, id: Id, least: Binding, text: &mut String) {
        // What is beyond the end need not be written: an expression may be exponentially longer than its graph.
        if text.len() > 4 * LONGEST {
            return;
        }
        let node = self.graph.node(id);
        let enclosed = binding(node) < least;
        if enclosed {
            text.push('(');
        }
        self.plain(node, text);
        if enclosed {
            text.push(')');
        }
    }

    fn plain(&self, node: Node, text: &mut String) {
        let name = |names: &[String], index: usize| names.get(index).cloned().unwrap_or_default();
        match node {
            Node::Variable(index) => text.push_str(&name(self.variables, index)),
            Node::Constant(index) => text.push_str(&name(self.constants, index)),
            Node::Number(bits) => text.push_str(&f64::from_bits(bits).to_string().replace('-', "−")),
            Node::Negative(a) => {
                text.push('−');
                self.write(a, Binding::Product, text);
            }
            Node::Sum(a, b) => self.infix(a, " + ", b, Binding::Sum, Binding::Sum, text),
            Node::Difference(a, b) => self.infix(a, " − ", b, Binding::Sum, Binding::Product, text),
            Node::Product(a, b) => self.infix(a, " · ", b, Binding::Product, Binding::Product, text),
            Node::Quotient(a, b) => self.infix(a, " / ", b, Binding::Product, Binding::Power, text),
            Node::Power(a, exponent) => {
                self.write(a, Binding::Atom, text);
                text.extend(exponent.to_string().chars().map(superscript));
            }
            Node::RealPower(a, b) => self.infix(a, "^", b, Binding::Atom, Binding::Atom, text),
            Node::Call(function, a) => self.call(function.name(), &[a], text),
            Node::Min(a, b) => self.call("min", &[a, b], text),
            Node::Max(a, b) => self.call("max", &[a, b], text),
            Node::Choice { test, left, right, yes, no } => {
                self.write(yes, Binding::Sum, text);
                text.push_str(" where ");
                let sign = match test {
                    Test::Less => " < ",
                    Test::LessEqual => " ≤ ",
                    Test::Equal => " = ",
                };
                self.infix(left, sign, right, Binding::Sum, Binding::Sum, text);
                text.push_str(", else ");
                self.write(no, Binding::Choice, text);
            }
        }
    }

    fn infix(&self, a: Id, sign: &str, b: Id, left: Binding, right: Binding, text: &mut String) {
        self.write(a, left, text);
        text.push_str(sign);
        self.write(b, right, text);
    }

    fn call(&self, name: &str, arguments: &[Id], text: &mut String) {
        text.push_str(name);
        text.push('(');
        for (index, argument) in arguments.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            self.write(*argument, Binding::Choice, text);
        }
        text.push(')');
    }
}

fn binding(node: Node) -> Binding {
    match node {
        Node::Choice { .. } => Binding::Choice,
        Node::Sum(..) | Node::Difference(..) | Node::Negative(_) => Binding::Sum,
        Node::Product(..) | Node::Quotient(..) => Binding::Product,
        Node::Power(..) | Node::RealPower(..) => Binding::Power,
        Node::Number(bits) if f64::from_bits(bits) < 0.0 => Binding::Sum,
        Node::Variable(_)
        | Node::Number(_)
        | Node::Constant(_)
        | Node::Call(..)
        | Node::Min(..)
        | Node::Max(..) => Binding::Atom,
    }
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}
