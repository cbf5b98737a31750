//! Every optimizer against PyTorch: ten steps of each configuration that its own developers test with.
//!
//! `fixtures/pytorch/pytorch.py` writes the runs; `fixtures/lion.py` those of Lion.

use backprop_runtime::flat::zero;
use backprop_runtime::optimizers::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Asgd, Lion, NAdam, Optimizer, Penalized, RAdam, RmsProp, Rprop,
    Sgd, Update,
};
use backprop_runtime::typenum::{U2, U12, U37};
use backprop_runtime::{GenericArray, Real, Scalar};
use safetensors::SafeTensors;
use serde_json::{Map, Value};

/// Runs that no optimizer here can do, with the reason for each. Every other run must pass.
const LEFT_OUT: &[(&str, &str)] = &[];

const DOUBLE: f64 = 1e-12;
const SINGLE: f64 = 1e-5;

/// One run: options, and parameters before and after each of ten gradients.
struct Run {
    name: String,
    optimizer: String,
    options: Map<String, Value>,
    parameters: Vec<Vec<f64>>,
    gradients: Vec<Vec<f64>>,
}

fn fixture(path: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases(path: &str) -> Vec<Map<String, Value>> {
    let index: Value = serde_json::from_slice(&fixture(path)).unwrap();
    index["cases"].as_array().unwrap().iter().map(|case| case.as_object().unwrap().clone()).collect()
}

fn pytorch() -> Vec<Run> {
    let bytes = fixture("pytorch/pytorch_optimizers.safetensors");
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let numbers = |name: String| {
        let (numbers, rest) = tensors.tensor(&name).unwrap().data().as_chunks::<8>();
        assert!(rest.is_empty());
        numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect::<Vec<_>>()
    };
    let run = |case: Map<String, Value>| {
        let name = case["case"].as_str().unwrap();
        Run {
            name: name.to_owned(),
            optimizer: case["optimizer"].as_str().unwrap().to_owned(),
            options: case["kwargs"].as_object().unwrap().clone(),
            parameters: (0..=10).map(|t| numbers(format!("{name}/param/{t}"))).collect(),
            gradients: (0..10).map(|t| numbers(format!("{name}/grad/{t}"))).collect(),
        }
    };
    cases("pytorch/pytorch_optimizers.json").into_iter().map(run).collect()
}

fn lion() -> Vec<Run> {
    let numbers = |value: &Value| -> Vec<Vec<f64>> { serde_json::from_value(value.clone()).unwrap() };
    let run = |case: Map<String, Value>| Run {
        name: case["case"].as_str().unwrap().to_owned(),
        optimizer: case["optimizer"].as_str().unwrap().to_owned(),
        options: case["kwargs"].as_object().unwrap().clone(),
        parameters: numbers(&case["parameters"]),
        gradients: numbers(&case["gradients"]),
    };
    cases("lion.json").into_iter().map(run).collect()
}

/// The options of a run, each of which must be taken.
struct Options(Map<String, Value>);

impl Options {
    fn number(&mut self, name: &str) -> Option<f64> {
        self.0.remove(name).map(|value| value.as_f64().unwrap())
    }

    fn pair(&mut self, name: &str) -> Option<(f64, f64)> {
        self.0.remove(name).map(|value| serde_json::from_value(value).unwrap())
    }

    fn flag(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some_and(|value| value.as_bool().unwrap())
    }
}

/// Largest errors of a run in `f64` and `f32`, relative to the largest parameter; or the option that the
/// optimizer does not have.
type Outcome = Result<(f64, f64), String>;

fn play<S: Scalar + Into<f64>>(optimizer: &impl Optimizer, run: &Run) -> f64 {
    let array = |numbers: &[f64]| -> GenericArray<S, U12> {
        numbers.iter().map(|number| S::real(Real::new(*number))).collect()
    };
    let mut parameters = array(&run.parameters[0]);
    let mut state = zero();
    let mut worst = 0.0;
    for (gradient, expected) in run.gradients.iter().zip(&run.parameters[1..]) {
        optimizer.step(&mut state, &mut parameters, &array(gradient));
        let largest = expected.iter().fold(0.0_f64, |largest, number| largest.max(number.abs()));
        for (found, expected) in parameters.iter().zip(expected) {
            let error = ((*found).into() - expected).abs() / largest;
            worst = if error > worst || error.is_nan() { error } else { worst };
        }
    }
    worst
}

fn finish<O: Optimizer>(mut optimizer: O, mut options: Options, run: &Run) -> Outcome {
    if let Some(rate) = options.number("lr") {
        optimizer.set_learning_rate(Real::new(rate));
    }
    match options.0.keys().next() {
        Some(unknown) => Err(unknown.clone()),
        None => Ok((play::<f64>(&optimizer, run), play::<f32>(&optimizer, run))),
    }
}

/// Sets the options that a run gives; what it does not give is the optimizer's own default.
macro_rules! set {
    ($optimizer:ident, $options:ident: $($number:literal => $method:ident),*; $($flag:literal => $switch:ident),*) => {
        $( if let Some(number) = $options.number($number) { $optimizer = $optimizer.$method(number); } )*
        $( if $options.flag($flag) { $optimizer = $optimizer.$switch(); } )*
    };
}

fn outcome(run: &Run) -> Outcome {
    let mut options = Options(run.options.clone());
    match run.optimizer.as_str() {
        "SGD" => sgd(options, run),
        "RMSprop" => rmsprop(options, run),
        "Adam" => {
            let mut adam = Adam::default();
            set!(adam, options: "weight_decay" => weight_decay; "maximize" => maximize);
            if options.flag("amsgrad") {
                finish(adam.amsgrad(), options, run)
            } else {
                finish(adam, options, run)
            }
        }
        "AdamW" => {
            let mut adamw = AdamW::default();
            set!(adamw, options: "weight_decay" => weight_decay; "maximize" => maximize);
            if options.flag("amsgrad") {
                finish(adamw.amsgrad(), options, run)
            } else {
                finish(adamw, options, run)
            }
        }
        "Adamax" => {
            let mut adamax = Adamax::default();
            set!(adamax, options: "weight_decay" => weight_decay; "maximize" => maximize);
            finish(adamax, options, run)
        }
        "NAdam" => {
            let mut nadam = NAdam::default();
            set!(nadam, options: "weight_decay" => weight_decay, "momentum_decay" => momentum_decay;
                "decoupled_weight_decay" => decoupled_weight_decay, "maximize" => maximize);
            finish(nadam, options, run)
        }
        "RAdam" => {
            let mut radam = RAdam::default();
            set!(radam, options: "weight_decay" => weight_decay, "eps" => eps;
                "decoupled_weight_decay" => decoupled_weight_decay, "maximize" => maximize);
            finish(radam, options, run)
        }
        "Adagrad" => {
            let mut adagrad = Adagrad::default();
            set!(adagrad, options: "weight_decay" => weight_decay, "lr_decay" => learning_rate_decay,
                "initial_accumulator_value" => initial_accumulator; "maximize" => maximize);
            finish(adagrad, options, run)
        }
        "Adadelta" => {
            let mut adadelta = Adadelta::default();
            set!(adadelta, options: "weight_decay" => weight_decay, "rho" => rho; "maximize" => maximize);
            finish(adadelta, options, run)
        }
        "Rprop" => {
            let mut rprop = Rprop::default();
            set!(rprop, options: ; "maximize" => maximize);
            if let Some((minus, plus)) = options.pair("etas") {
                rprop = rprop.etas(minus, plus);
            }
            if let Some((min, max)) = options.pair("step_sizes") {
                rprop = rprop.step_sizes(min, max);
            }
            finish(rprop, options, run)
        }
        "ASGD" => {
            let mut asgd = Asgd::default();
            set!(asgd, options: "weight_decay" => weight_decay, "lambd" => lambda; "maximize" => maximize);
            if let Some(start) = options.number("t0") {
                asgd = asgd.start(start as usize);
            }
            finish(asgd, options, run)
        }
        "Lion" => {
            let mut lion = Lion::default();
            set!(lion, options: "weight_decay" => weight_decay; );
            if let Some((beta1, beta2)) = options.pair("betas") {
                lion = lion.betas(beta1, beta2);
            }
            finish(lion, options, run)
        }
        other => Err(other.to_owned()),
    }
}

fn sgd(mut options: Options, run: &Run) -> Outcome {
    let mut sgd = Sgd::default();
    set!(sgd, options: "weight_decay" => weight_decay; "maximize" => maximize);
    let Some(momentum) = options.number("momentum") else { return finish(sgd, options, run) };
    let mut sgd = sgd.momentum(momentum);
    set!(sgd, options: "dampening" => dampening; "nesterov" => nesterov);
    finish(sgd, options, run)
}

fn rmsprop(mut options: Options, run: &Run) -> Outcome {
    let mut rmsprop = RmsProp::default();
    set!(rmsprop, options: "weight_decay" => weight_decay, "alpha" => alpha; "maximize" => maximize);
    match (options.flag("centered"), options.number("momentum")) {
        (false, None) => finish(rmsprop, options, run),
        (true, None) => finish(rmsprop.centered(), options, run),
        (false, Some(momentum)) => finish(rmsprop.momentum(momentum), options, run),
        (true, Some(momentum)) => finish(rmsprop.momentum(momentum).centered(), options, run),
    }
}

/// Plays all runs and prints one line; every run must pass, or be left out and in the list.
fn conform(about: &str, runs: &[Run]) {
    let left_out = |run: &Run| LEFT_OUT.iter().find(|(name, _)| *name == run.name);
    let (mut passed, mut skipped, mut wrong) = (0, 0, Vec::new());
    let mut worst = (0.0_f64, 0.0_f64);
    for run in runs {
        assert_eq!((run.parameters.len(), run.gradients.len()), (11, 10), "{}", run.name);
        match (outcome(run), left_out(run)) {
            (Ok((double, single)), None) if double <= DOUBLE && single <= SINGLE => {
                passed += 1;
                worst = (worst.0.max(double), worst.1.max(single));
            }
            (Ok((double, single)), None) => wrong.push(format!("{}: {double:e}, {single:e}", run.name)),
            (Err(_), Some((name, reason))) => {
                skipped += 1;
                println!("left out {name}: {reason}");
            }
            (Err(option), None) => wrong.push(format!("{}: no {option}", run.name)),
            (Ok(_), Some((name, _))) => wrong.push(format!("{name} is applicable: strike it off the list")),
        }
    }
    println!(
        "{about}: {} applicable / {passed} passed / {skipped} left out; largest error {:.1e} (f64), {:.1e} (f32)",
        runs.len() - skipped,
        worst.0,
        worst.1
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn all_of_pytorch_s_optimizer_runs() {
    let runs = pytorch();
    assert_eq!(runs.len(), 68);
    conform("optimizers", &runs);
}

#[test]
fn lion_as_its_authors_wrote_it() {
    let runs = lion();
    assert_eq!(runs.len(), 4);
    conform("lion", &runs);
}

#[test]
fn every_reason_to_leave_out_belongs_to_a_run() {
    let runs = pytorch();
    for (name, reason) in LEFT_OUT {
        assert!(runs.iter().any(|run| run.name == *name), "{name} is no run");
        assert!(!reason.is_empty(), "{name} has no reason");
    }
}

fn wave(start: f32) -> GenericArray<f32, U37> {
    (0..37).map(|i| (start + i as f32 * 0.7).sin()).collect()
}

/// What a step does to 37 numbers, once in one run, once in runs that fit no vector.
fn in_pieces<O: Optimizer>(optimizer: &O) {
    let (mut whole, mut pieces) = (wave(0.0), wave(0.0));
    let (mut state, mut pieces_state) = (zero(), zero());
    for step in 1..4 {
        let gradients = wave(step as f32);
        optimizer.step(&mut state, &mut whole, &gradients);
        optimizer.begin::<f32, U37>(&mut pieces_state);
        for range in [0..5, 5..21, 21..37] {
            let update = Update {
                parameters: &mut pieces[range.clone()],
                gradients: &gradients[range.clone()],
                scale: 1.0,
                range,
                learning_rate: 1.0,
                weight_decay: 1.0,
                trial: None,
            };
            optimizer.update::<f32, U37>(&mut pieces_state, update);
        }
        assert_eq!(whole, pieces);
    }
    assert_ne!(whole, wave(0.0));
}

#[test]
fn bits_do_not_depend_on_how_parameters_are_divided_into_runs() {
    in_pieces(&Sgd::new(0.1));
    in_pieces(&Sgd::new(0.1).momentum(0.9).dampening(0.5).weight_decay(0.1));
    in_pieces(&Adam::default().amsgrad());
    in_pieces(&AdamW::default());
    in_pieces(&Adamax::default());
    in_pieces(&NAdam::default());
    in_pieces(&RAdam::default().betas(0.9, 0.5));
    in_pieces(&RmsProp::default().centered().momentum(0.5));
    in_pieces(&Adagrad::default().initial_accumulator(0.1));
    in_pieces(&Adadelta::default());
    in_pieces(&Rprop::default());
    in_pieces(&Asgd::default().start(1));
    in_pieces(&Lion::default().weight_decay(0.1));
    in_pieces(&Penalized::new(Adam::default()).l1(0.1));
}

#[test]
fn a_group_s_factors_are_those_of_a_run() {
    let optimizer = Sgd::new(0.25).weight_decay(0.5);
    let mut parameters = [2.0_f64];
    let update = Update {
        parameters: &mut parameters,
        gradients: &[8.0],
        scale: 0.5,
        range: 0..1,
        learning_rate: 2.0,
        weight_decay: 3.0,
        trial: None,
    };
    optimizer.update::<f64, backprop_runtime::typenum::U1>(&mut (), update);
    // 2 − (0.25 · 2) · (8 · 0.5 + (0.5 · 3) · 2)
    assert_eq!(parameters, [-1.5]);
}

#[test]
fn the_penalty_of_squares_is_weight_decay() {
    let penalized = Penalized::new(Sgd::new(0.1).momentum(0.9)).l2(0.25);
    let decayed = Sgd::new(0.1).momentum(0.9).weight_decay(0.25);
    let (mut a, mut b) = (wave(0.0), wave(0.0));
    let (mut a_state, mut b_state) = (zero(), zero());
    for step in 0..10 {
        penalized.step(&mut a_state, &mut a, &wave(step as f32));
        decayed.step(&mut b_state, &mut b, &wave(step as f32));
    }
    assert_eq!(a, b);
}

/// Ten steps reach neither bound of a step size: a sign that never changes, and one that always does.
#[test]
fn step_sizes_of_rprop_end_at_their_bounds() {
    let rprop = Rprop::default();
    let mut state = zero();
    let mut w: GenericArray<f64, U2> = GenericArray::default();
    let mut before = w;
    for step in 0..80 {
        before = w;
        // After a change of sign Rprop waits for a step: the sign changes at every second one.
        let turning = if step / 2 % 2 == 0 { 1.0 } else { -1.0 };
        rprop.step(&mut state, &mut w, &GenericArray::from_array([-1.0, turning]));
    }
    assert!((w[0] - before[0] - 50.0).abs() < 1e-9, "{}", w[0] - before[0]);
    assert!(((w[1] - before[1]).abs() - 1e-6).abs() < 1e-12, "{}", w[1] - before[1]);
}

/// After five thousand steps nothing has drifted: corrections in `f32` are still those of `f64`.
#[test]
fn long_runs_in_single_precision_follow_double_precision() {
    fn last_step<S: Scalar + Into<f64>>(optimizer: &impl Optimizer) -> f64 {
        let gradient: GenericArray<S, backprop_runtime::typenum::U1> = core::iter::once(S::ONE).collect();
        let mut state = zero();
        let mut w = GenericArray::default();
        for _ in 0..5000 {
            w = GenericArray::default();
            optimizer.step(&mut state, &mut w, &gradient);
        }
        w[0].into()
    }
    fn check(name: &str, optimizer: &impl Optimizer) {
        let (single, double) = (last_step::<f32>(optimizer), last_step::<f64>(optimizer));
        assert!((single / double - 1.0).abs() < 2e-5, "{name}: {single} {double}");
    }
    check("Adam", &Adam::default());
    check("Adamax", &Adamax::default());
    check("NAdam", &NAdam::default());
    check("RAdam", &RAdam::default());
}
