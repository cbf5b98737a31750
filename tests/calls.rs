//! Tiny networks, whose passes are compiled as a whole in optimised builds: the results are those of a pass in which
//! each layer chooses its instruction set.

use backprop::networks::Passes;
use backprop::prelude::*;
use backprop_runtime::calls::{Apart, Calls, Whole};
use backprop_runtime::learning::Accumulate;
use backprop_runtime::streaming::{Memory, Steps};
use backprop_runtime::{Pass, dispatch};

/// Every number of outputs that has a kernel of its own, and one that has none.
#[network(
    input = 5,
    layers = [dense(33), tanh, dense(8), relu, dense(4), sigmoid, dense(3), gelu, dense(2), softmax, dense(1)],
)]
struct Narrowing;

#[network(input = 5, layers = [dense(33), tanh, dense(4), relu, dense(1)], train = biases)]
struct Biases;

#[network(input = [1, 6, 6], layers = [conv2d(2, kernel = 3), relu, max_pool2d(2), flatten, dense(16), tanh, dense(2)], scalar = f64)]
struct Image;

/// Output, gradient of the input, and gradients of one sample, by the calls given.
fn run<N, C, const I: usize, const O: usize>(net: &N, calls: C, training: bool) -> Vec<f64>
where
    N: Network,
    C: Calls,
    N::Scalar: Into<f64>,
{
    let mut x = [[N::Scalar::ZERO]; I];
    for (place, [x]) in x.iter_mut().enumerate() {
        *x = (N::Scalar::from_usize(place * 7 % 5) - N::Scalar::ONE) / N::Scalar::from_usize(3);
    }
    let (mut y, mut dy, mut dx) = ([[N::Scalar::ZERO]; O], [[N::Scalar::ONE]; O], [[N::Scalar::ZERO]; I]);
    let mut gradients: N::Gradients = backprop::flat::zero();
    if training {
        let mut slots: <N::Core as Passes>::Slots<1> = backprop::flat::zero();
        let pass = &Pass::PREDICTION;
        net.core().forward::<C, 1>(calls, pass, &x, &mut y, &mut slots);
        // The first gradient of a sum is written over whatever stands there.
        gradients.flat_mut().fill(N::Scalar::ONE);
        let mut learning = Accumulate::new(net.parameters().as_ref(), gradients.flat_mut()).first(true);
        N::Core::backward::<C, 1, _>(calls, pass, &x, &y, &mut dy, &mut dx, &mut slots, &mut learning);
    } else {
        let mut slots: <N::Core as Passes>::InferenceSlots<1> = backprop::flat::zero();
        net.core().infer::<C, 1>(calls, &x, &mut y, &mut slots);
    }
    let numbers = y.as_flattened().iter().chain(dx.as_flattened()).chain(gradients.flat());
    numbers.map(|number| (*number).into()).collect()
}

fn compare<N, const I: usize, const O: usize>(net: &N)
where
    N: Network,
    N::Scalar: Into<f64>,
{
    for training in [false, true] {
        let apart = run::<N, _, I, O>(net, Apart, training);
        // The baseline's vectors are not what a machine without better ones runs.
        let whole = dispatch!(f32: v => run::<N, _, I, O>(net, Whole(v), training), plain return);
        assert!(apart.iter().any(|number| *number != 0.0));
        assert_eq!(apart, whole, "training: {training}");
    }
}

#[network(input = [9, 2], layers = [gru(5), lstm(17, projection = 3, layers = 2), dense(2)])]
struct Recurrent;

#[network(input = [9, 2], layers = [
    conv1d(19, kernel = 2, dilation = 3, padding = causal), tanh, conv1d(3, kernel = 3, padding = causal, bias = false), gelu,
])]
struct Causal;

/// Outputs and what is remembered, of steps by the calls given.
fn steps<N, C, const I: usize, const O: usize, const M: usize>(net: &N, calls: C) -> Vec<f32>
where
    N: Network<Scalar = f32>,
    N::Core: Steps,
    C: Calls,
{
    let (mut numbers, mut all) = ([[0.0_f32]; M], vec![]);
    for step in 0..9_usize {
        let x: [[f32; 1]; I] = std::array::from_fn(|place| [((step * 3 + place * 2) % 7) as f32 / 3.0 - 1.0]);
        let (mut y, mut slots) = ([[0.0]; O], backprop::flat::zero());
        let memory = Memory { steps: &[step as u32], numbers: &mut numbers };
        net.core().step::<C, 1>(calls, &x, &mut y, &mut slots, memory);
        all.extend_from_slice(y.as_flattened());
        all.extend_from_slice(numbers.as_flattened());
    }
    all
}

#[test]
fn a_step_compiled_as_a_whole_gives_the_same_bits() {
    fn compare() {
        let net = Recurrent::new(&mut backprop::rng(1));
        let whole = dispatch!(f32: v => steps::<_, _, 2, 2, 45>(&net, Whole(v)), plain return);
        assert_eq!(steps::<_, _, 2, 2, 45>(&net, Apart), whole);
        let net = Causal::new(&mut backprop::rng(2));
        let whole = dispatch!(f32: v => steps::<_, _, 2, 3, 46>(&net, Whole(v)), plain return);
        assert_eq!(steps::<_, _, 2, 3, 46>(&net, Apart), whole);
    }
    // What is written out in one function needs a large frame where it is not optimised.
    let thread = std::thread::Builder::new().stack_size(1 << 26).spawn(compare).expect("a thread");
    thread.join().expect("the same bits");
}

#[test]
fn a_pass_compiled_as_a_whole_gives_the_same_bits() {
    for seed in 0..8 {
        compare::<_, 5, 1>(&Narrowing::new(&mut backprop::rng(seed)));
        compare::<_, 5, 1>(&Biases::new(&mut backprop::rng(seed)));
        compare::<_, 36, 2>(&Image::new(&mut backprop::rng(seed)));
    }
}
