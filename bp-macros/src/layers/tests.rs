//! What is said about layers that do not fit.

use crate::golden::tokens;
use quote::quote;

/// The text of the expansion: where something is wrong, `compile_error!` with the message.
fn expansion(input: &str, layers: &str) -> String {
    let attribute = tokens(&format!("input = {input}, layers = [{layers}]"));
    let item = quote!(
        struct Net;
    );
    crate::expand::network(attribute, item).to_string()
}

#[test]
fn messages_name_the_input_and_a_remedy() {
    for (input, layers, message) in [
        (
            "12",
            "reshape([3, 5])",
            "expects 15 features for [3, 5], but the network's input gives [12]: give axes whose product is 12",
        ),
        ("12", "reshape([2, 2, 1, 3])", "`shape` must be one to three sizes"),
        ("[2, 3, 4]", "transpose", "give the order of three axes"),
        ("[2, 3, 4]", "transpose([0, 1])", "write one number for each axis"),
        ("12", "max_pool1d(2)", "put `reshape([time, features])` before it"),
        ("[4, 3]", "avg_pool1d(9)", "the kernel covers 9 but its input has only 4"),
        ("[4, 3]", "max_pool1d(2, padding = 2)", "more than half the kernel of 2"),
        ("12", "global_avg_pool", "`[channels, height, width]` or `[time, features]`"),
        ("[4, 3]", "adaptive_avg_pool2d(2)", "expects `[channels, height, width]`"),
        ("12", "upsample(2)", "put a `reshape` before it"),
        ("[4, 3]", "upsample(2, mode = cubic)", "one of nearest, linear, bilinear"),
        ("12", "dropout2d", "use `dropout`"),
        ("[4, 3]", "conv1d(4, kernel = 2, groups = 2)", "3 input channels do not divide into 2 groups"),
        (
            "[2, 3, 3]",
            "conv_transpose2d(1, kernel = 2, output_padding = 1)",
            "choose a smaller one than one of these",
        ),
        ("[2, 1, 1]", "conv_transpose2d(1, kernel = 2, padding = 1)", "leaves nothing of 2"),
        ("[4, 3]", "attention(2)", "3 features do not divide into 2 heads: choose a divisor of 3"),
        ("12", "attention(2)", "expects `[time, features]`"),
        ("12", "gru(3)", "expects `[time, features]`"),
        ("[4, 3]", "rnn(3, activation = sigmoid)", "one of tanh, relu"),
        ("[4, 3]", "gru(3, layers = 17)", "`layers` must be a number from 1 to 16"),
        ("[4, 3]", "gru(3, dropout = 0.5)", "there is one: write `layers = 2`"),
        ("[4, 3]", "lstm(3, projection = 3)", "choose fewer than there are units"),
        ("[4, 3]", "gru(3, projection = 2)", "unknown argument `projection`"),
        ("[4, 3]", "positional_encoding(mode = rotary)", "one of sinusoidal, learned"),
    ] {
        let found = expansion(input, layers);
        assert!(found.contains("compile_error"), "{layers} on {input} is accepted");
        assert!(found.contains(message), "{layers} on {input}: {found}");
    }
}

#[test]
fn attention_works_in_what_it_saves_in_prediction_too() {
    let model = crate::golden::model("input = [4, 6], layers = [attention(2), dense(3)]");
    let buffers = |mode| {
        let plan = crate::plan::plan(&model, mode);
        plan.buffers.iter().map(|buffer| buffer.what.to_string()).collect::<Vec<_>>()
    };
    assert!(buffers(crate::plan::Mode::Inference).contains(&"saved of attention1".to_owned()));
    assert!(!buffers(crate::plan::Mode::Inference).contains(&"scratch of attention1".to_owned()));
    assert!(buffers(crate::plan::Mode::Training).contains(&"scratch of attention1".to_owned()));
}
