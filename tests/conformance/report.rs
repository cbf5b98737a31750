//! What is compared, how closely, and what is left out for which reason.

use crate::fixture::{Case, Stored};
use std::collections::BTreeMap;

/// What the library computes for a case: tensors by PyTorch's names, in PyTorch's order.
pub(crate) type Answers = BTreeMap<String, Vec<f64>>;
/// Answers, or what the library has no form for.
pub(crate) type Outcome = Result<Answers, String>;

/// Whether a tensor of a case is a result, to be found among the answers.
fn is_result(name: &str) -> bool {
    let starts = ["din", "dparam.", "after.running"];
    name == "out" || starts.iter().any(|start| name.starts_with(start))
}

/// The largest error relative to the tensor's largest magnitude, infinite for a wrong length or NaN.
fn error(found: &[f64], expected: &[f64]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let largest = expected.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let scale = if largest == 0.0 { 1.0 } else { largest };
    found.iter().zip(expected).fold(0.0, |worst, (found, expected)| {
        let error = (found - expected).abs() / scale;
        if error <= worst { worst } else { if error.is_nan() { f64::INFINITY } else { error } }
    })
}

/// Compares all results of a case; returns what is wrong.
pub(crate) fn compare(
    case: &Case,
    answers: &Answers,
    (precision, tolerance): (&str, f64),
    left_out: &mut LeftOut,
) -> Vec<String> {
    let mut wrong = vec![];
    for (name, Stored { values, .. }) in case.tensors.iter().filter(|(name, _)| is_result(name)) {
        let listed = left_out.tensor(&case.name, name);
        match answers.get(name) {
            Some(_) if listed => wrong.push(format!("{name} is listed as left out but computed")),
            None if !listed => wrong.push(format!("{name} is neither computed nor listed as left out")),
            Some(found) => {
                let error = error(found, values);
                let inexact = format!("{precision} {}", case.name);
                if error > tolerance && !left_out.tensor(&inexact, name) {
                    wrong.push(format!("{name} is off by {error:.1e}"));
                }
            }
            None => {}
        }
    }
    wrong
}

/// The list of what is left out, with reasons: `left_out.txt`.
///
/// A line is `pattern: reason`. A pattern is a case, `RNN/*`, or a tensor of a case, `BCELoss/*#din1`, where `*`
/// stands for anything; `f32 Tanh/*#din0` is a tensor that is computed, but not as closely in this precision.
pub(crate) struct LeftOut {
    lines: Vec<Line>,
}

struct Line {
    case: String,
    tensor: Option<String>,
    used: bool,
}

impl LeftOut {
    pub(crate) fn read() -> Self {
        let lines = include_str!("left_out.txt").lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).map(|line| {
            let (pattern, reason) = line.split_once(": ").unwrap_or_else(|| panic!("{line}: no reason"));
            assert!(reason.trim().len() > 10, "{line}: a reason is a sentence");
            let (case, tensor) = match pattern.split_once('#') {
                Some((case, tensor)) => (case, Some(tensor.to_owned())),
                None => (pattern, None),
            };
            Line { case: case.to_owned(), tensor, used: false }
        });
        Self { lines: lines.collect() }
    }

    /// Whether the whole case is listed.
    pub(crate) fn case(&mut self, case: &str) -> bool {
        self.find(|line| line.tensor.is_none() && matches(&line.case, case))
    }

    fn tensor(&mut self, case: &str, tensor: &str) -> bool {
        self.find(|line| {
            line.tensor.as_ref().is_some_and(|pattern| matches(pattern, tensor)) && matches(&line.case, case)
        })
    }

    fn find(&mut self, is_meant: impl Fn(&Line) -> bool) -> bool {
        let mut found = false;
        for line in self.lines.iter_mut().filter(|line| is_meant(line)) {
            line.used = true;
            found = true;
        }
        found
    }

    /// Lines that no case has needed.
    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.lines.iter().filter(|line| !line.used);
        unused.map(|line| format!("left_out.txt: {} leaves nothing out", line.case)).collect()
    }
}

/// Whether a text is what a pattern with `*` says.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).any(|at| text.get(at..).is_some_and(|end| matches(rest, end)))
        }),
    }
}

/// How many cases of a module there are, can be run, and are equal.
#[derive(Default)]
pub(crate) struct Tally {
    pub cases: usize,
    pub applicable: usize,
    pub passed: usize,
}

/// The table of all modules, and its last line.
pub(crate) fn print(tallies: &BTreeMap<String, Tally>) {
    println!("{:<24}{:>11}{:>8}{:>10}", "module", "applicable", "passed", "left out");
    let mut total = Tally::default();
    for (module, Tally { cases, applicable, passed }) in tallies {
        println!("{module:<24}{applicable:>11}{passed:>8}{:>10}", cases - applicable);
        total.cases += cases;
        total.applicable += applicable;
        total.passed += passed;
    }
    let Tally { cases, applicable, passed } = total;
    println!("applicable {applicable} / passed {passed} / left out {}", cases - applicable);
}

#[test]
fn a_wrong_number_is_an_error() {
    assert!(error(&[1.0, 2.0], &[1.0, 2.0]) == 0.0);
    assert!(error(&[1.0, 2.0 + 4e-10], &[1.0, 2.0]) > 1e-10);
    assert!(error(&[f64::NAN, 2.0], &[1.0, 2.0]) > 1.0);
    assert!(error(&[1.0, f64::NAN], &[1.0, 2.0]) > 1.0);
    assert!(error(&[1.0], &[1.0, 2.0]) > 1.0);
    assert!(error(&[1e-9], &[0.0]) > 1e-10);
}

#[test]
fn patterns_match() {
    assert!(matches("RNN/*", "RNN/train/3") && !matches("RNN/*", "RNNCell/train/3"));
    assert!(matches("*/train/3", "RNN/train/3") && !matches("*/train/3", "RNN/train/33"));
    assert!(matches("din1", "din1") && !matches("din1", "din10"));
}
