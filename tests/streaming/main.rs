//! Networks on sequences, one step of time at a time, against predictions of the whole sequence.

mod lengths;
mod random;

use backprop::prelude::*;
use backprop::{StateOf, streaming::Remembered};

/// A sequence that no layer takes for silence.
fn sequence<const N: usize>(steps: usize, seed: usize) -> Vec<[f32; N]> {
    let number = |place: usize| ((place * 7919 + seed * 104_729) % 1009) as f32 / 504.5 - 1.0;
    (0..steps).map(|step| std::array::from_fn(|feature| number(step * N + feature))).collect()
}

/// Every step alone, blocks of several lengths, and many streams give what `predict` gives for the whole of it.
macro_rules! streams {
    ($($net:ident: [$time:literal, $features:literal] -> $outputs:literal;)*) => { $({
        let net = $net::new(&mut backprop::rng(3));
        let xs = sequence::<$features>($time, 1);
        let whole = net.predict(xs.as_flattened().try_into().expect("a whole sequence"));
        let whole: Vec<[f32; $outputs]> = whole.as_chunks().0.to_vec();
        assert!(whole.as_flattened().iter().any(|y| *y != 0.0));

        let mut state = $net::state();
        let steps: Vec<_> = xs.iter().map(|x| net.step(x, &mut state)).collect();
        assert_eq!(steps, whole, "{}", stringify!($net));
        assert_eq!(net.state_after(&xs), state);

        for pattern in [&[1_usize, 2][..], &[7], &[3, 64]] {
            let (mut again, mut ys, mut done) = ($net::state(), vec![[f32::NAN; $outputs]; $time], 0);
            for length in pattern.iter().cycle() {
                let end = (done + length).min($time);
                net.step_block(&xs[done..end], &mut ys[done..end], &mut again).expect("equal lengths");
                done = end;
                if done == $time { break }
            }
            assert_eq!(ys, whole, "{}: blocks of {pattern:?}", stringify!($net));
            assert_eq!(again, state);
        }
        many_streams(&net, &xs);
    })* };
}

/// Streams of different ages side by side.
fn many_streams<N: Streaming<Scalar = f32>>(net: &N, xs: &[N::StepSample])
where
    N::StepOutput: std::fmt::Debug,
{
    const STREAMS: usize = 37;
    let mut states: Vec<StateOf<N>> =
        (0..STREAMS).map(|age| net.state_after(&xs[..age % xs.len()])).collect();
    let mut alone = states.clone();
    let inputs: Vec<_> = (0..STREAMS).map(|stream| xs[(stream * 5 + 1) % xs.len()]).collect();
    let mut ys = vec![backprop::codegen::zero(); STREAMS];
    for _ in 0..3 {
        net.step_batch(&inputs, &mut ys, &mut states).expect("equal lengths");
        for ((x, y), (state, together)) in inputs.iter().zip(&ys).zip(alone.iter_mut().zip(&states)) {
            let expected = net.step(x, state);
            let pairs =
                expected.flat().iter().zip(y.flat()).chain(state.numbers().iter().zip(together.numbers()));
            for (expected, found) in pairs {
                assert!((expected - found).abs() <= 2e-6 * expected.abs().max(1.0), "{expected} {found}");
            }
        }
    }
    // A stream gets the same bits whatever others there are.
    let mut first = [net.state_after(&xs[..5])];
    let mut y = [ys[0]];
    net.step_batch(&xs[..1], &mut y, &mut first).expect("equal lengths");
    let mut several: Vec<_> = (0..STREAMS).map(|_| net.state_after(&xs[..5])).collect();
    let same: Vec<_> = (0..STREAMS).map(|stream| xs[stream % 2 * 3]).collect();
    net.step_batch(&same, &mut ys, &mut several).expect("equal lengths");
    assert_eq!((y[0].flat(), &first[0]), (ys[0].flat(), &several[0]));
}

#[network(input = [40, 2], layers = [gru(5), dense(1)])]
struct Gru;
#[network(input = [40, 2], layers = [lstm(17, layers = 2), tanh, dense(3), softmax])]
struct Lstm;
#[network(input = [40, 3], layers = [lstm(6, projection = 2), rnn(4, activation = relu, bias = false), layer_norm])]
struct Projected;
#[network(input = [40, 1], layers = [
    conv1d(6, kernel = 3, padding = causal), relu,
    residual[conv1d(6, kernel = 2, dilation = 4, padding = causal, groups = 2), batch_norm, gelu],
    product[[conv1d(4, kernel = 2, dilation = 3, padding = causal), tanh], [dense(4), sigmoid]],
    concat(axis = 1)[[dense(3)], [rms_norm, scale]],
    glu_of: dense(4), glu,
], loss = mse)]
struct Dilated;
/// Remembers more steps than a block has, and fewer.
#[network(input = [150, 2], layers = [
    conv1d(17, kernel = 3, dilation = 20, padding = causal), tanh, gru(3),
    residual[conv1d(3, kernel = 2, dilation = 32, padding = causal, bias = false), conv1d(3, kernel = 4, padding = causal)],
])]
struct Far;
#[network(input = [40, 2], layers = [
    repeat(2)[residual[gru(2), dropout(0.2)]],
    sum[[dense(3), prelu, bias], [conv1d(3, kernel = 1)], [activation(|x| x * x), dense(6), group_norm(3), dense(3)]],
    log_softmax,
])]
struct Repeated;

#[test]
fn steps_are_the_steps_of_the_whole() {
    streams! {
        Gru: [40, 2] -> 1;
        Lstm: [40, 2] -> 3;
        Projected: [40, 3] -> 4;
        Dilated: [40, 1] -> 2;
        Far: [150, 2] -> 3;
        Repeated: [40, 2] -> 3;
    }
}

const TIME: usize = 40;
#[network(input = [40, 2], layers = [inner: Gru, reshape([40, 1]), conv1d(3, kernel = 5, padding = causal), after: Cell])]
struct Nested;
#[network(input = [TIME, 3], layers = [rnn(2), conv1d(2, kernel = 3, padding = causal), concat(axis = 1)[[tanh], []]])]
struct Cell;

#[test]
fn networks_within_networks_and_sizes_by_name() {
    streams! { Nested: [40, 2] -> 4; }
}

#[network(input = [12, 2], layers = [gru(3), last, dense(4), relu, inner: Plain])]
struct Classifier;
#[network(input = 4, layers = [dense(2), log_softmax])]
struct Plain;

/// Behind `last` there is no time axis: each step answers as if the window ended with it.
#[test]
fn a_classifier_answers_at_every_step() {
    let net = Classifier::new(&mut backprop::rng(1));
    let xs = sequence::<2>(12, 4);
    let mut state = Classifier::state();
    let last = xs.iter().map(|x| net.step(x, &mut state)).last();
    assert_eq!(last, Some(net.predict(xs.as_flattened().try_into().expect("12 steps"))));
    many_streams(&net, &xs);
}

#[network(input = 40, layers = [embedding(27, 4), conv1d(6, kernel = 3, padding = causal), rnn(6), dense(27)])]
struct Characters;

#[test]
fn indices_are_steps_too() {
    let net = Characters::new(&mut backprop::rng(1));
    let xs: [u32; 40] = std::array::from_fn(|step| step as u32 * 5 % 27);
    let whole = net.predict(&xs);
    let mut state = Characters::state();
    for (step, x) in xs.iter().enumerate() {
        assert_eq!(net.step(&[*x], &mut state), whole[step * 27..][..27]);
    }
    let (mut again, mut ys) = (Characters::state(), [[0.0; 27]; 40]);
    net.step_block(xs.as_chunks::<1>().0, &mut ys, &mut again).expect("equal lengths");
    assert_eq!((ys.as_flattened(), again), (&whole[..], state));
}

#[network(input = [40, 2], layers = [conv1d(3, kernel = 2, padding = causal), heads { pitch: [dense(1)], voiced: [dense(2), log_softmax] }])]
struct Headed;

#[test]
fn heads_stand_one_after_the_other() {
    let net = Headed::new(&mut backprop::rng(1));
    let xs = sequence::<2>(40, 2);
    let whole = net.predict(xs.as_flattened().try_into().expect("40 steps"));
    let mut state = Headed::state();
    let (mut again, mut ys) = (Headed::state(), [[0.0; 3]; 40]);
    net.step_block(&xs, &mut ys, &mut again).expect("equal lengths");
    for (step, x) in xs.iter().enumerate() {
        let y = net.step(x, &mut state);
        assert_eq!(y, ys[step]);
        let [pitch, voiced @ ..] = y;
        assert_eq!(
            (pitch, voiced),
            (whole.pitch[step], [whole.voiced[2 * step], whole.voiced[2 * step + 1]])
        );
    }
}

#[test]
fn boxes_and_statics_stream() {
    static STATE: StateOf<Gru> = Gru::state();
    let net = Gru::boxed(&mut backprop::rng(3));
    let (mut state, mut other) = (STATE.clone(), Gru::state());
    assert_eq!(net.step(&[0.5, 0.25], &mut state), net.as_ref().step(&[0.5, 0.25], &mut other));
    assert_ne!(state, STATE);
    state.reset();
    assert_eq!(state, STATE);
    assert_eq!((Gru::STATE_BYTES, size_of_val(&state)), (4 + 4 * 5, 4 + 4 * 5));
}

#[test]
fn lengths_that_differ_are_errors_and_nothing_is_done() {
    let net = Gru::new(&mut backprop::rng(3));
    let (xs, mut state) = (sequence::<2>(3, 1), Gru::state());
    let mut ys = [[7.0]; 2];
    let error = net.step_block(&xs, &mut ys, &mut state).expect_err("three steps, two places");
    assert_eq!(error.to_string(), "3 steps but 2 outputs: give one for each");
    assert_eq!((ys, &state), ([[7.0]; 2], &Gru::state()));
    let mut states = [state];
    assert!(net.step_batch(&xs[..2], &mut ys, &mut states).is_err());
    assert_eq!((ys, states), ([[7.0]; 2], [Gru::state()]));
}

/// What is too quiet to matter is silence, on its way in and in what is remembered.
#[test]
fn tails_end() {
    let net = Dilated::new(&mut backprop::rng(3));
    let (mut quiet, mut silent) = (Dilated::state(), Dilated::state());
    for _ in 0..20 {
        assert_eq!(net.step(&[1e-39], &mut quiet), net.step(&[0.0], &mut silent));
    }
    assert_eq!(quiet, silent);
    let mut decaying = Decay::zeroed();
    decaying.rnn1.values = [1.0, 0.5];
    let mut state = Decay::state();
    decaying.step(&[1.0], &mut state);
    let tail: Vec<f32> = (0..200).map(|_| decaying.step(&[0.0], &mut state)[0]).collect();
    assert_eq!((tail[0], tail[98]), (0.5, 0.5_f32.powi(99)));
    assert_eq!(tail[101..], [0.0; 99]);
}

#[network(input = [8, 1], layers = [rnn(1, activation = relu, bias = false)])]
struct Decay;

#[network(input = [5, 2], layers = [lstm(3, layers = 2, projection = 2), inner: Inner, reshape([5, 3]), rnn(2)], loss = mse, scalar = f64, tile = 8)]
struct Windows;
#[network(input = [5, 2], layers = [gru(3), tanh], scalar = f64)]
struct Inner;

/// Windows that follow one another: the state is carried, the gradient is that of the window alone.
#[test]
fn truncated_backpropagation_carries_the_state_and_not_the_gradient() {
    const SAMPLES: usize = 11;
    let number = |place: usize| ((place * 7919 + 31) % 1009) as f64 / 504.5 - 1.0;
    let window = |w: usize, sample: usize| -> [f64; 10] {
        std::array::from_fn(|i| number((w * SAMPLES + sample) * 10 + i))
    };
    let target = |sample: usize| -> [f64; 10] { std::array::from_fn(|i| 0.3 * number(sample * 17 + i * 3)) };
    let mut net = Windows::new(&mut backprop::rng(4));
    let mut trainer = Trainer::boxed(Sgd::new(0.0));
    let mut states = vec![Windows::state(); SAMPLES];
    let ys: Vec<_> = (0..SAMPLES).map(target).collect();
    for w in 0..3 {
        let xs: Vec<_> = (0..SAMPLES).map(|sample| window(w, sample)).collect();
        let before = states.clone();
        let loss = trainer.step_with_state(&mut net, &xs, &ys, &mut states).expect("a step");
        // The same by streaming, one step after the other.
        let of = |net: &Windows| {
            let mut after = before.clone();
            let mut sum = 0.0;
            for ((x, y), state) in xs.iter().zip(&ys).zip(&mut after) {
                let mut outputs = [[0.0; 2]; 5];
                net.step_block(x.as_chunks().0, &mut outputs, state).expect("five steps");
                sum +=
                    outputs.as_flattened().iter().zip(y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / 10.0;
            }
            (sum / SAMPLES as f64, after)
        };
        let (expected, after) = of(&net);
        assert!((loss - expected).abs() < 1e-12, "{loss} {expected}");
        for (state, after) in states.iter().zip(&after) {
            assert!(state.numbers().iter().zip(after.numbers()).all(|(a, b)| (a - b).abs() < 1e-12));
            assert_eq!(state.clone(), {
                let mut same = after.clone();
                same.numbers_mut().copy_from_slice(state.numbers());
                same
            });
        }
        let gradients = trainer.gradients().flat().to_vec();
        for place in (0..gradients.len()).step_by(3) {
            let moved = |by: f64| {
                let mut moved = Windows::zeroed();
                moved.copy_from(&net);
                moved.parameters_mut()[place] += by;
                of(&moved).0
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let found = gradients[place] / SAMPLES as f64;
            assert!((slope - found).abs() < 1e-8, "window {w}, parameter {place}: {slope} {found}");
        }
    }
    // The state matters.
    assert!(states.iter().all(|state| state.numbers().iter().any(|n| n.abs() > 0.01)));
    let error =
        trainer.step_with_state(&mut net, &[window(0, 0)], &ys[..1], &mut states).expect_err("11 states");
    assert_eq!(error.to_string(), "1 inputs but 11 states: give one for each");
}

/// The sign of a pulse that came two windows ago is in no window alone: only a state that is carried knows it.
#[test]
fn what_is_longer_than_a_window_can_be_learnt() {
    let mut net = Sign::new(&mut backprop::rng(2));
    let mut trainer = Trainer::new(Adam::new(2e-2));
    let mut rng = backprop::rng(5);
    let mut sign = || if backprop::rand_core::Rng::next_u32(&mut rng) & 1 == 0 { -1.0 } else { 1.0 };
    let mut last = 1.0;
    for _ in 0..150 {
        let mut states = [Sign::state(), Sign::state()];
        let signs: [f32; 2] = [sign(), sign()];
        for window in 0..3 {
            let xs = signs.map(|sign| if window == 0 { [sign, 0.0, 0.0] } else { [0.0; 3] });
            last = trainer
                .step_with_state(&mut net, &xs, &signs.map(|sign| [sign; 3]), &mut states)
                .expect("a step");
        }
    }
    assert!(last < 0.1, "{last}");
}

#[network(input = [3, 1], layers = [gru(6), dense(1)], loss = mse)]
struct Sign;
