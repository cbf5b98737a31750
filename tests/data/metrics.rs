//! Metrics beside those of scikit-learn.

use crate::support::assert_close;
use backprop::metrics;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let numbers = value.as_array().expect("a list");
    numbers.iter().map(|number| number.as_f64().unwrap_or(f64::NAN)).collect()
}

fn rows<const N: usize>(value: &Value) -> Vec<[f64; N]> {
    let rows = value.as_array().expect("a list");
    rows.iter().map(|row| numbers(row).try_into().expect("as many")).collect()
}

#[test]
fn metrics_are_those_of_scikit_learn() {
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/metrics.json")).expect("a fixture");
    let number = |name: &str| fixture[name].as_f64().expect("a number");
    let close = |what: &str, found: f64, expected: f64| assert_close(what, &[found], &[expected], 1e-12);

    let scores: Vec<[f64; 4]> = rows(&fixture["scores"]);
    let labels: Vec<usize> = numbers(&fixture["labels"]).into_iter().map(|label| label as usize).collect();
    close("accuracy", metrics::accuracy(&scores, &labels), number("accuracy"));
    for (k, expected) in numbers(&fixture["top_k"]).into_iter().enumerate() {
        close("top k", metrics::top_k(&scores, &labels, k + 1), expected);
    }
    let confusion = metrics::confusion::<4, _, _>(&scores, &labels);
    let expected: Vec<[f64; 4]> = rows(&fixture["confusion"]);
    assert_eq!(confusion.map(|row| row.map(|count| count as f64)).as_slice(), expected);
    type Metric = fn(&[[f64; 4]], &[usize], usize) -> f64;
    let each: [(&str, Metric); 4] = [
        ("precision", metrics::precision),
        ("recall", metrics::recall),
        ("f1", metrics::f1),
        ("roc_auc", metrics::roc_auc),
    ];
    for (name, metric) in each {
        let found: Vec<f64> = (0..4).map(|class| metric(&scores, &labels, class)).collect();
        assert_close(name, &found, &numbers(&fixture[name]), 1e-12);
    }

    let yes: Vec<[f64; 1]> = numbers(&fixture["yes"]).into_iter().map(|score| [score]).collect();
    let is_yes: Vec<u8> = numbers(&fixture["is_yes"]).into_iter().map(|label| label as u8).collect();
    close("accuracy of yes", metrics::accuracy(&yes, &is_yes), number("accuracy_of_yes"));
    close("F1 of yes", metrics::f1(&yes, &is_yes, 1), number("f1_of_yes"));
    close("area of yes", metrics::roc_auc(&yes, &is_yes, 1), number("roc_auc_of_yes"));

    let (outputs, targets): (Vec<[f64; 2]>, Vec<[f64; 2]>) =
        (rows(&fixture["outputs"]), rows(&fixture["targets"]));
    close("absolute error", metrics::mean_absolute_error(&outputs, &targets), number("mean_absolute_error"));
    close("R²", metrics::r2(&outputs, &targets), number("r2"));
}
