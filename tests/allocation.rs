//! Memory: nothing is allocated, large networks are built in place, and the declared sizes are the real ones.

mod support;

use backprop::Optimizer;
use backprop::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::mem::MaybeUninit;
use support::{classes, many};

/// The system's allocator, which counts what each thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(memory, layout, size) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[track_caller]
fn without_heap<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let before = ALLOCATIONS.get();
    let result = run();
    let allocations = ALLOCATIONS.get() - before;
    assert_eq!(allocations, 0, "{what} allocates");
    result
}

#[network(
    input = [1, 28, 28],
    layers = [
        conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
        conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
        flatten,
        dense(120), relu, dropout(0.2),
        dense(84), relu,
        dense(10),
    ],
    loss = cross_entropy,
)]
struct LeNet5;

#[test]
fn the_allocator_counts() {
    let before = ALLOCATIONS.get();
    drop(Box::new(1_u8));
    drop(vec![0_u8; 9]);
    assert_eq!(ALLOCATIONS.get() - before, 2);
}

#[test]
fn prediction_and_the_passes_do_not_allocate() {
    let net = LeNet5::boxed(&mut backprop::rng(1));
    let xs: Vec<[f32; 784]> = many(19, 2);
    let mut ys = vec![[0.0; 10]; 19];
    let mut scratch = <LeNet5 as Network>::Scratch::zeroed_box();
    let mut batch = <LeNet5 as Network>::BatchScratch::zeroed_box();
    let mut tape = <LeNet5 as Network>::Tape::zeroed_box();
    let mut gradients = <LeNet5 as Network>::Gradients::zeroed_box();

    let y = without_heap("predict", || net.predict(&xs[0]));
    let mut into = [0.0; 10];
    without_heap("predict_into", || net.predict_into(&xs[0], &mut into));
    assert_eq!(into, y);
    without_heap("predict_with", || net.predict_with(&mut scratch, &xs[0]));
    without_heap("predict_batch", || net.predict_batch(&xs, &mut ys)).expect("as many places as inputs");
    without_heap("predict_batch_with", || net.predict_batch_with(&mut batch, &xs, &mut ys)).expect("as many");
    without_heap("loss", || net.loss(&xs[0], &3));
    without_heap("forward", || net.forward(&xs[0], &mut tape));
    without_heap("backward", || net.backward(&mut tape, &[1.0; 10], &mut gradients));
    assert!(gradients.conv1.bias.iter().any(|g| *g != 0.0));
}

#[network(input = [40, 2], layers = [conv1d(6, kernel = 3, padding = causal), residual[lstm(6, layers = 2)], positional_encoding, gru(40), dense(3)])]
struct Stream;

#[test]
fn steps_do_not_allocate() {
    let net = Stream::boxed(&mut backprop::rng(1));
    let (xs, mut ys, mut states) = ([[0.5, -0.5]; 20], [[0.0; 3]; 20], vec![Stream::state(); 20]);
    let mut state = without_heap("state", Stream::state);
    let y = without_heap("step", || net.step(&xs[0], &mut state));
    state.reset();
    without_heap("step_into", || net.step_into(&xs[0], &mut ys[0], &mut state));
    assert_eq!(ys[0], y);
    without_heap("step_block", || net.step_block(&xs, &mut ys, &mut state)).expect("as many places as steps");
    without_heap("step_batch", || net.step_batch(&xs, &mut ys, &mut states)).expect("as many states");
}

/// Small, because a debug build is slow.
#[network(
    input = [1, 9, 8],
    layers = [conv2d(3, kernel = 3), relu, max_pool2d(2), flatten, dense(7), dropout, relu, dense(3)],
    loss = cross_entropy,
)]
struct Digits;

#[test]
fn training_does_not_allocate() {
    fn train<O: Optimizer>(optimizer: O) {
        let mut net = Digits::boxed(&mut backprop::rng(1));
        let mut trainer = Trainer::<Box<Digits>, O>::boxed(optimizer);
        let (xs, ys): (Vec<[f32; 72]>, _) = (many(150, 2), classes(150, 3, 3));
        let weights = [0.5; 150];
        without_heap("settings", || {
            trainer.set_group("conv2d1", 0.5, 0.0).expect("a layer");
            trainer.clip_norm(Some(5.0));
            trainer.set_learning_rate(0.02);
        });
        without_heap("step", || trainer.step(&mut net, &xs, &ys)).expect("a good batch");
        without_heap("step_weighted", || trainer.step_weighted(&mut net, &xs, &ys, &weights)).expect("good");
        let linear = |_: usize, y: &[f32; 3], dy: &mut [f32; 3]| {
            dy[0] = 1.0;
            y[0]
        };
        without_heap("step_with", || trainer.step_with(&mut net, &xs, linear)).expect("a good batch");
        without_heap("accumulate", || trainer.accumulate(&mut net, &xs, &ys)).expect("a good batch");
        without_heap("update", || trainer.update(&mut net)).expect("something was accumulated");
        without_heap("evaluate", || trainer.evaluate(&net, &xs, &ys)).expect("a data set");
        let gradients = <Digits as Network>::Gradients::zeroed_box();
        without_heap("apply", || trainer.apply(&mut net, &gradients)).expect("finite gradients");
        let error = without_heap("an error", || trainer.step(&mut net, &xs, &ys[..3]));
        error.expect_err("lengths differ");
    }
    train(Sgd::new(0.01));
    train(Sgd::new(0.01).momentum(0.9));
    train(Adam::new(1e-3));

    let mut net = LeNet5::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<LeNet5, _>::boxed(Adam::new(1e-3));
    let (xs, ys): (Vec<[f32; 784]>, _) = (many(5, 2), classes(5, 10, 3));
    without_heap("a step of LeNet-5", || trainer.step(&mut *net, &xs, &ys)).expect("a good batch");
}

/// What the docs of `Trainer::threads` say.
#[cfg(feature = "rayon")]
#[test]
fn a_step_on_threads_allocates_once() {
    let mut net = Digits::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::<Digits, _>::boxed(Sgd::new(0.01));
    trainer.threads(3).expect("threads");
    let batch = 3 * Digits::TILE;
    let (xs, ys): (Vec<[f32; 72]>, _) = (many(batch, 2), classes(batch, 3, 3));
    trainer.step(&mut net, &xs, &ys).expect("a good batch");
    let before = ALLOCATIONS.get();
    for _ in 0..100 {
        trainer.step(&mut net, &xs, &ys).expect("a good batch");
    }
    let allocations = ALLOCATIONS.get() - before;
    assert!((100..=104).contains(&allocations), "{allocations} for 100 steps");
    let one = Digits::TILE;
    without_heap("a tile", || trainer.step(&mut net, &xs[..one], &ys[..one])).expect("a good batch");
}

/// 4,198,410 parameters, 16.8 MB.
#[network(input = 1000, layers = [dense(2000), relu, dense(1000), relu, dense(190), relu, dense(10)], loss = cross_entropy)]
struct Large;

/// On the stack of a test thread (2 MiB), in a debug build.
#[test]
fn four_million_parameters_train_on_a_small_stack() {
    const { assert!(Large::PARAMETERS > 4_000_000) };
    let train = || {
        let mut net = Large::boxed(&mut backprop::rng(1));
        let mut trainer = Trainer::<Large, _>::boxed(Sgd::new(0.05).momentum(0.9));
        let (xs, ys): (Vec<[f32; 1000]>, _) = (many(5, 2), classes(5, 10, 3));
        let before = trainer.evaluate(&net, &xs, &ys).expect("a data set").loss;
        for _ in 0..3 {
            trainer.step(&mut net, &xs, &ys).expect("a good batch");
        }
        let after = trainer.evaluate(&net, &xs, &ys).expect("a data set").loss;
        assert!(after < before, "{before} {after}");
        let mut gradients = <Large as Network>::Gradients::zeroed_box();
        let mut tape = <Large as Network>::Tape::zeroed_box();
        let mut scratch = <Large as Network>::Scratch::zeroed_box();
        net.forward(&xs[0], &mut tape);
        net.backward(&mut tape, &[1.0; 10], &mut gradients);
        assert_eq!(net.predict_with(&mut scratch, &xs[0]), net.forward(&xs[0], &mut tape));
    };
    // As large as that of a test thread, whatever RUST_MIN_STACK says.
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(train);
    thread.expect("a thread").join().expect("it trains");
}

#[network(input = 2, layers = [dense(3), relu, dense(1)], loss = mse)]
struct Small;

static ZEROED: Small = Small::zeroed();
static LARGE: Large = Large::zeroed();

/// A static that is lent once.
macro_rules! lend {
    ($type:ty) => {{
        static MEMORY: std::sync::Mutex<MaybeUninit<$type>> = std::sync::Mutex::new(MaybeUninit::uninit());
        MEMORY.lock().expect("nobody has failed with it")
    }};
}

#[test]
fn networks_and_trainers_live_in_statics() {
    assert_eq!(ZEROED.predict(&[1.0, 2.0]), [0.0]);
    assert_eq!(LARGE.dense1.weight[999][1999], 0.0);

    let mut memory = lend!(Trainer<Large, Adam>);
    let trainer = without_heap("init", || Trainer::init(&mut memory, Adam::new(1e-3)));
    let mut net = Large::boxed(&mut backprop::rng(1));
    let (xs, ys): (Vec<[f32; 1000]>, _) = (many(3, 2), classes(3, 10, 3));
    let in_static = trainer.step(&mut *net, &xs, &ys).expect("a good batch");

    let mut net = Large::boxed(&mut backprop::rng(1));
    let mut boxed = Trainer::<Large, _>::boxed(Adam::new(1e-3));
    assert_eq!(boxed.step(&mut net, &xs, &ys).expect("a good batch"), in_static);
}

/// What stood in the memory before does not matter.
#[test]
fn init_overwrites_what_was_there() {
    let mut memory = MaybeUninit::<Trainer<Small, Adam>>::uninit();
    let (xs, ys) = ([[1.0, 2.0], [-1.0, 0.5]], [[1.0], [2.0]]);
    let mut losses = Vec::new();
    for _ in 0..2 {
        let trainer = Trainer::init(&mut memory, Adam::new(0.1));
        let mut net = Small::new(&mut backprop::rng(1));
        losses.push([0; 3].map(|_| trainer.step(&mut net, &xs, &ys).expect("a good batch")));
    }
    assert_eq!(losses[0], losses[1]);
}

#[test]
fn sizes_of_lenet5() {
    // 6·25+6, 16·6·25+16, 400·120+120, 120·84+84, 84·10+10
    assert_eq!(LeNet5::PARAMETERS, 156 + 2416 + 48_120 + 10_164 + 850);
    assert_eq!(LeNet5::PARAMETERS, 61_706);
    assert_eq!((LeNet5::INPUTS, LeNet5::OUTPUTS), (784, 10));
    // 784 places × 6·25, 100 places × 16·6·25, and the dense layers.
    assert_eq!(LeNet5::MULTIPLY_ADDS, 117_600 + 240_000 + 48_000 + 10_080 + 840);
    assert_eq!(size_of::<LeNet5>(), 4 * 61_706);
    assert_eq!(size_of::<<LeNet5 as Network>::Gradients>(), 4 * 61_706);
    sizes_agree::<LeNet5>();
}

#[test]
fn sizes_of_others() {
    assert_eq!(Small::PARAMETERS, 2 * 3 + 3 + 3 + 1);
    sizes_agree::<Small>();
    sizes_agree::<Large>();
    sizes_agree::<Box<LeNet5>>();
}

/// The constants against `size_of` of the types that they describe.
fn sizes_agree<N: Network>() {
    let network = size_of::<N::Core>();
    assert_eq!(N::PARAMETERS * size_of::<N::Scalar>(), network);
    assert_eq!(N::INFERENCE_BYTES, network + size_of::<N::Scratch>());
    assert_eq!(N::TRAINING_BYTES, network + size_of::<N::Gradients>() + size_of::<N::Workspace>());
    assert_eq!(Trainer::<N, Sgd>::BYTES, network + size_of::<Trainer<N, Sgd>>());
    // A trainer is its parts, and a little for settings and groups.
    let state = Trainer::<N, Adam>::BYTES - Trainer::<N, Sgd>::BYTES;
    let [parameters, slack] = [network, 256];
    assert!((2 * parameters..2 * parameters + slack).contains(&state), "two moments: {state}");
    let rest = Trainer::<N, Sgd>::BYTES - N::TRAINING_BYTES;
    assert!(rest < 1024, "{rest} bytes beside network, gradients and workspace");
    let tensors: usize = N::tensors().iter().map(|tensor| tensor.len).sum();
    assert_eq!(tensors, N::PARAMETERS);
}

/// What a plan may take: input, output and its gradient, and every slot of the golden plan of LeNet-5.
#[test]
fn a_prediction_of_lenet5_takes_two_buffers() {
    let buffers = size_of::<<LeNet5 as Network>::Scratch>();
    // Input and output, the output of conv1 and that of the pooling after it, which are never larger.
    let features = 784 + 10 + 6 * 28 * 28 + 6 * 14 * 14;
    assert!((4 * features..4 * features + 64).contains(&buffers), "{buffers}");
}

#[test]
fn everything_may_be_sent_to_another_thread() {
    fn send<T: Send>() {}
    send::<LeNet5>();
    send::<Trainer<LeNet5, Adam>>();
    send::<Box<Trainer<Box<LeNet5>, Sgd>>>();
    send::<<LeNet5 as Network>::Tape>();
    send::<<LeNet5 as Network>::Scratch>();
    send::<<LeNet5 as Network>::Gradients>();
}
