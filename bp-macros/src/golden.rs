//! Golden files: plans under `tests/plans`, expansions under `tests/expansions`, random networks under `tests/random`;
//! `catalogue` has one too.
//!
//! `BLESS=1 cargo test -p backprop-macros` writes them anew. A plan that has changed is a change of what every
//! user's network does and takes: read the difference.

use crate::diagnostics::{Diagnostics, Reported};
use crate::model::{self, Model, Sketch};
use crate::plan::{Mode, plan};
use crate::{declaration, expand};
use proc_macro2::TokenStream;
use quote::quote;
use std::path::PathBuf;

/// Name of the files, and the declaration.
pub(crate) const DECLARATIONS: &[(&str, &str)] = &[
    ("mlp", "input = 784, layers = [dense(128), relu, dense(64), relu, dense(10)], loss = cross_entropy"),
    (
        "lenet5",
        "input = [1, 28, 28],
        layers = [
            conv1: conv2d(6, kernel = 5, padding = 2), relu, max_pool2d(2),
            conv2: conv2d(16, kernel = 5), relu, max_pool2d(2),
            flatten,
            dense(120), relu,
            dense(84), relu,
            dense(10),
        ],
        loss = cross_entropy",
    ),
    (
        "symbolic",
        "input = INPUTS, layers = [dense(2 * HIDDEN), relu, dropout(0.2), dense(HIDDEN), dense(3)],
        loss = mse, scalar = f64, tile = 16",
    ),
    (
        "in_place",
        "input = 12, layers = [dense(8), relu, dropout, dense(8), dropout, relu, sigmoid, tanh, dense(3), softmax]",
    ),
    ("leading", "input = [2, 8, 6], layers = [relu, avg_pool2d(2), relu, flatten, dense(4)], loss = mse"),
    ("sequence", "input = [16, 3], layers = [dense(5), tanh, flatten, dense(1)], loss = binary_cross_entropy"),
    (
        "embedding",
        "input = 8, layers = [embedding(20, 4), residual[layer_norm, dense(4), tanh], rms_norm, flatten, dense(2), scale],
        loss = mse",
    ),
    (
        "batch_norm",
        "input = [1, 6, 6], layers = [conv2d(2, kernel = 3), norm: batch_norm, relu, flatten, dense(3), frozen batch_norm],
        loss = mse",
    ),
    (
        "options",
        "input = [4, 9, 8],
        layers = [
            conv2d(6, kernel = [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2, bias = false),
            leaky_relu(slope = 0.2),
            avg_pool2d(2, stride = 1, padding = 1, count_include_pad = false),
            flatten, dense(3, bias = false, init = zeros),
        ],
        crate = ::renamed, budget = { training = 1024 * 1024 }",
    ),
    (
        "formulas",
        "input = 4,
        layers = [dense(3), activation(|x| x * tanh(ln(1.0 + exp(x)))), activation(|x| if x > LIMIT { x } else { x.powi(3) / 2.0 })],
        loss = |y, t| (y - t).powi(2) / (1.0 + (y - t).powi(2))",
    ),
];

pub(crate) fn tokens(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

pub(crate) fn model(text: &str) -> Model {
    let mut diagnostics = Diagnostics::new();
    let model = (|| {
        let declaration = declaration::parse(
            tokens(text),
            quote!(
                struct Net;
            ),
            &mut diagnostics,
        )
        .map_err(|_| Reported::already())?;
        let mut sketch = Sketch::default();
        model::build(&declaration.item.ident, &declaration.keys, &mut sketch, &mut diagnostics)
    })();
    let errors = diagnostics.finish();
    assert!(errors.is_empty(), "{text}: {errors}");
    model.unwrap_or_else(|_| unreachable!("a model where there are no errors"))
}

pub(crate) fn expansion(text: &str) -> TokenStream {
    expand::network(
        tokens(text),
        quote!(
            #[doc = " A network."]
            pub struct Net;
        ),
    )
}

/// Compares with a golden file, or writes it where `BLESS` is set; the path begins in the workspace.
pub(crate) fn golden(file: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of golden files");
        std::fs::write(&path, found).expect("a golden file");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let differs = expected.lines().zip(found.lines()).position(|(expected, found)| expected != found);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    assert!(
        expected == found,
        "{file} differs in line {}:\n  golden: {}\n  now:    {}\n\
         If the change is meant, run `BLESS=1 cargo test -p backprop-macros` and read the difference.",
        line + 1,
        expected.lines().nth(line).unwrap_or("(the end, or no such file)"),
        found.lines().nth(line).unwrap_or("(the end)"),
    );
}

#[test]
fn plans() {
    for (name, text) in DECLARATIONS {
        let model = model(text);
        let (training, inference) = (plan(&model, Mode::Training), plan(&model, Mode::Inference));
        golden(&format!("tests/plans/{name}.txt"), &format!("training\n{training}\ninference\n{inference}"));
    }
}

#[test]
fn expansions() {
    for (name, text) in DECLARATIONS {
        let file = syn::parse2(expansion(text)).expect("an expansion is Rust");
        golden(&format!("tests/expansions/{name}.rs"), &prettyplease::unparse(&file));
    }
}

#[test]
fn expanding_twice_gives_the_same_bytes() {
    for (name, text) in DECLARATIONS {
        assert_eq!(expansion(text).to_string(), expansion(text).to_string(), "{name}");
    }
}
