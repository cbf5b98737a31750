use super::{Cell, Recurrent};
use crate::layers::check;
use crate::{Backward, Forward, Layer, Pass};

const STACKED: Recurrent<20> = Recurrent::new(Cell::Lstm, 3, 3, 4).layers(2).bidirectional().projection(2);

#[test]
fn gradients_agree_with_finite_differences() {
    check::layers!(
        Recurrent::<5>::new(Cell::Tanh, 3, 2, 5),
        Recurrent::<10>::new(Cell::Relu, 4, 3, 2).bidirectional().without_bias(),
        Recurrent::<5>::new(Cell::Gru, 3, 2, 3),
        Recurrent::<30>::new(Cell::Gru, 2, 1, 2).layers(3).bidirectional(),
        Recurrent::<5>::new(Cell::Lstm, 4, 2, 3),
        STACKED,
    );
}

#[test]
fn gradients_agree_with_dropout_between_layers() {
    let layer = Recurrent::<15>::new(Cell::Gru, 3, 2, 3).layers(3).dropout(0.4, 7);
    let sizes = || check::Sizes {
        inputs: layer.inputs(),
        outputs: layer.outputs(),
        parameters: layer.parameters(),
        saved: layer.saved(),
        scratch: layer.scratch(),
    };
    let pass = Pass { training: true, samples: 1, seed: 3, ..Pass::PREDICTION };
    check::gradients_in::<1>(&pass, &layer, sizes(), 0);
    check::gradients_in::<8>(&Pass { samples: 8, ..pass }, &layer, sizes(), 0);
}

fn numbers<const T: usize>(count: usize, seed: usize) -> Vec<[f64; T]> {
    let number = |place: usize| ((place * 7919 + seed * 104_729) % 1009) as f64 / 504.5 - 1.0;
    (0..count).map(|feature| core::array::from_fn(|lane| number(feature * T + lane))).collect()
}

/// `pieces` one after the other from a state of zeros: the outputs, and the state in the end.
fn in_pieces<const T: usize, const N: usize>(
    layer: Recurrent<N>,
    parameters: &[f64],
    x: &[[f64; T]],
    pieces: &[usize],
) -> (Vec<[f64; T]>, Vec<[f64; T]>) {
    let (mut outputs, mut state) = (vec![], vec![[0.0; T]; layer.state()]);
    let mut done = 0;
    for steps in pieces {
        let layer = layer.steps(*steps);
        let mut y = vec![[f64::NAN; T]; layer.outputs()];
        let mut saved = vec![[f64::NAN; T]; layer.saved()];
        let x = &x[done * layer.features..][..layer.inputs()];
        let io = Forward { parameters, x, y: &mut y, saved: &mut saved, ..Forward::of(&Pass::PREDICTION) };
        layer.advance(io, &mut state);
        outputs.extend(y);
        done += steps;
    }
    (outputs, state)
}

fn pieces_give_the_bits_of_the_whole<const T: usize, const N: usize>(layer: Recurrent<N>) {
    let parameters: Vec<f64> = numbers::<1>(layer.parameters(), 1).into_iter().flatten().collect();
    let x = numbers::<T>(layer.inputs(), 2);
    let whole = in_pieces(layer, &parameters, &x, &[6]);
    let mut y = vec![[f64::NAN; T]; layer.outputs()];
    let mut saved = vec![[f64::NAN; T]; layer.saved()];
    let io = Forward { x: &x, y: &mut y, saved: &mut saved, ..Forward::of(&Pass::PREDICTION) };
    layer.forward(Forward { parameters: &parameters, ..io });
    assert_eq!(y, whole.0);
    for pieces in [&[1; 6][..], &[2, 1, 3], &[5, 1]] {
        assert_eq!(in_pieces(layer, &parameters, &x, pieces), whole, "{pieces:?}");
    }
    // Not from the beginning: the state matters.
    assert_ne!(in_pieces(layer.steps(5), &parameters, &x[layer.features..], &[5]).1, whole.1);
}

#[test]
fn a_stream_has_the_bits_of_the_window() {
    pieces_give_the_bits_of_the_whole::<1, _>(Recurrent::<5>::new(Cell::Tanh, 6, 3, 17));
    pieces_give_the_bits_of_the_whole::<16, _>(Recurrent::<10>::new(Cell::Gru, 6, 2, 5).layers(2));
    pieces_give_the_bits_of_the_whole::<1, _>(Recurrent::<10>::new(Cell::Lstm, 6, 2, 9).layers(2));
    pieces_give_the_bits_of_the_whole::<8, _>(Recurrent::<5>::new(Cell::Lstm, 6, 4, 5).projection(3));
}

/// The gradient with respect to the state before a window, given that of the state after it.
#[test]
fn the_gradient_passes_through_the_state() {
    let layer = Recurrent::<10>::new(Cell::Lstm, 3, 2, 4).layers(2).projection(3);
    let gru = Recurrent::<10>::new(Cell::Gru, 3, 2, 4).bidirectional();
    through_the_state(layer);
    through_the_state(gru);
}

fn through_the_state<const N: usize>(layer: Recurrent<N>) {
    let parameters: Vec<f64> = numbers::<1>(layer.parameters(), 3).into_iter().flatten().collect();
    let (x, c) = (numbers::<1>(layer.inputs(), 4), numbers::<1>(layer.outputs(), 5));
    let (state, weight) = (numbers::<1>(layer.state(), 6), numbers::<1>(layer.state(), 7));
    let mut saved = vec![[f64::NAN]; layer.saved()];
    let mut loss = |mut state: Vec<[f64; 1]>| {
        let mut y = vec![[f64::NAN]; layer.outputs()];
        let io = Forward { x: &x, y: &mut y, saved: &mut saved, ..Forward::of(&Pass::PREDICTION) };
        layer.advance(Forward { parameters: &parameters, ..io }, &mut state);
        let dot = |a: &[[f64; 1]], b: &[[f64; 1]]| a.iter().zip(b).map(|(a, b)| a[0] * b[0]).sum::<f64>();
        dot(&y, &c) + dot(&state, &weight)
    };
    let expected: Vec<f64> = (0..layer.state())
        .map(|place| {
            let mut moved = |by: f64| {
                let mut state = state.clone();
                state[place][0] += by;
                loss(state)
            };
            (moved(1e-5) - moved(-1e-5)) / 2e-5
        })
        .collect();
    loss(state.clone());
    let mut dstate = weight.clone();
    let mut scratch = vec![[f64::NAN]; layer.scratch()];
    let io = Backward { parameters: &parameters, x: &x, saved: &saved, ..Backward::of(&Pass::PREDICTION) };
    layer.backward_from(Backward { dy: &c, scratch: &mut scratch, ..io }, &mut dstate);
    for (found, expected) in dstate.iter().zip(expected) {
        assert!((found[0] - expected).abs() < 1e-7, "{found:?} {expected}");
    }
}

#[test]
fn tensors_cover_the_parameters_and_have_pytorchs_names() {
    let tensors = STACKED.tensors();
    let mut places: Vec<_> = tensors.iter().flat_map(|tensor| tensor.places()).collect();
    places.sort_unstable();
    assert_eq!(places, (0..STACKED.parameters()).collect::<Vec<_>>());
    let names: Vec<_> = tensors[5..11].iter().map(|tensor| (tensor.name, tensor.shape())).collect();
    assert_eq!(
        names,
        [
            ("weight_ih_l0_reverse", &[16, 3][..]),
            ("bias_ih_l0_reverse", &[16]),
            ("weight_hh_l0_reverse", &[16, 2]),
            ("bias_hh_l0_reverse", &[16]),
            ("weight_hr_l0_reverse", &[2, 4]),
            ("weight_ih_l1", &[16, 4]),
        ]
    );
    let biases: usize = tensors.iter().filter(|tensor| tensor.is_bias()).map(|tensor| tensor.len).sum();
    assert_eq!(biases, STACKED.biases());
}

/// What is trained alone has the gradient that it has among all.
#[test]
fn biases_alone_have_the_gradient_that_they_have_among_all() {
    let parameters: Vec<f64> = numbers::<1>(STACKED.parameters(), 8).into_iter().flatten().collect();
    let (x, dy) = (numbers::<8>(STACKED.inputs(), 9), numbers::<8>(STACKED.outputs(), 10));
    let mut saved = vec![[f64::NAN; 8]; STACKED.saved()];
    let mut y = vec![[f64::NAN; 8]; STACKED.outputs()];
    let io = Forward { x: &x, y: &mut y, saved: &mut saved, ..Forward::of(&Pass::PREDICTION) };
    STACKED.forward(Forward { parameters: &parameters, ..io });
    let gradient = |count: usize, first: bool| {
        let mut gradient = vec![if first { 5.0 } else { 0.0 }; count];
        let mut scratch = vec![[f64::NAN; 8]; STACKED.scratch()];
        let io =
            Backward { parameters: &parameters, x: &x, saved: &saved, ..Backward::of(&Pass::PREDICTION) };
        let io = Backward { dy: &dy, gradient: &mut gradient, first, ..io };
        STACKED.backward(Backward { scratch: &mut scratch, ..io });
        gradient
    };
    let all = gradient(STACKED.parameters(), false);
    let tensors = STACKED.tensors();
    let biases: Vec<f64> = tensors
        .iter()
        .filter(|tensor| tensor.is_bias())
        .flat_map(|tensor| tensor.places().map(|place| all[place]))
        .collect();
    // A sum in another order.
    for first in [false, true] {
        for (alone, among_all) in gradient(STACKED.biases(), first).iter().zip(&biases) {
            assert!((alone - among_all).abs() < 1e-14, "{alone} {among_all}");
        }
    }
    // The first gradient of a sum takes the place of whatever stands there.
    assert_eq!(gradient(STACKED.parameters(), true), all);
}
