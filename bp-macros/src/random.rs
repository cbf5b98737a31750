//! Random declarations, each with a tree of what it says: `tests/random/networks.rs`, which `tests/random/main.rs`
//! compiles and compares with an evaluator of its own.
//!
//! Nothing of the macro is used here: shapes are worked out once more.

mod layers;
mod places;
mod streams;

use crate::fuzz::Random;
use crate::golden::golden;

const NETWORKS: usize = 44;
const SEED: u64 = 742;

/// What must occur, so that a change of the generator does not lose it.
const WORDS: &[&str] = &[
    "dense(",
    "conv1d(",
    "conv2d(",
    "conv_transpose1d(",
    "conv_transpose2d(",
    "max_pool2d(",
    "avg_pool2d(",
    "max_pool1d(",
    "avg_pool1d(",
    "global_max_pool",
    "global_avg_pool",
    "upsample(",
    "flatten",
    "reshape(",
    "transpose,",
    "transpose([",
    "layer_norm",
    "rms_norm",
    "group_norm(",
    "instance_norm",
    "scale",
    "bias,",
    "layer_norm(axes",
    "rms_norm(axes",
    "softmax(axis",
    "glu(axis",
    "pad(",
    "mode = reflect",
    "mode = replicate",
    "mode = circular",
    "padding_mode = ",
    "padding = [[",
    "sides(",
    "pixel_shuffle(",
    "pixel_unshuffle(",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "product[",
    "attention(",
    "prelu",
    "softmax",
    "log_softmax",
    "glu",
    "residual[",
    "residual(",
    "sum[",
    "concat(",
    "repeat(",
    "frozen[",
    "frozen dense(",
    "frozen conv2d(",
    "heads {",
    "fixed_point(",
    "PartA",
    "last(1)",
    "last(2)",
    "train = biases",
    "tile = 1,",
    "tile = 8,",
    "tile = 16,",
    "groups = ",
    "dilation = ",
    "stride = ",
    "causal",
    "same",
    "bias = false",
    "[]",
];

/// A layer as it is declared, and as the evaluator builds it.
struct Piece {
    text: String,
    tree: String,
}

fn piece(text: impl Into<String>, tree: impl Into<String>) -> Piece {
    Piece { text: text.into(), tree: tree.into() }
}

/// The declarations and the trees of a list.
fn lists(pieces: &[Piece], between: &str) -> (String, String) {
    let join = |of: fn(&Piece) -> &str| pieces.iter().map(of).collect::<Vec<_>>().join(between);
    (join(|piece| &piece.text), join(|piece| &piece.tree))
}

/// `[text]` and `vec![tree]`.
fn branch(pieces: &[Piece]) -> Piece {
    let (text, tree) = lists(pieces, ", ");
    piece(format!("[{text}]"), format!("vec![{tree}]"))
}

/// The place of the features of a sequence, or of the channels of an image, among the axes.
fn wide(shape: &[usize]) -> usize {
    if shape.len() == 3 { 0 } else { shape.len() - 1 }
}

/// One network in the making.
struct Generator<'a> {
    random: &'a mut Random,
    name: String,
    /// Networks that it has as layers, as code.
    parts: Vec<String>,
}

impl Generator<'_> {
    fn chance(&mut self, one_in: usize) -> bool {
        self.random.below(one_in) == 0
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.random.below(high + 1 - low)
    }

    /// Any layers.
    fn chain(&mut self, shape: &mut Vec<usize>, length: usize, depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for _ in 0..length {
            match self.random.below(5) {
                0 | 1 => pieces.push(self.changing(shape)),
                2 if depth > 0 => pieces.push(self.group(shape, depth - 1)),
                2 | 3 => pieces.push(self.activation()),
                _ => pieces.push(self.keeping(shape)),
            }
        }
        pieces
    }

    /// Layers that give the shape that they take.
    fn same(&mut self, shape: &[usize], depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        match self.random.below(5) {
            0 | 1 if depth > 0 => pieces.push(self.keeping_group(shape, depth - 1)),
            0 => pieces.push(self.keeping(shape)),
            1 => {
                let (mut inner, width) = (shape.to_vec(), self.between(2, 5));
                pieces.push(self.widened(&mut inner, width));
                pieces.push(self.activation());
                pieces.push(self.widened(&mut inner, shape[wide(shape)]));
            }
            _ => pieces.push(self.widened(&mut shape.to_vec(), shape[wide(shape)])),
        }
        if self.chance(2) {
            pieces.push(self.activation());
        }
        pieces
    }

    fn group(&mut self, shape: &mut Vec<usize>, depth: usize) -> Piece {
        let ends = |this: &mut Self, shape: &[usize], width: usize| {
            let mut inner = shape.to_vec();
            let mut pieces = if this.chance(2) { this.same(shape, depth) } else { Vec::new() };
            pieces.push(this.widened(&mut inner, width));
            (branch(&pieces), inner)
        };
        match self.random.below(8) {
            0 | 1 => {
                let width = self.between(2, 5);
                let (body, after) = ends(self, shape, width);
                let shortcut = branch(&[self.widened(&mut shape.clone(), width)]);
                *shape = after;
                piece(
                    format!("residual(shortcut = {}){}", shortcut.text, body.text),
                    format!("Residual {{ body: {}, shortcut: {} }}", body.tree, shortcut.tree),
                )
            }
            2 | 3 => {
                let axis = wide(shape);
                let widths = [self.between(1, 4), self.between(1, 4)];
                let (first, _) = ends(self, shape, widths[0]);
                let (second, _) = ends(self, shape, widths[1]);
                let empty = self.chance(2);
                let middle = if empty { piece("[], ", "vec![], ") } else { piece("", "") };
                shape[axis] = widths[0] + widths[1] + if empty { shape[axis] } else { 0 };
                piece(
                    format!("concat(axis = {axis})[{}, {}{}]", first.text, middle.text, second.text),
                    format!(
                        "Concat {{ axis: {axis}, branches: vec![{}, {}{}] }}",
                        first.tree, middle.tree, second.tree
                    ),
                )
            }
            4 if self.parts.len() < 2 => self.part(shape),
            _ => self.keeping_group(shape, depth),
        }
    }

    /// A group that gives the shape that it takes.
    fn keeping_group(&mut self, shape: &[usize], depth: usize) -> Piece {
        let body = branch(&self.same(shape, depth));
        match self.random.below(6) {
            0 => {
                let text = format!("residual{}", body.text);
                piece(text, format!("Residual {{ body: {}, shortcut: vec![] }}", body.tree))
            }
            1 | 2 => {
                let second = branch(&self.same(shape, depth));
                piece(
                    format!("sum[{}, [], {}]", body.text, second.text),
                    format!("Sum(vec![{}, vec![], {}])", body.tree, second.tree),
                )
            }
            3 => {
                let second = branch(&self.same(shape, depth));
                piece(
                    format!("product[{}, {}]", body.text, second.text),
                    format!("Product(vec![{}, {}])", body.tree, second.tree),
                )
            }
            4 => piece(format!("repeat(2){}", body.text), format!("Repeat(2, {})", body.tree)),
            _ => piece(format!("frozen{}", body.text), format!("Frozen({})", body.tree)),
        }
    }

    /// A network of its own, whose output is flat.
    fn part(&mut self, shape: &mut Vec<usize>) -> Piece {
        let letter = char::from(b'A' + u8::try_from(self.parts.len()).unwrap_or(0));
        let (name, input) = (format!("{}Part{letter}", self.name), shape.clone());
        let outer = std::mem::take(&mut self.parts);
        let mut pieces = self.chain(shape, 2, 0);
        // A part is no part of a part.
        self.parts = outer;
        if shape.len() > 1 {
            pieces.push(self.flattened(shape));
        }
        pieces.push(self.linear(shape, 3));
        let body = branch(&pieces);
        self.parts.push(format!(
            "#[network(input = {input:?}, layers = {}, scalar = f64)]\nstruct {name};\n",
            body.text
        ));
        let field = format!("{}_part_{}", self.name.to_lowercase(), letter.to_ascii_lowercase());
        piece(name, format!("Network({field:?}, {})", body.tree))
    }

    /// The last layers: two that are trained, or heads.
    fn end(&mut self, shape: &mut Vec<usize>) -> Vec<Piece> {
        let mut pieces = if shape.len() > 1 { vec![self.flattened(shape)] } else { Vec::new() };
        pieces.push(self.linear(shape, 5));
        pieces.push(self.activation());
        if self.chance(3) {
            let first = [self.linear(&mut shape.clone(), 3), piece("softmax", "Softmax")];
            let second = [self.linear(&mut shape.clone(), 2)];
            let (first, second) = (branch(&first), branch(&second));
            pieces.push(piece(
                format!("heads {{ policy: {}, value: {} }}", first.text, second.text),
                format!("Heads(vec![{}, {}])", first.tree, second.tree),
            ));
        } else {
            pieces.push(self.linear(shape, 3));
        }
        pieces
    }

    /// The code of a whole network.
    fn network(mut self) -> String {
        let mut shape = match self.random.below(3) {
            0 => vec![self.between(2, 6)],
            1 => vec![self.between(4, 6), self.between(2, 4)],
            _ => vec![self.between(1, 3), self.between(4, 6), self.between(4, 6)],
        };
        let (input, features) = (format!("{shape:?}"), shape.iter().product::<usize>());
        let length = self.between(3, 8);
        let mut pieces = self.chain(&mut shape, length, 2);
        pieces.extend(self.end(&mut shape));
        let (layers, trees) = lists(&pieces, ",\n        ");
        let tile = match self.random.below(5) {
            0 => "\n    tile = 1,",
            1 => "\n    tile = 8,",
            2 => "\n    tile = 16,",
            _ => "",
        };
        let (train, trained) = match self.random.below(6) {
            0 => {
                let count = self.between(1, 2);
                (format!("\n    train = last({count}),"), format!("Last({count})"))
            }
            1 => ("\n    train = biases,".to_owned(), "Biases".to_owned()),
            _ => (String::new(), "All".to_owned()),
        };
        let (name, parts) = (&self.name, self.parts.concat());
        let test = name.to_lowercase();
        format!(
            "{parts}#[network(
    input = {input},
    layers = [
        {layers},
    ],
    scalar = f64,{tile}{train}
)]
struct {name};

#[test]
fn {test}() {{
    let layers = vec![
        {trees},
    ];
    check::<{name}, {features}>(&Description {{ input: vec!{input}, train: Train::{trained}, layers }});
}}
"
        )
    }
}

#[test]
fn networks() {
    let mut random = Random(SEED);
    let networks: Vec<String> = (1..=NETWORKS)
        .map(|number| {
            Generator { random: &mut random, name: format!("Net{number}"), parts: Vec::new() }.network()
        })
        .collect();
    let missing = |word: &&&str| !networks.iter().any(|network| network.contains(**word));
    let missing: Vec<_> = WORDS.iter().filter(missing).collect();
    assert!(missing.is_empty(), "no network has {missing:?}: try another seed");
    let head = "//! Random networks, written by `bp-macros/src/random.rs`.

use super::evaluator::Module::*;
use super::evaluator::{Train, sides, steps, window};
use super::{Description, check};
use backprop::prelude::*;
";
    golden("tests/random/networks.rs", &format!("{head}\n{}", networks.join("\n")));
}
