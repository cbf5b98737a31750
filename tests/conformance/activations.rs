//! Adapters of activations: single numbers, and rows of them.

use crate::batch::{Number, Positions, doubles};
use crate::fixture::{Case, Stored, sizes};
use crate::layers::{Sizes, answers, real};
use crate::report::Outcome;
use backprop_runtime::Layer;
use backprop_runtime::layers::{
    Celu, Elu, Gelu, GeluTanh, HardSigmoid, HardSwish, HardTanh, LeakyRelu, LogSoftmax, Mish, Prelu, Relu,
    Relu6, Selu, Sigmoid, Silu, Softmax, Softplus, Softsign, Tanh,
};

/// Activations of single numbers: the first axis counts samples. `$build` makes the description from the case.
macro_rules! elementwise {
    ($($name:ident: $type:ident, [$($option:literal),*], $build:expr;)*) => { $(
        pub(crate) fn $name<S: Number>(case: &Case, tile: usize) -> Outcome
        where
            $type: Layer<S>,
        {
            case.known(&[$($option,)* "inplace"])?;
            let build: fn(&Case) -> Result<$type, String> = $build;
            let features = case.tensor("in0")?.shape.iter().skip(1).product();
            let sizes = Sizes { inputs: features, outputs: features, ..Sizes::default() };
            answers::<S>(case, tile, &build(case)?, &sizes, &[])
        }
    )* };
}

elementwise! {
    relu: Relu, [], |_| Ok(Relu);
    relu6: Relu6, [], |_| Ok(Relu6);
    leaky_relu: LeakyRelu, ["negative_slope"], |case| Ok(LeakyRelu::new(real(case, 0, "negative_slope", 0.01)?));
    elu: Elu, ["alpha"], |case| Ok(Elu::new(real(case, 0, "alpha", 1.0)?));
    celu: Celu, ["alpha"], |case| Ok(Celu::new(real(case, 0, "alpha", 1.0)?));
    selu: Selu, [], |_| Ok(Selu);
    silu: Silu, [], |_| Ok(Silu);
    mish: Mish, [], |_| Ok(Mish);
    softplus: Softplus, ["beta", "threshold"], |case| {
        Ok(Softplus::new(real(case, 0, "beta", 1.0)?, real(case, 1, "threshold", 20.0)?))
    };
    softsign: Softsign, [], |_| Ok(Softsign);
    sigmoid: Sigmoid, [], |_| Ok(Sigmoid);
    tanh: Tanh, [], |_| Ok(Tanh);
    hard_swish: HardSwish, [], |_| Ok(HardSwish);
    hard_sigmoid: HardSigmoid, [], |_| Ok(HardSigmoid);
    hard_tanh: HardTanh, ["min_val", "max_val"], |case| {
        Ok(HardTanh::new(real(case, 0, "min_val", -1.0)?, real(case, 1, "max_val", 1.0)?))
    };
    gelu_erf: Gelu, ["approximate"], |_| Ok(Gelu);
    gelu_tanh: GeluTanh, ["approximate"], |_| Ok(GeluTanh);
}

pub(crate) fn gelu<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Gelu: Layer<S>,
    GeluTanh: Layer<S>,
{
    match case.argument(0, "approximate") {
        Some(approximate) if approximate == "tanh" => gelu_tanh::<S>(case, tile),
        _ => gelu_erf::<S>(case, tile),
    }
}

pub(crate) fn prelu<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Prelu: Layer<S>,
{
    case.known(&["num_parameters", "init"])?;
    let shape = &case.tensor("in0")?.shape;
    let features = shape.iter().skip(1).product();
    let layer = match case.argument(0, "num_parameters") {
        Some(channels) => Prelu::new(sizes::<1>(channels)?[0], shape.iter().skip(2).product()),
        None => Prelu::new(1, features),
    };
    let sizes =
        Sizes { inputs: features, outputs: features, parameters: layer.parameters(), ..Sizes::default() };
    answers::<S>(case, tile, &layer, &sizes, &layer.tensors())
}

/// Softmax over the last axis, or, with every position a sample, over the channels before it.
fn over_an_axis<S: Number, L: Layer<S>>(case: &Case, tile: usize, layer: fn(usize, usize) -> L) -> Outcome {
    case.known(&["dim"])?;
    let shape = &case.tensor("in0")?.shape;
    let axis = case.argument(0, "dim").and_then(|axis| axis.as_i64()).ok_or("no dim")?;
    let is_last = axis == -1 || axis + 1 >= shape.len() as i64;
    if !is_last && axis != 1 {
        return Err(format!("softmax over axis {axis}"));
    }
    let features = if is_last { shape.last().copied().unwrap_or(1) } else { shape[1] };
    let sizes = Sizes { inputs: features, outputs: features, ..Sizes::default() };
    let layer = layer(1, features);
    if is_last {
        return answers(case, tile, &layer, &sizes, &[]);
    }
    let layout = Positions::of(shape)?;
    let mut case = case.clone();
    for name in ["in0", "dout"] {
        let tensor = case.tensor(name)?;
        let values = doubles(&layout.samples_first::<f64>(tensor));
        case.tensors.insert(name.into(), Stored { values, ..tensor.clone() });
    }
    let answers = answers(&case, tile, &layer, &sizes, &[])?;
    Ok(answers.into_iter().map(|(name, values)| (name, layout.classes_first(&values))).collect())
}

pub(crate) fn softmax<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Softmax: Layer<S>,
{
    over_an_axis::<S, _>(case, tile, Softmax::new)
}

pub(crate) fn log_softmax<S: Number>(case: &Case, tile: usize) -> Outcome
where
    LogSoftmax: Layer<S>,
{
    over_an_axis::<S, _>(case, tile, LogSoftmax::new)
}
