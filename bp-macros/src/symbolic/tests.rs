//! Derivatives against central differences in `f64`, of every function and of random compositions.

use super::function::Function;
use super::parse::{self, Parser};
use super::share::{Graph, Id, Node};
use super::text::Text;
use super::{Place, activation, differentiate};
use crate::diagnostics::Diagnostics;
use proc_macro2::Span;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::f64::consts::FRAC_2_SQRT_PI;
use syn::{Expr, Ident};

/// The value of every expression under one, at the values of the variables.
struct Evaluator<'a> {
    graph: &'a Graph,
    variables: &'a [f64],
    known: BTreeMap<Id, f64>,
}

/// The error function by its series, and by 1 where that no longer shows.
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    FRAC_2_SQRT_PI * sum
}

impl Evaluator<'_> {
    fn value(&mut self, id: Id) -> f64 {
        if let Some(value) = self.known.get(&id) {
            return *value;
        }
        let value = match self.graph.node(id) {
            Node::Variable(index) => self.variables[index],
            Node::Number(bits) => f64::from_bits(bits),
            Node::Constant(_) => 0.75,
            Node::Negative(a) => -self.value(a),
            Node::Sum(a, b) => self.value(a) + self.value(b),
            Node::Difference(a, b) => self.value(a) - self.value(b),
            Node::Product(a, b) => self.value(a) * self.value(b),
            Node::Quotient(a, b) => self.value(a) / self.value(b),
            Node::Power(a, exponent) => self.value(a).powi(exponent),
            Node::RealPower(a, b) => self.value(a).powf(self.value(b)),
            Node::Call(function, a) => {
                let a = self.value(a);
                function.of_number(a).unwrap_or_else(|| erf(a))
            }
            // As the runtime has them where one side is NaN.
            Node::Min(a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                if b < a { b } else { a }
            }
            Node::Max(a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                if a < b { b } else { a }
            }
            Node::Choice { test, left, right, yes, no } => {
                let holds = test.holds(self.value(left), self.value(right));
                self.value(if holds { yes } else { no })
            }
        };
        self.known.insert(id, value);
        value
    }
}

fn evaluate(graph: &Graph, id: Id, variables: &[f64]) -> f64 {
    Evaluator { graph, variables, known: BTreeMap::new() }.value(id)
}

/// Value and derivative of a closure.
fn derive(text: &str, form: &str) -> (Graph, Id, Id) {
    let mut diagnostics = Diagnostics::new();
    let mut parser = Parser::new(&mut diagnostics);
    let expr: Expr = syn::parse_str(text).expect("an expression");
    let value = parser.closure(&expr, form);
    let read = parser.finish();
    let errors = diagnostics.finish();
    let Ok((mut graph, _)) = read else { panic!("{text}: {errors}") };
    let slope = differentiate::derivative(&mut graph, value, 0);
    (graph, value, slope)
}

/// Compares at a place, and says whether the function is smooth enough there for that.
fn agrees(graph: &Graph, value: Id, slope: Id, x: f64) -> Result<bool, String> {
    let f = |x: f64| evaluate(graph, value, &[x, 0.3]);
    let differences = |h: f64| (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h);
    let (coarse, fine) = (differences(2e-3), differences(1e-3));
    let scale = 1.0 + fine.abs() + f(x).abs();
    // Where two distances disagree there is a kink or a pole, and differences prove nothing.
    if !fine.is_finite() || (coarse - fine).abs() > 1e-8 * scale || scale > 1e6 {
        return Ok(false);
    }
    let found = evaluate(graph, slope, &[x, 0.3]);
    if (found - fine).abs() <= 1e-7 * scale { Ok(true) } else { Err(format!("at {x}: {found}, not {fine}")) }
}

/// None of them a number of one decimal, as the random formulas have: at a kink both differences agree on a slope between.
const PLACES: [f64; 12] = [-7.31, -3.13, -1.93, -0.83, -0.41, -0.13, 0.17, 0.37, 0.77, 1.73, 2.93, 6.71];

#[test]
fn every_function_has_the_derivative_of_its_values() {
    for name in parse::known() {
        let text = match name {
            "min" | "max" => format!("|x| {name}(x * x, 1.0 + x)"),
            "clamp" => "|x| (x * x).clamp(-1.0, 2.0 + x)".to_owned(),
            "powi" => "|x| x.powi(-3) + x.powi(4)".to_owned(),
            "powf" => "|x| x.powf(1.3) + powf(1.7, x) + abs(x).powf(x) + x.powf(0.5)".to_owned(),
            _ => format!("|x| {name}(x) + (0.5 * x).{name}()"),
        };
        let (graph, value, slope) = derive(&text, "|x| …");
        let tried = PLACES.iter().filter(|x| match agrees(&graph, value, slope, **x) {
            Ok(compared) => compared,
            Err(error) => panic!("{text} {error}"),
        });
        assert!(tried.count() >= 3, "{text}: compared at too few places");
    }
}

/// Texts of random formulas of `x` and `t`.
fn formula() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => Just("x".to_owned()),
        1 => Just("t".to_owned()),
        1 => Just("LIMIT".to_owned()),
        2 => (1..40_i32).prop_map(|n| format!("{:.1}", f64::from(n) / 10.0)),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let names = prop::sample::select(parse::known());
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/"]), inner.clone())
                .prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
            inner.clone().prop_map(|a| format!("(-{a})")),
            (inner.clone(), -3..4_i32).prop_map(|(a, n)| format!("({a}).powi({n})")),
            (names, inner.clone(), inner.clone()).prop_map(|(name, a, b)| match name {
                "min" | "max" | "powf" => format!("{name}({a}, {b})"),
                "clamp" => format!("({a}).clamp(-1.0, {b})"),
                "powi" => format!("({a}).powi(2)"),
                _ => format!("{name}({a})"),
            }),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{ let u = {a}; u * {b} + sin(u) }}")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("(if {a} > 0.3 && !({b} <= t) {{ {b} }} else {{ {c} }})")),
        ]
    })
}

proptest! {
    // The same formulas every time: a build does not fail for one that the build before did not try.
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn random_compositions_have_the_derivative_of_their_values(text in formula()) {
        let (graph, value, slope) = derive(&format!("|x, t| {text}"), "|x, t| …");
        for x in PLACES {
            if let Err(error) = agrees(&graph, value, slope, x) {
                prop_assert!(false, "{} {}", text, error);
            }
        }
    }
}

/// The derivative as text.
fn slope(text: &str) -> String {
    let (graph, _, root) = derive(text, "|x| …");
    let (variables, constants) = (["x".to_owned()], ["LIMIT".to_owned()]);
    Text { graph: &graph, root, variables: &variables, constants: &constants }.to_string()
}

#[test]
fn derivatives_are_simple() {
    for (text, expected) in [
        ("|x| 3.0", "0"),
        ("|x| 2.0 * x + 1.0", "2"),
        ("|x| x * x * x", "3 · x²"),
        ("|x| -x.powi(2) / 2.0", "−x"),
        ("|x| LIMIT * x", "LIMIT"),
        ("|x| tanh(x)", "1 − tanh(x)²"),
        ("|x| exp(2.0 * x)", "2 · exp(2 · x)"),
        ("|x| ln(1.0 + exp(x))", "sigmoid(x)"),
        ("|x| 1.0 / (1.0 + exp(-x))", "sigmoid(x) · (1 − sigmoid(x))"),
        ("|x| max(x, 0.0)", "1 where 0 < x, else 0"),
        ("|x| { let s = sqrt(x); s * s }", "1"),
    ] {
        assert_eq!(slope(text), expected, "{text}");
    }
}

#[test]
fn value_and_derivative_share_what_they_can() {
    let (graph, value, slope) = derive("|x| exp(sin(x)) / (2.0 + cos(x))", "|x| …");
    let calls = |function: Function| {
        let all = graph.uses(&[value, slope]);
        all.keys()
            .filter(|id| matches!(graph.node(**id), Node::Call(called, _) if called == function))
            .count()
    };
    assert_eq!([Function::Exp, Function::Sin, Function::Cos].map(calls), [1, 1, 1]);
}

#[test]
fn long_formulas_take_time_and_text_in_proportion() {
    // Every step uses the one before twice: 2³⁰ terms if written out.
    let lets: String = (0..30).map(|_| "let x = x * sin(x);").collect();
    let text = slope(&format!("|x| {{ {lets} x }}"));
    assert!(text.chars().count() <= 401 && text.ends_with('…'));
}

/// The messages for a formula with mistakes.
fn mistakes(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let expr: Expr = syn::parse_str(text).expect("an expression");
    let constants = Ident::new("NetLayers", Span::call_site());
    let place = Place { constants: &constants, owner: &constants, prefix: "LAYER", number: 0 };
    let written = activation(&expr, None, &place, &mut diagnostics);
    assert!(written.is_err(), "{text} is accepted");
    diagnostics.finish().to_string()
}

#[test]
fn mistakes_are_reported_with_a_remedy() {
    for (text, expected) in [
        ("|x| tnah(x)", "no derivative is known for `tnah` (did you mean `tanh`?); known: exp, "),
        ("|x| x.gamma()", "no derivative is known for `gamma`"),
        ("|x| my::tanh(x)", "no derivative is known for `my::tanh`"),
        ("|x| x % 2.0", "a formula knows the operators `+ - * /`"),
        ("|x| min(x)", "`min` takes 2 numbers, not 1"),
        ("|x| elu(x, 1.0, 2.0)", "`elu` takes 1 to 2 numbers, not 3"),
        ("|x| x.powi(N)", "the exponent of `powi` is a whole number written out"),
        ("|x| if x > 0.0 { x }", "a formula's `if` needs an `else`"),
        ("|x| if x { x } else { 0.0 }", "expected a comparison"),
        ("|x| { let y; x }", "expected `let name = value;`"),
        ("|x| { let (a, b) = x; a }", "expected a name"),
        ("|x| { x; }", "a formula has no statements but `let`"),
        ("|x| [x]", "a formula consists of numbers"),
        ("|x| \"a\"", "expected a number"),
        ("|x, y| x", "expected a closure `|x| …`"),
        ("tanh", "expected a closure `|x| …`"),
    ] {
        let found = mistakes(text).replace("\\\"", "\"");
        assert!(found.contains(expected), "{text}: {found}");
    }
    let both = mistakes("|x| foo(x) + x % bar(x)");
    assert_eq!(both.matches("compile_error").count(), 2, "two mistakes are two messages: {both}");
}
