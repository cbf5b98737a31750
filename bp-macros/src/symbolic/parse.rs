//! A closure → an expression.

use super::catalogue::{ACTIVATIONS, Activation};
use super::function::Function;
use super::share::{Graph, Id, Test};
use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean};
use proc_macro2::Span;
use std::collections::BTreeMap;
use syn::spanned::Spanned;
use syn::{BinOp, Block, Expr, ExprClosure, ExprIf, Ident, Lit, Pat, Path, Stmt, UnOp};

/// Functions of more than one argument, with how many they take.
const LONGER: &[(&str, usize)] =
    &[("min", 2), ("max", 2), ("clamp", 3), ("powi", 2), ("powf", 2), ("recip", 1)];

/// Reads closures over the same variables into one graph. Goes on after a mistake.
pub(super) struct Parser<'a> {
    pub(super) graph: Graph,
    /// The user's constants, each once.
    pub(super) constants: Vec<Path>,
    /// Parameters and `let` bindings, the innermost last.
    scope: Vec<(String, Id)>,
    reported: Option<Reported>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Parser<'a> {
    pub(super) fn new(diagnostics: &'a mut Diagnostics) -> Self {
        let (graph, constants, scope) = (Graph::default(), Vec::new(), Vec::new());
        Self { graph, constants, scope, reported: None, diagnostics }
    }

    /// Graph and constants, if everything read was right.
    pub(super) fn finish(self) -> Result<(Graph, Vec<Path>)> {
        match self.reported {
            Some(reported) => Err(reported),
            None => Ok((self.graph, self.constants)),
        }
    }

    /// Reports a mistake. Reading goes on with a number in its place.
    fn error(&mut self, at: Span, message: impl std::fmt::Display) -> Id {
        self.reported = Some(self.diagnostics.error(at, message));
        self.graph.number(1.0)
    }

    /// The value of a closure of this form: `|x| …`.
    pub(super) fn closure(&mut self, expr: &Expr, form: &str) -> Id {
        let count = form.matches(',').count() + 1;
        match expr {
            Expr::Paren(paren) => self.closure(&paren.expr, form),
            Expr::Group(group) => self.closure(&group.expr, form),
            Expr::Closure(ExprClosure { inputs, body, .. }) if inputs.len() == count => {
                self.scope.clear();
                for (index, pattern) in inputs.iter().enumerate() {
                    let variable = self.graph.variable(index);
                    self.bind(pattern, variable);
                }
                self.read(body)
            }
            other => self.error(other.span(), format!("expected a closure `{form}`")),
        }
    }

    fn bind(&mut self, pattern: &Pat, value: Id) {
        match pattern {
            Pat::Type(typed) => self.bind(&typed.pat, value),
            Pat::Ident(name)
                if name.subpat.is_none() && name.by_ref.is_none() && name.mutability.is_none() =>
            {
                self.scope.push((name.ident.to_string(), value));
            }
            Pat::Wild(_) => {}
            other => {
                self.error(other.span(), "expected a name: a formula binds one number at a time");
            }
        }
    }

    fn read(&mut self, expr: &Expr) -> Id {
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Paren(paren) => self.read(&paren.expr),
            Expr::Group(group) => self.read(&group.expr),
            Expr::Block(block) if block.label.is_none() => self.block(&block.block),
            Expr::Path(path) if path.qself.is_none() => self.name(&path.path),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                let a = self.read(&unary.expr);
                self.graph.negative(a)
            }
            Expr::Binary(binary) => {
                let of = match binary.op {
                    BinOp::Add(_) => Graph::sum,
                    BinOp::Sub(_) => Graph::difference,
                    BinOp::Mul(_) => Graph::product,
                    BinOp::Div(_) => Graph::quotient,
                    _ => return self.error(binary.op.span(), "a formula knows the operators `+ - * /`"),
                };
                let (a, b) = (self.read(&binary.left), self.read(&binary.right));
                of(&mut self.graph, a, b)
            }
            Expr::If(choice) => self.choice(choice),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => {
                    let arguments: Vec<&Expr> = call.args.iter().collect();
                    self.call(&path.path, &arguments)
                }
                other => self.error(other.span(), unknown_function("")),
            },
            Expr::MethodCall(call) => {
                let arguments: Vec<&Expr> = std::iter::once(&*call.receiver).chain(&call.args).collect();
                self.apply(&call.method, &arguments)
            }
            other => self.error(
                other.span(),
                "a formula consists of numbers, constants, `+ - * /`, calls of known functions, `let` and `if`",
            ),
        }
    }

    fn literal(&mut self, literal: &Lit) -> Id {
        let value = match literal {
            Lit::Float(float) => float.base10_parse::<f64>().ok(),
            Lit::Int(int) => int.base10_parse::<u64>().ok().map(|int| int as f64),
            _ => None,
        };
        match value {
            Some(value) if value.is_finite() => self.graph.number(value),
            _ => self.error(literal.span(), "expected a number"),
        }
    }

    /// A variable, or a constant of the user's.
    fn name(&mut self, path: &Path) -> Id {
        let bound =
            path.get_ident().and_then(|name| self.scope.iter().rev().find(|(known, _)| name == known));
        if let Some((_, value)) = bound {
            return *value;
        }
        let index = self.constants.iter().position(|known| known == path).unwrap_or_else(|| {
            self.constants.push(path.clone());
            self.constants.len() - 1
        });
        self.graph.constant(index)
    }

    fn block(&mut self, block: &Block) -> Id {
        let outer = self.scope.len();
        let mut value = None;
        for (index, statement) in block.stmts.iter().enumerate() {
            match statement {
                Stmt::Local(local) => match &local.init {
                    Some(init) if init.diverge.is_none() => {
                        let bound = self.read(&init.expr);
                        self.bind(&local.pat, bound);
                    }
                    _ => {
                        self.error(local.span(), "expected `let name = value;`");
                    }
                },
                Stmt::Expr(expr, None) if index + 1 == block.stmts.len() => value = Some(self.read(expr)),
                other => {
                    self.error(other.span(), "a formula has no statements but `let`");
                }
            }
        }
        self.scope.truncate(outer);
        match value {
            Some(value) => value,
            None => self.error(block.brace_token.span.join(), "expected a value at the end"),
        }
    }

    fn choice(&mut self, choice: &ExprIf) -> Id {
        let yes = self.block(&choice.then_branch);
        let no = match &choice.else_branch {
            Some((_, otherwise)) => self.read(otherwise),
            None => return self.error(choice.if_token.span(), "a formula's `if` needs an `else`"),
        };
        self.test(&choice.cond, yes, no)
    }

    /// `yes` where a condition holds, `no` elsewhere.
    fn test(&mut self, condition: &Expr, yes: Id, no: Id) -> Id {
        match condition {
            Expr::Paren(paren) => self.test(&paren.expr, yes, no),
            Expr::Group(group) => self.test(&group.expr, yes, no),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => self.test(&unary.expr, no, yes),
            Expr::Binary(binary) => {
                let (left, right) = (&binary.left, &binary.right);
                match binary.op {
                    BinOp::And(_) => {
                        let inner = self.test(right, yes, no);
                        self.test(left, inner, no)
                    }
                    BinOp::Or(_) => {
                        let inner = self.test(right, yes, no);
                        self.test(left, yes, inner)
                    }
                    BinOp::Lt(_) => self.compare(Test::Less, left, right, yes, no),
                    BinOp::Le(_) => self.compare(Test::LessEqual, left, right, yes, no),
                    BinOp::Gt(_) => self.compare(Test::Less, right, left, yes, no),
                    BinOp::Ge(_) => self.compare(Test::LessEqual, right, left, yes, no),
                    BinOp::Eq(_) => self.compare(Test::Equal, left, right, yes, no),
                    BinOp::Ne(_) => self.compare(Test::Equal, left, right, no, yes),
                    _ => self.error(binary.op.span(), "expected a comparison: `< <= > >= == !=`"),
                }
            }
            other => self.error(other.span(), "expected a comparison such as `x > 0.0`"),
        }
    }

    fn compare(&mut self, test: Test, left: &Expr, right: &Expr, yes: Id, no: Id) -> Id {
        let (left, right) = (self.read(left), self.read(right));
        self.graph.choice(test, left, right, yes, no)
    }

    /// `tanh(x)` or `f64::tanh(x)`.
    fn call(&mut self, path: &Path, arguments: &[&Expr]) -> Id {
        let plain = path.segments.iter().rev().skip(1).all(|s| s.ident == "f32" || s.ident == "f64");
        match path.segments.last() {
            Some(last) if plain && path.leading_colon.is_none() => self.apply(&last.ident, arguments),
            _ => {
                let text = crate::size::readable(&quote::ToTokens::to_token_stream(path)).replace(' ', "");
                self.error(path.span(), unknown_function(&text))
            }
        }
    }

    fn apply(&mut self, name: &Ident, arguments: &[&Expr]) -> Id {
        let text = name.to_string();
        let activation = ACTIVATIONS.iter().find(|activation| activation.name == text);
        let function = Function::named(&text);
        let counts = match (&function, activation) {
            (Some(_), _) => 1..=1,
            (None, Some(activation)) => 1..=1 + activation.parameters.len(),
            (None, None) => match LONGER.iter().find(|(known, _)| *known == text) {
                Some((_, count)) => *count..=*count,
                None => return self.error(name.span(), unknown_function(&text)),
            },
        };
        if !counts.contains(&arguments.len()) {
            let (least, most, given) = (counts.start(), counts.end(), arguments.len());
            let takes = if least == most { format!("{most}") } else { format!("{least} to {most}") };
            return self.error(name.span(), format!("`{text}` takes {takes} numbers, not {given}"));
        }
        if text == "powi" {
            return self.whole_power(arguments);
        }
        let values: Vec<Id> = arguments.iter().map(|argument| self.read(argument)).collect();
        match (function, activation, values.as_slice()) {
            (Some(function), _, [a]) => self.graph.call(function, *a),
            (None, Some(activation), _) => self.activation(activation, &values),
            (_, _, [a]) => {
                let one = self.graph.number(1.0);
                self.graph.quotient(one, *a)
            }
            (_, _, [a, b]) if text == "min" => self.graph.min(*a, *b),
            (_, _, [a, b]) if text == "max" => self.graph.max(*a, *b),
            (_, _, [a, b]) => self.graph.real_power(*a, *b),
            (_, _, [a, low, high]) => {
                let raised = self.graph.max(*a, *low);
                self.graph.min(raised, *high)
            }
            _ => self.error(name.span(), unknown_function(&text)),
        }
    }

    fn whole_power(&mut self, arguments: &[&Expr]) -> Id {
        let [base, exponent] = arguments else { return self.graph.number(1.0) };
        let base = self.read(base);
        let (negative, literal) = match exponent {
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => (true, &*unary.expr),
            other => (false, *other),
        };
        match literal {
            Expr::Lit(syn::ExprLit { lit: Lit::Int(int), .. }) => match int.base10_parse::<i32>() {
                Ok(exponent) => self.graph.power(base, if negative { -exponent } else { exponent }),
                Err(error) => self.error(int.span(), error),
            },
            other => self.error(
                other.span(),
                "the exponent of `powi` is a whole number written out, such as `3`: use `powf` for others",
            ),
        }
    }

    /// Reads the catalogue's formula with its own scope.
    fn activation(&mut self, activation: &Activation, values: &[Id]) -> Id {
        let mut scope: BTreeMap<&str, Id> = BTreeMap::new();
        for (index, name) in std::iter::once("x").chain(activation.parameters.iter().map(|p| p.0)).enumerate()
        {
            let default = index.checked_sub(1).and_then(|index| activation.parameters.get(index));
            let value = match (values.get(index), default) {
                (Some(value), _) => *value,
                (None, default) => self.graph.number(default.map_or(0.0, |default| default.1)),
            };
            scope.insert(name, value);
        }
        let outer = std::mem::take(&mut self.scope);
        self.scope = scope.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let value = match syn::parse_str::<Expr>(activation.formula) {
            Ok(formula) => self.read(&formula),
            Err(error) => self.error(Span::call_site(), error),
        };
        self.scope = outer;
        value
    }
}

/// Every function that a formula may call.
pub(super) fn known() -> Vec<&'static str> {
    let functions = Function::all().map(Function::name);
    let longer = LONGER.iter().map(|(name, _)| *name);
    functions.chain(longer).chain(ACTIVATIONS.iter().map(|activation| activation.name)).collect()
}

fn unknown_function(name: &str) -> String {
    let known = known();
    let hint = did_you_mean(name, known.iter().copied());
    format!(
        "no derivative is known for `{name}`{hint}; known: {}; what cannot be made of these is a layer or a loss \
         of your own",
        known.join(", ")
    )
}
