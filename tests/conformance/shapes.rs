//! Adapters of layers on sequences, and of those that resize images.

use crate::batch::Number;
use crate::fixture::{Case, Stored, sizes};
use crate::layers::{Sizes, answers, answers_and_then, axes, image, on, sizes_of};
use crate::report::Outcome;
use backprop_runtime::Layer;
use backprop_runtime::layers::{
    AdaptiveAvgPool2d, Attention, AvgPool2d, BatchNorm, Conv1d, ConvTranspose2d, Glu, GroupNorm, MaxPool2d,
    Upsample,
};

/// The last two axes of a tensor exchanged: PyTorch's sequences are channels-first, the library's time-first.
fn exchanged(tensor: &Stored) -> Result<Stored, String> {
    let [before @ .., rows, columns] = tensor.shape.as_slice() else {
        return Err(format!("a sequence of shape {:?}", tensor.shape));
    };
    let shape = before.iter().chain([columns, rows]).copied().collect();
    Ok(Stored { shape, values: exchange(&tensor.values, *rows, *columns) })
}

fn exchange(values: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let matrix = |values: &[f64]| -> Vec<f64> {
        (0..columns)
            .flat_map(|column| (0..rows).map(move |row| (row, column)))
            .map(|(r, c)| values[r * columns + c])
            .collect()
    };
    values.chunks(rows * columns).flat_map(matrix).collect()
}

/// Runs a layer on time-first sequences: `[channels, time]` of a sample and its answers.
pub(crate) fn on_sequences(case: &Case, run: impl Fn(&Case, [usize; 2]) -> Outcome) -> Outcome {
    let mut case = case.clone();
    let mut lengths = vec![];
    for name in ["in0", "dout"] {
        let tensor = exchanged(case.tensor(name)?)?;
        let [.., time, channels] = tensor.shape[..] else { return Err(format!("{:?}", tensor.shape)) };
        lengths.push([time, channels]);
        case.tensors.insert(name.into(), tensor);
    }
    let mut answers = run(&case, lengths[0])?;
    for (name, [time, channels]) in [("din0", lengths[0]), ("out", lengths[1])] {
        let values = answers.get_mut(name).ok_or_else(|| format!("no {name}"))?;
        *values = exchange(values, time, channels);
    }
    Ok(answers)
}

/// A size among the constructor's arguments.
fn size(case: &Case, place: usize, name: &str, default: usize) -> Result<usize, String> {
    case.argument(place, name).map_or(Ok(default), |value| Ok(sizes::<1>(value)?[0]))
}

pub(crate) fn max_pool1d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    MaxPool2d: Layer<S>,
{
    case.known(&["kernel_size", "stride", "padding", "dilation", "return_indices"])?;
    let kernel = size(case, 0, "kernel_size", 1)?;
    let [stride, padding] = [size(case, 1, "stride", kernel)?, size(case, 2, "padding", 0)?];
    let dilation = size(case, 3, "dilation", 1)?;
    on_sequences(case, |case, [time, channels]| {
        let layer = MaxPool2d::new([1, time, channels]).kernel(kernel, 1).stride(stride, 1);
        let layer = layer.padding(padding, 0).dilation(dilation, 1);
        answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
    })
}

pub(crate) fn avg_pool1d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    AvgPool2d: Layer<S>,
{
    case.known(&["kernel_size", "stride", "padding"])?;
    let kernel = size(case, 0, "kernel_size", 1)?;
    let [stride, padding] = [size(case, 1, "stride", kernel)?, size(case, 2, "padding", 0)?];
    on_sequences(case, |case, [time, channels]| {
        let layer =
            AvgPool2d::new([1, time, channels]).kernel(kernel, 1).stride(stride, 1).padding(padding, 0);
        answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
    })
}

/// `AdaptiveMaxPool1d(1)`: what `global_max_pool` is.
pub(crate) fn global_max_pool1d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    MaxPool2d: Layer<S>,
{
    case.known(&["output_size"])?;
    on_sequences(case, |case, [time, channels]| {
        let layer = MaxPool2d::new([1, time, channels]).kernel(time, 1);
        answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
    })
}

/// `AdaptiveMaxPool2d(1)`: what `global_max_pool` is.
pub(crate) fn global_max_pool2d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    MaxPool2d: Layer<S>,
{
    case.known(&["output_size"])?;
    let [channels, height, width] = image(case)?;
    let layer = MaxPool2d::new([channels, height, width]).kernel(height, width);
    answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
}

pub(crate) fn adaptive_avg_pool1d<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["output_size"])?;
    let steps = size(case, 0, "output_size", 1)?;
    on_sequences(case, |case, [time, channels]| {
        let layer = AdaptiveAvgPool2d::new([1, time, channels], steps, channels);
        answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
    })
}

pub(crate) fn adaptive_avg_pool2d<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["output_size"])?;
    let [channels, height, width] = image(case)?;
    // PyTorch takes `None` for as many as there are.
    let output = match case.argument(0, "output_size") {
        Some(serde_json::Value::Array(list)) => {
            let axis = |place: usize, all: usize| match list.get(place) {
                Some(value) if !value.is_null() => Ok::<usize, String>(sizes::<1>(value)?[0]),
                _ => Ok(all),
            };
            [axis(0, height)?, axis(1, width)?]
        }
        Some(one) => sizes(one)?,
        None => [height, width],
    };
    let layer = AdaptiveAvgPool2d::new([channels, height, width], output[0], output[1]);
    answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
}

pub(crate) fn conv1d<S: Number>(case: &Case, tile: usize) -> Outcome {
    let options =
        ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"];
    case.known(&options)?;
    let [channels, kernel] = [size(case, 1, "out_channels", 1)?, size(case, 2, "kernel_size", 1)?];
    let [stride, dilation] = [size(case, 3, "stride", 1)?, size(case, 5, "dilation", 1)?];
    let groups = size(case, 6, "groups", 1)?;
    on_sequences(case, |case, [time, features]| {
        let layer = Conv1d::new(time, features, channels).kernel(kernel).stride(stride);
        let layer = layer.dilation(dilation).groups(groups);
        let layer = match case.argument(4, "padding") {
            Some(padding) if padding == "same" => layer.same(),
            Some(padding) => layer.padding(sizes::<1>(padding)?[0]),
            None => layer,
        };
        let bias = case.argument(7, "bias").is_none_or(|bias| *bias == true);
        let layer = if bias { layer } else { layer.without_bias() };
        answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
    })
}

/// A switch among the constructor's arguments, on unless it is off.
fn bias(case: &Case) -> bool {
    case.kwargs.get("bias").is_none_or(|bias| *bias == true)
}

pub(crate) fn conv_transpose2d<S: Number>(case: &Case, tile: usize) -> Outcome {
    let options = [
        "in_channels",
        "out_channels",
        "kernel_size",
        "stride",
        "padding",
        "output_padding",
        "groups",
        "bias",
        "dilation",
    ];
    case.known(&options)?;
    let pair = |place: usize, default: usize| axes(case, place, options[place], [default; 2]);
    let ([rows, columns], [down, across]) = (pair(2, 1)?, pair(3, 1)?);
    let layer = ConvTranspose2d::new(image(case)?, size(case, 1, "out_channels", 1)?);
    let layer = layer.kernel(rows, columns).stride(down, across);
    let ([padding, sides], [below, right], [dy, dx]) = (pair(4, 0)?, pair(5, 0)?, pair(8, 1)?);
    let layer = layer.padding(padding, sides).output_padding(below, right).dilation(dy, dx);
    let layer = layer.groups(size(case, 6, "groups", 1)?);
    let layer = if bias(case) { layer } else { layer.without_bias() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn upsample<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["size", "scale_factor", "mode"])?;
    let layer = Upsample::new(image(case)?, axes(case, 1, "scale_factor", [1; 2])?);
    let layer = match case.argument(2, "mode") {
        Some(mode) if mode == "bilinear" => layer.linear(),
        _ => layer,
    };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, 0), &[])
}

pub(crate) fn instance_norm2d<S: Number>(case: &Case, tile: usize) -> Outcome
where
    GroupNorm: Layer<S>,
{
    case.known(&["num_features", "eps", "affine"])?;
    let [channels, height, width] = image(case)?;
    let layer = GroupNorm::new(channels, channels, height * width);
    let layer = case.number("eps")?.map_or(layer, |eps| layer.eps(eps));
    let layer = if case.switch("affine")? == Some(true) { layer } else { layer.without_parameters() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

/// Over the last axis.
pub(crate) fn glu<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Glu: Layer<S>,
{
    case.known(&[])?;
    let &[_, rows, features] = case.tensor("in0")?.shape.as_slice() else {
        return Err("not a sequence".into());
    };
    let layer = Glu::new(rows, features / 2);
    let sizes = Sizes { inputs: rows * features, outputs: rows * features / 2, ..Sizes::default() };
    answers::<S>(case, tile, &layer, &sizes, &[])
}

/// `MultiheadAttention` of a sequence with itself: see `layers.py`.
pub(crate) fn self_attention<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Attention: Layer<S>,
{
    case.known(&["features", "heads", "causal", "bias"])?;
    let &[_, time, features] = case.tensor("in0")?.shape.as_slice() else {
        return Err("not a sequence".into());
    };
    let layer = Attention::new(time, features, size(case, 1, "heads", 1)?);
    let layer = if case.switch("causal")? == Some(true) { layer.causal() } else { layer };
    let layer = if bias(case) { layer } else { layer.without_bias() };
    answers::<S>(case, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())
}

pub(crate) fn batch_norm<S: Number>(case: &Case, tile: usize) -> Outcome
where
    BatchNorm: Layer<S>,
{
    case.known(&["num_features", "eps", "momentum", "affine", "track_running_stats", "bias"])?;
    let (is_tracked, trains) = (on(case, 4, "track_running_stats"), !case.name.contains("/eval/"));
    if !is_tracked && !trains {
        return Err("statistics of the batch in prediction".to_owned());
    }
    let real = |place, name: &str, default| case.argument(place, name).map_or(Some(default), |x| x.as_f64());
    // Without a momentum PyTorch takes the mean over all batches so far, which after one batch is that batch's.
    let cumulative = case.args.get(2).is_some_and(|momentum| momentum.is_null());
    let momentum = if cumulative { Some(1.0) } else { real(2, "momentum", 0.1) };
    let run = |case: &Case, [rows, channels, inner]: [usize; 3]| {
        let layer = BatchNorm::new(channels, inner).rows(rows);
        let layer = layer.eps(real(1, "eps", 1e-5).ok_or("eps")?).momentum(momentum.ok_or("momentum")?);
        let layer = if on(case, 5, "bias") { layer } else { layer.without_bias() };
        let layer = if on(case, 3, "affine") { layer } else { layer.without_parameters() };
        let sizes = Sizes {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            parameters: layer.parameters(),
            state: layer.state(),
            ..Sizes::default()
        };
        let tensors = layer.tensors();
        let tensors = if is_tracked { &tensors[..] } else { &tensors[..2] };
        // The cases are single batches of a few samples: in training one tile.
        let tile = if trains { 16 } else { tile };
        answers_and_then::<S>(case, tile, &layer, &sizes, tensors, |parameters, state| {
            layer.commit(parameters, state);
        })
    };
    match case.tensor("in0")?.shape[..] {
        [_, channels] => run(case, [1, channels, 1]),
        [_, _, _] => on_sequences(case, |case, [time, channels]| run(case, [time, channels, 1])),
        [_, channels, height, width] => run(case, [1, channels, height * width]),
        _ => Err("another number of axes".to_owned()),
    }
}
