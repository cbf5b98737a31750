//! Activations against PyTorch, against central differences, and against themselves.

use backprop_runtime::layers::*;
use backprop_runtime::{Backward, Forward, InPlace, Layer, Pass, Real, Scalar, dispatch};

/// `y` and `dx` of a layer without parameters over tiles of `T`; `dy` is 1 everywhere.
fn run<S: Scalar, const T: usize>(layer: &impl Layer<S>, x: &[[S; T]]) -> (Vec<[S; T]>, Vec<[S; T]>) {
    let mut y = vec![[S::NAN; T]; x.len()];
    layer.forward(Forward { x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
    let (mut dy, mut dx) = (vec![[S::ONE; T]; x.len()], vec![[S::NAN; T]; x.len()]);
    layer.backward(Backward { x, y: &y, dy: &mut dy, dx: &mut dx, ..Backward::of(&Pass::PREDICTION) });

    // Networks are compiled as a whole for one sample only.
    if const { T != 1 } {
        return (y, dx);
    }
    let (mut y_within, mut dx_within) = (vec![[S::NAN; T]; x.len()], vec![[S::NAN; T]; x.len()]);
    let mut dy = vec![[S::ONE; T]; x.len()];
    dispatch!(S: v => {
        layer.forward_within(v, Forward { x, y: &mut y_within, ..Forward::of(&Pass::PREDICTION) });
        let (y, dx) = (&y_within, &mut dx_within);
        layer.backward_within(v, Backward { x, y, dy: &mut dy, dx, ..Backward::of(&Pass::PREDICTION) });
    }, plain return (y, dx));
    assert_eq!(text(y.as_flattened()), text(y_within.as_flattened()));
    assert_eq!(text(dx.as_flattened()), text(dx_within.as_flattened()));
    (y, dx)
}

/// The same in place.
fn run_in_place<S: Scalar, const T: usize>(
    layer: &impl InPlace<S>,
    x: &[[S; T]],
) -> (Vec<[S; T]>, Vec<[S; T]>) {
    let (mut y, mut d) = (x.to_vec(), vec![[S::ONE; T]; x.len()]);
    layer.forward_in_place(&Pass::PREDICTION, &mut y);
    layer.backward_in_place(&Pass::PREDICTION, &y, &mut d);

    if const { T != 1 } {
        return (y, d);
    }
    let (mut y_within, mut d_within) = (x.to_vec(), vec![[S::ONE; T]; x.len()]);
    dispatch!(S: v => {
        layer.forward_in_place_within(v, &Pass::PREDICTION, &mut y_within);
        layer.backward_in_place_within(v, &Pass::PREDICTION, &y_within, &mut d_within);
    }, plain return (y, d));
    assert_eq!(text(y.as_flattened()), text(y_within.as_flattened()));
    assert_eq!(text(d.as_flattened()), text(d_within.as_flattened()));
    (y, d)
}

/// Numbers as text, which tells −0 from 0 and takes NaN for NaN.
fn text<S: Scalar>(numbers: &[S]) -> Vec<String> {
    numbers.iter().map(|number| format!("{number:?}")).collect()
}

/// Numbers between −10 and 10 that avoid the kinks, which are at multiples of ½.
fn samples<S: Scalar>() -> Vec<S> {
    (0..400).map(|i| S::from_usize(i) * S::real(Real::new(0.049_731)) - S::real(Real::new(9.973))).collect()
}

/// Value and derivative at PyTorch's points.
fn assert_equals_pytorch<S: Scalar>(kind: &str, layer: &impl Layer<S>, tolerance: f64) {
    let mut rows = 0;
    for line in include_str!("fixtures/activations.csv").lines() {
        let fields: Vec<_> = line.split(',').collect();
        let [name, numbers @ ..] = fields.as_slice() else { panic!("an empty line") };
        if *name != kind {
            continue;
        }
        rows += 1;
        let numbers: Vec<f64> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
        let [x, y, dx] = numbers[..] else { panic!("{line}: three numbers") };
        let (found_y, found_dx) = run(layer, &[[S::real(Real::new(x))]]);
        for (what, found, expected) in [("y", found_y[0][0], y), ("dx", found_dx[0][0], dx)] {
            let found: f64 = found.to_string().parse().expect("a number");
            let scale = expected.abs().max(1.0);
            assert!(
                (found - expected).abs() <= tolerance * scale,
                "{kind} {what}({x}): {found}, not {expected}"
            );
        }
    }
    assert_eq!(rows, 18, "{kind} is in the table");
}

/// The derivative is the slope of the value.
fn assert_gradient(kind: &str, layer: &impl Layer<f64>) {
    const STEP: f64 = 1e-5;
    let x: Vec<[f64; 1]> = samples().into_iter().map(|x| [x]).collect();
    let at = |offset: f64| run(layer, &x.iter().map(|[x]| [x + offset]).collect::<Vec<_>>()).0;
    let (_, dx) = run(layer, &x);
    for (((x, dx), above), below) in x.iter().zip(&dx).zip(at(STEP)).zip(at(-STEP)) {
        let slope = (above[0] - below[0]) / (2.0 * STEP);
        assert!(
            (dx[0] - slope).abs() <= 1e-6 * slope.abs().max(1e-2),
            "{kind} at {}: {} is not {slope}",
            x[0],
            dx[0]
        );
    }
}

/// One sample and sixteen give the same bits; NaN stays NaN.
fn assert_bits<S: Scalar>(kind: &str, layer: &impl Layer<S>) {
    let x = samples::<S>();
    let (single_y, single_dx) = run(layer, x.as_chunks::<1>().0);
    let (tile_y, tile_dx) = run(layer, x.as_chunks::<16>().0);
    assert_eq!(text(single_y.as_flattened()), text(tile_y.as_flattened()), "{kind}");
    assert_eq!(text(single_dx.as_flattened()), text(tile_dx.as_flattened()), "{kind}");
    let (y, _) = run(layer, &[[S::NAN]]);
    assert_eq!(text(&y[0]), ["NaN"], "{kind} keeps NaN");
}

/// In place gives the bits of the other form.
fn assert_in_place<S: Scalar>(kind: &str, layer: &impl InPlace<S>) {
    fn check<S: Scalar, const T: usize>(kind: &str, layer: &impl InPlace<S>) {
        let x = samples::<S>();
        let x = x.as_chunks::<T>().0;
        let ((y, dx), (in_place_y, in_place_dx)) = (run(layer, x), run_in_place(layer, x));
        assert_eq!(text(y.as_flattened()), text(in_place_y.as_flattened()), "{kind}");
        assert_eq!(text(dx.as_flattened()), text(in_place_dx.as_flattened()), "{kind}");
    }
    check::<S, 1>(kind, layer);
    check::<S, 16>(kind, layer);
}

/// All checks of a kind: `kind!(test, "name in the table", layer)`, and `in place` where it is.
macro_rules! kind {
    ($test:ident, $name:literal, $layer:expr) => {
        #[test]
        fn $test() {
            assert_equals_pytorch::<f64>($name, &$layer, 1e-13);
            assert_equals_pytorch::<f32>($name, &$layer, 3e-6);
            assert_gradient($name, &$layer);
            assert_bits::<f64>($name, &$layer);
            assert_bits::<f32>($name, &$layer);
        }
    };
    ($test:ident, $name:literal, $layer:expr, in place) => {
        mod $test {
            use super::*;
            kind!(out_of_place, $name, $layer);

            #[test]
            fn in_place() {
                assert_in_place::<f64>($name, &$layer);
                assert_in_place::<f32>($name, &$layer);
            }
        }
    };
}

kind!(relu, "relu", Relu, in place);
kind!(relu6, "relu6", Relu6, in place);
kind!(leaky_relu, "leaky_relu(0.01)", LeakyRelu::new(0.01), in place);
kind!(leaky_relu_of_slope_0, "leaky_relu(0)", LeakyRelu::new(0.0), in place);
kind!(elu, "elu(1)", Elu::new(1.0), in place);
kind!(elu_2, "elu(2)", Elu::new(2.0), in place);
kind!(selu, "selu", Selu, in place);
kind!(celu, "celu(1)", Celu::new(1.0), in place);
kind!(celu_2, "celu(2)", Celu::new(2.0), in place);
kind!(gelu, "gelu", Gelu);
kind!(gelu_tanh, "gelu_tanh", GeluTanh);
kind!(silu, "silu", Silu);
kind!(mish, "mish", Mish);
kind!(softplus, "softplus(1;20)", Softplus::new(1.0, 20.0));
kind!(softplus_sharp, "softplus(2;3)", Softplus::new(2.0, 3.0));
kind!(softsign, "softsign", Softsign, in place);
kind!(sigmoid, "sigmoid", Sigmoid, in place);
kind!(hard_sigmoid, "hard_sigmoid", HardSigmoid, in place);
kind!(hard_swish, "hard_swish", HardSwish);
kind!(tanh, "tanh", Tanh, in place);
kind!(hard_tanh, "hard_tanh(-1;1)", HardTanh::new(-1.0, 1.0), in place);
kind!(hard_tanh_wide, "hard_tanh(-2;6)", HardTanh::new(-2.0, 6.0), in place);
kind!(sin, "sin(30)", Sin::new(30.0));

#[test]
fn every_row_of_the_table_is_tested() {
    let tests = include_str!("activations.rs");
    for line in include_str!("fixtures/activations.csv").lines() {
        let kind = line.split(',').next().expect("a name");
        assert!(tests.contains(&format!("\"{kind}\"")), "{kind}");
    }
}
