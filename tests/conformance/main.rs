//! Layers and losses against PyTorch, on the test inputs of PyTorch's own developers.
//!
//! `tests/fixtures/pytorch/pytorch.py` has called every module in f64 and stored inputs, parameters, outputs
//! and gradients. Here each case calls the functions that `#[network]` calls, in both precisions, for single
//! samples and for tiles. A case that cannot be run stands in `left_out.txt` with its reason; the test
//! fails if one is missing there, and if one there could be run.
//!
//! A few cases of every module also go through `#[network]`: `networks.rs`.
//!
//! To add a layer: its adapter in `layers.rs`, `shapes.rs`, `recurrent.rs`, `activations.rs` or `losses.rs`, its lines in `ADAPTERS` and in `networks.rs`, and
//! the line of its module in `left_out.txt` deleted.

mod activations;
mod batch;
mod cross_attention;
mod fixture;
mod layers;
mod losses;
mod networks;
mod recurrent;
mod report;
mod shapes;

use fixture::Case;
use report::{LeftOut, Outcome, Tally};
use std::collections::BTreeMap;

/// How cases of a PyTorch module are run: with tiles of a number of samples, in both precisions.
struct Adapter {
    module: &'static str,
    double: fn(&Case, usize) -> Outcome,
    single: fn(&Case, usize) -> Outcome,
}

macro_rules! adapters {
    ($($module:literal => $folder:ident::$run:ident),* $(,)?) => {
        &[$(Adapter { module: $module, double: $folder::$run::<f64>, single: $folder::$run::<f32> }),*]
    };
}

const ADAPTERS: &[Adapter] = adapters! {
    "L1Loss" => losses::mae,
    "MSELoss" => losses::mse,
    "SmoothL1Loss" => losses::smooth_l1,
    "HuberLoss" => losses::huber,
    "KLDivLoss" => losses::kl_divergence,
    "PoissonNLLLoss" => losses::poisson_nll,
    "GaussianNLLLoss" => losses::gaussian_nll,
    "HingeEmbeddingLoss" => losses::hinge_embedding,
    "SoftMarginLoss" => losses::soft_margin,
    "BCELoss" => losses::probabilities,
    "BCEWithLogitsLoss" => losses::binary_cross_entropy,
    "NLLLoss" => losses::nll,
    "MultiMarginLoss" => losses::multi_margin,
    "CrossEntropyLoss" => losses::cross_entropy,
    "CosineEmbeddingLoss" => losses::cosine,
    "Linear" => layers::linear,
    "Conv1d" => shapes::conv1d,
    "Conv2d" => layers::conv2d,
    "ConvTranspose2d" => shapes::conv_transpose2d,
    "Upsample" => shapes::upsample,
    "SelfAttention" => shapes::self_attention,
    "MultiheadAttention" => cross_attention::multihead_attention,
    "MaxPool2d" => layers::max_pool2d,
    "AvgPool2d" => layers::avg_pool2d,
    "MaxPool1d" => shapes::max_pool1d,
    "AvgPool1d" => shapes::avg_pool1d,
    "AdaptiveAvgPool1d" => shapes::adaptive_avg_pool1d,
    "AdaptiveAvgPool2d" => shapes::adaptive_avg_pool2d,
    "ReLU" => activations::relu,
    "ReLU6" => activations::relu6,
    "LeakyReLU" => activations::leaky_relu,
    "PReLU" => activations::prelu,
    "ELU" => activations::elu,
    "CELU" => activations::celu,
    "SELU" => activations::selu,
    "GELU" => activations::gelu,
    "SiLU" => activations::silu,
    "Mish" => activations::mish,
    "Softplus" => activations::softplus,
    "Softsign" => activations::softsign,
    "Sigmoid" => activations::sigmoid,
    "Tanh" => activations::tanh,
    "Hardswish" => activations::hard_swish,
    "Hardtanh" => activations::hard_tanh,
    "Softmax" => activations::softmax,
    "LogSoftmax" => activations::log_softmax,
    "Embedding" => layers::embedding,
    "BatchNorm1d" => shapes::batch_norm,
    "BatchNorm2d" => shapes::batch_norm,
    "LayerNorm" => layers::layer_norm,
    "RMSNorm" => layers::rms_norm,
    "GroupNorm" => layers::group_norm,
    "InstanceNorm2d" => shapes::instance_norm2d,
    "Hardsigmoid" => activations::hard_sigmoid,
    "GLU" => shapes::glu,
    "RNN" => recurrent::rnn,
    "GRU" => recurrent::gru,
    "LSTM" => recurrent::lstm,
    "RNNCell" => recurrent::rnn,
    "GRUCell" => recurrent::gru,
    "LSTMCell" => recurrent::lstm,
    "AdaptiveMaxPool1d" => shapes::global_max_pool1d,
    "AdaptiveMaxPool2d" => shapes::global_max_pool2d,
};

/// Largest error relative to the largest magnitude of a tensor.
const DOUBLE: f64 = 1e-10;
const SINGLE: f64 = 1e-5;
/// Of a module that has an adapter, so many of a hundred cases can be run at least.
const APPLICABLE_PERCENT: usize = 90;

#[test]
fn modules_equal_pytorch() {
    let mut left_out = LeftOut::read();
    let (tallies, mut wrong) = run_all("pytorch_modules", &mut left_out);
    report::print(&tallies);
    wrong.extend(left_out.unused());
    for Adapter { module, .. } in ADAPTERS {
        match tallies.get(*module) {
            Some(tally) if tally.applicable * 100 >= tally.cases * APPLICABLE_PERCENT => {}
            Some(tally) => wrong.push(format!("{module}: {} of {} cases", tally.applicable, tally.cases)),
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Options of losses, and a loss, that PyTorch's own test inputs do not have: see `losses.py`.
#[test]
fn losses_equal_pytorch_with_further_options() {
    let (tallies, wrong) = run_all("pytorch_losses", &mut LeftOut::read());
    report::print(&tallies);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Layers, and options of layers, that PyTorch's own test inputs do not have: see `layers.py`.
#[test]
fn layers_equal_pytorch_with_further_options() {
    let (tallies, wrong) = run_all("pytorch_layers", &mut LeftOut::read());
    report::print(&tallies);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs all cases of a fixture: counts by module, and what is wrong.
fn run_all(fixture: &str, left_out: &mut LeftOut) -> (BTreeMap<String, Tally>, Vec<String>) {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut wrong = vec![];
    for case in &fixture::load(fixture) {
        let tally = tallies.entry(case.module.clone()).or_default();
        tally.cases += 1;
        let listed = left_out.case(&case.name);
        match run(case, left_out) {
            Ok(_) if listed => wrong.push(format!("{}: listed as left out, but it can be run", case.name)),
            Err(_) if listed => {}
            Err(reason) => wrong.push(format!("{}: neither run nor listed as left out: {reason}", case.name)),
            Ok(differences) => {
                tally.applicable += 1;
                tally.passed += usize::from(differences.is_empty());
                wrong
                    .extend(differences.into_iter().map(|difference| format!("{}: {difference}", case.name)));
            }
        }
    }
    (tallies, wrong)
}

/// Runs a case in all forms: what differs from PyTorch, or why it cannot be run.
fn run(case: &Case, left_out: &mut LeftOut) -> Result<Vec<String>, String> {
    let adapter = ADAPTERS.iter().find(|adapter| adapter.module == case.module);
    let adapter = adapter.ok_or("no adapter for the module")?;
    let mut wrong = vec![];
    for (precision, function, tolerance) in [("f64", adapter.double, DOUBLE), ("f32", adapter.single, SINGLE)]
    {
        for tile in [1, 16] {
            let answers = function(case, tile)?;
            let differences = report::compare(case, &answers, (precision, tolerance), left_out);
            wrong.extend(differences.into_iter().map(|text| format!("{precision}, tile of {tile}: {text}")));
        }
    }
    Ok(wrong)
}

/// The same case with one gradient of one number made wrong is found out.
#[test]
fn a_wrong_gradient_is_found() {
    let cases = fixture::load("pytorch_modules");
    let case = cases.iter().find(|case| case.name == "MSELoss/train/0").unwrap();
    let mut left_out = LeftOut::read();
    let mut answers = losses::mse::<f64>(case, 16).unwrap();
    assert_eq!(report::compare(case, &answers, ("f64", DOUBLE), &mut left_out), [""; 0]);
    let gradient = answers.get_mut("din0").unwrap();
    let largest = gradient.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    gradient[7] += 2.0 * DOUBLE * largest;
    assert_eq!(report::compare(case, &answers, ("f64", DOUBLE), &mut left_out).len(), 1);
    answers.remove("din0");
    assert_eq!(report::compare(case, &answers, ("f64", DOUBLE), &mut left_out).len(), 1);
}
