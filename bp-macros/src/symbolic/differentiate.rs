//! The rules of differentiation, one for each kind of node.
//!
//! Derivatives are built from the value's own subexpressions wherever that is possible, `(a/b)′ = (a′ − (a/b) b′)/b`,
//! `exp(a)′ = exp(a) a′`, so that writing both costs little more than writing one.

use super::function::Function;
use super::share::{Graph, Id, Node, Test};
use std::collections::BTreeMap;

/// The derivative of an expression with respect to a variable.
pub(crate) fn derivative(graph: &mut Graph, of: Id, variable: usize) -> Id {
    Derivation { graph, variable, known: BTreeMap::new() }.of(of)
}

struct Derivation<'a> {
    graph: &'a mut Graph,
    variable: usize,
    /// What is found already: an expression that is used twice is differentiated once.
    known: BTreeMap<Id, Id>,
}

impl Derivation<'_> {
    fn of(&mut self, y: Id) -> Id {
        if let Some(known) = self.known.get(&y) {
            return *known;
        }
        let found = self.rule(y);
        self.known.insert(y, found);
        found
    }

    fn rule(&mut self, y: Id) -> Id {
        match self.graph.node(y) {
            Node::Variable(variable) => self.graph.number(if variable == self.variable { 1.0 } else { 0.0 }),
            Node::Number(_) | Node::Constant(_) => self.graph.number(0.0),
            Node::Negative(a) => {
                let da = self.of(a);
                self.graph.negative(da)
            }
            Node::Sum(a, b) => {
                let (da, db) = (self.of(a), self.of(b));
                self.graph.sum(da, db)
            }
            Node::Difference(a, b) => {
                let (da, db) = (self.of(a), self.of(b));
                self.graph.difference(da, db)
            }
            Node::Product(a, b) => {
                let (da, db) = (self.of(a), self.of(b));
                let (left, right) = (self.graph.product(da, b), self.graph.product(a, db));
                self.graph.sum(left, right)
            }
            Node::Quotient(a, b) => {
                let (da, db) = (self.of(a), self.of(b));
                let less = self.graph.product(y, db);
                let over = self.graph.difference(da, less);
                self.graph.quotient(over, b)
            }
            Node::Power(a, exponent) => {
                let da = self.of(a);
                let factor = self.graph.number(f64::from(exponent));
                // The least exponent has no smaller one; its power is 0 or infinite anyway.
                let power = self.graph.power(a, exponent.saturating_sub(1));
                let outer = self.graph.product(factor, power);
                self.graph.product(outer, da)
            }
            Node::RealPower(a, b) => self.real_power(y, a, b),
            Node::Call(function, a) => {
                let da = self.of(a);
                if self.is_zero(da) {
                    return da;
                }
                let outer = function.derivative(self.graph, a, y);
                self.graph.product(outer, da)
            }
            Node::Min(a, b) => self.extreme(a, b, a, b),
            Node::Max(a, b) => self.extreme(a, b, b, a),
            Node::Choice { test, left, right, yes, no } => {
                let (yes, no) = (self.of(yes), self.of(no));
                self.graph.choice(test, left, right, yes, no)
            }
        }
    }

    fn is_zero(&self, id: Id) -> bool {
        self.graph.as_number(id) == Some(0.0)
    }

    /// `(aᵇ)′ = b aᵇ⁻¹ a′ + aᵇ ln(a) b′`
    fn real_power(&mut self, y: Id, a: Id, b: Id) -> Id {
        let (da, db) = (self.of(a), self.of(b));
        let one = self.graph.number(1.0);
        let less = self.graph.difference(b, one);
        let power = self.graph.real_power(a, less);
        let outer = self.graph.product(b, power);
        let left = self.graph.product(outer, da);
        if self.is_zero(db) {
            return left;
        }
        let ln = self.graph.call(Function::Ln, a);
        let outer = self.graph.product(y, ln);
        let right = self.graph.product(outer, db);
        self.graph.sum(left, right)
    }

    /// The derivative of the one of `a` and `b` that counts: `a` where `less < more`, `b` where it is the other way
    /// round. Where both are equal, that of the side that does not vary, as the catalogue's `relu` has it.
    fn extreme(&mut self, a: Id, b: Id, less: Id, more: Id) -> Id {
        let (da, db) = (self.of(a), self.of(b));
        if self.is_zero(db) {
            self.graph.choice(Test::Less, less, more, da, db)
        } else {
            self.graph.choice(Test::Less, more, less, db, da)
        }
    }
}
