//! Declarations as people write them who come from elsewhere, and what is said of each: `tests/messages.txt`, a golden file.
//! Here a message costs no build; `tests/ui` has those that the compiler takes part in.

use crate::golden::{golden, tokens};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// What stands in `#[network(…)]`.
const DECLARATIONS: &[&str] = &[
    // Layers of other libraries.
    "input = 4, layers = [linear(3)]",
    "input = 4, layers = [Linear(4, 3)]",
    "input = 4, layers = [fc(3)]",
    "input = [1, 8, 8], layers = [Conv2d(1, 6, kernel_size = 3)]",
    "input = 4, layers = [dense(3), ReLU]",
    "input = 4, layers = [dense(3), ReLU(), dense(2)]",
    "input = 4, layers = [dense(3), BatchNorm2d(3)]",
    "input = 4, layers = [dense(3), Dropout(0.5), dense(2)]",
    "input = 4, layers = [dense(3), Dropout, dense(2)]",
    "input = 4, layers = [Input(4), dense(3)]",
    "input = 4, layers = [sequential[dense(3)]]",
    "input = 4, layers = [swish_layer(3)]",
    "input = 4, layers = [MyOwn(3)]",
    // Arguments.
    "input = 4, layers = [dense(in_features = 4, out_features = 3)]",
    "input = 4, layers = [dense(4, 3)]",
    "input = 4, layers = [dense(units = 3, activation = relu)]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel_size = 3, strides = 2)]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = (3, 3))]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = 3, padding = \"same\")]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = 3, padding = causal)]",
    "input = [8, 2], layers = [conv1d(6, kernel = 3, padding = \"causal\")]",
    "input = [8, 2], layers = [conv1d(6, kernel = 3, padding = valid)]",
    "input = [8, 2], layers = [upsample(2, mode = \"linear\")]",
    "input = 4, layers = [dense(3, init = \"he_normal\")]",
    "input = 4, layers = [dense(3, init = glorot_uniform)]",
    "input = 4, layers = [glu(axis = 1)]",
    "input = 4, layers = [softmin]",
    "input = [1, 8, 8], layers = [ReflectionPad2d(2), conv2d(6, kernel = 3)]",
    "input = [1, 8, 8], layers = [max_pool2d(3, padding = 1, padding_mode = reflect)]",
    "input = [1, 8, 8], layers = [max_pool2d(3, padding = [[0, 3], [0, 0]])]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = 3, padding_mode = reflect)]",
    "input = [8, 2], layers = [conv1d(6, kernel = 3, padding = causal, padding_mode = reflect)]",
    "input = [8, 2], layers = [a_pad: relu, a_pad_back: relu, a: conv1d(2, kernel = 3, padding = 1, padding_mode = reflect)]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = 3, padding = reflect)]",
    "input = [1, 8, 8], layers = [avg_pool2d(3, padding = circular)]",
    "input = [1, 8, 8], layers = [conv2d(6, kernel = 3, padding = [[1, 2], [0, 1], [1, 1]])]",
    "input = [1, 8, 8], layers = [pad([1, 2, 3]), flatten, dense(2)]",
    "input = [8, 2], layers = [pad([2, 0]), flatten, dense(2)]",
    "input = 4, layers = [pad(2), dense(2)]",
    "input = [1, 8, 8], layers = [pad(8, mode = reflect), flatten, dense(2)]",
    "input = [8, 2], layers = [pad(9, mode = circular), flatten, dense(2)]",
    "input = [8, 2], layers = [pad(2, mode = replicate, value = 1.0), flatten, dense(2)]",
    "input = [6, 8, 8], layers = [pixel_shuffle(2), flatten, dense(2)]",
    "input = [1, 8, 7], layers = [pixel_unshuffle(2), flatten, dense(2)]",
    "input = [8, 2], layers = [pixel_shuffle(2), flatten, dense(2)]",
    "input = [1, 8, 8], layers = [adaptive_max_pool1d(2), flatten, dense(2)]",
    "input = 4, layers = [dense(3), hard_shrink(-1.0)]",
    "input = [4, 3], layers = [glu]",
    "input = 4, layers = [frozen dense(3, learning_rate = 0.1), dense(2)]",
    "input = 4, layers = [dense(3, lr = 0.1)]",
    "input = 4, layers = [dense(3, weight_decay = -0.1)]",
    "input = 4, layers = [dense(0), b: conv1d(2, kernel = 3), flatten, dense(2)]",
    "input = 4, layers = [embedding(6, 3, padding_idx = 6)]",
    "input = [4, 3], layers = [softmax(axis = 2)]",
    "input = [4, 3], layers = [layer_norm(axes = [1, 1])]",
    "input = [8, 2], layers = [upsample(2, align_corners = true)]",
    "input = [8, 2], layers = [conv_transpose1d(2, kernel = 2, stride = 2, output_padding = 2)]",
    // Keys.
    "4, [dense(3)]",
    "input_shape = 4, layers = [dense(3)]",
    "input = (1, 28, 28), layers = [flatten, dense(3)]",
    "input = 4, layers = [dense(3)], optimizer = adam",
    "input = 4, layers = [dense(3)], dtype = f64",
    "input = 4, layers = [dense(3)], scalar = \"f64\"",
    "nn.Sequential(nn.Linear(784, 10))",
    "input = (None, 64, 3), layers = [lstm(32), dense(1)]",
    "input = [-1, 64, 3], layers = [lstm(32), dense(1)]",
    "input = 4, layers = (dense(3), relu)",
    // Once the names are mended.
    "input = [64, 3], layers = [TimeDistributed(Dense(1))]",
    "input = [64, 3], layers = [Bidirectional(LSTM(32)), dense(1)]",
    "input = [64, 3], layers = [lstm(32, return_sequences = True), dense(1)]",
    "input = [1, 28, 28], layers = [conv2d(1, 6, 5, padding = 2), flatten, dense(10)]",
    "input = [1, 28, 28], layers = [max_pool2d(pool_size = (2, 2)), flatten, dense(10)]",
    "input = 4, layers = [dense(10, activation = \"softmax\")], loss = cross_entropy",
    "input = 4, layers = [self.fc1, relu]",
    "input = 4, layers = [nn.Linear(4, 3)]",
    "input = 4, layers = [nn::Linear(4, 3)]",
    "input = 4, layers = [linear1: LinearConfig::new(4, 3).init(device)]",
    // Channels last.
    "input = [28, 28, 1], layers = [conv2d(6, kernel = 5), relu]",
    "input = [32, 32, 3], layers = [conv2d(6, kernel = 3), relu]",
    "input = [32, 32, 3], layers = [max_pool2d(2), relu]",
    // Losses.
    "input = 4, layers = [dense(3)], loss = categorical_crossentropy",
    "input = 4, layers = [dense(3)], loss = sparse_categorical_crossentropy",
    "input = 4, layers = [dense(3)], loss = CrossEntropyLoss",
    "input = 4, layers = [dense(3)], loss = MSELoss()",
    "input = 4, layers = [dense(3)], loss = \"mse\"",
    "input = 4, layers = [dense(3)], loss = gaussian_nll",
    // What could only be computed.
    "input = 4, layers = [dense(1), layer_norm]",
    "input = [5, 1], layers = [rms_norm, dense(2)]",
    "input = 4, layers = [group_norm(4)]",
    "input = [3, 1, 1], layers = [instance_norm, flatten]",
    "input = 4, layers = [dense(1), softmax]",
    "input = 4, layers = [dense(1), log_softmax]",
    // Itself.
    "input = 4, layers = [dense(4), Net]",
    "input = 4, layers = [residual[Net]]",
    // Samples with lengths of their own.
    "input = [..16, 8], layers = [gru(4), last]",
    "input = [1..=16, 8], layers = [gru(4), last]",
    "input = [16, ..=8], layers = [gru(4), last]",
    "input = ..=16, layers = [dense(4)]",
    "input = [..=3, 8, 8], layers = [conv2d(4, kernel = 3)]",
    "input = [..=16, 8], layers = [conv1d(4, kernel = 3, padding = same), last]",
    "input = [..=16, 8], layers = [batch_norm, last]",
    "input = [..=16, 8], layers = [layer_norm(axes = [0, 1]), last]",
    "input = [..=16, 8], layers = [softmax(axis = 0), last]",
    "input = [..=16, 8], layers = [dense(4), flatten, dense(2)]",
    "input = [..=16, 8], layers = [dense(4), flatten]",
    "input = [..=16, 8], layers = [gru(4), Inner]",
    "input = [..=16, 8], layers = [concat[[gru(4)], [lstm(4)]], last]",
    "input = [..=16, 8], layers = [concat(axis = 1)[[gru(4)], [avg_pool1d(3, stride = 1, padding = 1)]], last]",
    "input = [..=16, 8], layers = [gru(4)], loss = cross_entropy(per = sample)",
    "input = [..=16, 8], layers = [gru(4)], loss = mse(per = sample)",
];

/// The text of each `compile_error!`.
fn messages(expansion: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = expansion.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = tokens[..place].iter().rev().take(2).map(ToString::to_string).collect::<String>();
        match syn::parse2::<syn::LitStr>(group.stream()) {
            Ok(text) if before == "!compile_error" => found.push(text.value()),
            _ => messages(group.stream(), found),
        }
    }
}

/// One mistake in each, and one message.
#[test]
fn habits_of_other_libraries() {
    let mut text = String::new();
    for declaration in DECLARATIONS {
        let mut found = Vec::new();
        let item = quote!(
            struct Net;
        );
        messages(crate::expand::network(tokens(declaration), item), &mut found);
        assert!(!found.is_empty(), "{declaration} is accepted");
        let several =
            ["in_features", "Conv2d(", "units", "strides"].iter().any(|words| declaration.contains(words));
        assert!(several || found.len() == 1, "{declaration}: {found:#?}");
        text += &format!("{declaration}\n    {}\n\n", found.join("\n    "));
    }
    golden("tests/messages.txt", &text);
}

/// A word of another library leads to the word to write.
#[test]
fn messages_name_the_word_to_write() {
    for (declaration, word) in [
        ("input = 4, layers = [linear(3)]", "`dense`"),
        ("input = 4, layers = [Linear(4, 3)]", "`dense`"),
        ("input = 4, layers = [fc(3)]", "`dense`"),
        ("input = [1, 8, 8], layers = [Conv2d(6, 3)]", "`conv2d`"),
        ("input = 4, layers = [ReLU]", "`relu`"),
        ("input = 4, layers = [dense(in_features = 4, outputs = 3)]", "leave it out"),
        ("input = 4, layers = [BatchNorm2d(4)]", "`batch_norm`"),
        ("input = 4, layers = [Dropout(0.5)]", "`dropout`"),
        ("input = 4, layers = [Input(4)]", "`input = 784`"),
        ("input = (1, 28, 28), layers = [flatten]", "`[1, 28, 28]`"),
        ("input = [8, 2], layers = [conv1d(2, kernel = 3, padding = \"causal\")]", "`causal`"),
        ("input = [1, 8, 8], layers = [conv2d(2, kernel = 3, padding = \"same\")]", "`same`"),
        ("4, layers = [dense(2)]", "`#[network(input = 784"),
        ("input = 4, layers = [dense(3)], loss = categorical_crossentropy", "`cross_entropy_distribution`"),
        ("input = [28, 28, 1], layers = [conv2d(6, kernel = 5)]", "`input = [1, 28, 28]`"),
        ("input = [32, 32, 3], layers = [conv2d(6, kernel = 3)]", "`input = [3, 32, 32]`"),
    ] {
        let mut found = Vec::new();
        let item = quote!(
            struct Net;
        );
        messages(crate::expand::network(tokens(declaration), item), &mut found);
        assert!(found.iter().any(|message| message.contains(word)), "{declaration}: {found:#?}");
    }
}

/// What looks like another's habit, and is meant.
#[test]
fn what_is_meant_is_taken() {
    for declaration in [
        "input = [28, 28, 1], layers = [conv2d(6, kernel = [5, 1])]",
        "input = [32, 32, WIDTH], layers = [conv2d(6, kernel = 3)]",
        "input = [4, 4, 4], layers = [conv2d(6, kernel = 3)]",
        "input = 4, layers = [self::ReLU, dense(2)]",
        "input = 4, layers = [Linear, dense(2)]",
        "input = 4, layers = [dense(if WIDE { 8 } else { 4 }), dense(match N { 1 => 2, _ => 3 })]",
    ] {
        let model = crate::golden::model(declaration);
        assert!(model.notes.iter().all(|note| !note.contains("channels come first")), "{declaration}");
    }
    let notes = crate::golden::model("input = [480, 640, 3], layers = [conv2d(6, kernel = 3)]").notes;
    assert!(notes.iter().any(|note| note.contains("[3, 480, 640]")), "{notes:?}");
}
