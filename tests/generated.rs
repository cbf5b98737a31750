//! Generated code in hostile surroundings: it must not depend on what its user has in scope, nor offend the
//! strictest lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
#![no_implicit_prelude]

extern crate backprop as renamed;

/// A module in which every familiar name means something else.
pub mod hostile {
    #![allow(dead_code)]

    /// Not the `Result` that one expects.
    pub struct Result;
    /// Nor the `Option`.
    pub struct Option;
    /// Nor `Some`.
    pub struct Some;
    /// Nor `Sized`.
    pub struct Sized;
    /// Nor `Vec`.
    pub struct Vec;
    /// A module named as the alias in the expansion.
    pub mod rt {}
    /// A module named as the crate.
    pub mod backprop {}
    /// A constant named as a description would be.
    pub const DENSE1: usize = 5;

    /// A network among them.
    #[::backprop::network(input = [1, 8, 8], layers = [
        first: conv2d(3, kernel = 3, padding = same), relu, max_pool2d(2), flatten, dense(DENSE1), relu, dense(2),
    ], loss = cross_entropy)]
    pub struct Tiny;
}

/// The crate under another name.
#[::backprop::network(input = 3, layers = [dense(2), relu, dense(1)], loss = mse, crate = ::renamed)]
pub struct Renamed;

/// Samples with lengths of their own.
#[::backprop::network(input = [..=4, 2], layers = [gru(3), heads { all: [dense(2)], one: [last] }], loss = { all: mse, one: mse })]
pub struct Lengths;

/// A second network in one module, of the other scalar type and with symbolic sizes.
#[::backprop::network(input = 3, layers = [dense(2 * HIDDEN), relu, dense(HIDDEN - 1, bias = false)], scalar = f64, tile = 8)]
pub struct Second;

/// Sizes that are chosen.
#[::backprop::network(input = 3, layers = [dense(if HIDDEN > 5 { 2 } else { 3 }), relu, dense(match HIDDEN { 7 => 4, _ => 5 })])]
pub struct Chosen;

const HIDDEN: usize = 7;

use ::backprop::Network as _;
use ::std::{assert, assert_eq};

#[test]
fn sizes_that_the_macro_cannot_evaluate() {
    assert_eq!(Second::PARAMETERS, 3 * 14 + 14 + 14 * 6);
    assert_eq!(Second::OUTPUTS, 6);
    assert_eq!((Chosen::PARAMETERS, Chosen::OUTPUTS), (3 * 2 + 2 + 2 * 4 + 4, 4));
    let net = Second::zeroed();
    assert_eq!(net.dense1.weight.len(), 3);
    let y: [f64; 6] = net.predict(&[1.0, 2.0, 3.0]);
    assert_eq!(y, [0.0; 6]);
}

#[test]
fn in_a_function_body() {
    #[::backprop::network(input = 3, layers = [relu, dense(WIDTH), relu], loss = mse)]
    struct Local;
    const WIDTH: usize = 4;

    let mut net = Local::zeroed();
    net.dense1.bias = [1.0, -1.0, 2.0, 0.0];
    assert_eq!(net.predict(&[0.0; 3]), [1.0, 0.0, 2.0, 0.0]);
    let (mut tape, mut gradients) = (Local::tape(), Local::gradients());
    net.forward(&[1.0, -1.0, 0.5], &mut tape);
    net.backward(&mut tape, &[1.0; 4], &mut gradients);
    assert_eq!(gradients.dense1.bias, [1.0, 0.0, 1.0, 0.0]);
    assert_eq!(gradients.dense1.weight[2], [0.5, 0.0, 0.5, 0.0]);
}

#[test]
fn the_hostile_module_works() {
    let net = hostile::Tiny::zeroed();
    assert!(net.predict(&[0.0; 64]) == [0.0; 2]);
    assert!(Renamed::zeroed().predict(&[0.0; 3]) == [0.0]);
}

/// Names that generated code might use itself, sizes among them, in a function that is generic.
#[test]
fn names_of_one_letter() {
    fn build<T: ::std::default::Default>() -> T {
        const R: usize = 3;
        #[::backprop::network(input = 2, layers = [dense(R), relu])]
        struct C;
        #[::backprop::network(input = 2, layers = [inner: C, dense(C::OUTPUTS)], loss = mse)]
        struct Y;
        assert!(Y::zeroed().predict(&[1.0; 2]) == [0.0; 3]);
        ::std::default::Default::default()
    }
    assert_eq!(build::<u8>(), 0);
    const T: usize = 4;
    #[::backprop::network(input = T, layers = [r#type: dense(2 * T), tanh, dense(T)], loss = mse)]
    struct L;
    assert_eq!(L::zeroed().r#type.bias, [0.0; 8]);
    assert_eq!(<L as ::backprop::Network>::tensors()[0].layer, "type");
}

mod sizes {
    pub(crate) mod backprop {
        pub(crate) const N: usize = 3;
    }
}

/// A path of the user's that goes on with the crate's name.
#[::backprop::network(input = 3, layers = [dense(crate::sizes::backprop::N)], crate = ::renamed)]
pub struct Sized3;

/// What a macro passes on arrives in invisible brackets.
macro_rules! declared {
    ($name:ident, $input:expr, $kernel:expr, $padding:expr, $loss:expr, $weighed:expr) => {
        #[::backprop::network(
            input = $input,
            layers = [conv2d(2, kernel = $kernel, padding = $padding), heads { a: [flatten, dense(2)], b: [flatten, dense(2)] }],
            loss = { a: $loss, b: $weighed },
        )]
        pub struct $name;
    };
}
declared!(Passed, [1, 4, 4], [3, 1], [1, 0], huber(delta = 2.0), 0.5 * mse);

/// Whatever traits a bound asks for, `N::Scalar` is one type.
fn largest<
    N: ::backprop::Trainable + ::backprop::Streaming + ::backprop::Block + ::backprop::Flat<Number = N::Scalar>,
>(
    net: &N,
) -> N::Scalar {
    let mut most = <N::Scalar as ::std::default::Default>::default();
    for number in net.flat() {
        most = if *number > most { *number } else { most };
    }
    most
}

/// A network that has all of these traits.
#[::backprop::network(input = [3, 2], layers = [gru(2)], loss = mse)]
pub struct Causal;

#[test]
fn a_bound_on_all_traits_of_a_network() {
    let mut net = Causal::zeroed();
    net.parameters_mut()[5] = 0.5;
    let most: f32 = largest(&net);
    assert_eq!(most, 0.5);
}

#[test]
fn what_a_macro_passes_on() {
    assert_eq!(Passed::INPUTS, 16);
    assert_eq!(Sized3::OUTPUTS, 3);
}

macro_rules! passed_on {
    ($name:ident, $size:expr, $group:expr, $least:expr) => {
        #[::backprop::network(input = $size, layers = [$group, hard_tanh(min = $least), dense(1 + $size)], loss = mse)]
        pub struct $name;
    };
}
passed_on!(PassedOn, crate::sizes::backprop::N, residual[dense(crate::sizes::backprop::N)], -0.5);

/// The summary has numbers where the declaration has constants, one of them with a name that generated code might use.
#[test]
fn summaries_have_numbers() {
    const ROWS: usize = 9;
    const WIDE: bool = true;
    #[::backprop::network(
        input = [ROWS, 2],
        layers = [conv1d(4, kernel = 3), relu, flatten, dense(if WIDE { 5 } else { 1 }), heads { a: [], b: [dense(ROWS)] }],
    )]
    struct Summed;
    let text = ::std::format!("{}", ::backprop::Network::summary(&Summed::zeroed()));
    for line in ["input [9, 2]", "dense1 [5]", "a: [5]", "b: dense2 [9]"] {
        ::std::assert!(text.contains(line), "{text}");
    }
    ::std::assert!(!text.contains("Layers::"), "{text}");
    assert_eq!((PassedOn::INPUTS, PassedOn::OUTPUTS), (3, 4));
}

/// What measures rests with the layers around it.
#[test]
fn what_is_not_trained_does_not_measure() {
    use ::backprop::prelude::*;
    #[::backprop::network(input = 2, layers = [dense(3), batch_norm(affine = false), dense(1)], loss = mse, train = last(1))]
    struct Rests;
    let mut net = Rests::new(&mut ::backprop::rng(1));
    let before = net.batch_norm1.running_mean;
    let mut trainer = Trainer::new(Sgd::new(0.1));
    ::std::assert!(trainer.step(&mut net, &[[1.0, 2.0], [3.0, 4.0]], &[[1.0], [2.0]]).is_ok());
    assert_eq!(net.batch_norm1.running_mean, before);
}
