//! Adapters of recurrent layers: PyTorch's cases are single sequences `[time, features]`, some with a state before them.
//! A cell is a layer over a window of one step, whose tensors have no number.

use crate::batch::{Number, doubles, scalars};
use crate::fixture::{Case, Stored, sizes};
use crate::layers::on;
use crate::report::{Answers, Outcome};
use backprop_runtime::layers::{Cell, Recurrent};
use backprop_runtime::{Backward, Forward, Pass, Tensor};

pub(crate) fn rnn<S: Number>(case: &Case, tile: usize) -> Outcome {
    let nonlinearity = case.kwargs.get("nonlinearity").and_then(|word| word.as_str());
    let cell = match nonlinearity {
        None | Some("tanh") => Cell::Tanh,
        Some("relu") => Cell::Relu,
        Some(other) => return Err(format!("nonlinearity = {other}")),
    };
    layer::<S>(case, tile, cell)
}

pub(crate) fn gru<S: Number>(case: &Case, tile: usize) -> Outcome {
    layer::<S>(case, tile, Cell::Gru)
}

pub(crate) fn lstm<S: Number>(case: &Case, tile: usize) -> Outcome {
    layer::<S>(case, tile, Cell::Lstm)
}

/// Reads the options; the number of tensors is that of cells.
fn layer<S: Number>(case: &Case, tile: usize, cell: Cell) -> Outcome {
    case.known(&[
        "input_size",
        "hidden_size",
        "bias",
        "num_layers",
        "nonlinearity",
        "proj_size",
        "batch_first",
        "bidirectional",
    ])?;
    let size = |place: usize, name: &str, default: usize| {
        case.argument(place, name).map_or(Ok(default), |value| sizes(value).map(|[size]| size))
    };
    let layers = size(usize::MAX, "num_layers", 1)?;
    let directions = if case.switch("bidirectional")? == Some(true) { 2 } else { 1 };
    match layers * directions {
        1 => run::<S, 5>(case, tile, cell, [layers, directions]),
        2 => run::<S, 10>(case, tile, cell, [layers, directions]),
        4 => run::<S, 20>(case, tile, cell, [layers, directions]),
        cells => Err(format!("{cells} cells")),
    }
}

fn run<S: Number, const N: usize>(
    case: &Case,
    tile: usize,
    cell: Cell,
    [layers, directions]: [usize; 2],
) -> Outcome {
    let size = |place: usize, name: &str| {
        case.argument(place, name).map_or(Ok(0), |value| sizes(value).map(|[size]| size))
    };
    let (features, hidden) = (size(0, "input_size")?, size(1, "hidden_size")?);
    let x = case.tensor("in0")?;
    let mut layer = Recurrent::<N>::new(cell, x.values.len() / features, features, hidden).layers(layers);
    if directions == 2 {
        layer = layer.bidirectional();
    }
    if !on(case, 2, "bias") {
        layer = layer.without_bias();
    }
    match size(usize::MAX, "proj_size")? {
        0 => {}
        size => layer = layer.projection(size),
    }
    match tile {
        1 => window::<S, N, 1>(case, &layer),
        16 => window::<S, N, 16>(case, &layer),
        _ => Err(format!("tile of {tile}")),
    }
}

/// PyTorch's name of a tensor: a cell's has no number.
fn name(case: &Case, tensor: &Tensor) -> String {
    match case.module.ends_with("Cell") {
        true => tensor.name.trim_end_matches("_l0").to_owned(),
        false => tensor.name.to_owned(),
    }
}

/// PyTorch's states before the window: `h`, or `h` and `c`.
const STATES: [&str; 3] = ["1", "1.0", "1.1"];

fn window<S: Number, const N: usize, const T: usize>(case: &Case, layer: &Recurrent<N>) -> Outcome {
    let mut parameters = vec![S::NAN; layer.parameters()];
    let tensors = layer.tensors();
    let tensors = || tensors.iter().filter(|tensor| tensor.len > 0);
    for tensor in tensors() {
        let stored = case.tensor(&format!("param.{}", name(case, tensor)))?;
        if stored.shape != tensor.shape() {
            return Err(format!("{} is {:?}, not {:?}", tensor.name, stored.shape, tensor.shape()));
        }
        for (place, value) in tensor.places().zip(scalars(&stored.values)) {
            parameters[place] = value;
        }
    }
    // One sequence in the first lane; the others repeat it and have no gradient.
    let lanes = |stored: &Stored| -> Vec<[S; T]> {
        scalars(&stored.values).into_iter().map(|value| [value; T]).collect()
    };
    let first = |values: &[[S; T]]| doubles(&values.iter().map(|lanes| lanes[0]).collect::<Vec<_>>());
    let alone = |mut values: Vec<[S; T]>| {
        values.iter_mut().for_each(|lanes| lanes[1..].fill(S::ZERO));
        values
    };
    let given: Vec<(&str, &Stored)> = STATES
        .into_iter()
        .filter_map(|name| case.tensors.get(&format!("in{name}")).map(|stored| (name, stored)))
        .collect();
    let mut state: Vec<[S; T]> = given.iter().flat_map(|(_, stored)| lanes(stored)).collect();
    if state.is_empty() {
        state = vec![[S::ZERO; T]; layer.state()];
    }

    let pass = &Pass { training: !case.name.contains("/eval/"), ..Pass::PREDICTION };
    let (x, dy) = (lanes(case.tensor("in0")?), alone(lanes(case.tensor("dout")?)));
    let mut y = vec![[S::NAN; T]; layer.outputs()];
    let mut saved = vec![[S::NAN; T]; layer.saved()];
    let mut scratch = vec![[S::NAN; T]; layer.scratch()];
    let mut dx = vec![[S::NAN; T]; layer.inputs()];
    let mut dstate = vec![[S::ZERO; T]; layer.state()];
    let mut gradient = vec![S::ZERO; layer.parameters()];
    let io = Forward { x: &x, y: &mut y, saved: &mut saved, ..Forward::of(pass) };
    layer.advance(Forward { parameters: &parameters, ..io }, &mut state);
    final_state(case, layer, &y, &state)?;
    let io = Backward { parameters: &parameters, x: &x, saved: &saved, dy: &dy, ..Backward::of(pass) };
    let io = Backward { dx: &mut dx, gradient: &mut gradient, scratch: &mut scratch, ..io };
    layer.backward_from(io, &mut dstate);

    let mut answers = Answers::from([("out".into(), first(&y)), ("din0".into(), first(&dx))]);
    for tensor in tensors() {
        let gradient: Vec<S> = tensor.places().map(|place| gradient[place]).collect();
        answers.insert(format!("dparam.{}", name(case, tensor)), doubles(&gradient));
    }
    let mut place = 0;
    for (name, stored) in given {
        answers.insert(format!("din{name}"), first(&dstate[place..][..stored.values.len()]));
        place += stored.values.len();
    }
    Ok(answers)
}

/// The `h` that a window leaves behind is its last output, of the direction backward through time its first. (PyTorch's
/// cases hold no states after the window.)
fn final_state<S: Number, const N: usize, const T: usize>(
    case: &Case,
    layer: &Recurrent<N>,
    y: &[[S; T]],
    state: &[[S; T]],
) -> Result<(), String> {
    let width = layer.width();
    for direction in 0..layer.directions {
        let step = if direction == 0 { layer.time - 1 } else { 0 };
        let last = &y[step * layer.step_outputs() + direction * width..][..width];
        let cell = (layer.layers - 1) * layer.directions + direction;
        if state[cell * width..][..width] != *last {
            return Err(format!("{}: the state is not the last output", case.name));
        }
    }
    Ok(())
}
