//! The functions of one variable that formulas know, each with its derivative.

use super::share::{Graph, Id};
use std::f64::consts::FRAC_2_SQRT_PI;

/// A function of one variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Function {
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Sqrt,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Sigmoid,
    Softplus,
    Erf,
    Abs,
    Sign,
}

/// Name, and whether the runtime has it as a method of `Float`.
const FUNCTIONS: &[(Function, &str, bool)] = &[
    (Function::Exp, "exp", true),
    (Function::ExpM1, "exp_m1", true),
    (Function::Ln, "ln", true),
    (Function::Ln1p, "ln_1p", true),
    (Function::Sqrt, "sqrt", true),
    (Function::Sin, "sin", true),
    (Function::Cos, "cos", true),
    (Function::Tan, "tan", false),
    (Function::Asin, "asin", false),
    (Function::Acos, "acos", false),
    (Function::Atan, "atan", false),
    (Function::Sinh, "sinh", false),
    (Function::Cosh, "cosh", false),
    (Function::Tanh, "tanh", true),
    (Function::Sigmoid, "sigmoid", true),
    (Function::Softplus, "softplus", false),
    (Function::Erf, "erf", true),
    (Function::Abs, "abs", true),
    (Function::Sign, "sign", false),
];

impl Function {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        FUNCTIONS.iter().map(|(function, ..)| *function)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(_, known, _)| name == *known).map(|(function, ..)| *function)
    }

    pub(crate) fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(function, ..)| *function == self).map_or("", |(_, name, _)| name)
    }

    /// Whether the runtime has it as a method of `Float`, rather than among the functions composed of those.
    pub(crate) fn is_elementary(self) -> bool {
        FUNCTIONS.iter().any(|(function, _, elementary)| *function == self && *elementary)
    }

    /// The value at a number; nothing where the standard library has no such function.
    pub(crate) fn of_number(self, x: f64) -> Option<f64> {
        Some(match self {
            Self::Exp => x.exp(),
            Self::ExpM1 => x.exp_m1(),
            Self::Ln => x.ln(),
            Self::Ln1p => x.ln_1p(),
            Self::Sqrt => x.sqrt(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
            Self::Erf => return None,
            Self::Abs => x.abs(),
            Self::Sign if x == 0.0 => 0.0,
            Self::Sign => x.signum(),
        })
    }

    /// The derivative at `a`, where `y` is the value: through `y` where that saves work.
    pub(super) fn derivative(self, graph: &mut Graph, a: Id, y: Id) -> Id {
        let one = graph.number(1.0);
        match self {
            Self::Exp => y,
            Self::ExpM1 => graph.call(Self::Exp, a),
            Self::Ln => graph.quotient(one, a),
            Self::Ln1p => {
                let sum = graph.sum(one, a);
                graph.quotient(one, sum)
            }
            Self::Sqrt => {
                let half = graph.number(0.5);
                graph.quotient(half, y)
            }
            Self::Sin => graph.call(Self::Cos, a),
            Self::Cos => {
                let sin = graph.call(Self::Sin, a);
                graph.negative(sin)
            }
            Self::Tan => {
                let square = graph.power(y, 2);
                graph.sum(one, square)
            }
            Self::Asin | Self::Acos => {
                let square = graph.power(a, 2);
                let rest = graph.difference(one, square);
                let root = graph.call(Self::Sqrt, rest);
                let slope = graph.quotient(one, root);
                if self == Self::Asin { slope } else { graph.negative(slope) }
            }
            Self::Atan => {
                let square = graph.power(a, 2);
                let sum = graph.sum(one, square);
                graph.quotient(one, sum)
            }
            Self::Sinh => graph.call(Self::Cosh, a),
            Self::Cosh => graph.call(Self::Sinh, a),
            Self::Tanh => {
                let square = graph.power(y, 2);
                graph.difference(one, square)
            }
            Self::Sigmoid => {
                let rest = graph.difference(one, y);
                graph.product(y, rest)
            }
            Self::Softplus => graph.call(Self::Sigmoid, a),
            Self::Erf => {
                let square = graph.power(a, 2);
                let below = graph.negative(square);
                let bell = graph.call(Self::Exp, below);
                let scale = graph.number(FRAC_2_SQRT_PI);
                graph.product(scale, bell)
            }
            Self::Abs => graph.call(Self::Sign, a),
            Self::Sign => graph.number(0.0),
        }
    }
}
