//! Every schedule against PyTorch's scheduler, over sixty steps. `fixtures/schedules.py` writes the rates.

use backprop_runtime::Real;
use backprop_runtime::schedules::{
    Constant, Cosine, CosineRestarts, Exponential, Improvement, Linear, MultiStep, OneCycle, Polynomial,
    ReduceOnPlateau, Schedule, Step, Warmup,
};
use serde_json::Value;

const DOUBLE: f64 = 1e-14;
const SINGLE: f64 = 1e-6;

struct Case {
    schedule: String,
    options: Value,
    metrics: Vec<f64>,
    rates: Vec<f64>,
    base: f64,
}

fn cases() -> Vec<Case> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schedules.json");
    let index: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let numbers =
        |value: &Value| value.as_array().into_iter().flatten().map(|x| x.as_f64().unwrap()).collect();
    let case = |case: &Value| Case {
        schedule: case["schedule"].as_str().unwrap().to_owned(),
        options: case["options"].clone(),
        metrics: numbers(&case["metrics"]),
        rates: numbers(&case["rates"]),
        base: index["base"].as_f64().unwrap(),
    };
    index["cases"].as_array().unwrap().iter().map(case).collect()
}

impl Case {
    fn number(&self, name: &str) -> Option<f64> {
        self.options.get(name).map(|value| value.as_f64().unwrap())
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.options.get(name).map(|value| value.as_u64().unwrap() as usize)
    }

    fn pair(&self, name: &str) -> Option<(f64, f64)> {
        self.options.get(name).map(|value| serde_json::from_value(value.clone()).unwrap())
    }

    fn flag(&self, name: &str) -> bool {
        self.options.get(name).is_some_and(|value| value.as_bool().unwrap())
    }

    /// Compares at every step, relative to the largest rate, in both precisions.
    fn compare(&self, schedule: &impl Schedule) {
        for (step, expected) in self.rates.iter().enumerate() {
            let single: f32 = schedule.learning_rate(step);
            self.close(step, schedule.learning_rate(step), *expected, DOUBLE);
            self.close(step, f64::from(single), *expected, SINGLE);
            assert_eq!(schedule.at(step), Real::new(schedule.learning_rate(step)));
        }
    }

    fn close(&self, step: usize, found: f64, expected: f64, tolerance: f64) {
        let error = (found - expected).abs() / self.base;
        assert!(
            error <= tolerance,
            "{} {}: {found} instead of {expected} at step {step}",
            self.schedule,
            self.options
        );
    }
}

fn check(case: &Case) {
    let base = case.base;
    match case.schedule.as_str() {
        "Step" => {
            let mut schedule = Step::new(base, case.count("every").unwrap());
            if let Some(gamma) = case.number("gamma") {
                schedule = schedule.gamma(gamma);
            }
            case.compare(&schedule);
        }
        "MultiStep" => {
            let milestones: [usize; 3] = serde_json::from_value(case.options["milestones"].clone()).unwrap();
            let mut schedule = MultiStep::new(base, milestones);
            if let Some(gamma) = case.number("gamma") {
                schedule = schedule.gamma(gamma);
            }
            case.compare(&schedule);
        }
        "Exponential" => case.compare(&Exponential::new(base, case.number("gamma").unwrap())),
        "Linear" => {
            let mut schedule = Linear::new(base, case.count("total").unwrap());
            if let Some((start, end)) = case.pair("factors") {
                schedule = schedule.factors(start, end);
            }
            case.compare(&schedule);
        }
        "Polynomial" => {
            let mut schedule = Polynomial::new(base, case.count("total").unwrap());
            if let Some(power) = case.number("power") {
                schedule = schedule.power(power);
            }
            case.compare(&schedule);
        }
        "Cosine" => {
            let mut schedule = Cosine::new(base, case.count("total").unwrap());
            if let Some(min) = case.number("min") {
                schedule = schedule.min(min);
            }
            case.compare(&schedule);
        }
        "CosineRestarts" => {
            let mut schedule = CosineRestarts::new(base, case.count("first").unwrap());
            if let Some(stretch) = case.count("stretch") {
                schedule = schedule.stretch(stretch);
            }
            if let Some(min) = case.number("min") {
                schedule = schedule.min(min);
            }
            case.compare(&schedule);
        }
        "OneCycle" => one_cycle(case),
        "WarmupCosine" => {
            case.compare(&Warmup::new(10, Cosine::new(base, case.count("total").unwrap())).start(0.1));
        }
        "WarmupExponential" => {
            case.compare(&Warmup::new(10, Exponential::new(base, case.number("gamma").unwrap())).start(0.1));
        }
        "ReduceOnPlateau" => plateau(case),
        other => panic!("no schedule {other}"),
    }
}

fn one_cycle(case: &Case) {
    let mut schedule = OneCycle::new(case.base, case.count("total").unwrap());
    if let Some(rise) = case.number("rise") {
        schedule = schedule.rise(rise);
    }
    if let Some((first, last)) = case.pair("divisors") {
        schedule = schedule.divisors(first, last);
    }
    if case.flag("linear") {
        schedule = schedule.linear();
    }
    if case.flag("three_phases") {
        schedule = schedule.three_phases();
    }
    case.compare(&schedule);
}

fn plateau(case: &Case) {
    let mut plateau = ReduceOnPlateau::new(case.base);
    if let Some(patience) = case.count("patience") {
        plateau = plateau.patience(patience);
    }
    if let Some(cooldown) = case.count("cooldown") {
        plateau = plateau.cooldown(cooldown);
    }
    if let Some(factor) = case.number("factor") {
        plateau = plateau.factor(factor);
    }
    if let Some(min) = case.number("min_lr") {
        plateau = plateau.min(min);
    }
    if let Some(eps) = case.number("eps") {
        plateau = plateau.eps(eps);
    }
    if case.options.get("threshold_mode").is_some() {
        let threshold = Real::new(case.number("threshold").unwrap());
        plateau = plateau.threshold(Improvement::Absolute(threshold));
    }
    if case.options.get("mode").is_some() {
        plateau = plateau.maximize();
    }
    for (step, (metric, expected)) in case.metrics.iter().zip(&case.rates).enumerate() {
        case.close(step, plateau.observe(*metric), *expected, DOUBLE);
    }
    assert_ne!(case.rates.last(), case.rates.first(), "nothing was reduced");
}

#[test]
fn all_schedules_as_in_pytorch() {
    let cases = cases();
    assert_eq!(cases.len(), 27);
    for case in &cases {
        assert_eq!(case.rates.len(), 60);
        check(case);
    }
    println!("schedules: {} cases of 60 steps each", cases.len());
}

#[test]
fn schedules_are_constants_and_go_on_for_ever() {
    const SCHEDULE: Warmup<CosineRestarts> = Warmup::new(3, CosineRestarts::new(0.5, 10).stretch(2));
    for step in [0, 1000, usize::MAX] {
        assert!((0.0..=0.5).contains(&SCHEDULE.learning_rate::<f64>(step)));
    }
    assert_eq!(Constant::new(0.5).learning_rate::<f32>(usize::MAX), 0.5);
    assert!(OneCycle::new(1.0, 0).learning_rate::<f64>(3).is_finite());
    assert!(OneCycle::new(1.0, 1).rise(0.0).learning_rate::<f64>(0).is_finite());
    assert_eq!(Exponential::new(1.0, 0.5).learning_rate::<f32>(usize::MAX), 0.0);
    assert_eq!(Cosine::new(1.0, 7).learning_rate::<f64>(14), 1.0);
}

#[test]
fn nan_is_no_improvement() {
    let mut plateau = ReduceOnPlateau::new(1.0).patience(0).factor(0.5);
    assert_eq!(plateau.observe(f32::NAN), 0.5);
    assert_eq!(plateau.observe(3.0), 0.5);
    assert_eq!(plateau.observe(f32::NAN), 0.25);
    assert_eq!(plateau.learning_rate(), 0.25);
}
