//! Builds expressions in their simplest form: every constructor applies the rules that begin at its node.
//!
//! Rules keep the value where both forms are finite, and choose the form that does not overflow or cancel:
//! `ln(1 + exp(a))` becomes `softplus(a)`, `exp(a) / (1 + exp(a))` becomes `sigmoid(a)`.

use super::function::Function;
use super::share::{Graph, Id, Node, Test};

impl Graph {
    pub(crate) fn variable(&mut self, index: usize) -> Id {
        self.intern(Node::Variable(index))
    }

    pub(crate) fn constant(&mut self, index: usize) -> Id {
        self.intern(Node::Constant(index))
    }

    pub(crate) fn number(&mut self, value: f64) -> Id {
        // One zero: the sign of it is not worth a second node.
        let value = if value == 0.0 { 0.0 } else { value };
        self.intern(Node::Number(value.to_bits()))
    }

    pub(crate) fn as_number(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn is(&self, id: Id, value: f64) -> bool {
        self.as_number(id) == Some(value)
    }

    /// The number that an operation on numbers gives, if it is one that a literal can hold.
    fn folded(&mut self, a: Id, b: Id, of: impl Fn(f64, f64) -> f64) -> Option<Id> {
        let value = of(self.as_number(a)?, self.as_number(b)?);
        value.is_finite().then(|| self.number(value))
    }

    pub(crate) fn negative(&mut self, a: Id) -> Id {
        match self.node(a) {
            Node::Number(bits) => self.number(-f64::from_bits(bits)),
            Node::Negative(inner) => inner,
            Node::Difference(left, right) => self.difference(right, left),
            Node::Product(left, right) if self.as_number(left).is_some() => {
                let left = self.negative(left);
                self.product(left, right)
            }
            _ => self.intern(Node::Negative(a)),
        }
    }

    pub(crate) fn sum(&mut self, a: Id, b: Id) -> Id {
        if let Some(number) = self.folded(a, b, |a, b| a + b) {
            return number;
        }
        match (self.node(a), self.node(b)) {
            _ if self.is(a, 0.0) => b,
            _ if self.is(b, 0.0) => a,
            _ if a == b => {
                let two = self.number(2.0);
                self.product(two, a)
            }
            (_, Node::Negative(b)) => self.difference(a, b),
            (Node::Negative(a), _) => self.difference(b, a),
            (_, Node::Number(bits)) if f64::from_bits(bits) < 0.0 => {
                let positive = self.number(-f64::from_bits(bits));
                self.difference(a, positive)
            }
            _ => match self.common_factor(a, b) {
                Some((factor, a, b)) => {
                    let sum = self.sum(a, b);
                    self.product(factor, sum)
                }
                None => self.intern(Node::Sum(a, b)),
            },
        }
    }

    pub(crate) fn difference(&mut self, a: Id, b: Id) -> Id {
        if let Some(number) = self.folded(a, b, |a, b| a - b) {
            return number;
        }
        match (self.node(a), self.node(b)) {
            _ if self.is(b, 0.0) => a,
            _ if self.is(a, 0.0) => self.negative(b),
            _ if a == b => self.number(0.0),
            (_, Node::Negative(b)) => self.sum(a, b),
            (Node::Call(Function::Exp, exponent), _) if self.is(b, 1.0) => {
                self.call(Function::ExpM1, exponent)
            }
            _ => match self.common_factor(a, b) {
                Some((factor, a, b)) => {
                    let difference = self.difference(a, b);
                    self.product(factor, difference)
                }
                None => self.intern(Node::Difference(a, b)),
            },
        }
    }

    /// The number that both of two products begin with, and what it multiplies.
    fn common_factor(&self, a: Id, b: Id) -> Option<(Id, Id, Id)> {
        match (self.node(a), self.node(b)) {
            (Node::Product(left, a), Node::Product(right, b)) if left == right => {
                self.as_number(left).map(|_| (left, a, b))
            }
            _ => None,
        }
    }

    pub(crate) fn product(&mut self, a: Id, b: Id) -> Id {
        if let Some(number) = self.folded(a, b, |a, b| a * b) {
            return number;
        }
        // Numbers stand on the left.
        if self.as_number(b).is_some() {
            return self.product(b, a);
        }
        match (self.node(a), self.node(b)) {
            _ if self.is(a, 0.0) => a,
            _ if self.is(a, 1.0) => b,
            _ if self.is(a, -1.0) => self.negative(b),
            (Node::Negative(a), Node::Negative(b)) => self.product(a, b),
            (Node::Number(_), Node::Negative(b)) => {
                let a = self.negative(a);
                self.product(a, b)
            }
            (Node::Negative(inner), _) => {
                let product = self.product(inner, b);
                self.negative(product)
            }
            (_, Node::Negative(inner)) => {
                let product = self.product(a, inner);
                self.negative(product)
            }
            (Node::Number(_), Node::Product(c, rest)) if self.as_number(c).is_some() => {
                let number = self.product(a, c);
                self.product(number, rest)
            }
            (Node::Number(_), Node::Quotient(over, under)) if self.starts_with_number(over) => {
                let product = self.product(a, over);
                self.quotient(product, under)
            }
            // A number in a product goes to its front.
            (Node::Product(c, rest), _) if self.as_number(c).is_some() => {
                let product = self.product(rest, b);
                self.product(c, product)
            }
            (_, Node::Product(c, rest)) if self.as_number(c).is_some() => {
                let product = self.product(a, rest);
                self.product(c, product)
            }
            (_, Node::Quotient(over, under)) if self.as_number(over).is_some() => {
                let product = self.product(over, a);
                self.quotient(product, under)
            }
            (Node::Quotient(over, under), _) if self.as_number(over).is_some() => {
                let product = self.product(over, b);
                self.quotient(product, under)
            }
            _ => self.product_of_powers(a, b),
        }
    }

    fn starts_with_number(&self, a: Id) -> bool {
        matches!(self.node(a), Node::Product(c, _) if self.as_number(c).is_some())
    }

    /// `aᵐ aⁿ` as one power.
    fn product_of_powers(&mut self, a: Id, b: Id) -> Id {
        let split = |graph: &Self, id| match graph.node(id) {
            Node::Power(base, exponent) => (base, exponent),
            _ => (id, 1),
        };
        let ((left, m), (right, n)) = (split(self, a), split(self, b));
        match m.checked_add(n) {
            Some(exponent) if left == right && (m > 0) == (n > 0) => self.power(left, exponent),
            _ => self.intern(Node::Product(a, b)),
        }
    }

    pub(crate) fn quotient(&mut self, a: Id, b: Id) -> Id {
        if let Some(number) = self.folded(a, b, |a, b| a / b) {
            return number;
        }
        match (self.node(a), self.node(b)) {
            _ if self.is(b, 1.0) => a,
            _ if self.is(b, -1.0) => self.negative(a),
            _ if self.is(a, 0.0) => a,
            _ if a == b => self.number(1.0),
            (Node::Product(c, rest), _) if rest == b && self.as_number(c).is_some() => c,
            (Node::Product(c, rest), _) if self.folded(c, b, |c, b| c / b).is_some() => {
                let factor = self.quotient(c, b);
                self.product(factor, rest)
            }
            (Node::Negative(a), Node::Negative(b)) => self.quotient(a, b),
            (Node::Negative(a), _) => {
                let quotient = self.quotient(a, b);
                self.negative(quotient)
            }
            (_, Node::Negative(b)) => {
                let quotient = self.quotient(a, b);
                self.negative(quotient)
            }
            (Node::Quotient(over, under), _) => {
                let under = self.product(under, b);
                self.quotient(over, under)
            }
            (_, Node::Sum(left, right)) => self.logistic(a, left, right, b),
            _ => self.intern(Node::Quotient(a, b)),
        }
    }

    /// `a / (left + right)`, which is a logistic function where the sum is `1 + exp(u)`.
    fn logistic(&mut self, a: Id, left: Id, right: Id, sum: Id) -> Id {
        match self.one_plus_exp(left, right) {
            Some(exponent) if self.node(a) == Node::Call(Function::Exp, exponent) => {
                self.call(Function::Sigmoid, exponent)
            }
            Some(exponent) => {
                let argument = self.negative(exponent);
                let sigmoid = self.call(Function::Sigmoid, argument);
                self.product(a, sigmoid)
            }
            None => self.intern(Node::Quotient(a, sum)),
        }
    }

    /// `u`, where the terms are 1 and `exp(u)`.
    fn one_plus_exp(&self, left: Id, right: Id) -> Option<Id> {
        match (self.node(left), self.node(right)) {
            (Node::Call(Function::Exp, exponent), _) if self.is(right, 1.0) => Some(exponent),
            (_, Node::Call(Function::Exp, exponent)) if self.is(left, 1.0) => Some(exponent),
            _ => None,
        }
    }

    pub(crate) fn power(&mut self, a: Id, exponent: i32) -> Id {
        match (self.node(a), exponent) {
            (_, 0) => self.number(1.0),
            (_, 1) => a,
            (_, -1) => {
                let one = self.number(1.0);
                self.quotient(one, a)
            }
            (Node::Number(bits), _) if f64::from_bits(bits).powi(exponent).is_finite() => {
                self.number(f64::from_bits(bits).powi(exponent))
            }
            (Node::Negative(inner) | Node::Call(Function::Abs, inner), _) if exponent % 2 == 0 => {
                self.power(inner, exponent)
            }
            (Node::Power(base, inner), _) if inner.checked_mul(exponent).is_some() => {
                self.power(base, inner * exponent)
            }
            _ => self.intern(Node::Power(a, exponent)),
        }
    }

    pub(crate) fn real_power(&mut self, a: Id, exponent: Id) -> Id {
        match self.as_number(exponent) {
            // Whole exponents up to 64: repeated squaring is more accurate, and defined for negative numbers.
            #[expect(clippy::cast_possible_truncation, reason = "whole and at most 64")]
            Some(number) if number.fract() == 0.0 && number.abs() <= 64.0 => self.power(a, number as i32),
            Some(0.5) => self.call(Function::Sqrt, a),
            _ => self
                .folded(a, exponent, f64::powf)
                .unwrap_or_else(|| self.intern(Node::RealPower(a, exponent))),
        }
    }

    pub(crate) fn call(&mut self, function: Function, a: Id) -> Id {
        let folded = self.as_number(a).and_then(|number| function.of_number(number));
        match (function, self.node(a)) {
            _ if folded.is_some_and(f64::is_finite) => self.number(folded.unwrap_or_default()),
            (Function::Ln, Node::Sum(left, right)) => {
                if let Some(exponent) = self.one_plus_exp(left, right) {
                    self.call(Function::Softplus, exponent)
                } else if self.is(left, 1.0) {
                    self.call(Function::Ln1p, right)
                } else if self.is(right, 1.0) {
                    self.call(Function::Ln1p, left)
                } else {
                    self.intern(Node::Call(function, a))
                }
            }
            (Function::Ln1p, Node::Call(Function::Exp, exponent)) => self.call(Function::Softplus, exponent),
            (Function::Ln, Node::Call(Function::Exp, inner)) => inner,
            (Function::Abs | Function::Cos | Function::Cosh, Node::Negative(inner)) => {
                self.call(function, inner)
            }
            (Function::Abs, Node::Call(Function::Abs | Function::Exp | Function::Sigmoid, _)) => a,
            _ => self.intern(Node::Call(function, a)),
        }
    }

    pub(crate) fn min(&mut self, a: Id, b: Id) -> Id {
        match self.folded(a, b, f64::min) {
            Some(number) => number,
            None if a == b => a,
            // The variable part first, so that its NaN stays NaN.
            None if self.as_number(a).is_some() => self.intern(Node::Min(b, a)),
            None => self.intern(Node::Min(a, b)),
        }
    }

    pub(crate) fn max(&mut self, a: Id, b: Id) -> Id {
        match self.folded(a, b, f64::max) {
            Some(number) => number,
            None if a == b => a,
            None if self.as_number(a).is_some() => self.intern(Node::Max(b, a)),
            None => self.intern(Node::Max(a, b)),
        }
    }

    pub(crate) fn choice(&mut self, test: Test, left: Id, right: Id, yes: Id, no: Id) -> Id {
        if yes == no {
            return yes;
        }
        match (self.as_number(left), self.as_number(right)) {
            (Some(left), Some(right)) if test.holds(left, right) => yes,
            (Some(_), Some(_)) => no,
            _ => self.intern(Node::Choice { test, left, right, yes, no }),
        }
    }
}

impl Test {
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessEqual => left <= right,
            Self::Equal => left == right,
        }
    }
}
