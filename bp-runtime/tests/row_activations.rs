//! Activations that look at several numbers: against PyTorch, against central differences, and against
//! themselves.

use backprop_runtime::layers::{Glu, LogSoftmax, Prelu, Softmax};
use backprop_runtime::{Backward, Forward, InPlace, Layer, Pass, Real, Scalar};

/// What a pass over one tile gives.
#[derive(Debug, PartialEq)]
struct Outcome<S, const T: usize> {
    y: Vec<[S; T]>,
    dx: Vec<[S; T]>,
    dw: Vec<S>,
}

fn run<S: Scalar, const T: usize>(
    layer: &impl Layer<S>,
    w: &[S],
    x: &[[S; T]],
    dy: &[[S; T]],
) -> Outcome<S, T> {
    let (mut y, mut dx) = (vec![[S::NAN; T]; dy.len()], vec![[S::NAN; T]; x.len()]);
    let mut dw = vec![S::ZERO; w.len()];
    layer.forward(Forward { parameters: w, x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
    layer.backward(Backward {
        parameters: w,
        x,
        y: &y,
        dy: &mut dy.to_vec(),
        dx: &mut dx,
        gradient: &mut dw,
        ..Backward::of(&Pass::PREDICTION)
    });
    Outcome { y, dx, dw }
}

/// The numbers of a tensor of a case; none where it has no such tensor.
fn tensor<S: Scalar>(case: &str, name: &str) -> Vec<S> {
    let prefix = format!("{case},{name},");
    let line =
        include_str!("fixtures/row_activations.csv").lines().find_map(|line| line.strip_prefix(&prefix));
    let numbers = line.map(|line| line.split(',').map(|number| number.parse::<f64>().expect("a number")));
    numbers.map_or(Vec::new(), |numbers| numbers.map(|number| S::real(Real::new(number))).collect())
}

/// Numbers in a tile of one sample.
fn column<S: Scalar>(numbers: &[S]) -> &[[S; 1]] {
    numbers.as_chunks().0
}

fn assert_close<S: Scalar>(what: &str, found: &[S], expected: &[S], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let limit = S::real(Real::new(tolerance)) * (S::ONE + expected.abs());
        assert!((*found - *expected).abs() <= limit, "{what}: {found}, not {expected}");
    }
}

fn assert_equals_pytorch<S: Scalar>(case: &str, layer: &impl Layer<S>, tolerance: f64) {
    let (x, dy, w) = (tensor::<S>(case, "x"), tensor(case, "dy"), tensor(case, "w"));
    assert!(!x.is_empty(), "{case} is in the table");
    let found = run(layer, &w, column(&x), column(&dy));
    for (name, numbers) in [("y", found.y.as_flattened()), ("dx", found.dx.as_flattened()), ("dw", &found.dw)]
    {
        assert_close(&format!("{case} {name}"), numbers, &tensor(case, name), tolerance);
    }
}

/// dx and dw are the slopes of Σ y dy.
fn assert_gradient(case: &str, layer: &impl Layer<f64>) {
    const STEP: f64 = 1e-5;
    let (x, dy, w) = (tensor::<f64>(case, "x"), tensor(case, "dy"), tensor(case, "w"));
    let found = run(layer, &w, column(&x), column(&dy));
    let total = |x: &[f64], w: &[f64]| -> f64 {
        run(layer, w, column(x), column(&dy)).y.as_flattened().iter().zip(&dy).map(|(y, dy)| y * dy).sum()
    };
    let moved = |numbers: &[f64], i: usize, step: f64| {
        let mut numbers = numbers.to_vec();
        numbers[i] += step;
        numbers
    };
    for (i, dx) in found.dx.as_flattened().iter().enumerate().filter(|(i, _)| x[*i] != 0.0) {
        let slope = (total(&moved(&x, i, STEP), &w) - total(&moved(&x, i, -STEP), &w)) / (2.0 * STEP);
        assert!((dx - slope).abs() <= 1e-6 * slope.abs().max(1e-2), "{case} dx[{i}]: {dx} is not {slope}");
    }
    for (i, dw) in found.dw.iter().enumerate() {
        let slope = (total(&x, &moved(&w, i, STEP)) - total(&x, &moved(&w, i, -STEP))) / (2.0 * STEP);
        assert!((dw - slope).abs() <= 1e-6 * slope.abs().max(1e-2), "{case} dw[{i}]: {dw} is not {slope}");
    }
}

/// Each of sixteen different samples has the bits that it has alone; its gradient has them but for the last few, because the sum over
/// a row takes another order there.
fn assert_bits<S: Scalar>(case: &str, layer: &impl Layer<S>) {
    let (x, dy, w) = (tensor::<S>(case, "x"), tensor::<S>(case, "dy"), tensor::<S>(case, "w"));
    let spread = |numbers: &[S]| -> Vec<[S; 16]> {
        let factor = |t: usize| S::from_usize(t + 3) / S::from_usize(7);
        numbers.iter().map(|&number| core::array::from_fn(|t| number * factor(t))).collect()
    };
    let (x, dy) = (spread(&x), spread(&dy));
    let tile = run(layer, &w, &x, &dy);
    for t in 0..16 {
        let pick = |numbers: &[[S; 16]]| numbers.iter().map(|number| [number[t]]).collect::<Vec<_>>();
        let single = run(layer, &w, &pick(&x), &pick(&dy));
        assert_eq!(single.y, pick(&tile.y), "{case} sample {t}");
        let largest = single
            .dx
            .iter()
            .flatten()
            .fold(S::ZERO, |largest, dx| if dx.abs() > largest { dx.abs() } else { largest });
        for (alone, together) in single.dx.iter().flatten().zip(pick(&tile.dx).iter().flatten()) {
            let off = (*alone - *together).abs();
            assert!(
                off <= largest * S::EPSILON * S::from_usize(4),
                "{case} sample {t}: {alone} is not {together}"
            );
        }
    }
}

fn assert_in_place<S: Scalar>(case: &str, layer: &impl InPlace<S>) {
    let (x, dy) = (tensor::<S>(case, "x"), tensor::<S>(case, "dy"));
    let expected = run(layer, &[], column(&x), column(&dy));
    let (mut y, mut d) = (column(&x).to_vec(), column(&dy).to_vec());
    layer.forward_in_place(&Pass::PREDICTION, &mut y);
    layer.backward_in_place(&Pass::PREDICTION, &y, &mut d);
    assert_eq!((y, d), (expected.y, expected.dx), "{case}");
}

/// All checks of a case: `case!(test, "name in the table", layer)`, and `in place` where it is.
macro_rules! case {
    ($test:ident, $name:literal, $layer:expr) => {
        #[test]
        fn $test() {
            assert_equals_pytorch::<f64>($name, &$layer, 1e-14);
            assert_equals_pytorch::<f32>($name, &$layer, 3e-6);
            assert_gradient($name, &$layer);
            assert_bits::<f64>($name, &$layer);
            assert_bits::<f32>($name, &$layer);
        }
    };
    ($test:ident, $name:literal, $layer:expr, in place) => {
        mod $test {
            use super::*;
            case!(out_of_place, $name, $layer);

            #[test]
            fn in_place() {
                assert_in_place::<f64>($name, &$layer);
                assert_in_place::<f32>($name, &$layer);
            }
        }
    };
}

case!(softmax, "softmax 3x5", Softmax::new(3, 5), in place);
case!(softmax_of_one, "softmax 1x1", Softmax::new(1, 1), in place);
case!(softmax_of_40, "softmax 1x40", Softmax::new(1, 40), in place);
case!(log_softmax, "log_softmax 3x5", LogSoftmax::new(3, 5), in place);
case!(log_softmax_of_40, "log_softmax 1x40", LogSoftmax::new(1, 40), in place);
case!(glu, "glu 3x4", Glu::new(3, 4));
case!(glu_of_40, "glu 1x20", Glu::new(1, 20));
case!(prelu_with_one_slope, "prelu 1", Prelu::new(1, 6));
case!(prelu_of_channels, "prelu 3x4", Prelu::new(3, 4));
case!(prelu_of_rows, "prelu rows 3x4", Prelu::new(4, 1));

#[test]
fn nothing_overflows_and_nan_spreads_over_its_row() {
    let mut y = [[f32::MAX], [f32::NEG_INFINITY], [f32::NAN], [0.0]];
    Softmax::new(2, 2).forward_in_place(&Pass::PREDICTION, &mut y);
    assert_eq!(y[..2], [[1.0], [0.0]]);
    assert!(y[2][0].is_nan() && y[3][0].is_nan());
    let mut y = [[f32::MAX], [f32::NEG_INFINITY], [f32::NAN], [0.0]];
    LogSoftmax::new(2, 2).forward_in_place(&Pass::PREDICTION, &mut y);
    assert_eq!(y[..2], [[0.0], [f32::NEG_INFINITY]]);
    assert!(y[2][0].is_nan() && y[3][0].is_nan());
}

#[test]
fn a_gradient_that_nobody_wants_is_not_computed() {
    let mut dy = [[1.0_f32]; 4];
    let backward =
        Backward { x: &[[1.0]; 4], y: &[[0.5]; 4], dy: &mut dy, ..Backward::of(&Pass::PREDICTION) };
    Prelu::new(4, 1).backward(backward);
    let backward = Backward { y: &[[0.5]; 4], dy: &mut dy, ..Backward::of(&Pass::PREDICTION) };
    Softmax::new(1, 4).backward(backward);
    assert_eq!(dy, [[1.0]; 4]);
}

#[test]
fn prelu_adds_to_its_gradient() {
    let mut dw = [10.0_f64];
    Prelu::new(1, 2).backward(Backward {
        parameters: &[0.5],
        x: &[[-2.0, 3.0], [-1.0, -1.0]],
        dy: &mut [[1.0, 1.0], [2.0, 3.0]],
        dx: &mut [[0.0; 2]; 2],
        gradient: &mut dw,
        ..Backward::of(&Pass::PREDICTION)
    });
    assert_eq!(dw, [10.0 - 2.0 - 2.0 - 3.0]);
}
