//! Adapters of layers: PyTorch's constructor arguments and input shape to a description.

use crate::batch::{Number, doubles, scalars};
use crate::fixture::{Case, sizes};
use crate::report::{Answers, Outcome};
use backprop_runtime::layers::{
    AvgPool2d, Conv2d, Dense, Embedding, GroupNorm, LayerNorm, MaxPool2d, RmsNorm,
};
use backprop_runtime::{Backward, Forward, Layer, Pass, Scalar, Tensor};

/// Sizes of a layer for one sample.
#[derive(Default)]
pub(crate) struct Sizes {
    pub inputs: usize,
    pub outputs: usize,
    pub parameters: usize,
    pub saved: usize,
    pub scratch: usize,
    pub state: usize,
}

/// Sizes as a description's constant functions give them.
macro_rules! sizes_of {
    ($layer:expr, $parameters:expr) => {
        Sizes {
            inputs: $layer.inputs(),
            outputs: $layer.outputs(),
            parameters: $parameters,
            saved: $layer.saved(),
            scratch: $layer.scratch(),
            state: 0,
        }
    };
}

pub(crate) use sizes_of;

/// Forward and backward over all samples of a case, with its parameters in the layer's places.
pub(crate) fn answers<S: Number>(
    case: &Case,
    tile: usize,
    layer: &impl Layer<S>,
    sizes: &Sizes,
    tensors: &[Tensor],
) -> Outcome {
    answers_and_then(case, tile, layer, sizes, tensors, |_, _| {})
}

/// The same, with what becomes of parameters and state at the end of a step.
pub(crate) fn answers_and_then<S: Number>(
    case: &Case,
    tile: usize,
    layer: &impl Layer<S>,
    sizes: &Sizes,
    tensors: &[Tensor],
    commit: impl FnOnce(&mut [S], &mut [S]),
) -> Outcome {
    let mut parameters = vec![S::NAN; sizes.parameters];
    for tensor in tensors.iter().filter(|tensor| tensor.len > 0) {
        let stored = case.tensor(&format!("param.{}", tensor.name))?;
        if stored.shape != tensor.shape() {
            return Err(format!("{} is {:?}, not {:?}", tensor.name, stored.shape, tensor.shape()));
        }
        for (place, value) in tensor.places().zip(scalars(&stored.values)) {
            parameters[place] = value;
        }
    }
    let x = scalars::<S>(&case.tensor("in0")?.values);
    let dy = scalars::<S>(&case.tensor("dout")?.values);
    let (training, state) = (!case.name.contains("/eval/"), vec![S::ZERO; sizes.state]);
    let mut run =
        Run { layer, sizes, training, parameters, state, x, dy, out: vec![], dx: vec![], gradient: vec![] };
    match tile {
        1 => run.tiles::<1>(),
        16 => run.tiles::<16>(),
        _ => return Err(format!("tile of {tile}")),
    }
    let mut answers = Answers::from([("out".into(), doubles(&run.out)), ("din0".into(), doubles(&run.dx))]);
    for tensor in tensors.iter().filter(|tensor| tensor.len > 0) {
        let gradient: Vec<S> = tensor.places().map(|place| run.gradient[place]).collect();
        answers.insert(format!("dparam.{}", tensor.name), doubles(&gradient));
    }
    commit(&mut run.parameters, &mut run.state);
    for tensor in tensors.iter().filter(|tensor| tensor.trained.is_none()) {
        let after: Vec<S> = tensor.places().map(|place| run.parameters[place]).collect();
        answers.insert(format!("after.{}", tensor.name), doubles(&after));
    }
    Ok(answers)
}

/// A batch on its way through a layer, samples one after another.
struct Run<'a, S, L> {
    layer: &'a L,
    sizes: &'a Sizes,
    training: bool,
    parameters: Vec<S>,
    state: Vec<S>,
    x: Vec<S>,
    dy: Vec<S>,
    out: Vec<S>,
    dx: Vec<S>,
    gradient: Vec<S>,
}

impl<S: Scalar, L: Layer<S>> Run<'_, S, L> {
    /// Tile by tile as the trainer does it, the last one padded with its first sample.
    fn tiles<const T: usize>(&mut self) {
        let Sizes { inputs, outputs, parameters, saved, scratch, .. } = *self.sizes;
        self.gradient = vec![S::ZERO; parameters];
        let samples = self.x.len() / inputs;
        for first in (0..samples).step_by(T) {
            let real = T.min(samples - first);
            let pass =
                &Pass { training: self.training, samples: real, first_sample: first, ..Pass::default() };
            let x = lanes::<S, T>(&self.x, inputs, first, real, true);
            let dy = lanes::<S, T>(&self.dy, outputs, first, real, false);
            // Whatever is to be overwritten begins as NaN.
            let mut y = vec![[S::NAN; T]; outputs];
            let mut kept = vec![[S::NAN; T]; saved];
            let mut dx = vec![[S::NAN; T]; inputs];
            let mut room = vec![[S::NAN; T]; scratch];
            let parameters = &self.parameters;
            let state = &mut self.state;
            self.layer.forward(Forward {
                parameters,
                x: &x,
                y: &mut y,
                saved: &mut kept,
                state,
                ..Forward::of(pass)
            });
            for lane in 0..real {
                self.out.extend(y.iter().map(|feature| feature[lane]));
            }
            self.layer.backward(Backward {
                parameters,
                x: &x,
                y: &y,
                saved: &kept,
                state: &self.state,
                dy: &dy,
                dx: &mut dx,
                gradient: &mut self.gradient,
                scratch: &mut room,
                ..Backward::of(pass)
            });
            for lane in 0..real {
                self.dx.extend(dx.iter().map(|feature| feature[lane]));
            }
        }
    }
}

/// Samples as a tile; places without one repeat the first, or are zero.
fn lanes<S: Scalar, const T: usize>(
    samples: &[S],
    features: usize,
    first: usize,
    real: usize,
    repeat: bool,
) -> Vec<[S; T]> {
    let value = |feature: usize, lane: usize| match lane < real {
        true => samples[(first + lane) * features + feature],
        false if repeat => samples[first * features + feature],
        false => S::ZERO,
    };
    (0..features).map(|feature| core::array::from_fn(|lane| value(feature, lane))).collect()
}

/// A required size among the constructor's arguments.
fn size(case: &Case, place: usize, name: &str) -> Result<usize, String> {
    let [size] = case.argument(place, name).ok_or_else(|| format!("no {name}")).and_then(sizes)?;
    Ok(size)
}

pub(crate) fn linear<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Dense: Layer<S>,
{
    case.known(&["in_features", "out_features", "bias"])?;
    let (inputs, outputs) = (size(case, 0, "in_features")?, size(case, 1, "out_features")?);
    let bias = case.argument(2, "bias").is_none_or(|bias| bias == true);
    let dense = Dense::new(inputs, outputs);
    let dense = if bias { dense } else { dense.without_bias() };
    let (parameters, scratch) = (dense.parameters(), dense.scratch());
    let sizes = Sizes { inputs, outputs, parameters, scratch, ..Sizes::default() };
    answers::<S>(case, tile, &dense, &sizes, &dense.tensors())
}

/// `[channels, rows, columns]` of one sample, with or without an axis of samples before it.
pub(crate) fn image(case: &Case) -> Result<[usize; 3], String> {
    match case.tensor("in0")?.shape.as_slice() {
        [.., channels, height, width] => Ok([*channels, *height, *width]),
        other => Err(format!("an image of shape {other:?}")),
    }
}

/// An argument along both axes of an image, with its default.
pub(crate) fn axes(case: &Case, place: usize, name: &str, default: [usize; 2]) -> Result<[usize; 2], String> {
    case.argument(place, name).map_or(Ok(default), sizes)
}

pub(crate) fn conv2d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Conv2d: Layer<S>,
{
    let options =
        ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"];
    case.known(&options)?;
    let channels = case.argument(1, "out_channels").ok_or("no out_channels")?;
    let [rows, columns] = axes(case, 2, "kernel_size", [1; 2])?;
    let layer = Conv2d::new(image(case)?, sizes::<1>(channels)?[0]).kernel(rows, columns);
    let [rows, columns] = axes(case, 3, "stride", [1; 2])?;
    let layer = layer.stride(rows, columns);
    let [rows, columns] = axes(case, 5, "dilation", [1; 2])?;
    let layer = layer.dilation(rows, columns);
    let layer = match case.argument(4, "padding") {
        Some(padding) if padding == "same" => layer.same(),
        Some(padding) => {
            let [rows, columns] = sizes(padding)?;
            layer.padding(rows, columns)
        }
        None => layer,
    };
    let layer = match case.argument(6, "groups") {
        Some(groups) => layer.groups(sizes::<1>(groups)?[0]),
        None => layer,
    };
    let bias = case.argument(7, "bias").is_none_or(|bias| bias == true);
    let layer = if bias { layer } else { layer.without_bias() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn max_pool2d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    MaxPool2d: Layer<S>,
{
    // PyTorch can return the places of the maxima beside them; the output is the same.
    case.known(&["kernel_size", "stride", "padding", "dilation", "return_indices"])?;
    let kernel = axes(case, 0, "kernel_size", [1; 2])?;
    let layer = MaxPool2d::new(image(case)?).kernel(kernel[0], kernel[1]);
    let stride = axes(case, 1, "stride", kernel)?;
    let padding = axes(case, 2, "padding", [0; 2])?;
    let dilation = axes(case, 3, "dilation", [1; 2])?;
    let layer = layer.stride(stride[0], stride[1]).padding(padding[0], padding[1]);
    let layer = layer.dilation(dilation[0], dilation[1]);
    answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
}

pub(crate) fn avg_pool2d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    AvgPool2d: Layer<S>,
{
    let options = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"];
    case.known(&options)?;
    let kernel = axes(case, 0, "kernel_size", [1; 2])?;
    let stride = axes(case, 1, "stride", kernel)?;
    let padding = axes(case, 2, "padding", [0; 2])?;
    let layer = AvgPool2d::new(image(case)?).kernel(kernel[0], kernel[1]);
    let layer = layer.stride(stride[0], stride[1]).padding(padding[0], padding[1]);
    if case.argument(3, "ceil_mode").is_some_and(|ceil| ceil != false) {
        return Err("ceil_mode".into());
    }
    let layer = match case.argument(4, "count_include_pad") {
        Some(count) => layer.count_include_pad(count == true),
        None => layer,
    };
    let layer = match case.argument(5, "divisor_override") {
        Some(divisor) => layer.divisor_override(sizes::<1>(divisor)?[0]),
        None => layer,
    };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
}

/// A number among the constructor's arguments, with its default.
pub(crate) fn real(case: &Case, place: usize, name: &str, default: f64) -> Result<f64, String> {
    let value = case.argument(place, name);
    value.map_or(Ok(default), |value| value.as_f64().ok_or_else(|| format!("{name} = {value}")))
}

/// The shape that PyTorch normalises over, and how many rows of it a sample has.
fn normalized(case: &Case) -> Result<(usize, Vec<usize>), String> {
    let shape = case.argument(0, "normalized_shape").and_then(|shape| shape.as_array()).ok_or("no shape")?;
    let shape: Vec<usize> = shape.iter().map(|n| sizes::<1>(n).map(|[n]| n)).collect::<Result<_, _>>()?;
    let axes = &case.tensor("in0")?.shape;
    let rows = axes.iter().take(axes.len() - shape.len()).skip(1).product();
    Ok((rows, shape))
}

/// A switch among the constructor's arguments that is on unless given.
pub(crate) fn on(case: &Case, place: usize, name: &str) -> bool {
    case.argument(place, name).is_none_or(|value| value == true)
}

pub(crate) fn layer_norm<S: Number>(case: &Case, tile: usize) -> Outcome
where
    LayerNorm: Layer<S>,
{
    case.known(&["normalized_shape", "eps", "elementwise_affine", "bias"])?;
    let (rows, shape) = normalized(case)?;
    let layer = LayerNorm::over(rows, &shape).eps(real(case, 1, "eps", 1e-5)?);
    let layer = if on(case, 3, "bias") { layer } else { layer.without_bias() };
    let layer = if on(case, 2, "elementwise_affine") { layer } else { layer.without_parameters() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn rms_norm<S: Number>(case: &Case, tile: usize) -> Outcome
where
    RmsNorm: Layer<S>,
{
    case.known(&["normalized_shape", "eps", "elementwise_affine"])?;
    let (rows, shape) = normalized(case)?;
    let layer = RmsNorm::over(rows, &shape);
    let layer = if case.argument(1, "eps").is_some() { layer.eps(real(case, 1, "eps", 0.0)?) } else { layer };
    let layer = if on(case, 2, "elementwise_affine") { layer } else { layer.without_parameters() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn group_norm<S: Number>(case: &Case, tile: usize) -> Outcome
where
    GroupNorm: Layer<S>,
{
    case.known(&["num_groups", "num_channels", "eps", "affine", "bias"])?;
    let (groups, channels) = (size(case, 0, "num_groups")?, size(case, 1, "num_channels")?);
    let inner = case.tensor("in0")?.shape.iter().skip(2).product();
    let layer = GroupNorm::new(groups, channels, inner).eps(real(case, 2, "eps", 1e-5)?);
    let layer = if on(case, 4, "bias") { layer } else { layer.without_bias() };
    let layer = if on(case, 3, "affine") { layer } else { layer.without_parameters() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn embedding<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Embedding: Layer<S>,
{
    case.known(&["num_embeddings", "embedding_dim"])?;
    let (rows, features) = (size(case, 0, "num_embeddings")?, size(case, 1, "embedding_dim")?);
    let positions = case.tensor("in0")?.shape.iter().skip(1).product();
    let layer = Embedding::new(rows, features).positions(positions);
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}
