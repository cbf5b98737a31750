//! Random networks, written by `bp-macros/src/random.rs`.

use super::evaluator::Module::*;
use super::evaluator::{Train, sides, steps, window};
use super::{Description, check};
use backprop::prelude::*;

#[network(
    input = [5, 4],
    layers = [
        max_pool1d(2, stride = 2, padding = 1),
        transpose,
        upsample(2),
        avg_pool1d(1, stride = 1, padding = 0),
        sum[[residual[conv1d(3, kernel = 2, padding = causal), log_sigmoid], hard_tanh], [], [repeat(2)[dense(3, bias = false)], hard_swish]],
        max_pool1d(3, stride = 2, padding = 0),
        soft_shrink,
        hard_sigmoid,
        flatten,
        dense(5),
        hard_sigmoid,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
    train = biases,
)]
struct Net1;

#[test]
fn net1() {
    let layers = vec![
        MaxPool(steps(2, 2, [1; 2], 1)),
        Transpose(vec![1, 0]),
        Upsample(vec![2, 1]),
        AvgPool(steps(1, 1, [0; 2], 1)),
        Sum(vec![vec![Residual { body: vec![Conv1d { channels: 3, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Activation("log_sigmoid")], shortcut: vec![] }, Activation("hard_tanh")], vec![], vec![Repeat(2, vec![Dense { outputs: 3, bias: false }]), Activation("hard_swish")]]),
        MaxPool(steps(3, 2, [0; 2], 1)),
        Activation("soft_shrink"),
        Activation("hard_sigmoid"),
        Reshape(vec![9]),
        Dense { outputs: 5, bias: true },
        Activation("hard_sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net1, 20>(&Description { input: vec![5, 4], train: Train::Biases, layers });
}

#[network(
    input = [3],
    layers = [
        sum[[sum[[dense(3)], [], [frozen dense(4, bias = false), hard_shrink, dense(3, bias = false), tanh]], hard_swish], [], [residual[dense(3), elu], silu]],
        sigmoid,
        dense(5, bias = false),
        dense(5),
        soft_shrink,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
    train = last(1),
)]
struct Net2;

#[test]
fn net2() {
    let layers = vec![
        Sum(vec![vec![Sum(vec![vec![Dense { outputs: 3, bias: true }], vec![], vec![Frozen(vec![Dense { outputs: 4, bias: false }]), Activation("hard_shrink"), Dense { outputs: 3, bias: false }, Activation("tanh")]]), Activation("hard_swish")], vec![], vec![Residual { body: vec![Dense { outputs: 3, bias: true }, Activation("elu")], shortcut: vec![] }, Activation("silu")]]),
        Activation("sigmoid"),
        Dense { outputs: 5, bias: false },
        Dense { outputs: 5, bias: true },
        Activation("soft_shrink"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net2, 3>(&Description { input: vec![3], train: Train::Last(1), layers });
}

#[network(
    input = [6],
    layers = [
        dense(2),
        scale,
        concat(axis = 0)[[dense(4)], [], [product[[dense(2), elu], [group_norm(1)]], dense(4)]],
        concat(axis = 0)[[dense(10), hard_sigmoid, dense(1, bias = false)], [dense(10), dense(3)]],
        product[[dense(4, bias = false), leaky_relu], [dense(4)]],
        reshape([2, 2]),
        rms_norm,
        glu(axis = 1),
        flatten,
        dense(5),
        mish,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
    train = last(1),
)]
struct Net3;

#[test]
fn net3() {
    let layers = vec![
        Dense { outputs: 2, bias: true },
        Scale,
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 4, bias: true }], vec![], vec![Product(vec![vec![Dense { outputs: 2, bias: true }, Activation("elu")], vec![GroupNorm { groups: 1 }]]), Dense { outputs: 4, bias: true }]] },
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 10, bias: true }, Activation("hard_sigmoid"), Dense { outputs: 1, bias: false }], vec![Dense { outputs: 10, bias: true }, Dense { outputs: 3, bias: true }]] },
        Product(vec![vec![Dense { outputs: 4, bias: false }, Activation("leaky_relu")], vec![Dense { outputs: 4, bias: true }]]),
        Reshape(vec![2, 2]),
        RmsNorm,
        Over(vec![1], Box::new(Glu)),
        Reshape(vec![2]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net3, 6>(&Description { input: vec![6], train: Train::Last(1), layers });
}

#[network(input = [7, 3], layers = [layer_norm(axes = [1]), bias, flatten, dense(3)], scalar = f64)]
struct Net4PartA;
#[network(
    input = [4, 2],
    layers = [
        residual(shortcut = [conv1d(2, kernel = 2, padding = causal)])[conv1d(2, kernel = 2, padding = causal)],
        sum[[conv1d(2, kernel = 3, padding = same)], [], [frozen conv1d(2, kernel = 2, padding = causal), log_sigmoid]],
        pad([[1, 2]], mode = replicate),
        concat(axis = 1)[[sum[[conv1d(2, kernel = 3, padding = same), soft_shrink, frozen conv1d(2, kernel = 3, padding = same), hard_swish], [], [conv1d(2, kernel = 3, padding = same), hard_swish, conv1d(2, kernel = 2, padding = causal), relu]], dense(1)], [dense(2, bias = false), hard_shrink, conv1d(2, kernel = 3, padding = same)]],
        Net4PartA,
        residual(shortcut = [dense(4)])[dense(3), dense(4, bias = false)],
        dense(5),
        elu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net4;

#[test]
fn net4() {
    let layers = vec![
        Residual { body: vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], shortcut: vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }] },
        Sum(vec![vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], vec![], vec![Frozen(vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }]), Activation("log_sigmoid")]]),
        Pad { sides: [[1, 2], [0, 0]], mode: "replicate" },
        Concat { axis: 1, branches: vec![vec![Sum(vec![vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("soft_shrink"), Frozen(vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]), Activation("hard_swish")], vec![], vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("hard_swish"), Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Activation("relu")]]), Dense { outputs: 1, bias: true }], vec![Dense { outputs: 2, bias: false }, Activation("hard_shrink"), Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]] },
        Network("net4_part_a", vec![Over(vec![1], Box::new(LayerNorm { affine: true, bias: true })), Bias, Reshape(vec![21]), Dense { outputs: 3, bias: true }]),
        Residual { body: vec![Dense { outputs: 3, bias: true }, Dense { outputs: 4, bias: false }], shortcut: vec![Dense { outputs: 4, bias: true }] },
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net4, 8>(&Description { input: vec![4, 2], train: Train::All, layers });
}

#[network(
    input = [4],
    layers = [
        reshape([1, 2, 2]),
        softmax(axis = 1),
        global_max_pool,
        repeat(2)[frozen[fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(1), tanh]], hard_sigmoid],
        dense(4, bias = false),
        dense(5),
        tanh,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
    train = last(2),
)]
struct Net5;

#[test]
fn net5() {
    let layers = vec![
        Reshape(vec![1, 2, 2]),
        Over(vec![1], Box::new(Softmax)),
        GlobalMaxPool,
        Repeat(2, vec![Frozen(vec![FixedPoint(vec![Dense { outputs: 1, bias: true }, Activation("tanh")])]), Activation("hard_sigmoid")]),
        Dense { outputs: 4, bias: false },
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net5, 4>(&Description { input: vec![4], train: Train::Last(2), layers });
}

#[network(
    input = [4],
    layers = [
        frozen dense(3),
        frozen dense(4),
        frozen dense(4),
        dense(5),
        tanh,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net6;

#[test]
fn net6() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 3, bias: true }]),
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net6, 4>(&Description { input: vec![4], train: Train::All, layers });
}

#[network(
    input = [6, 2],
    layers = [
        concat(axis = 1)[[conv1d(4, kernel = 3, padding = same)], [], [conv1d(2, kernel = 3, padding = same)]],
        rms_norm(axes = 0),
        conv1d(3, kernel = 2, stride = 1, padding = 1, dilation = 2, groups = 1),
        residual[conv1d(3, kernel = 3, padding = same), softplus],
        flatten,
        dense(5),
        tanh_shrink,
        dense(3),
    ],
    scalar = f64,
)]
struct Net7;

#[test]
fn net7() {
    let layers = vec![
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], vec![], vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]] },
        Over(vec![0], Box::new(RmsNorm)),
        Conv1d { channels: 3, window: steps(2, 1, [1; 2], 2), groups: 1, bias: true },
        Residual { body: vec![Conv1d { channels: 3, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("softplus")], shortcut: vec![] },
        Reshape(vec![18]),
        Dense { outputs: 5, bias: true },
        Activation("tanh_shrink"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net7, 12>(&Description { input: vec![6, 2], train: Train::All, layers });
}

#[network(
    input = [4, 3],
    layers = [
        avg_pool1d(1, stride = 2, padding = 0),
        conv1d(6, kernel = 2, padding = causal),
        dense(5),
        dense(4),
        sigmoid,
        log_sigmoid,
        flatten,
        dense(5),
        sigmoid,
        dense(3),
    ],
    scalar = f64,
)]
struct Net8;

#[test]
fn net8() {
    let layers = vec![
        AvgPool(steps(1, 2, [0; 2], 1)),
        Conv1d { channels: 6, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true },
        Dense { outputs: 5, bias: true },
        Dense { outputs: 4, bias: true },
        Activation("sigmoid"),
        Activation("log_sigmoid"),
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net8, 12>(&Description { input: vec![4, 3], train: Train::All, layers });
}

#[network(
    input = [3],
    layers = [
        dense(6, bias = false),
        sum[[repeat(2)[dense(6), softsign], soft_shrink], [], [product[[dense(6, bias = false)], [dense(6), tanh_shrink]], leaky_relu]],
        prelu,
        rms_norm,
        hard_tanh,
        hard_swish,
        softmax,
        dense(5, bias = false),
        relu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net9;

#[test]
fn net9() {
    let layers = vec![
        Dense { outputs: 6, bias: false },
        Sum(vec![vec![Repeat(2, vec![Dense { outputs: 6, bias: true }, Activation("softsign")]), Activation("soft_shrink")], vec![], vec![Product(vec![vec![Dense { outputs: 6, bias: false }], vec![Dense { outputs: 6, bias: true }, Activation("tanh_shrink")]]), Activation("leaky_relu")]]),
        Prelu,
        RmsNorm,
        Activation("hard_tanh"),
        Activation("hard_swish"),
        Softmax,
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net9, 3>(&Description { input: vec![3], train: Train::All, layers });
}

#[network(
    input = [5],
    layers = [
        dense(3),
        dense(6),
        dense(5),
        dense(2, bias = false),
        dense(6),
        dense(3),
        residual(shortcut = [dense(4)])[frozen dense(4)],
        dense(5),
        tanh,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net10;

#[test]
fn net10() {
    let layers = vec![
        Dense { outputs: 3, bias: true },
        Dense { outputs: 6, bias: true },
        Dense { outputs: 5, bias: true },
        Dense { outputs: 2, bias: false },
        Dense { outputs: 6, bias: true },
        Dense { outputs: 3, bias: true },
        Residual { body: vec![Frozen(vec![Dense { outputs: 4, bias: true }])], shortcut: vec![Dense { outputs: 4, bias: true }] },
        Dense { outputs: 5, bias: true },
        Activation("tanh"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net10, 5>(&Description { input: vec![5], train: Train::All, layers });
}

#[network(
    input = [6],
    layers = [
        frozen dense(2),
        softmax,
        relu,
        tanh,
        soft_shrink,
        scale,
        dense(5),
        hard_swish,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
)]
struct Net11;

#[test]
fn net11() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 2, bias: true }]),
        Softmax,
        Activation("relu"),
        Activation("tanh"),
        Activation("soft_shrink"),
        Scale,
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net11, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [2, 6, 4],
    layers = [
        transpose([2, 0, 1]),
        sin,
        conv2d(2, kernel = [2, 3], stride = [1, 2], groups = 2, bias = false),
        residual(shortcut = [frozen conv2d(5, kernel = [1, 1], padding = same)])[sum[[relu, log_sigmoid], [], [conv2d(2, kernel = [1, 1], padding = same)]], conv2d(5, kernel = [1, 1], padding = same, bias = false)],
        flatten,
        dense(5),
        silu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net12;

#[test]
fn net12() {
    let layers = vec![
        Transpose(vec![2, 0, 1]),
        Activation("sin"),
        Conv2d { channels: 2, window: window([2, 3], [1, 2], [0, 0], [1, 1]), groups: 2, bias: false },
        Residual { body: vec![Sum(vec![vec![Activation("relu"), Activation("log_sigmoid")], vec![], vec![Conv2d { channels: 2, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]]), Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }], shortcut: vec![Frozen(vec![Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }])] },
        Reshape(vec![10]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net12, 48>(&Description { input: vec![2, 6, 4], train: Train::All, layers });
}

#[network(
    input = [1, 5, 5],
    layers = [
        adaptive_max_pool2d([2, 3]),
        residual(shortcut = [conv2d(2, kernel = [1, 3], padding = same)])[conv2d(1, kernel = [1, 1], padding = same), conv2d(2, kernel = [1, 3], padding = same)],
        conv_transpose2d(3, kernel = [2, 1], stride = [2, 1], output_padding = [1, 0], groups = 1),
        conv2d(6, kernel = [3, 1], padding = same),
        conv2d(3, kernel = [3, 1], padding = same),
        frozen[conv2d(3, kernel = [1, 3], padding = same, bias = false)],
        pad([[2, 2], [2, 0]], mode = circular),
        flatten,
        dense(5, bias = false),
        hard_sigmoid,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
    train = biases,
)]
struct Net13;

#[test]
fn net13() {
    let layers = vec![
        Adaptive { sizes: [2, 3], largest: true },
        Residual { body: vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Conv2d { channels: 2, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }], shortcut: vec![Conv2d { channels: 2, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }] },
        ConvTranspose2d { channels: 3, window: window([2, 1], [2, 1], [0, 0], [1, 1]), output_padding: [1, 0], groups: 1, bias: true },
        Conv2d { channels: 6, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true },
        Conv2d { channels: 3, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true },
        Frozen(vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false }]),
        Pad { sides: [[2, 2], [2, 0]], mode: "circular" },
        Reshape(vec![135]),
        Dense { outputs: 5, bias: false },
        Activation("hard_sigmoid"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net13, 25>(&Description { input: vec![1, 5, 5], train: Train::Biases, layers });
}

#[network(
    input = [2, 5, 6],
    layers = [
        bias,
        rms_norm,
        max_pool2d([3, 1], stride = [2, 1], padding = [1, 0]),
        sum[[sum[[conv2d(2, kernel = [3, 1], padding = same), relu], [], [elu, elu]], silu], [], [frozen conv2d(2, kernel = [1, 1], padding = same)]],
        hard_swish,
        prelu,
        flatten,
        dense(5, bias = false),
        leaky_relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
    train = last(1),
)]
struct Net14;

#[test]
fn net14() {
    let layers = vec![
        Bias,
        RmsNorm,
        MaxPool(window([3, 1], [2, 1], [1, 0], [1, 1])),
        Sum(vec![vec![Sum(vec![vec![Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }, Activation("relu")], vec![], vec![Activation("elu"), Activation("elu")]]), Activation("silu")], vec![], vec![Frozen(vec![Conv2d { channels: 2, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }])]]),
        Activation("hard_swish"),
        Prelu,
        Reshape(vec![36]),
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net14, 60>(&Description { input: vec![2, 5, 6], train: Train::Last(1), layers });
}

#[network(
    input = [2],
    layers = [
        dense(5),
        prelu,
        dense(4, bias = false),
        frozen dense(4),
        tanh,
        prelu,
        dense(5),
        hard_shrink,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net15;

#[test]
fn net15() {
    let layers = vec![
        Dense { outputs: 5, bias: true },
        Prelu,
        Dense { outputs: 4, bias: false },
        Frozen(vec![Dense { outputs: 4, bias: true }]),
        Activation("tanh"),
        Prelu,
        Dense { outputs: 5, bias: true },
        Activation("hard_shrink"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net15, 2>(&Description { input: vec![2], train: Train::All, layers });
}

#[network(
    input = [4],
    layers = [
        bias,
        log_sigmoid,
        relu,
        soft_shrink,
        dense(4, bias = false),
        tanh,
        dense(5),
        dense(5, bias = false),
        silu,
        dense(3),
    ],
    scalar = f64,
    train = last(1),
)]
struct Net16;

#[test]
fn net16() {
    let layers = vec![
        Bias,
        Activation("log_sigmoid"),
        Activation("relu"),
        Activation("soft_shrink"),
        Dense { outputs: 4, bias: false },
        Activation("tanh"),
        Dense { outputs: 5, bias: true },
        Dense { outputs: 5, bias: false },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net16, 4>(&Description { input: vec![4], train: Train::Last(1), layers });
}

#[network(
    input = [2, 5, 5],
    layers = [
        group_norm(1),
        softsign,
        soft_shrink,
        hard_shrink,
        pad([[0, 0], [2, 2]], mode = replicate),
        group_norm(1),
        flatten,
        dense(5, bias = false),
        leaky_relu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net17;

#[test]
fn net17() {
    let layers = vec![
        GroupNorm { groups: 1 },
        Activation("softsign"),
        Activation("soft_shrink"),
        Activation("hard_shrink"),
        Pad { sides: [[0, 0], [2, 2]], mode: "replicate" },
        GroupNorm { groups: 1 },
        Reshape(vec![90]),
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net17, 50>(&Description { input: vec![2, 5, 5], train: Train::All, layers });
}

#[network(
    input = [6],
    layers = [
        hard_tanh,
        hard_sigmoid,
        dense(5),
        dense(6),
        dense(2),
        sin,
        concat(axis = 0)[[dense(1)], [], [dense(2), dense(3)]],
        dense(3),
        dense(5, bias = false),
        leaky_relu,
        dense(3, bias = false),
    ],
    scalar = f64,
)]
struct Net18;

#[test]
fn net18() {
    let layers = vec![
        Activation("hard_tanh"),
        Activation("hard_sigmoid"),
        Dense { outputs: 5, bias: true },
        Dense { outputs: 6, bias: true },
        Dense { outputs: 2, bias: true },
        Activation("sin"),
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 1, bias: true }], vec![], vec![Dense { outputs: 2, bias: true }, Dense { outputs: 3, bias: true }]] },
        Dense { outputs: 3, bias: true },
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net18, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [6, 3],
    layers = [
        conv1d(3, kernel = 2, stride = 2, padding = 1, dilation = 2, groups = 1, bias = false),
        conv1d(4, kernel = 3, stride = 1, padding = 1, dilation = 1, groups = 1),
        layer_norm,
        conv1d(4, kernel = 1, stride = 2, padding = 0, dilation = 2, groups = 1, bias = false),
        scale,
        rms_norm(axes = 0),
        repeat(2)[conv1d(4, kernel = 3, padding = same), hard_swish],
        concat(axis = 1)[[conv1d(2, kernel = 2, padding = causal)], [conv1d(4, kernel = 2, padding = causal), elu, dense(4, bias = false)]],
        flatten,
        dense(5),
        elu,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net19;

#[test]
fn net19() {
    let layers = vec![
        Conv1d { channels: 3, window: steps(2, 2, [1; 2], 2), groups: 1, bias: false },
        Conv1d { channels: 4, window: steps(3, 1, [1; 2], 1), groups: 1, bias: true },
        LayerNorm { affine: true, bias: true },
        Conv1d { channels: 4, window: steps(1, 2, [0; 2], 2), groups: 1, bias: false },
        Scale,
        Over(vec![0], Box::new(RmsNorm)),
        Repeat(2, vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("hard_swish")]),
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }, Activation("elu"), Dense { outputs: 4, bias: false }]] },
        Reshape(vec![12]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net19, 18>(&Description { input: vec![6, 3], train: Train::All, layers });
}

#[network(
    input = [6],
    layers = [
        softplus,
        sin,
        rms_norm,
        soft_shrink,
        dense(2, bias = false),
        dense(5),
        softplus,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 16,
    train = last(1),
)]
struct Net20;

#[test]
fn net20() {
    let layers = vec![
        Activation("softplus"),
        Activation("sin"),
        RmsNorm,
        Activation("soft_shrink"),
        Dense { outputs: 2, bias: false },
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net20, 6>(&Description { input: vec![6], train: Train::Last(1), layers });
}

#[network(
    input = [1, 5, 6],
    layers = [
        conv2d(1, kernel = [2, 3], padding = [[0, 0], [0, 1]], dilation = [1, 2]),
        residual[conv2d(1, kernel = [1, 3], padding = same), log_sigmoid],
        product[[conv2d(1, kernel = [1, 3], padding = same)], [frozen conv2d(1, kernel = [3, 3], padding = same)]],
        flatten,
        dense(5, bias = false),
        relu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net21;

#[test]
fn net21() {
    let layers = vec![
        Conv2d { channels: 1, window: sides([2, 3], [1, 1], [[0, 0], [0, 1]], [1, 2]), groups: 1, bias: true },
        Residual { body: vec![Conv2d { channels: 1, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("log_sigmoid")], shortcut: vec![] },
        Product(vec![vec![Conv2d { channels: 1, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }], vec![Frozen(vec![Conv2d { channels: 1, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }])]]),
        Reshape(vec![12]),
        Dense { outputs: 5, bias: false },
        Activation("relu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net21, 30>(&Description { input: vec![1, 5, 6], train: Train::All, layers });
}

#[network(
    input = [5, 3],
    layers = [
        layer_norm(bias = false),
        conv1d(4, kernel = 2, stride = 2, padding = 1, dilation = 1, groups = 1, bias = false),
        conv_transpose1d(2, kernel = 2, stride = 1, dilation = 1, output_padding = 0, groups = 1),
        concat(axis = 1)[[conv1d(2, kernel = 3, padding = same)], [], [product[[dense(2), softplus, dense(2), hard_sigmoid], [conv1d(2, kernel = 2, padding = causal)]], dense(4)]],
        max_pool1d(3, stride = 1, padding = 0),
        flatten,
        dense(5, bias = false),
        sin,
        dense(3),
    ],
    scalar = f64,
    train = last(2),
)]
struct Net22;

#[test]
fn net22() {
    let layers = vec![
        LayerNorm { affine: true, bias: false },
        Conv1d { channels: 4, window: steps(2, 2, [1; 2], 1), groups: 1, bias: false },
        ConvTranspose1d { channels: 2, window: steps(2, 1, [0; 2], 1), output_padding: 0, groups: 1, bias: true },
        Concat { axis: 1, branches: vec![vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], vec![], vec![Product(vec![vec![Dense { outputs: 2, bias: true }, Activation("softplus"), Dense { outputs: 2, bias: true }, Activation("hard_sigmoid")], vec![Conv1d { channels: 2, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }]]), Dense { outputs: 4, bias: true }]] },
        MaxPool(steps(3, 1, [0; 2], 1)),
        Reshape(vec![16]),
        Dense { outputs: 5, bias: false },
        Activation("sin"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net22, 15>(&Description { input: vec![5, 3], train: Train::Last(2), layers });
}

#[network(
    input = [6],
    layers = [
        softmax,
        sin,
        dense(4),
        mish,
        dense(3),
        dense(5),
        leaky_relu,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net23;

#[test]
fn net23() {
    let layers = vec![
        Softmax,
        Activation("sin"),
        Dense { outputs: 4, bias: true },
        Activation("mish"),
        Dense { outputs: 3, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("leaky_relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net23, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [6],
    layers = [
        soft_shrink,
        dense(4),
        rms_norm,
        dense(5),
        sin,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
)]
struct Net24;

#[test]
fn net24() {
    let layers = vec![
        Activation("soft_shrink"),
        Dense { outputs: 4, bias: true },
        RmsNorm,
        Dense { outputs: 5, bias: true },
        Activation("sin"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net24, 6>(&Description { input: vec![6], train: Train::All, layers });
}

#[network(
    input = [2],
    layers = [
        concat(axis = 0)[[dense(2, bias = false), dense(1)], [dense(3)]],
        softsign,
        glu,
        hard_sigmoid,
        dense(5),
        silu,
        dense(3),
    ],
    scalar = f64,
    train = biases,
)]
struct Net25;

#[test]
fn net25() {
    let layers = vec![
        Concat { axis: 0, branches: vec![vec![Dense { outputs: 2, bias: false }, Dense { outputs: 1, bias: true }], vec![Dense { outputs: 3, bias: true }]] },
        Activation("softsign"),
        Glu,
        Activation("hard_sigmoid"),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net25, 2>(&Description { input: vec![2], train: Train::Biases, layers });
}

#[network(
    input = [5, 3],
    layers = [
        residual[conv1d(3, kernel = 3, padding = same)],
        conv1d(4, kernel = 3, stride = 1, padding = 1, dilation = 1, groups = 1),
        instance_norm,
        pad([[2, 1]], mode = reflect),
        glu,
        transpose,
        glu,
        scale,
        flatten,
        dense(5),
        hard_swish,
        dense(3),
    ],
    scalar = f64,
    train = last(2),
)]
struct Net26;

#[test]
fn net26() {
    let layers = vec![
        Residual { body: vec![Conv1d { channels: 3, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }], shortcut: vec![] },
        Conv1d { channels: 4, window: steps(3, 1, [1; 2], 1), groups: 1, bias: true },
        Over(vec![0], Box::new(InstanceNorm)),
        Pad { sides: [[2, 1], [0, 0]], mode: "reflect" },
        Glu,
        Transpose(vec![1, 0]),
        Glu,
        Scale,
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net26, 15>(&Description { input: vec![5, 3], train: Train::Last(2), layers });
}

#[network(
    input = [2],
    layers = [
        frozen[frozen dense(2), log_sigmoid],
        glu,
        log_sigmoid,
        dense(5),
        hard_tanh,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 16,
    train = biases,
)]
struct Net27;

#[test]
fn net27() {
    let layers = vec![
        Frozen(vec![Frozen(vec![Dense { outputs: 2, bias: true }]), Activation("log_sigmoid")]),
        Glu,
        Activation("log_sigmoid"),
        Dense { outputs: 5, bias: true },
        Activation("hard_tanh"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net27, 2>(&Description { input: vec![2], train: Train::Biases, layers });
}

#[network(
    input = [5],
    layers = [
        sum[[dense(5), tanh], [], [frozen dense(5, bias = false)]],
        hard_sigmoid,
        log_softmax,
        sin,
        hard_swish,
        dense(3, bias = false),
        dense(5, bias = false),
        sin,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
    train = last(1),
)]
struct Net28;

#[test]
fn net28() {
    let layers = vec![
        Sum(vec![vec![Dense { outputs: 5, bias: true }, Activation("tanh")], vec![], vec![Frozen(vec![Dense { outputs: 5, bias: false }])]]),
        Activation("hard_sigmoid"),
        LogSoftmax,
        Activation("sin"),
        Activation("hard_swish"),
        Dense { outputs: 3, bias: false },
        Dense { outputs: 5, bias: false },
        Activation("sin"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net28, 5>(&Description { input: vec![5], train: Train::Last(1), layers });
}

#[network(
    input = [2, 6, 6],
    layers = [
        softsign,
        frozen[repeat(2)[conv2d(2, kernel = [3, 1], padding = same)]],
        relu,
        soft_shrink,
        glu(axis = 1),
        layer_norm(axes = [1, 2]),
        flatten,
        dense(5),
        silu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
    train = biases,
)]
struct Net29;

#[test]
fn net29() {
    let layers = vec![
        Activation("softsign"),
        Frozen(vec![Repeat(2, vec![Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }])]),
        Activation("relu"),
        Activation("soft_shrink"),
        Over(vec![1], Box::new(Glu)),
        Over(vec![1, 2], Box::new(LayerNorm { affine: true, bias: true })),
        Reshape(vec![36]),
        Dense { outputs: 5, bias: true },
        Activation("silu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net29, 72>(&Description { input: vec![2, 6, 6], train: Train::Biases, layers });
}

#[network(
    input = [4, 4],
    layers = [
        residual(shortcut = [conv1d(4, kernel = 3, padding = same)])[conv1d(4, kernel = 2, padding = causal)],
        hard_swish,
        hard_swish,
        conv1d(3, kernel = 2, stride = 2, padding = 0, dilation = 1, groups = 1),
        dense(4),
        repeat(2)[conv1d(4, kernel = 3, padding = same)],
        avg_pool1d(1, stride = 1, padding = 0),
        flatten,
        dense(5),
        mish,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
)]
struct Net30;

#[test]
fn net30() {
    let layers = vec![
        Residual { body: vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }], shortcut: vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }] },
        Activation("hard_swish"),
        Activation("hard_swish"),
        Conv1d { channels: 3, window: steps(2, 2, [0; 2], 1), groups: 1, bias: true },
        Dense { outputs: 4, bias: true },
        Repeat(2, vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]),
        AvgPool(steps(1, 1, [0; 2], 1)),
        Reshape(vec![8]),
        Dense { outputs: 5, bias: true },
        Activation("mish"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net30, 16>(&Description { input: vec![4, 4], train: Train::All, layers });
}

#[network(
    input = [3, 5, 4],
    layers = [
        tanh_shrink,
        pad([[1, 0], [0, 2]], mode = reflect),
        pixel_unshuffle(2),
        conv2d(1, kernel = [1, 1], stride = [1, 2]),
        conv2d(2, kernel = [3, 1], stride = [1, 2], padding = [1, 0], dilation = [2, 2], padding_mode = replicate),
        flatten,
        dense(5),
        hard_shrink,
        dense(3),
    ],
    scalar = f64,
)]
struct Net31;

#[test]
fn net31() {
    let layers = vec![
        Activation("tanh_shrink"),
        Pad { sides: [[1, 0], [0, 2]], mode: "reflect" },
        Unshuffle(2),
        Conv2d { channels: 1, window: window([1, 1], [1, 2], [0, 0], [1, 1]), groups: 1, bias: true },
        Pad { sides: [[1, 1], [0, 0]], mode: "replicate" }, Conv2d { channels: 2, window: window([3, 1], [1, 2], [0, 0], [2, 2]), groups: 1, bias: true },
        Reshape(vec![2]),
        Dense { outputs: 5, bias: true },
        Activation("hard_shrink"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net31, 60>(&Description { input: vec![3, 5, 4], train: Train::All, layers });
}

#[network(input = [3], layers = [silu, dense(6), dense(3)], scalar = f64)]
struct Net32PartA;
#[network(
    input = [2],
    layers = [
        concat(axis = 0)[[frozen dense(2)], [dense(3)]],
        softsign,
        hard_sigmoid,
        fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense(5), tanh],
        softplus,
        frozen dense(3),
        rms_norm,
        Net32PartA,
        dense(5, bias = false),
        hard_shrink,
        dense(3),
    ],
    scalar = f64,
    tile = 16,
    train = biases,
)]
struct Net32;

#[test]
fn net32() {
    let layers = vec![
        Concat { axis: 0, branches: vec![vec![Frozen(vec![Dense { outputs: 2, bias: true }])], vec![Dense { outputs: 3, bias: true }]] },
        Activation("softsign"),
        Activation("hard_sigmoid"),
        FixedPoint(vec![Dense { outputs: 5, bias: true }, Activation("tanh")]),
        Activation("softplus"),
        Frozen(vec![Dense { outputs: 3, bias: true }]),
        RmsNorm,
        Network("net32_part_a", vec![Activation("silu"), Dense { outputs: 6, bias: true }, Dense { outputs: 3, bias: true }]),
        Dense { outputs: 5, bias: false },
        Activation("hard_shrink"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net32, 2>(&Description { input: vec![2], train: Train::Biases, layers });
}

#[network(
    input = [4, 4],
    layers = [
        adaptive_avg_pool1d(5),
        upsample(2),
        glu(axis = 1),
        elu,
        flatten,
        dense(5),
        elu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
    train = biases,
)]
struct Net33;

#[test]
fn net33() {
    let layers = vec![
        Adaptive { sizes: [5, 4], largest: false },
        Upsample(vec![2, 1]),
        Over(vec![1], Box::new(Glu)),
        Activation("elu"),
        Reshape(vec![20]),
        Dense { outputs: 5, bias: true },
        Activation("elu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net33, 16>(&Description { input: vec![4, 4], train: Train::Biases, layers });
}

#[network(
    input = [2, 4, 6],
    layers = [
        avg_pool2d([3, 2], stride = [1, 1], padding = [1, 0]),
        conv2d(6, kernel = [3, 1], padding = same),
        transpose([2, 0, 1]),
        transpose([2, 0, 1]),
        pixel_shuffle(2),
        silu,
        conv2d(4, kernel = [3, 3], padding = same),
        max_pool2d([1, 3], stride = [1, 2], padding = [0, 0]),
        flatten,
        dense(5, bias = false),
        silu,
        dense(3),
    ],
    scalar = f64,
)]
struct Net34;

#[test]
fn net34() {
    let layers = vec![
        AvgPool(window([3, 2], [1, 1], [1, 0], [1, 1])),
        Conv2d { channels: 6, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true },
        Transpose(vec![2, 0, 1]),
        Transpose(vec![2, 0, 1]),
        Shuffle(2),
        Activation("silu"),
        Conv2d { channels: 4, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true },
        MaxPool(window([1, 3], [1, 2], [0, 0], [1, 1])),
        Reshape(vec![200]),
        Dense { outputs: 5, bias: false },
        Activation("silu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net34, 48>(&Description { input: vec![2, 4, 6], train: Train::All, layers });
}

#[network(
    input = [2],
    layers = [
        frozen dense(2, bias = false),
        residual(shortcut = [dense(4)])[sum[[dense(2), sin], [], [dense(4, bias = false), tanh, dense(2)]], dense(4, bias = false)],
        residual(shortcut = [dense(5)])[dense(5)],
        dense(5, bias = false),
        silu,
        dense(3, bias = false),
    ],
    scalar = f64,
    tile = 1,
)]
struct Net35;

#[test]
fn net35() {
    let layers = vec![
        Frozen(vec![Dense { outputs: 2, bias: false }]),
        Residual { body: vec![Sum(vec![vec![Dense { outputs: 2, bias: true }, Activation("sin")], vec![], vec![Dense { outputs: 4, bias: false }, Activation("tanh"), Dense { outputs: 2, bias: true }]]), Dense { outputs: 4, bias: false }], shortcut: vec![Dense { outputs: 4, bias: true }] },
        Residual { body: vec![Dense { outputs: 5, bias: true }], shortcut: vec![Dense { outputs: 5, bias: true }] },
        Dense { outputs: 5, bias: false },
        Activation("silu"),
        Dense { outputs: 3, bias: false },
    ];
    check::<Net35, 2>(&Description { input: vec![2], train: Train::All, layers });
}

#[network(
    input = [5, 4],
    layers = [
        hard_swish,
        sin,
        sum[[frozen dense(4), hard_shrink], [], [conv1d(4, kernel = 3, padding = same)]],
        softplus,
        hard_sigmoid,
        soft_shrink,
        avg_pool1d(3, stride = 1, padding = 1),
        conv1d(3, kernel = 2, stride = 2, padding = 1, dilation = 1, groups = 1),
        flatten,
        dense(5),
        relu,
        dense(3),
    ],
    scalar = f64,
    train = biases,
)]
struct Net36;

#[test]
fn net36() {
    let layers = vec![
        Activation("hard_swish"),
        Activation("sin"),
        Sum(vec![vec![Frozen(vec![Dense { outputs: 4, bias: true }]), Activation("hard_shrink")], vec![], vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }]]),
        Activation("softplus"),
        Activation("hard_sigmoid"),
        Activation("soft_shrink"),
        AvgPool(steps(3, 1, [1; 2], 1)),
        Conv1d { channels: 3, window: steps(2, 2, [1; 2], 1), groups: 1, bias: true },
        Reshape(vec![9]),
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net36, 20>(&Description { input: vec![5, 4], train: Train::Biases, layers });
}

#[network(
    input = [1, 4, 4],
    layers = [
        bias,
        concat(axis = 0)[[conv2d(1, kernel = [3, 3], padding = same), relu, frozen conv2d(3, kernel = [1, 1], padding = same, bias = false)], [product[[conv2d(1, kernel = [1, 3], padding = same), silu], [conv2d(5, kernel = [1, 1], padding = same), hard_sigmoid, conv2d(1, kernel = [3, 1], padding = same, bias = false), elu]], tanh_shrink, conv2d(4, kernel = [1, 3], padding = same)]],
        conv2d(3, kernel = [3, 3], stride = [2, 1], padding = [[0, 0], [1, 2]], padding_mode = circular),
        hard_tanh,
        elu,
        silu,
        concat(axis = 0)[[sum[[conv2d(3, kernel = [1, 1], padding = same), hard_sigmoid], [], [conv2d(3, kernel = [1, 1], padding = same, bias = false), silu, conv2d(3, kernel = [1, 1], padding = same), silu]], conv2d(1, kernel = [1, 1], padding = same, bias = false)], [conv2d(3, kernel = [1, 3], padding = same), softsign, conv2d(4, kernel = [1, 3], padding = same)]],
        flatten,
        dense(5),
        softplus,
        dense(3),
    ],
    scalar = f64,
    tile = 1,
    train = last(2),
)]
struct Net37;

#[test]
fn net37() {
    let layers = vec![
        Bias,
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 1, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }, Activation("relu"), Frozen(vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }])], vec![Product(vec![vec![Conv2d { channels: 1, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("silu")], vec![Conv2d { channels: 5, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("hard_sigmoid"), Conv2d { channels: 1, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: false }, Activation("elu")]]), Activation("tanh_shrink"), Conv2d { channels: 4, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]] },
        Pad { sides: [[0, 0], [1, 2]], mode: "circular" }, Conv2d { channels: 3, window: window([3, 3], [2, 1], [0, 0], [1, 1]), groups: 1, bias: true },
        Activation("hard_tanh"),
        Activation("elu"),
        Activation("silu"),
        Concat { axis: 0, branches: vec![vec![Sum(vec![vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("hard_sigmoid")], vec![], vec![Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }, Activation("silu"), Conv2d { channels: 3, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }, Activation("silu")]]), Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: false }], vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }, Activation("softsign"), Conv2d { channels: 4, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]] },
        Reshape(vec![25]),
        Dense { outputs: 5, bias: true },
        Activation("softplus"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net37, 16>(&Description { input: vec![1, 4, 4], train: Train::Last(2), layers });
}

#[network(
    input = [5, 2],
    layers = [
        group_norm(1),
        softsign,
        softplus,
        concat(axis = 1)[[dense(2, bias = false), frozen conv1d(4, kernel = 2, padding = causal)], [], [conv1d(2, kernel = 3, padding = same), relu, frozen dense(2)]],
        softmax,
        layer_norm(affine = false),
        conv1d(2, kernel = 1, stride = 1, padding = 0, dilation = 2, groups = 1),
        flatten,
        dense(5, bias = false),
        soft_shrink,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 8,
)]
struct Net38;

#[test]
fn net38() {
    let layers = vec![
        GroupNorm { groups: 1 },
        Activation("softsign"),
        Activation("softplus"),
        Concat { axis: 1, branches: vec![vec![Dense { outputs: 2, bias: false }, Frozen(vec![Conv1d { channels: 4, window: steps(2, 1, [1, 0], 1), groups: 1, bias: true }])], vec![], vec![Conv1d { channels: 2, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("relu"), Frozen(vec![Dense { outputs: 2, bias: true }])]] },
        Softmax,
        LayerNorm { affine: false, bias: true },
        Conv1d { channels: 2, window: steps(1, 1, [0; 2], 2), groups: 1, bias: true },
        Reshape(vec![10]),
        Dense { outputs: 5, bias: false },
        Activation("soft_shrink"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net38, 10>(&Description { input: vec![5, 2], train: Train::All, layers });
}

#[network(input = [4, 4], layers = [layer_norm(axes = [0]), pad([[0, 2]], value = 0.5), flatten, dense(3)], scalar = f64)]
struct Net39PartA;
#[network(
    input = [4, 4],
    layers = [
        residual[conv1d(4, kernel = 3, padding = same), hard_shrink],
        Net39PartA,
        frozen dense(5),
        frozen[frozen[log_softmax]],
        dense(5, bias = false),
        mish,
        dense(3),
    ],
    scalar = f64,
)]
struct Net39;

#[test]
fn net39() {
    let layers = vec![
        Residual { body: vec![Conv1d { channels: 4, window: steps(3, 1, [1, 1], 1), groups: 1, bias: true }, Activation("hard_shrink")], shortcut: vec![] },
        Network("net39_part_a", vec![Over(vec![0], Box::new(LayerNorm { affine: true, bias: true })), Pad { sides: [[0, 2], [0, 0]], mode: "constant" }, Reshape(vec![24]), Dense { outputs: 3, bias: true }]),
        Frozen(vec![Dense { outputs: 5, bias: true }]),
        Frozen(vec![Frozen(vec![LogSoftmax])]),
        Dense { outputs: 5, bias: false },
        Activation("mish"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net39, 16>(&Description { input: vec![4, 4], train: Train::All, layers });
}

#[network(
    input = [3, 6, 4],
    layers = [
        layer_norm(bias = false),
        log_sigmoid,
        concat(axis = 0)[[conv2d(2, kernel = [3, 1], padding = same)], [frozen conv2d(2, kernel = [3, 3], padding = same)]],
        flatten,
        dense(5),
        hard_swish,
        heads { policy: [dense(3, bias = false), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 16,
)]
struct Net40;

#[test]
fn net40() {
    let layers = vec![
        LayerNorm { affine: true, bias: false },
        Activation("log_sigmoid"),
        Concat { axis: 0, branches: vec![vec![Conv2d { channels: 2, window: window([3, 1], [1, 1], [1, 0], [1, 1]), groups: 1, bias: true }], vec![Frozen(vec![Conv2d { channels: 2, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true }])]] },
        Reshape(vec![96]),
        Dense { outputs: 5, bias: true },
        Activation("hard_swish"),
        Heads(vec![vec![Dense { outputs: 3, bias: false }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net40, 72>(&Description { input: vec![3, 6, 4], train: Train::All, layers });
}

#[network(
    input = [5, 2],
    layers = [
        silu,
        conv1d(2, kernel = 2, stride = 1, padding = 0, dilation = 1, groups = 1),
        global_avg_pool,
        dense(3),
        dense(3),
        dense(5),
        relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net41;

#[test]
fn net41() {
    let layers = vec![
        Activation("silu"),
        Conv1d { channels: 2, window: steps(2, 1, [0; 2], 1), groups: 1, bias: true },
        GlobalAvgPool,
        Dense { outputs: 3, bias: true },
        Dense { outputs: 3, bias: true },
        Dense { outputs: 5, bias: true },
        Activation("relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net41, 10>(&Description { input: vec![5, 2], train: Train::All, layers });
}

#[network(input = [2, 3, 2], layers = [log_sigmoid, hard_swish, flatten, dense(3)], scalar = f64)]
struct Net42PartA;
#[network(
    input = [1, 5, 4],
    layers = [
        frozen[conv2d(1, kernel = [1, 3], padding = same, bias = false)],
        conv2d(2, kernel = [2, 3], stride = [1, 2], padding = [0, 1], dilation = [2, 1], bias = false),
        Net42PartA,
        product[[dense(3, bias = false)], [sum[[dense(2, bias = false), leaky_relu, dense(3)], [], [dense(3)]], hard_swish]],
        dense(3),
        frozen dense(2, bias = false),
        dense(5),
        tanh_shrink,
        heads { policy: [dense(3), softmax], value: [dense(2, bias = false)] },
    ],
    scalar = f64,
    tile = 1,
)]
struct Net42;

#[test]
fn net42() {
    let layers = vec![
        Frozen(vec![Conv2d { channels: 1, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: false }]),
        Conv2d { channels: 2, window: window([2, 3], [1, 2], [0, 1], [2, 1]), groups: 1, bias: false },
        Network("net42_part_a", vec![Activation("log_sigmoid"), Activation("hard_swish"), Reshape(vec![12]), Dense { outputs: 3, bias: true }]),
        Product(vec![vec![Dense { outputs: 3, bias: false }], vec![Sum(vec![vec![Dense { outputs: 2, bias: false }, Activation("leaky_relu"), Dense { outputs: 3, bias: true }], vec![], vec![Dense { outputs: 3, bias: true }]]), Activation("hard_swish")]]),
        Dense { outputs: 3, bias: true },
        Frozen(vec![Dense { outputs: 2, bias: false }]),
        Dense { outputs: 5, bias: true },
        Activation("tanh_shrink"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: false }]]),
    ];
    check::<Net42, 20>(&Description { input: vec![1, 5, 4], train: Train::All, layers });
}

#[network(
    input = [6, 3],
    layers = [
        softmax,
        prelu,
        attention(1, causal = true, bias = false),
        mish,
        log_sigmoid,
        hard_swish,
        conv_transpose1d(3, kernel = 1, stride = 2, dilation = 1, output_padding = 1, groups = 1, bias = false),
        hard_sigmoid,
        flatten,
        dense(5, bias = false),
        hard_shrink,
        dense(3),
    ],
    scalar = f64,
    tile = 8,
)]
struct Net43;

#[test]
fn net43() {
    let layers = vec![
        Softmax,
        Prelu,
        Attention { heads: 1, causal: true, bias: false },
        Activation("mish"),
        Activation("log_sigmoid"),
        Activation("hard_swish"),
        ConvTranspose1d { channels: 3, window: steps(1, 2, [0; 2], 1), output_padding: 1, groups: 1, bias: false },
        Activation("hard_sigmoid"),
        Reshape(vec![36]),
        Dense { outputs: 5, bias: false },
        Activation("hard_shrink"),
        Dense { outputs: 3, bias: true },
    ];
    check::<Net43, 18>(&Description { input: vec![6, 3], train: Train::All, layers });
}

#[network(
    input = [3, 5, 5],
    layers = [
        conv2d(3, kernel = [3, 3], padding = same),
        concat(axis = 0)[[frozen conv2d(3, kernel = [1, 3], padding = same), sin, frozen conv2d(4, kernel = [1, 1], padding = same)], [], [conv2d(1, kernel = [1, 1], padding = same)]],
        rms_norm,
        flatten,
        dense(5, bias = false),
        leaky_relu,
        heads { policy: [dense(3), softmax], value: [dense(2)] },
    ],
    scalar = f64,
    tile = 16,
    train = biases,
)]
struct Net44;

#[test]
fn net44() {
    let layers = vec![
        Conv2d { channels: 3, window: window([3, 3], [1, 1], [1, 1], [1, 1]), groups: 1, bias: true },
        Concat { axis: 0, branches: vec![vec![Frozen(vec![Conv2d { channels: 3, window: window([1, 3], [1, 1], [0, 1], [1, 1]), groups: 1, bias: true }]), Activation("sin"), Frozen(vec![Conv2d { channels: 4, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }])], vec![], vec![Conv2d { channels: 1, window: window([1, 1], [1, 1], [0, 0], [1, 1]), groups: 1, bias: true }]] },
        RmsNorm,
        Reshape(vec![200]),
        Dense { outputs: 5, bias: false },
        Activation("leaky_relu"),
        Heads(vec![vec![Dense { outputs: 3, bias: true }, Softmax], vec![Dense { outputs: 2, bias: true }]]),
    ];
    check::<Net44, 75>(&Description { input: vec![3, 5, 5], train: Train::Biases, layers });
}
