//! Activations and losses written as closures: their derivatives, and networks that train with them.

mod support;

use backprop::prelude::*;
use support::{assert_close, many, network};

/// Not in lower case, nor of type `f64`.
const SHARPNESS: f32 = 1.5;

/// A constant behind a path.
mod physics {
    /// Half of one.
    pub(crate) const HALF: f64 = 0.5;
}

/// Input gradients of two networks that differ in one layer: the catalogue's, and the same as a closure.
macro_rules! same {
    ($test:ident, $scalar:ident, $tolerance:literal, $catalogue:ident $(($($arguments:tt)*))?, $($closure:tt)*) => {
        #[test]
        fn $test() {
            #[network(input = 4, layers = [dense(9), $catalogue $(($($arguments)*))?, dense(3)], loss = mse, scalar = $scalar)]
            struct Known;
            #[network(input = 4, layers = [dense(9), activation($($closure)*), dense(3)], loss = mse, scalar = $scalar)]
            struct Written;

            let known = network::<Known>(3);
            let mut written = Written::zeroed_box();
            written.flat_mut().copy_from_slice(known.flat());
            for x in many::<[$scalar; 4]>(20, 5) {
                let (mut a, mut b) = (Known::tape(), Written::tape());
                let (mut da, mut db) = (Known::gradients(), Written::gradients());
                let dy = [0.5, -1.0, 0.25];
                let ya = known.forward(&x, &mut a);
                let yb = written.forward(&x, &mut b);
                let xa = known.backward(&mut a, &dy, &mut da);
                let xb = written.backward(&mut b, &dy, &mut db);
                let wide = |values: &[$scalar]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
                assert_close("output", &wide(&yb), &wide(&ya), $tolerance);
                assert_close("input gradient", &wide(&xb), &wide(&xa), $tolerance);
                assert_close("gradient", &wide(db.flat()), &wide(da.flat()), $tolerance);
            }
        }
    };
}

same!(relu, f64, 1e-14, relu, |x| max(x, 0.0));
same!(relu6, f64, 1e-14, relu6, |x| min(max(x, 0.0), 6.0));
same!(leaky_relu, f64, 1e-14, leaky_relu(0.1), |x| if x > 0.0 { x } else { 0.1 * x });
same!(elu, f64, 1e-13, elu(0.7), |x| if x > 0.0 { x } else { 0.7 * (exp(x) - 1.0) });
same!(celu, f64, 1e-13, celu(0.7), |x| if x > 0.0 { x } else { 0.7 * (exp(x / 0.7) - 1.0) });
same!(selu, f64, 1e-13, selu, |x| selu(x));
same!(gelu, f64, 1e-13, gelu, |x| x * (1.0 + erf(x / sqrt(2.0))) / 2.0);
same!(gelu_tanh, f64, 1e-13, gelu(approximate = tanh), |x| {
    let inner = sqrt(2.0 / std::f64::consts::PI) * (x + 0.044715 * x.powi(3));
    physics::HALF * x * (1.0 + tanh(inner))
});
same!(silu, f64, 1e-13, silu, |x| x / (1.0 + exp(-x)));
same!(mish, f64, 1e-13, mish, |x| x * tanh(ln(1.0 + exp(x))));
same!(mish_single, f32, 2e-6, mish, |x| x * tanh(ln(1.0 + exp(x))));
same!(softplus, f64, 1e-13, softplus(beta = 1.5), |x| ln(1.0 + exp(SHARPNESS * x)) / SHARPNESS);
same!(softplus_single, f32, 2e-6, softplus(beta = 1.5), |x| ln(1.0 + exp(SHARPNESS * x)) / SHARPNESS);
same!(softsign, f64, 1e-13, softsign, |x| x / (1.0 + x.abs()));
same!(sigmoid, f64, 1e-13, sigmoid, |x| 1.0 / (1.0 + exp(-x)));
same!(sigmoid_single, f32, 2e-6, sigmoid, |x| 1.0 / (1.0 + exp(-x)));
same!(hard_sigmoid, f64, 1e-13, hard_sigmoid, |x| (x / 6.0 + 0.5).clamp(0.0, 1.0));
same!(hard_swish, f64, 1e-13, hard_swish, |x| x * min(max(x + 3.0, 0.0), 6.0) / 6.0);
same!(tanh, f64, 1e-13, tanh, |x| sinh(x) / cosh(x));
same!(hard_tanh, f64, 1e-13, hard_tanh, |x| if x < -1.0 {
    -1.0
} else if x > 1.0 {
    1.0
} else {
    x
});
same!(hard_shrink, f64, 1e-14, hard_shrink, |x| if x.abs() > 0.5 { x } else { 0.0 });
same!(soft_shrink, f64, 1e-13, soft_shrink(0.2), |x| if x > 0.2 {
    x - 0.2
} else if x < -0.2 {
    x + 0.2
} else {
    0.0
});
same!(threshold, f64, 1e-14, threshold(0.1, -0.7), |x| if x > 0.1 { x } else { -0.7 });
same!(tanh_shrink, f64, 1e-13, tanh_shrink, |x| x - tanh(x));
same!(log_sigmoid, f64, 1e-13, log_sigmoid, |x| -ln(1.0 + exp(-x)));
same!(log_sigmoid_single, f32, 2e-6, log_sigmoid, |x| -ln(1.0 + exp(-x)));
same!(sin, f64, 1e-13, sin(frequency = 1.5), |x| (SHARPNESS * x).sin());
same!(sin_single, f32, 2e-6, sin(frequency = 1.5), |x| (SHARPNESS * x).sin());
same!(overridden, f64, 1e-13, tanh, |x| tanh(x), derivative = |x| 1.0 / cosh(x).powi(2));

#[test]
fn the_derivative_given_is_the_one_used() {
    #[network(input = 2, layers = [activation(|x| x * x, derivative = |x| 7.0)], scalar = f32)]
    struct Net;
    let net = Net::zeroed();
    let mut tape = Net::tape();
    assert_eq!(net.forward(&[3.0, -2.0], &mut tape), [9.0, 4.0]);
    let dx = net.backward(&mut tape, &[1.0, 2.0], &mut Net::gradients());
    assert_eq!(dx, [7.0, 14.0]);
}

#[test]
fn forms_that_would_overflow_are_replaced() {
    #[network(input = 3, layers = [activation(|x| x * tanh(ln(1.0 + exp(x))))])]
    struct Net;
    let (net, mut tape, x) = (Net::zeroed(), Net::tape(), [1000.0, -1000.0, 0.0]);
    assert_eq!(net.forward(&x, &mut tape), [1000.0, 0.0, 0.0]);
    let dx = net.backward(&mut tape, &[1.0; 3], &mut Net::gradients());
    assert_eq!((dx[0], dx[1]), (1.0, 0.0));
}

/// The loss of Geman and McClure, whose derivative is 2 d / (1 + d²)².
#[network(input = 1, layers = [dense(8), tanh, dense(2)],
    loss = |y, t| (y - t).powi(2) / (1.0 + (y - t).powi(2)))]
struct Robust;

#[test]
fn a_loss_has_the_right_value_and_derivative() {
    let mut dy = [0.0_f32; 2];
    let sum = Robust::LOSS.sample(&[1.0, -0.5], &[0.5, 1.0], &mut dy);
    let each = |d: f32| (d * d / (1.0 + d * d), 2.0 * d / (1.0 + d * d).powi(2));
    let (a, b) = (each(0.5), each(-1.5));
    assert!((sum.loss - (a.0 + b.0) / 2.0).abs() < 1e-6);
    assert!((dy[0] - a.1 / 2.0).abs() < 1e-6 && (dy[1] - b.1 / 2.0).abs() < 1e-6);
}

#[test]
fn a_loss_of_the_users_own_trains() {
    let mut net = Robust::new(&mut backprop::rng(1));
    let mut trainer = Trainer::<Robust, _>::new(Adam::new(0.02));
    let inputs: Vec<[f32; 1]> = (0..40).map(|i| [i as f32 / 20.0 - 1.0]).collect();
    let targets: Vec<[f32; 2]> = inputs.iter().map(|[x]| [x * x, -0.5 * x]).collect();
    let mut last = f32::INFINITY;
    for _ in 0..600 {
        last = trainer.step(&mut net, &inputs, &targets).expect("a step");
    }
    assert!(last < 2e-3, "the loss is still {last}");
}

#[test]
fn tiles_give_the_loss_of_single_samples() {
    #[network(input = 2, layers = [dense(3)], scalar = f64, loss = |y, t| ln(cosh(y - t)) + physics::HALF * abs(y))]
    struct Net;
    let net = network::<Net>(4);
    let (inputs, targets) = (many::<[f64; 2]>(21, 1), many::<[f64; 3]>(21, 2));
    let mut trainer = Trainer::<Net, _>::new(Sgd::new(0.0));
    let tiled = trainer.evaluate(&net, &inputs, &targets).expect("losses").loss;
    let single =
        inputs.iter().zip(&targets).map(|(x, t)| Net::LOSS.sample(&net.predict(x), t, &mut [0.0; 3]).loss);
    assert_close("loss", &[tiled], &[single.sum::<f64>() / 21.0], 1e-13);
}

#[test]
fn each_head_may_have_a_formula() {
    #[network(input = 2, layers = [dense(3), heads { a: [dense(2)], b: [dense(1)] }], scalar = f64,
        loss = { a: |y, t| (y - t) * (y - t), b: 0.5 * (|y, t| physics::HALF * abs(y - t)) })]
    struct Net;
    let (y, mut dy) = ([1.0, 2.0, 3.0], [0.0; 3]);
    let sum = Net::LOSS.sample(&y, &NetTarget { a: [0.0, 0.0], b: [1.0] }, &mut dy);
    assert_close("loss", &[sum.loss], &[2.5 + 0.5], 1e-14);
    assert_close("gradient", &dy, &[1.0, 2.0, 0.25], 1e-14);
}

/// Where familiar names mean something else, and the strictest lints hold.
mod hostile {
    #![no_implicit_prelude]
    #![deny(warnings, missing_docs)]
    #![allow(dead_code, non_camel_case_types, unreachable_pub)]

    /// Not the alias in the expansion.
    pub(crate) mod rt {
        /// But a constant of the user's in it.
        pub(crate) const LIMIT: f64 = 2.0;
    }
    /// Not the primitive type.
    pub(crate) struct f64;
    /// Nor a formula's type.
    pub(crate) struct F;

    /// A network among them.
    #[::backprop::network(input = 2, layers = [
        dense(3), activation(|value| if value < rt::LIMIT { -value } else { value.powf(1.5) }), dense(1),
    ], loss = |a, b| (a - b) / rt::LIMIT * a)]
    pub struct Net;
}

#[test]
fn formulas_depend_on_nothing_in_scope() {
    let sum = hostile::Net::LOSS.sample(&[3.0], &[1.0], &mut [0.0]);
    assert_eq!(sum.loss, 3.0);
}
