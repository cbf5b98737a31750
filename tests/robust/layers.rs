//! Every setting of every layer has an effect: on what it computes in training, or on the parameters it begins with.

use super::support::{bits, drawn, network};
use backprop::prelude::*;
use std::collections::BTreeSet;

/// What a network of one layer begins with, and what it computes, dropout and measuring included.
macro_rules! observed {
    ($input:tt, $kind:ident ($($base:tt)*) [$($setting:tt)*]) => {{
        #[network(input = $input, layers = [$kind($($base)* $($setting)*)], scalar = f64)]
        struct Varied;
        let mut tape = Varied::tape();
        tape.training(3);
        let x = drawn::<<Varied as Network>::Sample>(&mut backprop::rng(7)).map(|x: f64| 2.0 * x);
        let y = network::<Varied>(5).forward(&x, &mut tape);
        [bits(Varied::new(&mut backprop::rng(1)).parameters()), bits(&y)]
    }};
}

macro_rules! layer {
    ($seen:ident, $input:tt, $kind:ident $base:tt, $([$setting:ident = $($value:tt)*])*) => {{
        let base = observed!($input, $kind $base []);
        $(
            let changed = observed!($input, $kind $base [$setting = $($value)*]);
            let name = concat!(stringify!($kind), "(", stringify!($setting = $($value)*), ")");
            // More or fewer parameters would differ in any case: what counts is the output.
            let place = usize::from(!stringify!($setting).ends_with("init"));
            assert_ne!(base[place], changed[place], "{name} changes nothing");
            $seen.insert((stringify!($kind), stringify!($setting)));
        )*
    }};
}

#[test]
fn every_setting_has_an_effect() {
    let mut seen = BTreeSet::new();
    layer!(seen, 5, dense(3,), [bias = false][init = constant(0.3)][bias_init = constant(0.3)]);
    layer!(
        seen,
        [6, 4],
        conv1d(4, kernel = 3,),
        [stride = 2][padding = 1][dilation = 2][groups = 2][bias = false][init = constant(0.3)]
            [bias_init = constant(0.3)]
    );
    layer!(
        seen,
        [4, 5, 5],
        conv2d(4, kernel = 3,),
        [stride = 2][padding = 1][dilation = 2][groups = 2][bias = false][init = constant(0.3)]
            [bias_init = constant(0.3)]
    );
    layer!(
        seen,
        [4, 5, 5],
        conv_transpose2d(4, kernel = 3,),
        [stride = 2][padding = 1][dilation = 2][groups = 2][bias = false][init = constant(0.3)]
            [bias_init = constant(0.3)]
    );
    layer!(seen, [4, 5, 5], conv_transpose2d(4, kernel = 3, stride = 2,), [output_padding = 1]);
    layer!(
        seen,
        [5, 4],
        conv_transpose1d(4, kernel = 3,),
        [stride = 2][padding = 1][dilation = 2][groups = 2][bias = false][init = constant(0.3)]
            [bias_init = constant(0.3)]
    );
    layer!(seen, [5, 4], conv_transpose1d(4, kernel = 3, stride = 2,), [output_padding = 1]);
    layer!(seen, [6, 4], conv1d(4, kernel = 3, padding = 1,), [padding_mode = reflect]);
    layer!(seen, [4, 5, 5], conv2d(4, kernel = 3, padding = 1,), [padding_mode = circular]);
    layer!(seen, [2, 6, 6], max_pool2d(2,), [stride = 1][padding = 1][dilation = 2]);
    layer!(seen, [2, 5, 5], max_pool2d(2,), [ceil_mode = true]);
    layer!(seen, [5, 2], max_pool1d(2,), [ceil_mode = true]);
    layer!(seen, [2, 5, 5], avg_pool2d(2,), [ceil_mode = true][divisor_override = 3]);
    layer!(seen, [5, 2], avg_pool1d(2,), [ceil_mode = true][divisor_override = 3]);
    layer!(seen, [2, 6, 6], avg_pool2d(2,), [stride = 1][padding = 1]);
    layer!(seen, [2, 6, 6], avg_pool2d(2, padding = 1,), [count_include_pad = false]);
    layer!(seen, [6, 3], avg_pool1d(2, padding = 1,), [count_include_pad = false]);
    layer!(seen, [6, 3], max_pool1d(2,), [stride = 1][padding = 1][dilation = 2]);
    layer!(seen, [6, 3], avg_pool1d(2,), [stride = 1][padding = 1]);
    layer!(seen, [2, 3, 3], upsample(2,), [mode = bilinear]);
    layer!(seen, [2, 3, 3], upsample(2, mode = linear,), [align_corners = true]);
    layer!(seen, [2, 3], softmax(), [axis = 0]);
    layer!(seen, [2, 3], log_softmax(), [axis = 0]);
    layer!(seen, [2, 4], glu(), [axis = 0]);
    layer!(seen, [2, 3], layer_norm(), [axes = 0]);
    layer!(seen, [2, 3], rms_norm(), [axes = [0, 1]]);
    layer!(seen, 32, dropout(), [p = 0.2]);
    layer!(seen, [16, 2, 2], dropout2d(), [p = 0.2]);
    layer!(
        seen,
        [2, 3, 3],
        batch_norm(),
        [eps = 0.5][affine = false][bias = false][init = constant(0.3)][bias_init = constant(0.3)]
    );
    layer!(
        seen,
        6,
        layer_norm(),
        [eps = 0.5][affine = false][bias = false][init = constant(0.3)][bias_init = constant(0.3)]
    );
    layer!(seen, 6, rms_norm(), [eps = 0.5][affine = false][init = constant(0.3)]);
    layer!(
        seen,
        [4, 3, 3],
        group_norm(2,),
        [eps = 0.5][affine = false][bias = false][init = constant(0.3)][bias_init = constant(0.3)]
    );
    layer!(seen, [2, 3, 3], instance_norm(), [eps = 0.5][affine = true]);
    layer!(
        seen,
        [2, 3, 3],
        instance_norm(affine = true,),
        [bias = false][init = constant(0.3)][bias_init = constant(0.3)]
    );
    layer!(seen, 4, scale(), [init = constant(0.3)]);
    layer!(seen, 4, bias(), [init = constant(0.3)]);
    layer!(
        seen,
        [4, 6],
        attention(2,),
        [causal = true][dropout = 0.4][bias = false][init = constant(0.3)][out_init = constant(0.3)]
            [bias_init = constant(0.3)]
    );
    layer!(seen, [3, 4], rnn(5,), [activation = relu][bias = false][layers = 2][bidirectional = true]);
    layer!(seen, [3, 4], rnn(5, layers = 2,), [dropout = 0.5]);
    layer!(seen, [3, 4], gru(5,), [bias = false][layers = 2][bidirectional = true]);
    layer!(seen, [3, 4], gru(5, layers = 2,), [dropout = 0.5]);
    layer!(seen, [3, 4], lstm(5,), [bias = false][layers = 2][bidirectional = true][projection = 2]);
    layer!(seen, [3, 4], lstm(5, layers = 2,), [dropout = 0.5]);
    layer!(seen, [4, 6], positional_encoding(), [mode = learned]);
    layer!(seen, 8, leaky_relu(), [slope = 0.3]);
    layer!(seen, 8, elu(), [alpha = 0.3]);
    layer!(seen, 8, celu(), [alpha = 0.3]);
    layer!(seen, 8, gelu(), [approximate = tanh]);
    layer!(seen, 8, softplus(), [beta = 2.0][threshold = 0.1]);
    layer!(seen, 8, hard_tanh(), [min = -0.2][max = 0.2]);
    layer!(seen, 8, hard_shrink(), [lambda = 1.0]);
    layer!(seen, 8, soft_shrink(), [lambda = 0.3]);
    layer!(seen, 8, threshold(), [threshold = 1.2][value = 0.3]);
    layer!(seen, [2, 3, 3], pad(1,), [mode = reflect][value = 0.5]);
    layer!(seen, 8, sin(), [frequency = 3.0]);
    layer!(seen, [3, 2, 2], prelu(), [channels = true][init = constant(0.4)]);
    others(&mut seen);

    // What the signatures name, and nothing else.
    let known: BTreeSet<_> = signatures().into_iter().collect();
    assert!(known.len() > 70, "{known:?}");
    assert_eq!(seen, known);
}

/// Settings that show elsewhere: in a gradient, after a step, or before an input of indices.
fn others(seen: &mut BTreeSet<(&'static str, &'static str)>) {
    #[network(input = 2, layers = [activation(|x| x * x)], scalar = f64)]
    struct Square;
    #[network(input = 2, layers = [activation(|x| x * x, derivative = |x| 3.0 * x)], scalar = f64)]
    struct Given;
    macro_rules! slope {
        ($net:ident) => {{
            let mut tape = $net::tape();
            $net::zeroed().forward(&[1.0, 2.0], &mut tape);
            $net::zeroed().input_gradient(&mut tape, &[1.0, 1.0])
        }};
    }
    assert_eq!((slope!(Square), slope!(Given)), ([2.0, 4.0], [3.0, 6.0]));
    seen.insert(("activation", "derivative"));

    macro_rules! running {
        ($($setting:tt)*) => {{
            #[network(input = 1, layers = [batch_norm($($setting)*)], loss = mse, scalar = f64, tile = 8)]
            struct Net;
            let mut net = Net::new(&mut backprop::rng(1));
            Trainer::new(Sgd::new(0.1)).step(&mut net, &[[1.0], [3.0]], &[[0.0]; 2]).expect("a batch");
            net.batch_norm1.running_mean
        }};
    }
    assert_eq!((running!(), running!(momentum = 0.5)), ([0.2], [1.0]));
    seen.insert(("batch_norm", "momentum"));

    #[network(input = 2, layers = [embedding(3, 2, init = constant(0.3))], scalar = f64)]
    struct Indexed;
    assert_eq!(*Indexed::new(&mut backprop::rng(1)).parameters(), [0.3; 6]);
    seen.insert(("embedding", "init"));
    // `tests/embedding.rs` compares them with PyTorch.
    seen.extend([("embedding", "padding_idx"), ("embedding", "max_norm")]);
}

/// Kind and name of every setting with a default, from the catalogue, which is written from the macro's tables.
fn signatures() -> Vec<(&'static str, &'static str)> {
    let layers = include_str!("../../src/catalogue.md").split("\n# Losses").next().unwrap_or_default();
    let rows = layers.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.filter_map(|(signature, _)| {
        let signature = signature.split('`').next()?;
        let (kind, arguments) = signature.split_once('(')?;
        let names = arguments.split(", ").filter_map(|argument| argument.split_once(" = "));
        Some(names.map(move |(name, _)| (kind, name)).filter(|(_, name)| *name != "kernel"))
    })
    .flatten()
    .collect()
}
