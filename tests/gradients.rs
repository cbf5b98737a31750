//! Gradients of every kind of layer, activation and loss, as declared networks, against central differences.
//!
//! Each row of [`gradients!`] is a network in `f64` with a tile of 8. It is checked twice: sample by sample
//! through `forward` and `backward`, for parameters and input; and tile by tile through a `Trainer`, whose
//! sums must be those of single samples. Every tensor is compared on its own, relative to its largest
//! magnitude.

mod support;

use backprop::losses::Sum;
use backprop::prelude::*;
use backprop::sample::Class;
use support::{assert_close, draw, drawn, many, network};

const TOLERANCE: f64 = 1e-6;
/// Distance of the two points of a difference: its own error is about the square of it.
const H: f64 = 1e-5;
/// Less than a tile, a tile, and more in tiles that are not full.
const BATCHES: [usize; 5] = [1, 5, 8, 11, 19];

/// The gradient of `f` at `at`, one coordinate after the other.
fn central_differences(at: &mut [f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    (0..at.len())
        .map(|place| {
            let value = at[place];
            at[place] = value + H;
            let up = f(at);
            at[place] = value - H;
            let down = f(at);
            at[place] = value;
            (up - down) / (2.0 * H)
        })
        .collect()
}

/// Compares gradients tensor by tensor: a small one must not hide behind a large one.
fn assert_tensors_close<N: Network>(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    for tensor in N::tensors() {
        let Some(start) = tensor.trained else { continue };
        let range = start..start + tensor.len;
        let name = format!("{what}: {}.{}", tensor.layer, tensor.name);
        assert_close(&name, &found[range.clone()], &expected[range], tolerance);
    }
}

/// Of a number for each that is stored, those of what is trained.
fn trained<N: Network>(stored: &[f64]) -> Vec<f64> {
    let tensors = N::tensors().iter().filter(|tensor| tensor.trained.is_some());
    tensors.flat_map(|tensor| stored[tensor.offset..][..tensor.len].to_vec()).collect()
}

/// A network whose samples, outputs and parameters are rows of `f64`.
trait Case:
    Network<Scalar = f64, Sample: Flat<Number = f64>, InputGradient: AsMut<[f64]>> + Flat<Number = f64>
{
}
impl<N> Case for N where
    N: Network<Scalar = f64, Sample: Flat<Number = f64>, InputGradient: AsMut<[f64]>> + Flat<Number = f64>
{
}

/// `backward` of the function Σ c·y, against differences of `predict`. `spoil` may change the gradients
/// found, to show that the check notices.
fn check_single<N: Case>(spoil: impl Fn(&mut [f64], &mut [f64])) {
    let mut rng = backprop::rng(2);
    let mut net = network::<N>(1);
    let mut x: N::Sample = drawn(&mut rng);
    let c: N::Output = drawn(&mut rng);
    let objective = |net: &N, x: &N::Sample| -> f64 {
        net.predict(x).flat().iter().zip(c.flat()).map(|(y, c)| y * c).sum()
    };

    let mut tape = N::Tape::zeroed_box();
    let mut gradients = N::Gradients::zeroed_box();
    // Backward must add to what is there.
    gradients.flat_mut().fill(10.0);
    let y = net.forward(&x, &mut tape);
    assert_eq!(y.flat(), net.predict(&x).flat(), "forward gives the bits of predict");
    let mut dx = net.backward(&mut tape, &c, &mut gradients);
    gradients.flat_mut().iter_mut().for_each(|g| *g -= 10.0);
    spoil(gradients.flat_mut(), dx.as_mut());

    let mut moved = network::<N>(1);
    let expected = central_differences(net.flat_mut(), |parameters| {
        moved.flat_mut().copy_from_slice(parameters);
        objective(&moved, &x)
    });
    assert_tensors_close::<N>("parameters", gradients.flat(), &trained::<N>(&expected), TOLERANCE);
    let mut place = x;
    let expected = central_differences(x.flat_mut(), |x| {
        place.flat_mut().copy_from_slice(x);
        objective(&net, &place)
    });
    assert_close("input", dx.as_mut(), &expected, TOLERANCE);
}

/// The declared loss: its gradient against differences, and a trainer's sums against single samples'.
fn check_trainer<N: Case + Trainable>(target: impl Fn(&mut backprop::Rng) -> N::Target) {
    let mut rng = backprop::rng(3);
    let mut net = network::<N>(1);
    let xs: Vec<N::Sample> = many(*BATCHES.last().expect("a batch"), 4);
    let ys: Vec<N::Target> = xs.iter().map(|_| target(&mut rng)).collect();
    let mut trainer = Trainer::<N, Sgd>::boxed(Sgd::new(0.1));
    let mut tape = N::Tape::zeroed_box();
    for count in BATCHES {
        let (xs, ys) = (&xs[..count], &ys[..count]);
        let mut sum = N::Gradients::zeroed_box();
        let mut total = Sum::default();
        for (x, target) in xs.iter().zip(ys) {
            let y = net.forward(x, &mut tape);
            let mut dy: N::Output = backprop::flat::zero();
            total += N::LOSS.sample(y.flat(), target, dy.flat_mut());
            net.backward(&mut tape, &dy, &mut sum);
        }
        let mean = trainer.accumulate(&mut net, xs, ys).expect("a batch without mistakes");
        assert_close(
            &format!("mean loss of {count}"),
            &[mean],
            &[total.loss / N::LOSS.divisor(total.weight)],
            1e-12,
        );
        let found = trainer.gradients().flat();
        assert_tensors_close::<N>(&format!("sum over {count}"), found, sum.flat(), 1e-12);
        trainer.discard();
    }

    let (mut batch, targets) = (xs, ys);
    batch.truncate(3);
    let targets = &targets[..3];
    trainer.accumulate(&mut net, &batch, targets).expect("a batch without mistakes");
    let mut moved = network::<N>(1);
    let expected = central_differences(net.flat_mut(), |parameters| {
        moved.flat_mut().copy_from_slice(parameters);
        let loss = |(x, target)| {
            let mut dy: N::Output = backprop::flat::zero();
            N::LOSS.sample(moved.predict(x).flat(), target, dy.flat_mut()).loss
        };
        batch.iter().zip(targets).map(loss).sum()
    });
    let expected = trained::<N>(&expected);
    assert_tensors_close::<N>("parameters by the loss", trainer.gradients().flat(), &expected, TOLERANCE);
}

/// Where layers measure over the samples of a tile, the gradients of a batch are none of single samples: those of
/// Σ c·y over a batch against differences of the same sum, in full tiles and others.
fn check_measuring<N: Case>() {
    let mut net = network::<N>(1);
    let (mut trainer, mut other) =
        (Trainer::<N, Sgd>::boxed(Sgd::new(0.1)), Trainer::<N, Sgd>::boxed(Sgd::new(0.1)));
    for count in BATCHES {
        let (xs, cs): (Vec<N::Sample>, Vec<N::Output>) = (many(count, 4), many(count, 5));
        let linear = |sample: usize, y: &N::Output, dy: &mut N::Output| {
            dy.flat_mut().copy_from_slice(cs[sample].flat());
            y.flat().iter().zip(cs[sample].flat()).map(|(y, c)| y * c).sum()
        };
        trainer.accumulate_with(&mut net, &xs, linear).expect("a batch without mistakes");
        let mut moved = network::<N>(1);
        let expected = central_differences(net.flat_mut(), |parameters| {
            moved.flat_mut().copy_from_slice(parameters);
            let mean = other.accumulate_with(&mut moved, &xs, linear).expect("a batch without mistakes");
            other.discard();
            mean * count as f64
        });
        let what = format!("parameters by {count} samples");
        assert_tensors_close::<N>(&what, trainer.gradients().flat(), &trained::<N>(&expected), TOLERANCE);
        trainer.discard();
    }
}

/// One test for each network of layers that measure: `name: input, [layers];`.
macro_rules! measuring {
    ($($name:ident: $input:tt, [$($layers:tt)*];)*) => { $(
        #[test]
        fn $name() {
            #[network(input = $input, layers = [$($layers)*], scalar = f64, tile = 8)]
            struct Case;
            check_single::<Case>(|_, _| {});
            check_measuring::<Case>();
        }
    )* };
}

measuring! {
    batch_norm: 5, [dense(7, bias = false), batch_norm, tanh, dense(3)];
    batch_norm_first_and_last: 3, [batch_norm(bias = false), dense(4), tanh, batch_norm(eps = 1e-3)];
    batch_norm_of_rows: [3, 4], [dense(5, bias = false), batch_norm, tanh, dense(2)];
    batch_norm_of_images: [2, 4, 3], [conv2d(3, kernel = 2, bias = false), batch_norm, relu, flatten, dense(2)];
    batch_norm_without_parameters: 4, [dense(5, bias = false), batch_norm(affine = false), silu, dense(2)];
    batch_norm_of_symbolic_sizes: 5, [dense(2 * HIDDEN, bias = false), batch_norm, tanh, dense(2)];
    batch_norm_twice: 4, [
        dense(5, bias = false), batch_norm, tanh, residual[dense(5, bias = false), batch_norm, tanh], dense(2),
    ];
    batch_norm_frozen: 4, [dense(5), frozen batch_norm, tanh, dense(4, bias = false), batch_norm, sigmoid];
}

/// One test for each network: `name: input, [layers], loss, target;`.
macro_rules! gradients {
    ($($name:ident: $input:tt, [$($layers:tt)*], $loss:tt $(($($settings:tt)*))?, $target:expr;)*) => { $(
        #[test]
        fn $name() {
            #[network(input = $input, layers = [$($layers)*], loss = $loss $(($($settings)*))?, scalar = f64, tile = 8)]
            struct Case;
            check_single::<Case>(|_, _| {});
            check_trainer::<Case>($target);
        }
    )* };
}

gradients! {
    // dense
    dense_alone: 5, [dense(3)], mse, drawn;
    dense_one_by_one: 1, [dense(1)], mse, drawn;
    dense_without_bias: 7, [dense(11, bias = false)], mse, drawn;
    dense_chain: 7, [dense(13), relu, dense(9), relu, dense(3)], mse, drawn;
    dense_wider_than_a_vector: 19, [dense(37), relu, dense(3)], mse, drawn;
    sequence: [5, 3], [dense(7), relu, dense(2, bias = false)], mse, drawn;
    sequence_flattened: [3, 5], [dense(4), flatten, dense(3)], mse, drawn;
    symbolic_sizes: 5, [dense(2 * HIDDEN), relu, dense(HIDDEN - 1)], mse, drawn;

    // formulas
    activation: 5, [dense(7), activation(|x| x * sinh(x) / (1.0 + x.powi(2))), dense(3)], mse, drawn;
    loss_formula: 4, [dense(3)], (|y, t| (y - t).powi(2) / (1.0 + (y - t).powi(2))), drawn;

    // conv2d
    conv2d_alone: [1, 5, 6], [conv2d(2, kernel = 3)], mse, drawn;
    conv2d_stride: [2, 7, 6], [conv2d(3, kernel = [3, 2], stride = [2, 1])], mse, drawn;
    conv2d_padding: [3, 5, 4], [conv2d(2, kernel = 3, padding = [1, 2])], mse, drawn;
    conv2d_same: [2, 5, 7], [conv2d(3, kernel = 3, padding = same)], mse, drawn;
    conv2d_same_of_even_kernel: [2, 5, 6], [conv2d(3, kernel = [2, 4], padding = same)], mse, drawn;
    conv2d_dilation: [2, 7, 9], [conv2d(3, kernel = 3, dilation = [2, 3])], mse, drawn;
    conv2d_same_dilated: [1, 7, 6], [conv2d(2, kernel = 3, padding = same, dilation = 2)], mse, drawn;
    conv2d_groups: [6, 5, 4], [conv2d(4, kernel = 3, groups = 2, padding = 1)], mse, drawn;
    conv2d_depthwise: [3, 5, 5], [conv2d(6, kernel = 3, groups = 3)], mse, drawn;
    conv2d_everything: [4, 9, 8], [
        conv2d(6, kernel = [3, 2], stride = [2, 3], padding = [2, 1], dilation = [1, 2], groups = 2, bias = false),
    ], mse, drawn;
    conv2d_pointwise: [5, 3, 3], [conv2d(3, kernel = 1)], mse, drawn;
    conv2d_chain: [1, 9, 7], [
        conv2d(3, kernel = 3, padding = same), relu, conv2d(5, kernel = 3, stride = 2), relu, flatten, dense(3),
    ], mse, drawn;
    conv2d_to_one_pixel: [2, 5, 4], [conv2d(7, kernel = [5, 4]), relu, conv2d(3, kernel = 1)], mse, drawn;

    // padding by side, and other numbers than zeros
    conv2d_sides: [2, 5, 4], [conv2d(2, kernel = 1), conv2d(3, kernel = 3, padding = [[1, 2], [0, 3]]), relu], mse, drawn;
    conv2d_same_stride: [2, 5, 7], [conv2d(3, kernel = [4, 3], stride = [2, 3], padding = same)], mse, drawn;
    conv2d_padding_modes: [2, 4, 5], [
        conv2d(3, kernel = 3, padding = 1, padding_mode = reflect), tanh,
        conv2d(2, kernel = 2, padding = same, padding_mode = circular), tanh,
        conv2d(2, kernel = 3, padding = [[0, 1], [2, 0]], padding_mode = replicate),
    ], mse, drawn;
    conv1d_padding: [2 * HIDDEN, 2], [
        conv1d(3, kernel = 3, padding = [[0, 2]]), conv1d(2, kernel = 4, stride = 3, padding = same, padding_mode = reflect),
    ], mse, drawn;
    max_pool2d_ceil: [2, 6, 5], [conv2d(2, kernel = 1), max_pool2d([3, 2], stride = 2, padding = [[0, 2], [1, 0]], ceil_mode = true)], mse, drawn;
    avg_pool2d_ceil: [2, 6, 5], [conv2d(2, kernel = 1), avg_pool2d([3, 2], stride = 2, padding = [[0, 2], [1, 0]], ceil_mode = true)], mse, drawn;
    avg_pool1d_same: [7, 2], [dense(3), avg_pool1d(3, stride = 2, padding = same, divisor_override = 2), dense(2)], mse, drawn;
    pad_modes: [2, 3, 4], [
        pad([[1, 0], [2, 1]], mode = reflect), conv2d(2, kernel = 2), pad(1, mode = circular), tanh, pad(1, mode = replicate),
        pad([0, 1], value = 1.5),
    ], mse, drawn;
    pad_sequence: [3, 2], [dense(3), pad([[2, 1]], mode = reflect), dense(2)], mse, drawn;

    // conv1d, conv_transpose1d, conv_transpose2d
    conv_transpose1d_between: [4, 2], [
        dense(4), conv_transpose1d(6, kernel = 3, stride = 2, dilation = 2, padding = [[1, 0]], output_padding = 1, groups = 2), tanh,
        conv_transpose1d(2, kernel = 2, bias = false),
    ], mse, drawn;
    conv_transpose1d_of_symbolic_sizes: [HIDDEN, 2], [conv_transpose1d(HIDDEN + 1, kernel = 3, stride = 2), relu, flatten, dense(2)], mse, drawn;
    conv_transpose2d_sides: [2, 3, 2], [
        conv_transpose2d(2, kernel = 3, dilation = [3, 1], output_padding = [2, 0], padding = [[1, 0], [0, 2]]), relu,
    ], mse, drawn;
    conv1d_alone: [6, 2], [conv1d(3, kernel = 3)], mse, drawn;
    conv1d_causal: [7, 2], [conv1d(5, kernel = 3, padding = causal, dilation = 2), relu, conv1d(2, kernel = 2)], mse, drawn;
    conv1d_causal_stride: [7, 2], [conv1d(3, kernel = 3, padding = causal, stride = 2), tanh, dense(2)], mse, drawn;
    conv1d_same: [5, 3], [conv1d(9, kernel = 4, padding = same), relu, global_avg_pool, dense(2)], mse, drawn;
    conv1d_depthwise: [6, 3], [conv1d(6, kernel = 3, groups = 3), conv1d(2, kernel = 1)], mse, drawn;
    conv1d_everything: [9, 4], [
        conv1d(6, kernel = 3, stride = 2, padding = 2, dilation = 2, groups = 2, bias = false),
    ], mse, drawn;
    conv1d_of_symbolic_sizes: [2 * HIDDEN, 2], [conv1d(HIDDEN, kernel = 3, padding = 1), relu, flatten, dense(2)], mse, drawn;
    conv_transpose2d_alone: [2, 3, 2], [conv_transpose2d(3, kernel = [2, 3])], mse, drawn;
    conv_transpose2d_between: [2, 3, 4], [
        conv2d(3, kernel = 2), conv_transpose2d(2, kernel = 3, stride = 2, padding = 1, output_padding = 1), relu,
    ], mse, drawn;
    conv_transpose2d_everything: [4, 2, 2], [
        conv_transpose2d(6, kernel = 2, groups = 2, dilation = [1, 2], stride = [2, 1], bias = false),
    ], mse, drawn;

    // attention
    attention_alone: [3, 4], [attention(2)], mse, drawn;
    attention_causal: [4, 6], [attention(3, causal = true)], mse, drawn;
    attention_without_bias: [2, 3], [dense(4), attention(1, bias = false), tanh, dense(2)], mse, drawn;
    transformer: [4, 3], [
        dense(4), positional_encoding, residual[attention(2, causal = true)], residual[dense(6), relu, dense(4)],
        global_avg_pool, dense(2),
    ], mse, drawn;
    positional_encoding_learned: [3, 4], [positional_encoding(mode = learned), dense(2)], mse, drawn;
    positional_encoding_sinusoidal: [3, 4], [dense(5), tanh, positional_encoding, dense(2)], mse, drawn;

    // recurrent layers
    rnn_alone: [4, 3], [rnn(5)], mse, drawn;
    rnn_of_symbolic_sizes: [3, 2 * HIDDEN], [rnn(HIDDEN + 1, activation = relu, bias = false), dense(2)], mse, drawn;
    gru_between: [4, 2], [dense(3), tanh, gru(5, layers = 2, bidirectional = true), tanh, dense(2)], mse, drawn;
    gru_with_frozen_below: [3, 2], [frozen dense(3), gru(3), flatten, dense(2)], mse, drawn;
    lstm_alone: [5, 3], [lstm(4)], mse, drawn;
    lstm_everything: [3, 2], [lstm(3, layers = 3, projection = 2, bidirectional = true, bias = false), lstm(2)], mse, drawn;

    // pooling
    max_pool2d_alone: [2, 5, 7], [max_pool2d(2)], mse, drawn;
    max_pool2d_stride: [2, 7, 6], [max_pool2d(3, stride = [2, 1], padding = 1)], mse, drawn;
    max_pool2d_dilated: [1, 8, 7], [max_pool2d(2, stride = 1, dilation = [3, 2])], mse, drawn;
    max_pool2d_after_conv2d: [2, 7, 9], [conv2d(3, kernel = 3), relu, max_pool2d(2), flatten, dense(2)], mse, drawn;
    max_pool2d_before_activation: [1, 7, 8], [conv2d(3, kernel = 3), max_pool2d(2), relu, flatten, dense(2)], mse, drawn;
    avg_pool2d_alone: [2, 5, 7], [avg_pool2d(2)], mse, drawn;
    avg_pool2d_stride: [2, 7, 6], [avg_pool2d(3, stride = [1, 2], padding = 1)], mse, drawn;
    avg_pool2d_without_padding_in_mean: [2, 6, 5], [
        avg_pool2d([3, 2], stride = 2, padding = 1, count_include_pad = false),
    ], mse, drawn;
    avg_pool2d_between: [1, 7, 9], [conv2d(3, kernel = 3), avg_pool2d(2), relu, flatten, dense(2)], mse, drawn;

    max_pool1d_alone: [7, 3], [max_pool1d(2)], mse, drawn;
    max_pool1d_everything: [9, 2], [dense(3), max_pool1d(3, stride = 2, padding = 1, dilation = 2), dense(2)], mse, drawn;
    avg_pool1d_alone: [7, 3], [avg_pool1d(3)], mse, drawn;
    avg_pool1d_everything: [8, 2], [
        dense(3), avg_pool1d(3, stride = 2, padding = 1, count_include_pad = false), dense(2),
    ], mse, drawn;
    global_avg_pool_of_images: [3, 4, 5], [conv2d(4, kernel = 2), relu, global_avg_pool, dense(2)], mse, drawn;
    global_avg_pool_of_sequences: [5, 3], [dense(4), global_avg_pool, dense(2)], mse, drawn;
    global_max_pool_of_images: [3, 4, 5], [conv2d(4, kernel = 2), relu, global_max_pool, dense(2)], mse, drawn;
    global_max_pool_of_sequences: [5, 3], [dense(4), global_max_pool, dense(2)], mse, drawn;
    adaptive_avg_pool2d_between: [2, 7, 5], [conv2d(3, kernel = 2), adaptive_avg_pool2d([4, 3]), flatten, dense(2)], mse, drawn;
    adaptive_avg_pool1d_between: [7, 3], [dense(4), adaptive_avg_pool1d(3), dense(2)], mse, drawn;
    upsample_nearest: [2, 3, 2], [conv2d(2, kernel = 2), upsample(2), conv2d(1, kernel = 2)], mse, drawn;
    upsample_linear: [2, 3, 2], [upsample([2, 3], mode = bilinear), conv2d(1, kernel = 2)], mse, drawn;
    upsample_corners: [2, 3, 2], [upsample([2, 3], mode = bilinear, align_corners = true), conv2d(1, kernel = 2)], mse, drawn;
    adaptive_max_pool2d_between: [2, 7, 5], [conv2d(3, kernel = 2), adaptive_max_pool2d([4, 3]), flatten, dense(2)], mse, drawn;
    adaptive_max_pool1d_between: [7, 3], [dense(4), adaptive_max_pool1d(3), dense(2)], mse, drawn;
    pixel_shuffles: [4, 4, 2], [conv2d(4, kernel = 1), pixel_shuffle(2), tanh, pixel_unshuffle(4), conv2d(2, kernel = 1)], mse, drawn;
    upsample_sequence: [3, 2], [dense(3), upsample(3, mode = linear), dense(2)], mse, drawn;

    // other axes
    reshape_to_sequence: 12, [dense(6), reshape([3, 2]), dense(4)], mse, drawn;
    reshape_to_image: [4, 6], [reshape([2, 3, 4]), conv2d(2, kernel = 2), relu], mse, drawn;
    reshape_of_symbolic_sizes: 5, [dense(2 * HIDDEN), reshape([HIDDEN, 2]), dense(3)], mse, drawn;
    transpose_sequence: [3, 4], [dense(2), transpose, dense(5)], mse, drawn;
    transpose_image: [2, 3, 4], [transpose([2, 0, 1]), conv2d(2, kernel = 2), transpose([1, 2, 0]), flatten], mse, drawn;

    // activations, dropout and layers without parameters in every place
    relu_first: 7, [relu, dense(5), relu, dense(3)], mse, drawn;
    relu_last: 7, [dense(5), relu], mse, drawn;
    relu_twice: 7, [dense(5), relu, relu, dense(3)], mse, drawn;
    relu_alone: 7, [relu], mse, drawn;
    pooling_first: [2, 8, 6], [avg_pool2d(2), relu, flatten, dense(3)], mse, drawn;
    flatten_first: [2, 3, 4], [flatten, dense(5), relu, dense(3)], mse, drawn;

    relu_after_others_last: 7, [dense(5), tanh, relu, sigmoid], mse, drawn;
    leaky_relu: 7, [dense(5), leaky_relu, dense(4), leaky_relu(slope = 0.3), dense(3)], mse, drawn;
    sigmoid: 7, [sigmoid, dense(5), sigmoid, dense(3), sigmoid], mse, drawn;
    tanh: 7, [tanh, dense(5), tanh, dense(3), tanh], mse, drawn;
    softmax: 7, [softmax, dense(5), softmax, dense(3), softmax], mse, drawn;
    newer_activations: 7, [
        log_sigmoid, dense(9), hard_shrink, dense(9), soft_shrink(lambda = 0.2), dense(9), tanh_shrink, dense(9), threshold(threshold = 0.1, value = 0.3), dense(2),
    ], mse, drawn;
    softmax_of_channels: [3, 2, 2], [conv2d(3, kernel = 1), softmax(axis = 0), conv2d(2, kernel = 2), log_softmax(axis = 0)], mse, drawn;
    glu_of_time: [4, 3], [dense(5), glu(axis = 0), dense(2)], mse, drawn;
    softmax_of_rows: [3, 5], [dense(4), softmax, dense(2)], mse, drawn;
    one_behind_the_other: 7, [dense(6), tanh, sigmoid, leaky_relu, softmax, dense(3)], mse, drawn;

    // norms
    layer_norm: 7, [layer_norm, dense(5), layer_norm(eps = 1e-3), tanh, dense(3), layer_norm(bias = false)], mse, drawn;
    layer_norm_of_rows: [3, 5], [layer_norm, dense(4), layer_norm(affine = false), dense(2)], mse, drawn;
    layer_norm_of_image: [2, 3, 3], [conv2d(2, kernel = 2), layer_norm, relu, flatten, dense(2)], mse, drawn;
    rms_norm: 7, [rms_norm, dense(5), rms_norm(eps = 1e-3), tanh, dense(3), rms_norm(affine = false)], mse, drawn;
    rms_norm_of_rows: [3, 5], [dense(4), rms_norm, dense(2)], mse, drawn;
    group_norm: [2, 5, 4], [conv2d(6, kernel = 2), group_norm(3), relu, group_norm(1, bias = false), flatten, dense(2)],
        mse, drawn;
    group_norm_of_features: 7, [dense(6), group_norm(2), tanh, dense(4), group_norm(1, affine = false)], mse, drawn;
    group_norm_of_rows: [3, 6], [group_norm(2), dense(2 * HIDDEN), group_norm(HIDDEN / 2), dense(2)], mse, drawn;
    instance_norm: [2, 5, 4], [instance_norm, conv2d(3, kernel = 2, bias = false), instance_norm(affine = true), relu, flatten, dense(2)],
        mse, drawn;
    layer_norm_of_channels: [3, 4, 2], [conv2d(3, kernel = [2, 1]), layer_norm(axes = 0), tanh, layer_norm(axes = [2, 1], bias = false), flatten, dense(2)],
        mse, drawn;
    instance_norm_of_sequences: [5, 3], [dense(4, bias = false), instance_norm(affine = true), tanh, rms_norm(axes = 0), dense(2)], mse, drawn;
    scale: 7, [scale, dense(5), scale(init = normal(0.0, 1.0)), tanh, dense(3), scale], mse, drawn;
    scale_of_rows: [3, 5], [scale, dense(4), relu, scale, flatten, dense(2)], mse, drawn;
    scale_of_image: [2, 4, 3], [scale, conv2d(3, kernel = 2), scale, relu, flatten, dense(2)], mse, drawn;
    bias: 7, [bias, dense(5, bias = false), bias(init = normal(0.0, 1.0)), tanh, dense(3, bias = false), bias], mse, drawn;
    bias_of_image: [2, 4, 3], [bias, conv2d(3, kernel = 2, bias = false), bias, relu, flatten, dense(2)], mse, drawn;

    // losses
    mse_loss: 5, [dense(7), relu, dense(4)], mse, drawn;
    cross_entropy_loss: 5, [dense(7), relu, dense(4)], cross_entropy, class::<4>;
    multi_margin_loss: 5, [dense(7), tanh, dense(4)], multi_margin(class_weights = [1.0, 2.0, 0.5, 3.0]), class::<4>;
    multi_margin_of_steps: [5, 3], [dense(4), tanh, dense(3)], multi_margin(per = step, p = 2, margin = 0.3), labels::<5, 3>;
    cross_entropy_of_two: 5, [dense(2)], cross_entropy, class::<2>;
    binary_cross_entropy_loss: 5, [dense(7), tanh, dense(4)], binary_cross_entropy, probabilities;
    binary_cross_entropy_of_one: 5, [dense(1)], binary_cross_entropy, probabilities;
    cross_entropy_of_steps: [5, 3], [dense(4), tanh, dense(3)], cross_entropy(per = step, label_smoothing = 0.1), labels::<5, 3>;
    nll_of_steps: [HIDDEN + 1, 3], [dense(3), log_softmax], nll(per = step, class_weights = [1.0, 2.0, 0.5]), labels::<5, 3>;
    cross_entropy_of_positions: [2, 4, 3], [conv2d(3, kernel = 2)], cross_entropy(per = position, ignore_index = 2), labels::<6, 3>;
    distribution_of_steps: [4, 3], [dense(2)], cross_entropy_distribution(per = step), distributions;
    cross_entropy_of_all: [4, 3], [dense(2)], cross_entropy(per = sample), class::<8>;

    // products
    product_of_two: 5, [dense(6), product[[dense(4), tanh], [dense(4), sigmoid]], dense(3)], mse, drawn;
    product_of_input: 5, [product[[], [dense(5), sigmoid], []], dense(3)], mse, drawn;
    product_last: 5, [dense(4), product[[tanh], [relu, dense(4)], [sigmoid]]], mse, drawn;
    square: 5, [dense(4), product[[], []], relu], mse, drawn;
    frozen_factor: 5, [product[[frozen[dense(4)]], [dense(4)]]], mse, drawn;
    highway: 5, [tanh, sum[[product[[dense(5), tanh], [gate: dense(5), sigmoid]]], []]], mse, drawn;
    gated_convolution: [7, 3], [
        residual[product[[conv1d(3, kernel = 2, padding = causal), tanh], [conv1d(3, kernel = 2, padding = causal), sigmoid]]],
        last, dense(2),
    ], mse, drawn;
    last: [4, 3], [dense(5), last], mse, drawn;

    // LeNet-5 on a small image
    lenet: [1, 14, 14], [
        conv1: conv2d(3, kernel = 5, padding = 2), relu, max_pool2d(2),
        conv2: conv2d(5, kernel = 3), relu, max_pool2d(2),
        flatten, dense(11), relu, dense(7), relu, dense(10),
    ], cross_entropy, class::<10>;
}

const HIDDEN: usize = 4;

fn class<const N: usize>(rng: &mut backprop::Rng) -> Class {
    let unit: f64 = draw(rng);
    Class(((unit + 1.0) / 2.0 * N as f64) as usize)
}

fn labels<const P: usize, const N: usize>(rng: &mut backprop::Rng) -> [Class; P] {
    std::array::from_fn(|_| class::<N>(rng))
}

fn distributions<const P: usize, const N: usize>(rng: &mut backprop::Rng) -> [[f64; N]; P] {
    std::array::from_fn(|_| probabilities(rng))
}

fn probabilities<const N: usize>(rng: &mut backprop::Rng) -> [f64; N] {
    drawn::<[f64; N]>(rng).map(f64::abs)
}

/// In prediction dropout does nothing, wherever it stands.
#[test]
fn dropout_predicts() {
    check_single::<Dropping>(|_, _| {});
}

/// In training it does, and backward draws the mask of forward again.
#[test]
fn dropout_trains() {
    let mut rng = backprop::rng(5);
    let mut net = network::<Dropping>(1);
    let x: [f64; 7] = drawn(&mut rng);
    let c: [f64; 3] = drawn(&mut rng);
    for seed in [0, 1, 77] {
        let (mut tape, mut gradients) = (Dropping::tape(), Dropping::gradients());
        tape.training(seed);
        let trained = net.forward(&x, &mut tape);
        assert_ne!(trained, net.predict(&x), "some unit is dropped with seed {seed}");
        net.backward(&mut tape, &c, &mut gradients);
        let mut moved = network::<Dropping>(1);
        let expected = central_differences(net.flat_mut(), |parameters| {
            moved.flat_mut().copy_from_slice(parameters);
            moved.forward(&x, &mut tape).iter().zip(&c).map(|(y, c)| y * c).sum()
        });
        assert_tensors_close::<Dropping>("dropout", gradients.flat(), &expected, TOLERANCE);

        let mut trainer = Trainer::<Dropping, Sgd>::boxed(Sgd::new(0.1));
        trainer.set_seed(seed);
        let linear = |_: usize, y: &[f64; 3], dy: &mut [f64; 3]| {
            *dy = c;
            y.iter().zip(&c).map(|(y, c)| y * c).sum()
        };
        trainer.accumulate_with(&mut net, &[x], linear).expect("a batch without mistakes");
        assert_tensors_close::<Dropping>(
            "by the trainer",
            trainer.gradients().flat(),
            gradients.flat(),
            1e-12,
        );
    }
}

/// Whole channels too.
#[test]
fn dropout2d_predicts_and_trains() {
    #[network(input = [8, 2], layers = [dropout2d(0.4), dense(6), tanh, dropout2d, dense(3)], scalar = f64)]
    struct Case;
    check_single::<Case>(|_, _| {});
    check_trainer::<Case2>(drawn);
    #[network(input = [3, 4, 4], layers = [conv2d(4, kernel = 2), dropout2d(0.0), relu], loss = mse, scalar = f64, tile = 8)]
    struct Case2;
    let mut rng = backprop::rng(5);
    let net = network::<Case>(1);
    let (x, c): ([f64; 16], [f64; 24]) = (drawn(&mut rng), drawn(&mut rng));
    let mut tape = Case::tape();
    tape.training(7);
    assert_ne!(net.forward(&x, &mut tape), net.predict(&x), "some channel is dropped");
    let mut gradients = Case::gradients();
    let dx = net.backward(&mut tape, &c, &mut gradients);
    let mut place = x;
    let expected = central_differences(&mut place, |x| {
        let x: &[f64; 16] = x.try_into().expect("as long as the input");
        net.forward(x, &mut tape).iter().zip(&c).map(|(y, c)| y * c).sum()
    });
    assert_close("input", &dx, &expected, TOLERANCE);
}

/// The weights of attention, too: backward draws their mask again, and the mean over many masks is what is predicted.
#[test]
fn attention_drops_weights() {
    #[network(input = [4, 6], layers = [attention(3, dropout = 0.4, causal = true)], scalar = f64, tile = 8)]
    struct Case;
    check_single::<Case>(|_, _| {});
    let mut rng = backprop::rng(5);
    let mut net = network::<Case>(1);
    let (x, c): ([f64; 24], [f64; 24]) = (drawn(&mut rng), drawn(&mut rng));
    let (mut tape, mut gradients) = (Case::tape(), Case::gradients());
    tape.training(7);
    assert_ne!(net.forward(&x, &mut tape), net.predict(&x), "some weight is dropped");
    net.backward(&mut tape, &c, &mut gradients);
    let mut moved = network::<Case>(1);
    let expected = central_differences(net.flat_mut(), |parameters| {
        moved.flat_mut().copy_from_slice(parameters);
        moved.forward(&x, &mut tape).iter().zip(&c).map(|(y, c)| y * c).sum()
    });
    assert_tensors_close::<Case>("attention", gradients.flat(), &expected, TOLERANCE);
    let mut mean = [0.0; 24];
    for seed in 0..20_000 {
        tape.training(seed);
        for (mean, y) in mean.iter_mut().zip(net.forward(&x, &mut tape)) {
            *mean += y / 20_000.0;
        }
    }
    assert_close("mean", &mean, &net.predict(&x), 0.03);
}

#[network(input = 7, layers = [
    dropout(0.2), dense(9), relu, dropout(0.5), dense(8), dropout(0.3), relu, dense(3),
], scalar = f64, tile = 8)]
struct Dropping;

/// The checks above notice what is off by a few millionths.
mod wrong_gradients_fail {
    use super::*;

    #[network(input = [1, 6, 5], layers = [conv2d(3, kernel = 3), relu, flatten, dense(2)], scalar = f64)]
    struct Net;

    #[test]
    #[should_panic(expected = "parameters: conv2d1.weight")]
    fn in_a_weight() {
        check_single::<Net>(|gradients, _| gradients[..27].iter_mut().for_each(|g| *g *= 1.0 + 4e-6));
    }

    #[test]
    #[should_panic(expected = "parameters: dense1.bias 1")]
    fn in_one_bias() {
        check_single::<Net>(|gradients, _| *gradients.last_mut().expect("a bias") += 1e-5);
    }

    #[test]
    #[should_panic(expected = "input 7")]
    fn in_one_input() {
        check_single::<Net>(|_, dx| dx[7] += 1e-4);
    }
}
