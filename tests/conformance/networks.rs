//! Cases of every kind once more, as declared networks: what `#[network]` writes against PyTorch.
//!
//! A layer's case is a network of that layer, run sample by sample through `forward` and `backward`, and tile by
//! tile by a `Trainer`. A loss's case is an embedding whose rows are the samples' outputs: one step with a rate
//! of 1 takes away the gradient of every output.

use crate::batch::Positions;
use crate::fixture::{self, Case, Stored};
use crate::report::{self, Answers, LeftOut, Outcome};
use crate::shapes::on_sequences;
use crate::{ADAPTERS, DOUBLE};
use backprop::networks::Tensor;
use backprop::prelude::*;
use backprop::sample::{AsTarget, InputGradient};
use std::collections::BTreeSet;

/// A sample made of the fixture's numbers: the network's input, or indices before an embedding.
trait Given: Sized {
    fn of(values: &[f64]) -> Vec<Self>;
}

impl<const I: usize> Given for [f64; I] {
    fn of(values: &[f64]) -> Vec<Self> {
        values.as_chunks().0.to_vec()
    }
}

impl<const I: usize> Given for [u32; I] {
    fn of(values: &[f64]) -> Vec<Self> {
        values.as_chunks().0.iter().map(|indices| indices.map(|index| index as u32)).collect()
    }
}

/// Output and gradients of a layer's network: of single samples, and of tiles.
fn layer<N>(case: &Case) -> Result<Vec<Answers>, String>
where
    N: Network<Scalar = f64, Sample: Given> + Flat<Number = f64> + Zeroed,
{
    let mut net = N::zeroed_box();
    for tensor in N::tensors().iter().filter(|tensor| tensor.len > 0) {
        let stored = case.tensor(&format!("param.{}", name_in(case, tensor)))?;
        if stored.shape != tensor.shape() {
            return Err(format!("{} is {:?}, not {:?}", tensor.name, stored.shape, tensor.shape()));
        }
        for (place, value) in tensor.places().zip(&stored.values) {
            net.flat_mut()[place] = *value;
        }
    }
    let xs = N::Sample::of(&case.tensor("in0")?.values);
    let upstream = &case.tensor("dout")?.values;
    if xs.is_empty() || xs.len() * N::OUTPUTS != upstream.len() {
        return Err(format!("{} samples of {} outputs", xs.len(), N::OUTPUTS));
    }

    let mut single = Answers::from([("out".into(), vec![]), ("din0".into(), vec![])]);
    let mut tape = N::Tape::zeroed_box();
    let mut gradients = N::Gradients::zeroed_box();
    for (x, given) in xs.iter().zip(upstream.chunks_exact(N::OUTPUTS)) {
        let y = net.forward(x, &mut tape);
        let mut dy: N::Output = backprop::flat::zero();
        dy.flat_mut().copy_from_slice(given);
        let mut dx = net.backward(&mut tape, &dy, &mut gradients);
        single.entry("out".into()).or_default().extend_from_slice(y.flat());
        single.entry("din0".into()).or_default().extend_from_slice(dx.numbers_mut());
    }
    if single["din0"].is_empty() {
        single.remove("din0");
    }

    let mut tiled = single.clone();
    let mut out = vec![];
    let mut trainer = Trainer::<N, Sgd>::boxed(Sgd::new(1.0));
    let given = |sample: usize, y: &N::Output, dy: &mut N::Output| {
        out.extend_from_slice(y.flat());
        dy.flat_mut().copy_from_slice(&upstream[sample * N::OUTPUTS..][..N::OUTPUTS]);
        0.0
    };
    trainer.accumulate_with(&mut net, &xs, given).map_err(|error| error.to_string())?;
    tiled.insert("out".into(), out);
    insert_gradients::<N>(case, &mut single, gradients.flat());
    insert_gradients::<N>(case, &mut tiled, trainer.gradients().flat());
    Ok(vec![single, tiled])
}

/// What PyTorch calls a tensor: `weight`, or in a module of several layers `linear1.weight`.
fn name_in(case: &Case, tensor: &Tensor) -> String {
    let path = tensor.path().to_string();
    if case.tensors.contains_key(&format!("param.{path}")) { path } else { tensor.name.to_owned() }
}

/// Gradients in PyTorch's order and by its names.
fn insert_gradients<N: Network>(case: &Case, answers: &mut Answers, gradients: &[f64]) {
    for tensor in N::tensors().iter().filter(|tensor| tensor.len > 0) {
        let trained = Tensor { offset: tensor.trained.expect("nothing is frozen"), ..*tensor };
        let values = trained.places().map(|place| gradients[place]).collect();
        answers.insert(format!("dparam.{}", name_in(case, tensor)), values);
    }
}

/// As many rows as a loss's case may have samples.
const ROWS: usize = 64;

/// Loss and gradients of the outputs that the rows of an embedding are, with a target for each.
fn loss<N, Y>(outputs: &[f64], targets: &[Y], upstream: f64) -> Outcome
where
    N: Trainable<Scalar = f64, Sample = [u32; 1]> + Flat<Number = f64> + Zeroed,
    Y: AsTarget<N::Target>,
{
    let mut net = N::zeroed_box();
    let rows = net.flat_mut().get_mut(..outputs.len()).ok_or("more samples than rows")?;
    rows.copy_from_slice(outputs);
    let xs: Vec<_> = (0..targets.len() as u32).map(|row| [row]).collect();
    let mut trainer = Trainer::<N, Sgd>::boxed(Sgd::new(1.0));
    let out = trainer.step(&mut net, &xs, targets).map_err(|error| error.to_string())?;
    let moved = outputs.iter().zip(net.flat()).map(|(before, after)| (before - after) * upstream);
    Ok(Answers::from([("out".into(), vec![out]), ("din0".into(), moved.collect())]))
}

/// A loss over numbers.
fn numbers<N, const O: usize>(case: &Case) -> Result<Vec<Answers>, String>
where
    N: Trainable<Scalar = f64, Sample = [u32; 1], Target = [f64; O]> + Flat<Number = f64> + Zeroed,
{
    let (y, t) = (&case.tensor("in0")?.values, &case.tensor("in1")?.values);
    let upstream = case.tensor("dout")?.values[0];
    let mut answers = loss::<N, _>(y, t.as_chunks::<O>().0, upstream)?;
    if case.tensors.contains_key("din1") {
        // Where PyTorch has a gradient of the target, the loss is a symmetric one.
        let exchanged = loss::<N, _>(t, y.as_chunks::<O>().0, upstream)?;
        answers.insert("din1".into(), exchanged["din0"].clone());
    }
    Ok(vec![answers])
}

/// A loss over classes: every position of PyTorch's scores is a sample.
fn classes<N>(case: &Case) -> Result<Vec<Answers>, String>
where
    N: Trainable<Scalar = f64, Sample = [u32; 1], Target = backprop::sample::Class>
        + Flat<Number = f64>
        + Zeroed,
{
    let scores = case.tensor("in0")?;
    let layout = Positions::of(&scores.shape)?;
    let targets: Vec<i64> = case.tensor("in1")?.values.iter().map(|class| *class as i64).collect();
    let upstream = case.tensor("dout")?.values[0];
    let mut answers = loss::<N, _>(&layout.samples_first::<f64>(scores), &targets, upstream)?;
    let gradient = layout.classes_first(&answers["din0"]);
    answers.insert("din0".into(), gradient);
    Ok(vec![answers])
}

/// Means and variances as they stand in an output: one behind the other, `O` of each.
fn gaussian<N, const O: usize>(case: &Case) -> Result<Vec<Answers>, String>
where
    N: Trainable<Scalar = f64, Sample = [u32; 1], Target = [f64; O]> + Flat<Number = f64> + Zeroed,
{
    let (means, variances) = (case.tensor("in0")?, case.tensor("in2")?);
    let pairs = means.values.as_chunks::<O>().0.iter().zip(variances.values.as_chunks::<O>().0);
    let values = pairs.flat_map(|(mean, variance)| [*mean, *variance].concat()).collect();
    let mut joined = case.clone();
    joined.tensors.insert("in0".into(), Stored { shape: vec![], values });
    let mut answers = numbers::<N, O>(&joined)?;
    for answers in &mut answers {
        let gradient = answers.remove("din0").unwrap_or_default();
        let (halves, _) = gradient.as_chunks::<O>();
        let half = |first: usize| halves.iter().skip(first).step_by(2).flatten().copied().collect();
        answers.extend([("din0".into(), half(0)), ("din2".into(), half(1))]);
    }
    Ok(answers)
}

type Run = fn(&Case) -> Result<Vec<Answers>, String>;

/// Declares the network of each case.
macro_rules! networks {
    (@ layer $input:tt, [$($layers:tt)*]) => { |case| {
        #[network(input = $input, layers = [$($layers)*], scalar = f64, tile = 8)]
        struct Net;
        layer::<Net>(case)
    } };
    (@ sequence $input:tt, [$($layers:tt)*]) => { |case| {
        #[network(input = $input, layers = [$($layers)*], scalar = f64, tile = 8)]
        struct Net;
        let runs = [0, 1].map(|run| on_sequences(case, |case, _| Ok(layer::<Net>(case)?.swap_remove(run))));
        runs.into_iter().collect()
    } };
    (@ numbers $outputs:tt, ($($loss:tt)*)) => { |case| {
        networks!(@ loss $outputs, $($loss)*);
        numbers::<Net, $outputs>(case)
    } };
    (@ classes $outputs:tt, ($($loss:tt)*)) => { |case| {
        networks!(@ loss $outputs, $($loss)*);
        classes::<Net>(case)
    } };
    (@ gaussian $outputs:tt, ($($loss:tt)*)) => { |case| {
        networks!(@ loss 2 * $outputs, $($loss)*);
        gaussian::<Net, $outputs>(case)
    } };
    (@ loss $outputs:expr, $($loss:tt)*) => {
        #[network(input = 1, layers = [embedding(ROWS, $outputs)], loss = $($loss)*, scalar = f64, tile = 8)]
        struct Net;
    };
    ($($kind:ident $name:literal: $input:tt, $body:tt;)*) => {
        &[$(($name, networks!(@ $kind $input, $body) as Run)),*]
    };
}

const NETWORKS: &[(&str, Run)] = networks! {
    layer "Linear/train/1": 10, [dense(8, bias = false)];
    layer "Linear/train/2": 3, [dense(5)];
    sequence "Conv1d/train/0": [3, 4], [conv1d(5, kernel = 3)];
    sequence "Conv1d/train/1": [3, 4], [conv1d(5, kernel = 3, padding = same)];
    sequence "Conv1d/16": [9, 3], [conv1d(5, kernel = 3, stride = 2, padding = 1, bias = false)];
    sequence "Conv1d/24": [7, 4], [conv1d(6, kernel = 3, groups = 2, dilation = 2, padding = 3)];
    sequence "Conv1d/25": [10, 4], [conv1d(4, kernel = 2, groups = 4, stride = 3)];
    layer "Conv2d/train/0": [4, 3, 4], [conv2d(5, kernel = 3)];
    layer "Conv2d/train/1": [4, 3, 4], [conv2d(5, kernel = 3, padding = same)];
    layer "Conv2d/42": [4, 6, 5], [
        conv2d(6, kernel = [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2)
    ];
    layer "Conv2d/43": [3, 4, 5], [conv2d(6, kernel = 3, groups = 3, padding = same)];
    layer "Conv2d/40": [5, 3, 4], [conv2d(3, kernel = 1, bias = false)];
    layer "ConvTranspose2d/27": [3, 4, 5], [conv_transpose2d(2, kernel = 3)];
    layer "ConvTranspose2d/28": [2, 3, 4], [
        conv_transpose2d(3, kernel = [3, 2], stride = 2, padding = 1, output_padding = 1)
    ];
    layer "ConvTranspose2d/22": [4, 3, 3], [
        conv_transpose2d(6, kernel = 2, groups = 2, dilation = [1, 3], stride = [2, 1], bias = false)
    ];
    layer "Upsample/32": [2, 3, 4], [upsample(3)];
    layer "Upsample/37": [2, 3, 4], [upsample([2, 5], mode = bilinear)];
    layer "SelfAttention/7": [3, 12], [attention(4)];
    layer "SelfAttention/9": [5, 6], [attention(3, causal = true, bias = false)];
    sequence "MaxPool1d/train/0": [4, 10], [max_pool1d(4)];
    sequence "AvgPool1d/train/1": [6, 3], [avg_pool1d(2)];
    sequence "AvgPool1d/train/3": [6, 3], [avg_pool1d(2, stride = 2, padding = 1)];
    layer "MaxPool2d/train/1": [3, 7, 7], [max_pool2d(3, stride = 2, padding = 1)];
    layer "AvgPool2d/train/1": [3, 6, 6], [avg_pool2d(2)];
    layer "AvgPool2d/train/3": [3, 6, 6], [avg_pool2d(2, stride = 2, padding = 1)];
    sequence "AdaptiveAvgPool1d/train/0": [5, 3], [adaptive_avg_pool1d(3)];
    sequence "AdaptiveAvgPool1d/train/2": [5, 3], [global_avg_pool];
    layer "AdaptiveAvgPool2d/train/2": [3, 5, 6], [global_avg_pool];
    layer "AdaptiveAvgPool2d/train/3": [3, 5, 6], [adaptive_avg_pool2d([3, 4])];
    sequence "AdaptiveMaxPool1d/48": [7, 3], [global_max_pool];
    layer "AdaptiveMaxPool2d/49": [3, 4, 5], [global_max_pool];
    layer "ReLU/train/2": [3, 4, 5], [relu];
    layer "ReLU6/train/2": [3, 4, 5], [relu6];
    layer "LeakyReLU/train/2": [2, 5], [leaky_relu(slope = 0.5)];
    layer "PReLU/train/2": [3, 4], [prelu];
    layer "PReLU/train/5": [3, 4, 5], [prelu(channels = true)];
    layer "ELU/train/0": [2, 5], [elu(alpha = 2.0)];
    layer "CELU/train/0": [2, 5], [celu(alpha = 2.0)];
    layer "SELU/train/0": [2, 5], [selu];
    layer "GELU/train/1": [2, 5], [gelu];
    layer "SiLU/train/2": [6, 7], [silu];
    layer "Mish/train/0": [6, 7], [mish];
    layer "Softplus/train/1": 20, [softplus(beta = 2.0)];
    layer "Softsign/train/0": [2, 5], [softsign];
    layer "Sigmoid/train/2": [3, 4, 5], [sigmoid];
    layer "Tanh/train/0": [3, 4, 5], [tanh];
    layer "Hardsigmoid/46": [3, 7], [hard_sigmoid];
    layer "Hardswish/train/1": [3, 2, 5], [hard_swish];
    layer "Hardtanh/train/0": [2, 5], [hard_tanh];
    layer "GLU/47": [3, 8], [glu];
    layer "Softmax/train/0": 20, [softmax];
    layer "LogSoftmax/train/0": 20, [log_softmax];
    layer "Embedding/train/0": 3, [embedding(4, 3)];
    layer "LayerNorm/train/0": [5, 5], [layer_norm(eps = 1e-3)];
    layer "LayerNorm/train/2": [5, 5], [layer_norm(eps = 1e-3, affine = false)];
    layer "RMSNorm/train/0": [5, 5], [rms_norm(eps = 1e-3)];
    layer "GroupNorm/train/2": 12, [group_norm(3, eps = 1e-3)];
    layer "GroupNorm/train/6": [6, 2, 3], [group_norm(3, eps = 1e-3)];
    layer "GroupNorm/train/7": [9, 2, 3], [group_norm(3, eps = 1e-3, bias = false)];
    layer "InstanceNorm2d/41": [3, 4, 5], [instance_norm(eps = 1e-3)];
    layer "InstanceNorm2d/45": [3, 4, 5], [instance_norm(eps = 1e-3, affine = true)];
    layer "RNN/train/0": [3, 2], [rnn(2, layers = 2, bias = false, activation = relu)];
    layer "RNN/train/30": [3, 2], [rnn(2, layers = 2, bidirectional = true)];
    layer "GRU/train/0": [3, 2], [gru(2, layers = 2, bias = false)];
    layer "LSTM/train/0": [2, 2], [lstm(3, layers = 2, bias = false)];
    layer "LSTM/train/22": [2, 2], [lstm(3, layers = 2, bidirectional = true, projection = 2)];
    layer "TransformerEncoderLayer/train/3": [3, 4], [
        residual[norm1: layer_norm, self_attn: attention(2)],
        residual[norm2: layer_norm, linear1: dense(8), relu, linear2: dense(4)],
    ];
    layer "TransformerEncoderLayer/train/4": [3, 4], [
        residual[norm1: layer_norm(bias = false), self_attn: attention(2, bias = false)],
        residual[norm2: layer_norm(bias = false), linear1: dense(8, bias = false), relu, linear2: dense(4, bias = false)],
    ];

    layer "Conv2d/reflect": [2, 5, 6], [conv2d(3, kernel = 3, stride = 2, padding = [1, 2], padding_mode = reflect)];
    layer "Conv2d/replicate": [2, 5, 6], [conv2d(3, kernel = [2, 3], padding = same, padding_mode = replicate)];
    layer "Conv2d/circular": [4, 3, 4], [
        conv2d(2, kernel = 3, padding = 1, groups = 2, bias = false, padding_mode = circular)
    ];
    layer "Conv2d/sides": [2, 5, 4], [conv2d(3, kernel = 3, padding = [[1, 2], [0, 1]])];
    layer "Conv2d/same": [2, FIVE, 7], [conv2d(3, kernel = [4, 3], stride = [2, 3], padding = same)];
    sequence "Conv1d/circular": [FIVE + 2, 2], [conv1d(3, kernel = 4, padding = same, padding_mode = circular)];
    sequence "Conv1d/sides": [6, 2], [conv1d(3, kernel = 3, dilation = 2, padding = [[3, 1]])];
    sequence "Conv1d/same": [8, 2], [conv1d(3, kernel = 4, stride = 3, dilation = 2, padding = same)];
    layer "MaxPool2d/ceil": [2, 6, 7], [max_pool2d(3, stride = 2, padding = 1, ceil_mode = true)];
    layer "MaxPool2d/ceil_dilated": [2, FIVE, 8], [max_pool2d([2, 3], stride = 2, dilation = [1, 2], ceil_mode = true)];
    layer "MaxPool2d/same": [2, 6, 7], [max_pool2d(3, stride = 2, padding = same)];
    sequence "MaxPool1d/ceil": [8, 2], [max_pool1d(3, stride = 2, ceil_mode = true)];
    layer "AvgPool2d/ceil": [2, 6, 7], [avg_pool2d(3, stride = 2, padding = 1, ceil_mode = true)];
    layer "AvgPool2d/ceil_uncounted": [2, 6, 7], [
        avg_pool2d(3, stride = 2, padding = 1, ceil_mode = true, count_include_pad = false)
    ];
    layer "AvgPool2d/divisor": [2, 4, 5], [avg_pool2d(2, divisor_override = 3)];
    layer "AvgPool2d/sides": [2, 6, 7], [avg_pool2d(3, stride = 2, padding = [[1, 0], [0, 2]])];
    sequence "AvgPool1d/ceil": [8, 2], [avg_pool1d(3, stride = 2, padding = 1, ceil_mode = true)];
    layer "ConvTranspose2d/dilated": [2, 3, 4], [
        conv_transpose2d(3, kernel = 2, stride = 2, dilation = 3, output_padding = 2, padding = 1)
    ];
    sequence "ConvTranspose1d/plain": [FIVE, 3], [conv_transpose1d(2, kernel = 4)];
    sequence "ConvTranspose1d/groups": [5, 4], [
        conv_transpose1d(6, kernel = 3, stride = 2, padding = 1, output_padding = 1, groups = 2)
    ];
    sequence "ConvTranspose1d/dilated": [4, 2], [
        conv_transpose1d(3, kernel = 3, stride = 2, dilation = 4, output_padding = 3, bias = false)
    ];
    layer "Upsample/corners": [2, 3, 4], [upsample([2, 3], mode = bilinear, align_corners = true)];
    sequence "Upsample/corners1d": [4, 2], [upsample(3, mode = linear, align_corners = true)];
    sequence "InstanceNorm1d/affine": [5, 3], [instance_norm(affine = true, eps = 1e-3)];
    layer "LayerNorm/channels": [4, 3, 2], [layer_norm(axes = 0)];
    layer "LayerNorm/width": [3, 2, 5], [layer_norm(axes = [2])];
    layer "RMSNorm/plane": [3, 2, 5], [rms_norm(axes = [1, 2], eps = 1e-3)];
    layer "Softmax/channels": [4, 2, 3], [softmax(axis = 0)];
    layer "Softmax/rows": [2, 4, 3], [softmax(axis = 1)];
    sequence "LogSoftmax/time": [5, 3], [log_softmax(axis = 0)];
    layer "GLU/channels": [4, 2, 3], [glu(axis = 0)];
    layer "ReflectionPad2d/sides": [2, 4, 5], [pad([[3, 0], [1, 2]], mode = reflect)];
    sequence "ReplicationPad1d/sides": [4, 2], [pad([[3, 1]], mode = replicate)];
    layer "CircularPad2d/sides": [2, 4, 5], [pad([[3, 0], [1, 2]], mode = circular)];
    layer "ConstantPad2d/sides": [2, 4, 5], [pad([[3, 0], [1, 2]], value = 2.5)];
    layer "PixelShuffle/2": [8, 2, 3], [pixel_shuffle(2)];
    layer "PixelUnshuffle/3": [2, 3, 6], [pixel_unshuffle(3)];
    layer "AdaptiveMaxPool2d/bins": [2, 5, 7], [adaptive_max_pool2d([2, 3])];
    sequence "AdaptiveMaxPool1d/bins": [7, 2], [adaptive_max_pool1d(3)];
    layer "LogSigmoid/0": 20, [log_sigmoid];
    layer "Hardshrink/0": 20, [hard_shrink(lambda = 0.7)];
    layer "Softshrink/0": 20, [soft_shrink(lambda = 0.7)];
    layer "Tanhshrink/0": 20, [tanh_shrink];
    layer "Threshold/0": 20, [threshold(threshold = 0.3, value = -2.0)];

    numbers "MSELoss/train/0": 60, (mse);
    numbers "MSELoss/train/2": 60, (mse(reduction = sum));
    numbers "L1Loss/train/0": 12, (mae);
    numbers "HuberLoss/0": 5, (huber(delta = 0.4));
    numbers "SmoothL1Loss/1": 5, (smooth_l1(beta = 0.4));
    numbers "KLDivLoss/8": 5, (kl_divergence);
    numbers "KLDivLoss/45": 5, (kl_divergence(reduction = batch_mean));
    numbers "PoissonNLLLoss/train/0": 60, (poisson_nll);
    numbers "PoissonNLLLoss/7": 5, (poisson_nll(log_input = false, eps = 1e-3));
    gaussian "GaussianNLLLoss/14": 3, (gaussian_nll(full = true, eps = 0.3));
    numbers "HingeEmbeddingLoss/5": 5, (hinge_embedding(margin = 0.3));
    numbers "SoftMarginLoss/train/0": 5, (soft_margin);
    numbers "BCELoss/train/0": 10, (binary_cross_entropy_of_probabilities);
    numbers "BCEWithLogitsLoss/train/0": 10, (binary_cross_entropy);
    numbers "BCEWithLogitsLoss/46": 5, (binary_cross_entropy(positive_weight = POSITIVE_WEIGHTS));
    numbers "CosineEmbeddingLoss/12": 5, (cosine);
    classes "NLLLoss/train/0": 4, (nll);
    classes "NLLLoss/train/12": 4, (nll(ignore_index = 2));
    classes "MultiMarginLoss/78": 3, (multi_margin(p = 2, margin = 0.3));
    classes "CrossEntropyLoss/train/0": 3, (cross_entropy);
    classes "CrossEntropyLoss/train/31": 3, (cross_entropy(ignore_index = 1, label_smoothing = 0.15));
    classes "CrossEntropyLoss/51": 3, (cross_entropy(class_weights = CLASS_WEIGHTS, ignore_index = -1));
    numbers "CrossEntropyLoss/52": 3, (cross_entropy_distribution(class_weights = CLASS_WEIGHTS));
};

/// A size that the macro cannot see.
const FIVE: usize = 5;
/// The weights of the cases that have them: constants of a declaration.
const CLASS_WEIGHTS: [f64; 3] = [0.6303193117707914, 0.5860363197606909, 0.23432557973376084];
const POSITIVE_WEIGHTS: [f64; 5] =
    [1.5214230353004656, 0.8847898011554978, 1.035005006508885, 2.5775066768927055, 3.516019451874755];

const _: () = assert!(NETWORKS.len() >= 120, "fewer networks than this module promises");

#[test]
fn networks_equal_pytorch() {
    let cases: Vec<Case> = ["pytorch_modules", "pytorch_layers", "pytorch_losses", "pytorch_declared"]
        .into_iter()
        .flat_map(fixture::load)
        .collect();
    let mut left_out = LeftOut::read();
    let mut wrong = vec![];
    let mut kinds = BTreeSet::new();
    for (name, run) in NETWORKS {
        let case = cases.iter().find(|case| case.name == *name).unwrap_or_else(|| panic!("no case {name}"));
        kinds.insert(case.module.as_str());
        match run(case) {
            Err(reason) => wrong.push(format!("{name}: {reason}")),
            Ok(runs) => {
                let differences = runs
                    .iter()
                    .flat_map(|answers| report::compare(case, answers, ("f64", DOUBLE), &mut left_out));
                wrong.extend(differences.map(|difference| format!("{name}: {difference}")));
            }
        }
    }
    println!("{} networks of {} kinds", NETWORKS.len(), kinds.len());
    // PyTorch's cases of attention are wider than a network declares; `SelfAttention` is the same layer.
    kinds.insert("MultiheadAttention");
    // A cell is a layer over one step, and PyTorch's cases of it begin from a state.
    kinds.extend(["RNNCell", "GRUCell", "LSTMCell"]);
    // Alone and in a tile it computes two things; `tests/batch_norm.rs` compares declared networks with PyTorch.
    kinds.extend(["BatchNorm1d", "BatchNorm2d"]);
    let missing = ADAPTERS.iter().filter(|adapter| !kinds.contains(adapter.module));
    wrong.extend(missing.map(|adapter| format!("no network for {}", adapter.module)));
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
