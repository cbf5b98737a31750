//! Random networks, written by `bp-macros/src/random.rs`.

use super::evaluator::Module::*;
use super::evaluator::{steps, window};
use super::{Description, check};
use backprop::prelude::*;

#[network(
    input = [5, 2],
    layers = [
        avg_pool1d(1, stride = 1, padding = 0),
        transpose,
        conv1d(4, kernel = 2, padding = causal),
        elu,
        silu,
        flatten,
        dense(5),
        hard_tanh,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net1;

#[test]
fn net1() {
    let layers = vec![
        AvgPool(steps(1, 1, [0; 2], 1)),
        Transpose(vec![1, 0]),
        Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true },
        Activation("elu"),
        Activation("silu"),
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net1, 10>(&Description { input: vec![5, 2], last: None, layers });
}

#[network(
    input = [2, 4, 5],
    layers = [
        elu,
        residual(shortcut = [conv2d(3, kernel = [1, 3], padding = same, bias = false)])[frozen conv2d(3, kernel = [3, 3], padding = same)],
        repeat(2)[frozen[conv2d(3, kernel = [1, 3], padding = same), relu], softsign],
        repeat(2)[frozen conv2d(3, kernel = [1, 1], padding = same, bias = false), elu],
        scale,
        max_pool2d([3, 2], stride = [1, 1], padding = [0, 0]),
        residual[sum[[conv2d(3, kernel = [1, 3], padding = same)], [], [scale, relu]]],
        flatten,
        dense(5),
        elu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net2;

#[test]
fn net2() {
    let layers = vec![
        Activation("elu"),
        Residual { body: vec![Frozen(vec![Conv2d { channels: 3, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }])], shortcut: vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false }] },
        Repeat(2, vec![Frozen(vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("relu")]), Activation("softsign")]),
        Repeat(2, vec![Frozen(vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }]), Activation("elu")]),
        Scale,
        MaxPool(window([3, 2], [1, 1], [0, 0], [1, 1])),
        Residual { body: vec![Sum(vec![vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }], vec![], vec![Scale, Activation("relu")]])], shortcut: vec![] },
        Reshape(vec![24]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net2, 40>(&Description { input: vec![2, 4, 5], last: None, layers });
}

#[network(
    input = [4, 2],
    layers = [
        frozen[frozen conv1d(2, kernel = 3, padding = same)],
        glu,
        concat(axis = 1)[[conv1d(2, kernel = 2, padding = causal)], [], [conv1d(1, kernel = 2, padding = causal), frozen dense(2)]],
        softmax,
        conv1d(3, kernel = 3, stride = 1, padding = 1, dilation = 2, groups = 1, bias = false),
        flatten,
        dense(5, bias = false),
        tanh,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
)]
struct Net3;

#[test]
fn net3() {
    let layers = vec![
        Frozen(vec![Frozen(vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }])]),
        Glu,
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], vec![], vec![Conv1d { channels: 1, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Frozen(vec![Dense { outputs: 2, bias: true }])]] },
        Softmax,
        Conv1d { channels: 3, window: steps(3, 1, [1; 2], 2), groups: 1, bias: false },
        Reshape(vec![6]),
        Dense { outputs: 5, bias: false },
        Activation("tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net3, 8>(&Description { input: vec![4, 2], last: None, layers });
}

#[network(input = [6, 11], layers = [transpose, conv1d(2, kernel = 3, stride = 2, padding = 1, dilation = 2, groups = 1), flatten, dense(3, bias = false)], scalar = f64)]
struct Net4PartA;
#[network(
    input = [6, 2],
    layers = [
        residual(shortcut = [conv1d(4, kernel = 2, padding = causal)])[conv1d(4, kernel = 3, padding = same)],
        concat(axis = 1)[[dense(4), dense(3)], [], [sum[[conv1d(4, kernel = 2, padding = causal), softplus], [], [dense(3), hard_tanh, conv1d(4, kernel = 2, padding = causal)]], silu, dense(4)]],
        Net4PartA,
        dense(5, bias = false),
        dense(5, bias = false),
        tanh,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net4;

#[test]
fn net4() {
    let layers = vec![
        Residual { body: vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], shortcut: vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }] },
        Concat { axis: 1, branches: vec![vec![Dense { outputs: 4, bias: true }, Dense { outputs: 3, bias: true }], vec![], vec![Sum(vec![vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Activation("softplus")], vec![], vec![Dense { outputs: 3, bias: true }, Activation("hard_tanh"), Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }]]), Activation("silu"), Dense { outputs: 4, bias: true }]] },
        Network("net4_part_a", vec![Transpose(vec![1, 0]), Conv1d { channels: 2, window: steps(3, 2, [1; 2], 2), groups: 1, bias: true }, Reshape(vec![10]), Dense { outputs: 3, bias: false }]),
        Dense { outputs: 5, bias: false },
        Dense { outputs: 5, bias: false },
        Activation("tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net4, 12>(&Description { input: vec![6, 2], last: None, layers });
}

#[network(
    input = [5],
    layers = [
        residual(shortcut = [dense(4)])[frozen dense(4)],
        residual(shortcut = [dense(5)])[frozen[frozen dense(4), sigmoid], softplus, dense(5)],
        leaky_relu,
        dense(5),
        silu,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 8,
)]
struct Net5;

#[test]
fn net5() {
    let layers = vec![
        Residual { body: vec![Frozen(vec![Dense { outputs: 4, bias: true }])], shortcut: vec![Dense { outputs: 4, bias: true }] },
        Residual { body: vec![Frozen(vec![Frozen(vec![Dense { outputs: 4, bias: true }]), Activation("sigmoid")]), Activation("softplus"), Dense { outputs: 5, bias: true }], shortcut: vec![Dense { outputs: 5, bias: true }] },
        Activation("leaky_relu"),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net5, 5>(&Description { input: vec![5], last: None, layers });
}

#[network(
    input = [2],
    layers = [
        reshape([1, 2]),
        softsign,
        softplus,
        transpose,
        softplus,
        flatten,
        dense(5),
        mish,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net6;

#[test]
fn net6() {
    let layers = vec![
        Reshape(vec![1, 2]),
        Activation("softsign"),
        Activation("softplus"),
        Transpose(vec![1, 0]),
        Activation("softplus"),
        Reshape(vec![2]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net6, 2>(&Description { input: vec![2], last: None, layers });
}

#[network(
    input = [6, 3],
    layers = [
        max_pool1d(3, stride = 2, padding = 1),
        conv1d(4, kernel = 3, stride = 2, padding = 0, dilation = 1, groups = 1, bias = false),
        conv1d(5, kernel = 2, padding = causal),
        elu,
        dense(6),
        attention(2),
        conv1d(2, kernel = 3, padding = same),
        flatten,
        dense(5, bias = false),
        relu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net7;

#[test]
fn net7() {
    let layers = vec![
        MaxPool(steps(3, 2, [1; 2], 1)),
        Conv1d { channels: 4, window: steps(3, 2, [0; 2], 1), groups: 1, bias: false },
        Conv1d { channels: 5, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true },
        Activation("elu"),
        Dense { outputs: 6, bias: true },
        Attention { heads: 2, causal: false, bias: true },
        Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true },
        Reshape(vec![2]),
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net7, 18>(&Description { input: vec![6, 3], last: None, layers });
}

#[network(
    input = [4, 3],
    layers = [
        upsample(2),
        hard_swish,
        softplus,
        conv1d(3, kernel = 3, stride = 1, padding = 0, dilation = 1, groups = 1, bias = false),
        conv1d(4, kernel = 1, stride = 1, padding = 0, dilation = 1, groups = 1, bias = false),
        max_pool1d(1, stride = 1, padding = 0),
        sin,
        flatten,
        dense(5),
        softsign,
        dense(3),
    ],
    scalar = f64,
)]
struct Net8;

#[test]
fn net8() {
    let layers = vec![
        Upsample(vec![2, 1]),
        Activation("hard_swish"),
        Activation("softplus"),
        Conv1d { channels: 3, window: steps(3, 1, [0; 2], 1), groups: 1, bias: false },
        Conv1d { channels: 4, window: steps(1, 1, [0; 2], 1), groups: 1, bias: false },
        MaxPool(steps(1, 1, [0; 2], 1)),
        Activation("sin"),
        Reshape(vec![24]),
        Dense { outputs: 5, bias: true },
        Activation("softsign"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net8, 12>(&Description { input: vec![4, 3], last: None, layers });
}

#[network(
    input = [3, 4, 6],
    layers = [
        hard_swish,
        global_max_pool,
        prelu,
        elu,
        rms_norm,
        dense(4),
        prelu,
        dense(5, bias = false),
        tanh,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net9;

#[test]
fn net9() {
    let layers = vec![
        Activation("hard_swish"),
        GlobalMaxPool,
        Prelu,
        Activation("elu"),
        RmsNorm,
        Dense { outputs: 4, bias: true },
        Prelu,
        Dense { outputs: 5, bias: false },
        Activation("tanh"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net9, 72>(&Description { input: vec![3, 4, 6], last: None, layers });
}

#[network(
    input = [1, 5, 5],
    layers = [
        max_pool2d([3, 2], stride = [1, 2], padding = [0, 0]),
        sum[[sum[[conv2d(1, kernel = [1, 1], padding = same, bias = false)], [], [softplus]]], [], [residual[conv2d(1, kernel = [1, 1], padding = same, bias = false), leaky_relu], hard_tanh]],
        avg_pool2d([2, 2], stride = [1, 1], padding = [0, 0]),
        softsign,
        conv2d(3, kernel = [1, 1], padding = same),
        concat(axis = 0)[[conv2d(3, kernel = [1, 1], padding = same), hard_swish, conv2d(3, kernel = [1, 1], padding = same)], [conv2d(1, kernel = [1, 1], padding = same)]],
        flatten,
        dense(5, bias = false),
        mish,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net10;

#[test]
fn net10() {
    let layers = vec![
        MaxPool(window([3, 2], [1, 2], [0, 0], [1, 1])),
        Sum(vec![vec![Sum(vec![vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }], vec![], vec![Activation("softplus")]])], vec![], vec![Residual { body: vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }, Activation("leaky_relu")], shortcut: vec![] }, Activation("hard_tanh")]]),
        AvgPool(window([2, 2], [1, 1], [0, 0], [1, 1])),
        Activation("softsign"),
        Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("hard_swish"), Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }], vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]] },
        Reshape(vec![8]),
        Dense { outputs: 5, bias: false },
        Activation("mish"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net10, 25>(&Description { input: vec![1, 5, 5], last: None, layers });
}

#[network(
    input = [6, 2],
    layers = [
        transpose,
        group_norm(3),
        sum[[conv1d(6, kernel = 2, padding = causal)], [], [conv1d(6, kernel = 3, padding = same)]],
        flatten,
        dense(5),
        relu,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    train = last(2),
)]
struct Net11;

#[test]
fn net11() {
    let layers = vec![
        Transpose(vec![1, 0]),
        GroupNorm { groups: 3 },
        Sum(vec![vec![Conv1d { channels: 6, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], vec![], vec![Conv1d { channels: 6, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]]),
        Reshape(vec![12]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net11, 12>(&Description { input: vec![6, 2], last: Some(2), layers });
}

#[network(
    input = [5],
    layers = [
        elu,
        softplus,
        dense(2),
        dense(5),
        relu,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net12;

#[test]
fn net12() {
    let layers = vec![
        Activation("elu"),
        Activation("softplus"),
        Dense { outputs: 2, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net12, 5>(&Description { input: vec![5], last: None, layers });
}

#[network(
    input = [6, 4],
    layers = [
        glu,
        avg_pool1d(1, stride = 2, padding = 0),
        bias,
        hard_sigmoid,
        flatten,
        dense(5),
        sin,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
)]
struct Net13;

#[test]
fn net13() {
    let layers = vec![
        Glu,
        AvgPool(steps(1, 2, [0; 2], 1)),
        Bias,
        Activation("hard_sigmoid"),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net13, 24>(&Description { input: vec![6, 4], last: None, layers });
}

#[network(
    input = [6],
    layers = [
        dense(6),
        residual(shortcut = [frozen dense(3)])[dense(3)],
        dense(6),
        sum[[dense(6)], [], [dense(6)]],
        reshape([3, 2]),
        conv1d(4, kernel = 2, stride = 1, padding = 1, dilation = 1, groups = 2, bias = false),
        conv1d(2, kernel = 3, stride = 1, padding = 1, dilation = 2, groups = 2),
        flatten,
        dense(5),
        relu,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
    train = last(1),
)]
struct Net14;

#[test]
fn net14() {
    let layers = vec![
        Dense { outputs: 6, bias: true },
        Residual { body: vec![Dense { outputs: 3, bias: true }], shortcut: vec![Frozen(vec![Dense { outputs: 3, bias: true }])] },
        Dense { outputs: 6, bias: true },
        Sum(vec![vec![Dense { outputs: 6, bias: true }], vec![], vec![Dense { outputs: 6, bias: true }]]),
        Reshape(vec![3, 2]),
        Conv1d { channels: 4, window: steps(2, 1, [1; 2], 1), groups: 2, bias: false },
        Conv1d { channels: 2, window: steps(3, 1, [1; 2], 2), groups: 2, bias: true },
        Reshape(vec![4]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net14, 6>(&Description { input: vec![6], last: Some(1), layers });
}

#[network(
    input = [4],
    layers = [
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(4), tanh],
        dense(4, bias = false),
        softplus,
        dense(5),
        hard_sigmoid,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    train = last(1),
)]
struct Net15;

#[test]
fn net15() {
    let layers = vec![
        FixedPoint(vec![Dense { outputs: 4, bias: true }, Activation("tanh")]),
        Dense { outputs: 4, bias: false },
        Activation("softplus"),
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net15, 4>(&Description { input: vec![4], last: Some(1), layers });
}

#[network(
    input = [3, 5, 6],
    layers = [
        transpose([2, 0, 1]),
        max_pool2d([1, 1], stride = [2, 2], padding = [0, 0]),
        group_norm(3),
        avg_pool2d([2, 3], stride = [1, 1], padding = [0, 0]),
        prelu,
        relu,
        flatten,
        dense(5),
        hard_swish,
        dense(3, bias = false),
    ],
    scalar = f64,
    train = last(2),
)]
struct Net16;

#[test]
fn net16() {
    let layers = vec![
        Transpose(vec![2, 0, 1]),
        MaxPool(window([1, 1], [2, 2], [0, 0], [1, 1])),
        GroupNorm { groups: 3 },
        AvgPool(window([2, 3], [1, 1], [0, 0], [1, 1])),
        Prelu,
        Activation("relu"),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net16, 90>(&Description { input: vec![3, 5, 6], last: Some(2), layers });
}

#[network(
    input = [3, 4, 4],
    layers = [
        frozen conv2d(6, kernel = [1, 3], padding = same),
        conv2d(4, kernel = [1, 2], stride = [2, 2], padding = [0, 1], dilation = [1, 2], bias = false),
        elu,
        rms_norm,
        instance_norm,
        upsample([2, 1]),
        concat(axis = 0)[[conv2d(3, kernel = [3, 1], padding = same)], [conv2d(4, kernel = [1, 1], padding = same, bias = false)]],
        flatten,
        dense(5),
        silu,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net17;

#[test]
fn net17() {
    let layers = vec![
        Frozen(vec![Conv2d { channels: 6, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]),
        Conv2d { channels: 4, window: window([1, 2], [2, 2], [0, 1], [1, 2]), groups: 1, bias: false },
        Activation("elu"),
        RmsNorm,
        InstanceNorm,
        Upsample(vec![2, 1]),
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 3, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }], vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }]] },
        Reshape(vec![56]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net17, 48>(&Description { input: vec![3, 4, 4], last: None, layers });
}

#[network(
    input = [3, 4, 6],
    layers = [
        frozen[repeat(2)[rms_norm], mish],
        softplus,
        frozen conv2d(6, kernel = [3, 1], padding = same),
        residual[conv2d(6, kernel = [1, 3], padding = same), softsign],
        elu,
        tanh,
        conv2d(4, kernel = [1, 1], stride = [2, 1], dilation = [2, 2], groups = 2),
        flatten,
        dense(5),
        elu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
)]
struct Net18;

#[test]
fn net18() {
    let layers = vec![
        Frozen(vec![Repeat(2, vec![RmsNorm]), Activation("mish")]),
        Activation("softplus"),
        Frozen(vec![Conv2d { channels: 6, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }]),
        Residual { body: vec![Conv2d { channels: 6, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("softsign")], shortcut: vec![] },
        Activation("elu"),
        Activation("tanh"),
        Conv2d { channels: 4, window: window([1, 1], [2, 1], [0, 0], [2, 2]), groups: 2, bias: true },
        Reshape(vec![48]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net18, 72>(&Description { input: vec![3, 4, 6], last: None, layers });
}

#[network(
    input = [5],
    layers = [
        softplus,
        dense(2),
        reshape([1, 2]),
        dense(5),
        upsample(2),
        tanh,
        flatten,
        dense(5),
        hard_tanh,
        dense(3),
    ],
    scalar = f64,
    train = last(1),
)]
struct Net19;

#[test]
fn net19() {
    let layers = vec![
        Activation("softplus"),
        Dense { outputs: 2, bias: true },
        Reshape(vec![1, 2]),
        Dense { outputs: 5, bias: true },
        Upsample(vec![2, 1]),
        Activation("tanh"),
        Reshape(vec![10]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net19, 5>(&Description { input: vec![5], last: Some(1), layers });
}

#[network(
    input = [6],
    layers = [
        softmax,
        reshape([3, 2]),
        tanh,
        sum[[frozen dense(2)], [], [conv1d(2, kernel = 3, padding = same)]],
        sin,
        flatten,
        dense(5),
        elu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net20;

#[test]
fn net20() {
    let layers = vec![
        Softmax,
        Reshape(vec![3, 2]),
        Activation("tanh"),
        Sum(vec![vec![Frozen(vec![Dense { outputs: 2, bias: true }])], vec![], vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]]),
        Activation("sin"),
        Reshape(vec![6]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net20, 6>(&Description { input: vec![6], last: None, layers });
}

#[network(
    input = [3],
    layers = [
        dense(5, bias = false),
        relu,
        dense(4),
        log_softmax,
        prelu,
        reshape([1, 2, 2]),
        instance_norm,
        flatten,
        dense(5),
        silu,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net21;

#[test]
fn net21() {
    let layers = vec![
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Dense { outputs: 4, bias: true },
        LogSoftmax,
        Prelu,
        Reshape(vec![1, 2, 2]),
        InstanceNorm,
        Reshape(vec![4]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net21, 3>(&Description { input: vec![3], last: None, layers });
}

#[network(
    input = [6],
    layers = [
        dense(5, bias = false),
        silu,
        dense(4),
        frozen dense(4),
        hard_tanh,
        frozen dense(2),
        layer_norm,
        dense(5),
        hard_sigmoid,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net22;

#[test]
fn net22() {
    let layers = vec![
        Dense { outputs: 5, bias: false },
        Activation("silu"),
        Dense { outputs: 4, bias: true },
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        Activation("hard_tanh"),
        Frozen(vec![Dense { outputs: 2, bias: true }]),
        LayerNorm { affine: true, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net22, 6>(&Description { input: vec![6], last: None, layers });
}

#[network(
    input = [6, 4],
    layers = [
        avg_pool1d(2, stride = 2, padding = 0),
        conv1d(2, kernel = 3, stride = 1, padding = 0, dilation = 1, groups = 2, bias = false),
        hard_swish,
        leaky_relu,
        glu,
        global_avg_pool,
        dense(5),
        softplus,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
)]
struct Net23;

#[test]
fn net23() {
    let layers = vec![
        AvgPool(steps(2, 2, [0; 2], 1)),
        Conv1d { channels: 2, window: steps(3, 1, [0; 2], 1), groups: 2, bias: false },
        Activation("hard_swish"),
        Activation("leaky_relu"),
        Glu,
        GlobalAvgPool,
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net23, 24>(&Description { input: vec![6, 4], last: None, layers });
}

#[network(
    input = [1, 4, 4],
    layers = [
        layer_norm,
        transpose([2, 0, 1]),
        transpose([2, 0, 1]),
        conv2d(6, kernel = [1, 1], padding = same),
        relu,
        softsign,
        hard_swish,
        flatten,
        dense(5),
        relu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net24;

#[test]
fn net24() {
    let layers = vec![
        LayerNorm { affine: true, bias: true },
        Transpose(vec![2, 0, 1]),
        Transpose(vec![2, 0, 1]),
        Conv2d { channels: 6, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Activation("relu"),
        Activation("softsign"),
        Activation("hard_swish"),
        Reshape(vec![24]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net24, 16>(&Description { input: vec![1, 4, 4], last: None, layers });
}

#[network(
    input = [3],
    layers = [
        frozen dense(6, bias = false),
        dense(6),
        sum[[frozen dense(6, bias = false), sin], [], [dense(6)]],
        glu,
        log_softmax,
        layer_norm(bias = false),
        dense(5),
        relu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net25;

#[test]
fn net25() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 6, bias: false }]),
        Dense { outputs: 6, bias: true },
        Sum(vec![vec![Frozen(vec![Dense { outputs: 6, bias: false }]), Activation("sin")], vec![], vec![Dense { outputs: 6, bias: true }]]),
        Glu,
        LogSoftmax,
        LayerNorm { affine: true, bias: false },
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net25, 3>(&Description { input: vec![3], last: None, layers });
}

#[network(
    input = [2, 5, 5],
    layers = [
        leaky_relu,
        scale,
        residual(shortcut = [conv2d(2, kernel = [1, 3], padding = same)])[conv2d(2, kernel = [3, 3], padding = same), conv2d(2, kernel = [3, 3], padding = same, bias = false)],
        avg_pool2d([2, 3], stride = [1, 2], padding = [0, 1]),
        flatten,
        dense(5),
        mish,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net26;

#[test]
fn net26() {
    let layers = vec![
        Activation("leaky_relu"),
        Scale,
        Residual { body: vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }, Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: false }], shortcut: vec![Conv2d { channels: 2, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }] },
        AvgPool(window([2, 3], [1, 2], [0, 1], [1, 1])),
        Reshape(vec![24]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net26, 50>(&Description { input: vec![2, 5, 5], last: None, layers });
}

#[network(
    input = [6],
    layers = [
        layer_norm,
        group_norm(3),
        dense(4),
        dense(5),
        hard_swish,
        dense(3),
    ],
    scalar = f64,
    train = last(1),
)]
struct Net27;

#[test]
fn net27() {
    let layers = vec![
        LayerNorm { affine: true, bias: true },
        GroupNorm { groups: 3 },
        Dense { outputs: 4, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net27, 6>(&Description { input: vec![6], last: Some(1), layers });
}

#[network(
    input = [3],
    layers = [
        residual(shortcut = [dense(5)])[dense(3), silu, dense(5, bias = false)],
        relu,
        leaky_relu,
        frozen dense(3, bias = false),
        dense(6),
        dense(5),
        softplus,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net28;

#[test]
fn net28() {
    let layers = vec![
        Residual { body: vec![Dense { outputs: 3, bias: true }, Activation("silu"), Dense { outputs: 5, bias: false }], shortcut: vec![Dense { outputs: 5, bias: true }] },
        Activation("relu"),
        Activation("leaky_relu"),
        Frozen(vec![Dense { outputs: 3, bias: false }]),
        Dense { outputs: 6, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net28, 3>(&Description { input: vec![3], last: None, layers });
}

#[network(
    input = [1, 4, 5],
    layers = [
        hard_swish,
        residual(shortcut = [conv2d(2, kernel = [3, 1], padding = same)])[conv2d(1, kernel = [3, 3], padding = same), conv2d(2, kernel = [3, 1], padding = same)],
        avg_pool2d([1, 1], stride = [1, 2], padding = [0, 0]),
        mish,
        flatten,
        dense(5, bias = false),
        softplus,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
    train = last(2),
)]
struct Net29;

#[test]
fn net29() {
    let layers = vec![
        Activation("hard_swish"),
        Residual { body: vec![Conv2d { channels: 1, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }, Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }], shortcut: vec![Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }] },
        AvgPool(window([1, 1], [1, 2], [0, 0], [1, 1])),
        Activation("mish"),
        Reshape(vec![24]),
        Dense { outputs: 5, bias: false },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net29, 20>(&Description { input: vec![1, 4, 5], last: Some(2), layers });
}

#[network(
    input = [5],
    layers = [
        frozen dense(4),
        sigmoid,
        glu,
        dense(5),
        silu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net30;

#[test]
fn net30() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        Activation("sigmoid"),
        Glu,
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net30, 5>(&Description { input: vec![5], last: None, layers });
}

#[network(
    input = [2],
    layers = [
        sin,
        sin,
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(2), tanh],
        dense(5),
        relu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 8,
    train = last(1),
)]
struct Net31;

#[test]
fn net31() {
    let layers = vec![
        Activation("sin"),
        Activation("sin"),
        FixedPoint(vec![Dense { outputs: 2, bias: true }, Activation("tanh")]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net31, 2>(&Description { input: vec![2], last: Some(1), layers });
}

#[network(
    input = [2, 5, 5],
    layers = [
        max_pool2d([2, 2], stride = [1, 2], padding = [0, 0]),
        softsign,
        sigmoid,
        prelu,
        conv_transpose2d(2, kernel = [1, 3], stride = [1, 2], output_padding = [0, 1], groups = 2),
        conv2d(5, kernel = [1, 1], padding = same),
        flatten,
        dense(5, bias = false),
        relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net32;

#[test]
fn net32() {
    let layers = vec![
        MaxPool(window([2, 2], [1, 2], [0, 0], [1, 1])),
        Activation("softsign"),
        Activation("sigmoid"),
        Prelu,
        ConvTranspose2d { channels: 2, window: window([1, 3], [1, 2], [0, 0], [1, 1]), output_padding: [0, 1], groups: 2, bias: true },
        Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Reshape(vec![120]),
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net32, 50>(&Description { input: vec![2, 5, 5], last: None, layers });
}

#[network(
    input = [2],
    layers = [
        dense(3, bias = false),
        hard_sigmoid,
        dense(4, bias = false),
        sum[[dense(4)], [], [dense(4), hard_tanh]],
        residual[dense(4, bias = false), leaky_relu],
        dense(5),
        hard_tanh,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net33;

#[test]
fn net33() {
    let layers = vec![
        Dense { outputs: 3, bias: false },
        Activation("hard_sigmoid"),
        Dense { outputs: 4, bias: false },
        Sum(vec![vec![Dense { outputs: 4, bias: true }], vec![], vec![Dense { outputs: 4, bias: true }, Activation("hard_tanh")]]),
        Residual { body: vec![Dense { outputs: 4, bias: false }, Activation("leaky_relu")], shortcut: vec![] },
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net33, 2>(&Description { input: vec![2], last: None, layers });
}

#[network(
    input = [6],
    layers = [
        frozen[dense(6), leaky_relu],
        tanh,
        frozen dense(5),
        dense(5),
        silu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net34;

#[test]
fn net34() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 6, bias: true }, Activation("leaky_relu")]),
        Activation("tanh"),
        Frozen(vec![Dense { outputs: 5, bias: true }]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net34, 6>(&Description { input: vec![6], last: None, layers });
}

#[network(
    input = [3],
    layers = [
        silu,
        dense(3),
        relu,
        log_softmax,
        mish,
        dense(5),
        leaky_relu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net35;

#[test]
fn net35() {
    let layers = vec![
        Activation("silu"),
        Dense { outputs: 3, bias: true },
        Activation("relu"),
        LogSoftmax,
        Activation("mish"),
        Dense { outputs: 5, bias: true },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net35, 3>(&Description { input: vec![3], last: None, layers });
}

#[network(
    input = [4, 2],
    layers = [
        sigmoid,
        group_norm(1),
        scale,
        max_pool1d(2, stride = 2, padding = 0),
        flatten,
        dense(5),
        hard_sigmoid,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
)]
struct Net36;

#[test]
fn net36() {
    let layers = vec![
        Activation("sigmoid"),
        GroupNorm { groups: 1 },
        Scale,
        MaxPool(steps(2, 2, [0; 2], 1)),
        Reshape(vec![4]),
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net36, 8>(&Description { input: vec![4, 2], last: None, layers });
}

#[network(
    input = [1, 5, 4],
    layers = [
        hard_swish,
        hard_tanh,
        instance_norm,
        conv2d(2, kernel = [2, 3], stride = [1, 2]),
        concat(axis = 0)[[conv2d(3, kernel = [1, 1], padding = same)], [conv2d(4, kernel = [1, 1], padding = same)]],
        flatten,
        dense(5),
        hard_tanh,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    train = last(2),
)]
struct Net37;

#[test]
fn net37() {
    let layers = vec![
        Activation("hard_swish"),
        Activation("hard_tanh"),
        InstanceNorm,
        Conv2d { channels: 2, window: window([2, 3], [1, 2], [0, 0], [1, 1]), groups: 1, bias: true },
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }], vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]] },
        Reshape(vec![28]),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net37, 20>(&Description { input: vec![1, 5, 4], last: Some(2), layers });
}

#[network(
    input = [3],
    layers = [
        elu,
        dense(3),
        dense(6),
        glu,
        dense(2),
        dense(5, bias = false),
        leaky_relu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net38;

#[test]
fn net38() {
    let layers = vec![
        Activation("elu"),
        Dense { outputs: 3, bias: true },
        Dense { outputs: 6, bias: true },
        Glu,
        Dense { outputs: 2, bias: true },
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net38, 3>(&Description { input: vec![3], last: None, layers });
}

#[network(
    input = [3, 6, 6],
    layers = [
        silu,
        conv2d(1, kernel = [3, 2], padding = [1, 0], dilation = [1, 2], bias = false),
        transpose([2, 0, 1]),
        conv2d(3, kernel = [1, 3], padding = same),
        conv2d(3, kernel = [1, 1], padding = same),
        flatten,
        dense(5),
        tanh,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net39;

#[test]
fn net39() {
    let layers = vec![
        Activation("silu"),
        Conv2d { channels: 1, window: window([3, 2], [1, 1], [1, 0], [1, 2]), groups: 1, bias: false },
        Transpose(vec![2, 0, 1]),
        Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true },
        Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Reshape(vec![18]),
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net39, 108>(&Description { input: vec![3, 6, 6], last: None, layers });
}

#[network(
    input = [4, 4],
    layers = [
        glu,
        upsample(2),
        relu,
        flatten,
        dense(5),
        tanh,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net40;

#[test]
fn net40() {
    let layers = vec![
        Glu,
        Upsample(vec![2, 1]),
        Activation("relu"),
        Reshape(vec![16]),
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net40, 16>(&Description { input: vec![4, 4], last: None, layers });
}
