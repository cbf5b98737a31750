//! Random networks, written by `bp-macros/src/random.rs`.

use super::evaluator::Module::*;
use super::evaluator::{Train, steps, window};
use super::{Description, check};
use backprop::prelude::*;

#[network(
    input = [2, 5, 5],
    layers = [
        sigmoid,
        frozen conv2d(4, kernel = [1, 3], padding = same),
        softsign,
        conv2d(2, kernel = [2, 2], padding = [1, 1], dilation = [1, 2], bias = false),
        flatten,
        dense(5),
        sigmoid,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
)]
struct Net1;

#[test]
fn net1() {
    let layers = vec![
        Activation("sigmoid"),
        Frozen(vec![Conv2d { channels: 4, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]),
        Activation("softsign"),
        Conv2d { channels: 2, window: window([2, 2], [1, 1], [1, 1], [1, 2]), groups: 1, bias: false },
        Reshape(vec![60]),
        Dense { outputs: 5, bias: true },
        Activation("sigmoid"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net1, 50>(&Description { input: vec![2, 5, 5], train: Train::All, layers });
}

#[network(
    input = [5, 4],
    layers = [
        sum[[dense(4), hard_tanh], [], [conv1d(4, kernel = 3, padding = same)]],
        avg_pool1d(3, stride = 2, padding = 1),
        transpose,
        avg_pool1d(1, stride = 1, padding = 0),
        flatten,
        dense(5),
        softsign,
        dense(3),
    ],
    scalar = f64,
    train = last(1),
)]
struct Net2;

#[test]
fn net2() {
    let layers = vec![
        Sum(vec![vec![Dense { outputs: 4, bias: true }, Activation("hard_tanh")], vec![], vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]]),
        AvgPool(steps(3, 2, [1; 2], 1)),
        Transpose(vec![1, 0]),
        AvgPool(steps(1, 1, [0; 2], 1)),
        Reshape(vec![12]),
        Dense { outputs: 5, bias: true },
        Activation("softsign"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net2, 20>(&Description { input: vec![5, 4], train: Train::Last(1), layers });
}

#[network(
    input = [6, 4],
    layers = [
        max_pool1d(3, stride = 2, padding = 0),
        glu,
        conv1d(3, kernel = 3, padding = same),
        sin,
        flatten,
        dense(5),
        mish,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net3;

#[test]
fn net3() {
    let layers = vec![
        MaxPool(steps(3, 2, [0; 2], 1)),
        Glu,
        Conv1d { channels: 3, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true },
        Activation("sin"),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net3, 24>(&Description { input: vec![6, 4], train: Train::All, layers });
}

#[network(
    input = [2, 6, 4],
    layers = [
        scale,
        max_pool2d([1, 3], stride = [2, 1], padding = [0, 1]),
        upsample([2, 1]),
        softsign,
        leaky_relu,
        avg_pool2d([3, 2], stride = [1, 2], padding = [0, 1]),
        flatten,
        dense(5),
        hard_sigmoid,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net4;

#[test]
fn net4() {
    let layers = vec![
        Scale,
        MaxPool(window([1, 3], [2, 1], [0, 1], [1, 1])),
        Upsample(vec![2, 1]),
        Activation("softsign"),
        Activation("leaky_relu"),
        AvgPool(window([3, 2], [1, 2], [0, 1], [1, 1])),
        Reshape(vec![24]),
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net4, 48>(&Description { input: vec![2, 6, 4], train: Train::All, layers });
}

#[network(
    input = [2],
    layers = [
        glu,
        elu,
        prelu,
        bias,
        sigmoid,
        dense(5),
        softsign,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net5;

#[test]
fn net5() {
    let layers = vec![
        Glu,
        Activation("elu"),
        Prelu,
        Bias,
        Activation("sigmoid"),
        Dense { outputs: 5, bias: true },
        Activation("softsign"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net5, 2>(&Description { input: vec![2], train: Train::All, layers });
}

#[network(
    input = [6, 2],
    layers = [
        conv1d(3, kernel = 3, stride = 1, padding = 0, dilation = 2, groups = 1),
        rms_norm,
        upsample(2),
        conv1d(2, kernel = 2, stride = 1, padding = 1, dilation = 1, groups = 1),
        flatten,
        dense(5),
        softplus,
        dense(3),
    ],
    scalar = f64,
)]
struct Net6;

#[test]
fn net6() {
    let layers = vec![
        Conv1d { channels: 3, window: steps(3, 1, [0; 2], 2), groups: 1, bias: true },
        RmsNorm,
        Upsample(vec![2, 1]),
        Conv1d { channels: 2, window: steps(2, 1, [1; 2], 1), groups: 1, bias: true },
        Reshape(vec![10]),
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net6, 12>(&Description { input: vec![6, 2], train: Train::All, layers });
}

#[network(
    input = [4, 3],
    layers = [
        avg_pool1d(2, stride = 2, padding = 1),
        max_pool1d(3, stride = 1, padding = 1),
        conv1d(2, kernel = 2, stride = 2, padding = 0, dilation = 2, groups = 1),
        residual(shortcut = [conv1d(4, kernel = 2, padding = causal)])[conv1d(2, kernel = 3, padding = same), dense(4, bias = false)],
        flatten,
        dense(5),
        hard_tanh,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
    train = last(1),
)]
struct Net7;

#[test]
fn net7() {
    let layers = vec![
        AvgPool(steps(2, 2, [1; 2], 1)),
        MaxPool(steps(3, 1, [1; 2], 1)),
        Conv1d { channels: 2, window: steps(2, 2, [0; 2], 2), groups: 1, bias: true },
        Residual { body: vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Dense { outputs: 4, bias: false }], shortcut: vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }] },
        Reshape(vec![4]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net7, 12>(&Description { input: vec![4, 3], train: Train::Last(1), layers });
}

#[network(
    input = [6],
    layers = [
        scale,
        silu,
        dense(2),
        dense(5),
        dense(5, bias = false),
        silu,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net8;

#[test]
fn net8() {
    let layers = vec![
        Scale,
        Activation("silu"),
        Dense { outputs: 2, bias: true },
        Dense { outputs: 5, bias: true },
        Dense { outputs: 5, bias: false },
        Activation("silu"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net8, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [4, 2],
    layers = [
        avg_pool1d(1, stride = 1, padding = 0),
        softplus,
        concat(axis = 1)[[conv1d(1, kernel = 3, padding = same)], [dense(1, bias = false)]],
        conv1d(3, kernel = 2, stride = 2, padding = 0, dilation = 2, groups = 1),
        sum[[repeat(2)[conv1d(3, kernel = 3, padding = same), softsign], sigmoid], [], [sum[[dense(3)], [], [attention(1, causal = true), softsign]], sin]],
        tanh,
        softplus,
        flatten,
        dense(5),
        silu,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net9;

#[test]
fn net9() {
    let layers = vec![
        AvgPool(steps(1, 1, [0; 2], 1)),
        Activation("softplus"),
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 1, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], vec![Dense { outputs: 1, bias: false }]] },
        Conv1d { channels: 3, window: steps(2, 2, [0; 2], 2), groups: 1, bias: true },
        Sum(vec![vec![Repeat(2, vec![Conv1d { channels: 3, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("softsign")]), Activation("sigmoid")], vec![], vec![Sum(vec![vec![Dense { outputs: 3, bias: true }], vec![], vec![Attention { heads: 1, causal: true, bias: true }, Activation("softsign")]]), Activation("sin")]]),
        Activation("tanh"),
        Activation("softplus"),
        Reshape(vec![3]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net9, 8>(&Description { input: vec![4, 2], train: Train::All, layers });
}

#[network(
    input = [3],
    layers = [
        softmax,
        residual(shortcut = [dense(5)])[dense(5)],
        dense(4),
        elu,
        leaky_relu,
        log_softmax,
        dense(2),
        dense(5),
        softplus,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
    train = biases,
)]
struct Net10;

#[test]
fn net10() {
    let layers = vec![
        Softmax,
        Residual { body: vec![Dense { outputs: 5, bias: true }], shortcut: vec![Dense { outputs: 5, bias: true }] },
        Dense { outputs: 4, bias: true },
        Activation("elu"),
        Activation("leaky_relu"),
        LogSoftmax,
        Dense { outputs: 2, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net10, 3>(&Description { input: vec![3], train: Train::Biases, layers });
}

#[network(
    input = [5],
    layers = [
        softplus,
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(5), tanh],
        softsign,
        residual(shortcut = [dense(4)])[dense(4)],
        dense(5),
        softsign,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net11;

#[test]
fn net11() {
    let layers = vec![
        Activation("softplus"),
        FixedPoint(vec![Dense { outputs: 5, bias: true }, Activation("tanh")]),
        Activation("softsign"),
        Residual { body: vec![Dense { outputs: 4, bias: true }], shortcut: vec![Dense { outputs: 4, bias: true }] },
        Dense { outputs: 5, bias: true },
        Activation("softsign"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net11, 5>(&Description { input: vec![5], train: Train::All, layers });
}

#[network(
    input = [5, 3],
    layers = [
        log_softmax,
        global_max_pool,
        bias,
        dense(5),
        hard_tanh,
        dense(3),
    ],
    scalar = f64,
)]
struct Net12;

#[test]
fn net12() {
    let layers = vec![
        LogSoftmax,
        GlobalMaxPool,
        Bias,
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net12, 15>(&Description { input: vec![5, 3], train: Train::All, layers });
}

#[network(
    input = [6, 3],
    layers = [
        frozen[dense(3, bias = false), sigmoid],
        hard_sigmoid,
        sigmoid,
        sum[[residual[dense(5), tanh, conv1d(3, kernel = 2, padding = causal)], elu], [], [dense(3), elu]],
        conv1d(2, kernel = 2, stride = 1, padding = 0, dilation = 2, groups = 1),
        flatten,
        dense(5),
        sin,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net13;

#[test]
fn net13() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 3, bias: false }, Activation("sigmoid")]),
        Activation("hard_sigmoid"),
        Activation("sigmoid"),
        Sum(vec![vec![Residual { body: vec![Dense { outputs: 5, bias: true }, Activation("tanh"), Conv1d { channels: 3, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], shortcut: vec![] }, Activation("elu")], vec![], vec![Dense { outputs: 3, bias: true }, Activation("elu")]]),
        Conv1d { channels: 2, window: steps(2, 1, [0; 2], 2), groups: 1, bias: true },
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net13, 18>(&Description { input: vec![6, 3], train: Train::All, layers });
}

#[network(
    input = [3],
    layers = [
        prelu,
        dense(6),
        sigmoid,
        scale,
        reshape([3, 2]),
        flatten,
        dense(5),
        softsign,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
    train = last(1),
)]
struct Net14;

#[test]
fn net14() {
    let layers = vec![
        Prelu,
        Dense { outputs: 6, bias: true },
        Activation("sigmoid"),
        Scale,
        Reshape(vec![3, 2]),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("softsign"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net14, 3>(&Description { input: vec![3], train: Train::Last(1), layers });
}

#[network(
    input = [3],
    layers = [
        residual(shortcut = [dense(3)])[dense(3)],
        dense(4),
        residual[frozen dense(4), elu],
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(4), tanh],
        dense(5),
        sin,
        dense(3),
    ],
    scalar = f64,
)]
struct Net15;

#[test]
fn net15() {
    let layers = vec![
        Residual { body: vec![Dense { outputs: 3, bias: true }], shortcut: vec![Dense { outputs: 3, bias: true }] },
        Dense { outputs: 4, bias: true },
        Residual { body: vec![Frozen(vec![Dense { outputs: 4, bias: true }]), Activation("elu")], shortcut: vec![] },
        FixedPoint(vec![Dense { outputs: 4, bias: true }, Activation("tanh")]),
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net15, 3>(&Description { input: vec![3], train: Train::All, layers });
}

#[network(input = [5, 5, 4], layers = [sin, transpose([2, 0, 1]), flatten, dense(3)], scalar = f64)]
struct Net16PartA;
#[network(
    input = [3, 5, 4],
    layers = [
        relu,
        conv2d(5, kernel = [1, 3], padding = same, bias = false),
        Net16PartA,
        softmax,
        dense(5),
        leaky_relu,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
    train = biases,
)]
struct Net16;

#[test]
fn net16() {
    let layers = vec![
        Activation("relu"),
        Conv2d { channels: 5, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false },
        Network("net16_part_a", vec![Activation("sin"), Transpose(vec![2, 0, 1]), Reshape(vec![100]), Dense { outputs: 3, bias: true }]),
        Softmax,
        Dense { outputs: 5, bias: true },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net16, 60>(&Description { input: vec![3, 5, 4], train: Train::Biases, layers });
}

#[network(
    input = [1, 4, 5],
    layers = [
        sum[[sum[[conv2d(1, kernel = [3, 3], padding = same), softsign], [], [prelu, tanh]], elu], [], [frozen[silu]]],
        silu,
        max_pool2d([2, 3], stride = [2, 1], padding = [0, 1]),
        upsample([2, 1]),
        avg_pool2d([1, 1], stride = [2, 2], padding = [0, 0]),
        flatten,
        dense(5),
        mish,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net17;

#[test]
fn net17() {
    let layers = vec![
        Sum(vec![vec![Sum(vec![vec![Conv2d { channels: 1, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }, Activation("softsign")], vec![], vec![Prelu, Activation("tanh")]]), Activation("elu")], vec![], vec![Frozen(vec![Activation("silu")])]]),
        Activation("silu"),
        MaxPool(window([2, 3], [2, 1], [0, 1], [1, 1])),
        Upsample(vec![2, 1]),
        AvgPool(window([1, 1], [2, 2], [0, 0], [1, 1])),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net17, 20>(&Description { input: vec![1, 4, 5], train: Train::All, layers });
}

#[network(
    input = [1, 4, 4],
    layers = [
        softplus,
        hard_swish,
        sin,
        relu,
        flatten,
        dense(5),
        silu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net18;

#[test]
fn net18() {
    let layers = vec![
        Activation("softplus"),
        Activation("hard_swish"),
        Activation("sin"),
        Activation("relu"),
        Reshape(vec![16]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net18, 16>(&Description { input: vec![1, 4, 4], train: Train::All, layers });
}

#[network(
    input = [1, 6, 4],
    layers = [
        conv2d(2, kernel = [2, 3], stride = [1, 2], padding = [0, 1], dilation = [2, 1]),
        conv_transpose2d(2, kernel = [2, 1], stride = [2, 1], output_padding = [1, 0], groups = 2),
        conv2d(3, kernel = [3, 1], padding = same, bias = false),
        softplus,
        flatten,
        dense(5),
        softplus,
        dense(3),
    ],
    scalar = f64,
)]
struct Net19;

#[test]
fn net19() {
    let layers = vec![
        Conv2d { channels: 2, window: window([2, 3], [1, 2], [0, 1], [2, 1]), groups: 1, bias: true },
        ConvTranspose2d { channels: 2, window: window([2, 1], [2, 1], [0, 0], [1, 1]), output_padding: [1, 0], groups: 2, bias: true },
        Conv2d { channels: 3, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: false },
        Activation("softplus"),
        Reshape(vec![54]),
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net19, 24>(&Description { input: vec![1, 6, 4], train: Train::All, layers });
}

#[network(
    input = [4],
    layers = [
        reshape([2, 2]),
        prelu,
        glu,
        avg_pool1d(2, stride = 1, padding = 0),
        flatten,
        dense(5),
        hard_tanh,
        dense(3),
    ],
    scalar = f64,
    train = last(2),
)]
struct Net20;

#[test]
fn net20() {
    let layers = vec![
        Reshape(vec![2, 2]),
        Prelu,
        Glu,
        AvgPool(steps(2, 1, [0; 2], 1)),
        Reshape(vec![1]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net20, 4>(&Description { input: vec![4], train: Train::Last(2), layers });
}

#[network(
    input = [4, 4],
    layers = [
        hard_tanh,
        attention(2),
        transpose,
        softmax,
        log_softmax,
        conv1d(2, kernel = 1, stride = 1, padding = 0, dilation = 2, groups = 1),
        conv1d(2, kernel = 1, stride = 1, padding = 0, dilation = 2, groups = 1),
        flatten,
        dense(5),
        hard_swish,
        dense(3),
    ],
    scalar = f64,
    train = biases,
)]
struct Net21;

#[test]
fn net21() {
    let layers = vec![
        Activation("hard_tanh"),
        Attention { heads: 2, causal: false, bias: true },
        Transpose(vec![1, 0]),
        Softmax,
        LogSoftmax,
        Conv1d { channels: 2, window: steps(1, 1, [0; 2], 2), groups: 1, bias: true },
        Conv1d { channels: 2, window: steps(1, 1, [0; 2], 2), groups: 1, bias: true },
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net21, 16>(&Description { input: vec![4, 4], train: Train::Biases, layers });
}

#[network(
    input = [5, 4],
    layers = [
        softsign,
        global_avg_pool,
        hard_sigmoid,
        hard_swish,
        dense(6),
        mish,
        dense(5),
        mish,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net22;

#[test]
fn net22() {
    let layers = vec![
        Activation("softsign"),
        GlobalAvgPool,
        Activation("hard_sigmoid"),
        Activation("hard_swish"),
        Dense { outputs: 6, bias: true },
        Activation("mish"),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net22, 20>(&Description { input: vec![5, 4], train: Train::All, layers });
}

#[network(input = [2, 4, 5], layers = [avg_pool2d([2, 3], stride = [2, 1], padding = [0, 0]), max_pool2d([2, 1], stride = [1, 2], padding = [1, 0]), flatten, dense(3)], scalar = f64)]
struct Net23PartA;
#[network(
    input = [2, 4, 5],
    layers = [
        frozen[frozen[conv2d(3, kernel = [3, 1], padding = same), elu, conv2d(2, kernel = [1, 1], padding = same)], hard_sigmoid],
        Net23PartA,
        sum[[repeat(2)[frozen dense(3), softplus]], [], [dense(3, bias = false), elu]],
        dense(6),
        silu,
        dense(5),
        tanh,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
    train = biases,
)]
struct Net23;

#[test]
fn net23() {
    let layers = vec![
        Frozen(vec![Frozen(vec![Conv2d { channels: 3, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }, Activation("elu"), Conv2d { channels: 2, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]), Activation("hard_sigmoid")]),
        Network("net23_part_a", vec![AvgPool(window([2, 3], [2, 1], [0, 0], [1, 1])), MaxPool(window([2, 1], [1, 2], [1, 0], [1, 1])), Reshape(vec![12]), Dense { outputs: 3, bias: true }]),
        Sum(vec![vec![Repeat(2, vec![Frozen(vec![Dense { outputs: 3, bias: true }]), Activation("softplus")])], vec![], vec![Dense { outputs: 3, bias: false }, Activation("elu")]]),
        Dense { outputs: 6, bias: true },
        Activation("silu"),
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net23, 40>(&Description { input: vec![2, 4, 5], train: Train::Biases, layers });
}

#[network(
    input = [3, 4, 5],
    layers = [
        sigmoid,
        hard_sigmoid,
        residual(shortcut = [conv2d(2, kernel = [1, 1], padding = same)])[sum[[frozen conv2d(3, kernel = [3, 1], padding = same), silu], [], [conv2d(3, kernel = [1, 3], padding = same), sigmoid]], conv2d(2, kernel = [1, 3], padding = same, bias = false)],
        sigmoid,
        instance_norm,
        residual(shortcut = [conv2d(2, kernel = [3, 1], padding = same)])[frozen conv2d(2, kernel = [3, 3], padding = same)],
        concat(axis = 0)[[conv2d(2, kernel = [3, 3], padding = same, bias = false)], [], [sum[[conv2d(2, kernel = [1, 1], padding = same)], [], [conv2d(2, kernel = [3, 3], padding = same, bias = false)]], silu, frozen conv2d(2, kernel = [3, 3], padding = same)]],
        flatten,
        dense(5),
        sin,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net24;

#[test]
fn net24() {
    let layers = vec![
        Activation("sigmoid"),
        Activation("hard_sigmoid"),
        Residual { body: vec![Sum(vec![vec![Frozen(vec![Conv2d { channels: 3, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }]), Activation("silu")], vec![], vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("sigmoid")]]), Conv2d { channels: 2, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false }], shortcut: vec![Conv2d { channels: 2, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }] },
        Activation("sigmoid"),
        InstanceNorm,
        Residual { body: vec![Frozen(vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }])], shortcut: vec![Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }] },
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: false }], vec![], vec![Sum(vec![vec![Conv2d { channels: 2, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }], vec![], vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: false }]]), Activation("silu"), Frozen(vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }])]] },
        Reshape(vec![120]),
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net24, 60>(&Description { input: vec![3, 4, 5], train: Train::All, layers });
}

#[network(
    input = [6, 3],
    layers = [
        rms_norm,
        hard_sigmoid,
        max_pool1d(3, stride = 2, padding = 1),
        frozen[conv1d(3, kernel = 3, padding = same), hard_swish],
        flatten,
        dense(5),
        relu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net25;

#[test]
fn net25() {
    let layers = vec![
        RmsNorm,
        Activation("hard_sigmoid"),
        MaxPool(steps(3, 2, [1; 2], 1)),
        Frozen(vec![Conv1d { channels: 3, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("hard_swish")]),
        Reshape(vec![9]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net25, 18>(&Description { input: vec![6, 3], train: Train::All, layers });
}

#[network(
    input = [6],
    layers = [
        dense(4),
        residual(shortcut = [frozen dense(4)])[dense(4)],
        softplus,
        dense(5, bias = false),
        leaky_relu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net26;

#[test]
fn net26() {
    let layers = vec![
        Dense { outputs: 4, bias: true },
        Residual { body: vec![Dense { outputs: 4, bias: true }], shortcut: vec![Frozen(vec![Dense { outputs: 4, bias: true }])] },
        Activation("softplus"),
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net26, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [6, 2],
    layers = [
        attention(2),
        sum[[conv1d(2, kernel = 3, padding = same)], [], [dense(2), softplus]],
        sigmoid,
        softplus,
        concat(axis = 1)[[conv1d(2, kernel = 2, padding = causal), dense(4)], [], [repeat(2)[conv1d(2, kernel = 2, padding = causal), sin], hard_swish, dense(4, bias = false)]],
        flatten,
        dense(5),
        elu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net27;

#[test]
fn net27() {
    let layers = vec![
        Attention { heads: 2, causal: false, bias: true },
        Sum(vec![vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], vec![], vec![Dense { outputs: 2, bias: true }, Activation("softplus")]]),
        Activation("sigmoid"),
        Activation("softplus"),
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Dense { outputs: 4, bias: true }], vec![], vec![Repeat(2, vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Activation("sin")]), Activation("hard_swish"), Dense { outputs: 4, bias: false }]] },
        Reshape(vec![60]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net27, 12>(&Description { input: vec![6, 2], train: Train::All, layers });
}

#[network(
    input = [2, 4, 6],
    layers = [
        silu,
        residual(shortcut = [conv2d(5, kernel = [1, 1], padding = same, bias = false)])[conv2d(5, kernel = [1, 3], padding = same)],
        conv2d(6, kernel = [3, 1], padding = same, bias = false),
        flatten,
        dense(5),
        leaky_relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
)]
struct Net28;

#[test]
fn net28() {
    let layers = vec![
        Activation("silu"),
        Residual { body: vec![Conv2d { channels: 5, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }], shortcut: vec![Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }] },
        Conv2d { channels: 6, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: false },
        Reshape(vec![144]),
        Dense { outputs: 5, bias: true },
        Activation("leaky_relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net28, 48>(&Description { input: vec![2, 4, 6], train: Train::All, layers });
}

#[network(input = [5], layers = [hard_swish, dense(4), dense(3)], scalar = f64)]
struct Net29PartA;
#[network(
    input = [5],
    layers = [
        Net29PartA,
        dense(3, bias = false),
        concat(axis = 0)[[dense(4)], [], [frozen[dense(3), mish], softplus, dense(2, bias = false)]],
        silu,
        frozen dense(4),
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(4), tanh],
        dense(5),
        silu,
        dense(3, bias = false),
    ],
    scalar = f64,
    train = last(1),
)]
struct Net29;

#[test]
fn net29() {
    let layers = vec![
        Network("net29_part_a", vec![Activation("hard_swish"), Dense { outputs: 4, bias: true }, Dense { outputs: 3, bias: true }]),
        Dense { outputs: 3, bias: false },
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 4, bias: true }], vec![], vec![Frozen(vec![Dense { outputs: 3, bias: true }, Activation("mish")]), Activation("softplus"), Dense { outputs: 2, bias: false }]] },
        Activation("silu"),
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        FixedPoint(vec![Dense { outputs: 4, bias: true }, Activation("tanh")]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net29, 5>(&Description { input: vec![5], train: Train::Last(1), layers });
}

#[network(
    input = [6],
    layers = [
        group_norm(3),
        dense(2),
        rms_norm,
        bias,
        sum[[repeat(2)[frozen dense(5), silu, dense(2, bias = false)]], [], [frozen[dense(4, bias = false), hard_tanh, dense(2), silu]]],
        layer_norm(affine = false),
        dense(5, bias = false),
        hard_swish,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net30;

#[test]
fn net30() {
    let layers = vec![
        GroupNorm { groups: 3 },
        Dense { outputs: 2, bias: true },
        RmsNorm,
        Bias,
        Sum(vec![vec![Repeat(2, vec![Frozen(vec![Dense { outputs: 5, bias: true }]), Activation("silu"), Dense { outputs: 2, bias: false }])], vec![], vec![Frozen(vec![Dense { outputs: 4, bias: false }, Activation("hard_tanh"), Dense { outputs: 2, bias: true }, Activation("silu")])]]),
        LayerNorm { affine: false, bias: true },
        Dense { outputs: 5, bias: false },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net30, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [4, 2],
    layers = [
        avg_pool1d(1, stride = 1, padding = 0),
        conv1d(3, kernel = 2, stride = 1, padding = 1, dilation = 2, groups = 1),
        residual(shortcut = [dense(5)])[dense(5)],
        tanh,
        transpose,
        repeat(2)[frozen dense(4), hard_sigmoid],
        residual(shortcut = [dense(2, bias = false)])[conv1d(4, kernel = 2, padding = causal), dense(2)],
        flatten,
        dense(5, bias = false),
        sigmoid,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net31;

#[test]
fn net31() {
    let layers = vec![
        AvgPool(steps(1, 1, [0; 2], 1)),
        Conv1d { channels: 3, window: steps(2, 1, [1; 2], 2), groups: 1, bias: true },
        Residual { body: vec![Dense { outputs: 5, bias: true }], shortcut: vec![Dense { outputs: 5, bias: true }] },
        Activation("tanh"),
        Transpose(vec![1, 0]),
        Repeat(2, vec![Frozen(vec![Dense { outputs: 4, bias: true }]), Activation("hard_sigmoid")]),
        Residual { body: vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Dense { outputs: 2, bias: true }], shortcut: vec![Dense { outputs: 2, bias: false }] },
        Reshape(vec![10]),
        Dense { outputs: 5, bias: false },
        Activation("sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net31, 8>(&Description { input: vec![4, 2], train: Train::All, layers });
}

#[network(
    input = [1, 6, 5],
    layers = [
        avg_pool2d([3, 3], stride = [1, 1], padding = [1, 0]),
        concat(axis = 0)[[sum[[rms_norm], [], [prelu]], hard_tanh, conv2d(1, kernel = [3, 1], padding = same)], [conv2d(1, kernel = [3, 1], padding = same), frozen conv2d(3, kernel = [1, 1], padding = same)]],
        silu,
        scale,
        conv2d(3, kernel = [3, 3], padding = same),
        conv2d(4, kernel = [1, 3]),
        global_avg_pool,
        dense(5, bias = false),
        sin,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
)]
struct Net32;

#[test]
fn net32() {
    let layers = vec![
        AvgPool(window([3, 3], [1, 1], [1, 0], [1, 1])),
        Concat { axis: 0, branches: vec![vec![Sum(vec![vec![RmsNorm], vec![], vec![Prelu]]), Activation("hard_tanh"), Conv2d { channels: 1, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }], vec![Conv2d { channels: 1, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }, Frozen(vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }])]] },
        Activation("silu"),
        Scale,
        Conv2d { channels: 3, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true },
        Conv2d { channels: 4, window: window([1, 3], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        GlobalAvgPool,
        Dense { outputs: 5, bias: false },
        Activation("sin"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net32, 30>(&Description { input: vec![1, 6, 5], train: Train::All, layers });
}

#[network(input = [4], layers = [silu, glu, dense(3)], scalar = f64)]
struct Net33PartA;
#[network(input = [3], layers = [dense(2), dense(4, bias = false), dense(3, bias = false)], scalar = f64)]
struct Net33PartB;
#[network(
    input = [2],
    layers = [
        concat(axis = 0)[[dense(3)], [frozen dense(4, bias = false)]],
        dense(4),
        elu,
        Net33PartA,
        Net33PartB,
        residual(shortcut = [dense(2)])[residual[dense(3), silu], hard_sigmoid, dense(2)],
        silu,
        dense(5, bias = false),
        relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
    train = last(1),
)]
struct Net33;

#[test]
fn net33() {
    let layers = vec![
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 3, bias: true }], vec![Frozen(vec![Dense { outputs: 4, bias: false }])]] },
        Dense { outputs: 4, bias: true },
        Activation("elu"),
        Network("net33_part_a", vec![Activation("silu"), Glu, Dense { outputs: 3, bias: true }]),
        Network("net33_part_b", vec![Dense { outputs: 2, bias: true }, Dense { outputs: 4, bias: false }, Dense { outputs: 3, bias: false }]),
        Residual { body: vec![Residual { body: vec![Dense { outputs: 3, bias: true }, Activation("silu")], shortcut: vec![] }, Activation("hard_sigmoid"), Dense { outputs: 2, bias: true }], shortcut: vec![Dense { outputs: 2, bias: true }] },
        Activation("silu"),
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net33, 2>(&Description { input: vec![2], train: Train::Last(1), layers });
}

#[network(
    input = [4],
    layers = [
        sin,
        reshape([2, 2]),
        attention(2, causal = true, bias = false),
        flatten,
        dense(5),
        sin,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net34;

#[test]
fn net34() {
    let layers = vec![
        Activation("sin"),
        Reshape(vec![2, 2]),
        Attention { heads: 2, causal: true, bias: false },
        Reshape(vec![4]),
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net34, 4>(&Description { input: vec![4], train: Train::All, layers });
}

#[network(
    input = [1, 4, 4],
    layers = [
        sin,
        residual[sum[[conv2d(5, kernel = [3, 1], padding = same), silu, conv2d(1, kernel = [3, 3], padding = same, bias = false), sigmoid], [], [rms_norm]]],
        avg_pool2d([1, 1], stride = [2, 1], padding = [0, 0]),
        residual[conv2d(1, kernel = [1, 1], padding = same)],
        conv2d(4, kernel = [1, 3], stride = [2, 1], padding = [0, 1], dilation = [2, 1]),
        transpose([2, 0, 1]),
        hard_swish,
        flatten,
        dense(5),
        sigmoid,
        dense(3),
    ],
    scalar = f64,
)]
struct Net35;

#[test]
fn net35() {
    let layers = vec![
        Activation("sin"),
        Residual { body: vec![Sum(vec![vec![Conv2d { channels: 5, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }, Activation("silu"), Conv2d { channels: 1, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: false }, Activation("sigmoid")], vec![], vec![RmsNorm]])], shortcut: vec![] },
        AvgPool(window([1, 1], [2, 1], [0, 0], [1, 1])),
        Residual { body: vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }], shortcut: vec![] },
        Conv2d { channels: 4, window: window([1, 3], [2, 1], [0, 1], [2, 1]), groups: 1, bias: true },
        Transpose(vec![2, 0, 1]),
        Activation("hard_swish"),
        Reshape(vec![16]),
        Dense { outputs: 5, bias: true },
        Activation("sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net35, 16>(&Description { input: vec![1, 4, 4], train: Train::All, layers });
}

#[network(
    input = [3, 6, 6],
    layers = [
        conv2d(2, kernel = [3, 2], stride = [2, 1], dilation = [2, 1]),
        conv2d(2, kernel = [1, 3], padding = same),
        hard_tanh,
        conv2d(1, kernel = [1, 3], stride = [2, 1], dilation = [2, 1], bias = false),
        leaky_relu,
        transpose([2, 0, 1]),
        transpose([2, 0, 1]),
        flatten,
        dense(5, bias = false),
        hard_sigmoid,
        dense(3),
    ],
    scalar = f64,
    train = last(2),
)]
struct Net36;

#[test]
fn net36() {
    let layers = vec![
        Conv2d { channels: 2, window: window([3, 2], [2, 1], [0, 0], [2, 1]), groups: 1, bias: true },
        Conv2d { channels: 2, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true },
        Activation("hard_tanh"),
        Conv2d { channels: 1, window: window([1, 3], [2, 1], [0, 0], [2, 1]), groups: 1, bias: false },
        Activation("leaky_relu"),
        Transpose(vec![2, 0, 1]),
        Transpose(vec![2, 0, 1]),
        Reshape(vec![3]),
        Dense { outputs: 5, bias: false },
        Activation("hard_sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net36, 108>(&Description { input: vec![3, 6, 6], train: Train::Last(2), layers });
}

#[network(
    input = [1, 6, 4],
    layers = [
        silu,
        conv2d(4, kernel = [2, 3], stride = [1, 2], padding = [0, 1]),
        sum[[sum[[conv2d(3, kernel = [1, 1], padding = same), sigmoid, conv2d(4, kernel = [3, 1], padding = same)], [], [frozen conv2d(4, kernel = [1, 1], padding = same)]]], [], [conv2d(4, kernel = [1, 1], padding = same)]],
        prelu,
        prelu,
        flatten,
        dense(5),
        hard_sigmoid,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
    train = last(1),
)]
struct Net37;

#[test]
fn net37() {
    let layers = vec![
        Activation("silu"),
        Conv2d { channels: 4, window: window([2, 3], [1, 2], [0, 1], [1, 1]), groups: 1, bias: true },
        Sum(vec![vec![Sum(vec![vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("sigmoid"), Conv2d { channels: 4, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }], vec![], vec![Frozen(vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }])]])], vec![], vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]]),
        Prelu,
        Prelu,
        Reshape(vec![40]),
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net37, 24>(&Description { input: vec![1, 6, 4], train: Train::Last(1), layers });
}

#[network(
    input = [6, 3],
    layers = [
        conv1d(2, kernel = 3, stride = 1, padding = 0, dilation = 1, groups = 1, bias = false),
        concat(axis = 1)[[dense(4)], [], [dense(1, bias = false)]],
        frozen[frozen conv1d(7, kernel = 2, padding = causal)],
        mish,
        softplus,
        hard_swish,
        conv1d(4, kernel = 1, stride = 2, padding = 0, dilation = 1, groups = 1, bias = false),
        flatten,
        dense(5, bias = false),
        tanh,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 16,
    train = last(2),
)]
struct Net38;

#[test]
fn net38() {
    let layers = vec![
        Conv1d { channels: 2, window: steps(3, 1, [0; 2], 1), groups: 1, bias: false },
        Concat { axis: 1, branches: vec![vec![Dense { outputs: 4, bias: true }], vec![], vec![Dense { outputs: 1, bias: false }]] },
        Frozen(vec![Frozen(vec![Conv1d { channels: 7, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }])]),
        Activation("mish"),
        Activation("softplus"),
        Activation("hard_swish"),
        Conv1d { channels: 4, window: steps(1, 2, [0; 2], 1), groups: 1, bias: false },
        Reshape(vec![8]),
        Dense { outputs: 5, bias: false },
        Activation("tanh"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net38, 18>(&Description { input: vec![6, 3], train: Train::Last(2), layers });
}

#[network(
    input = [1, 5, 5],
    layers = [
        transpose([2, 0, 1]),
        rms_norm,
        conv2d(3, kernel = [1, 1], padding = same),
        hard_sigmoid,
        frozen conv2d(5, kernel = [1, 3], padding = same),
        sum[[conv2d(5, kernel = [1, 3], padding = same, bias = false), hard_tanh], [], [conv2d(5, kernel = [1, 1], padding = same), hard_swish]],
        flatten,
        dense(5),
        hard_tanh,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
    train = last(1),
)]
struct Net39;

#[test]
fn net39() {
    let layers = vec![
        Transpose(vec![2, 0, 1]),
        RmsNorm,
        Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Activation("hard_sigmoid"),
        Frozen(vec![Conv2d { channels: 5, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]),
        Sum(vec![vec![Conv2d { channels: 5, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false }, Activation("hard_tanh")], vec![], vec![Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("hard_swish")]]),
        Reshape(vec![25]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net39, 25>(&Description { input: vec![1, 5, 5], train: Train::Last(1), layers });
}

#[network(
    input = [2, 6, 5],
    layers = [
        residual(shortcut = [conv2d(4, kernel = [1, 1], padding = same, bias = false)])[conv2d(4, kernel = [1, 3], padding = same)],
        hard_tanh,
        conv2d(6, kernel = [3, 1], padding = same),
        flatten,
        dense(5),
        leaky_relu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 16,
    train = biases,
)]
struct Net40;

#[test]
fn net40() {
    let layers = vec![
        Residual { body: vec![Conv2d { channels: 4, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }], shortcut: vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }] },
        Activation("hard_tanh"),
        Conv2d { channels: 6, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true },
        Reshape(vec![180]),
        Dense { outputs: 5, bias: true },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net40, 60>(&Description { input: vec![2, 6, 5], train: Train::Biases, layers });
}
