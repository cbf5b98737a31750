//! Random causal networks: `tests/streaming/random/networks.rs`, which `tests/streaming/random.rs` runs one step at a time and
//! compares with predictions of the whole sequence.

use crate::fuzz::Random;
use crate::golden::golden;

const NETWORKS: usize = 100;
const SEED: u64 = 5;
/// Longer than the longest block.
const TIME: usize = 72;

/// What must occur, so that a change of the generator does not lose it.
const WORDS: &[&str] = &[
    "rnn(",
    "gru(",
    "lstm(",
    "layers = 2",
    "projection",
    "activation = relu",
    "conv1d(",
    "dilation = ",
    "groups = ",
    "bias = false",
    "dense(",
    "layer_norm",
    "rms_norm",
    "group_norm(",
    "batch_norm",
    "scale",
    "prelu",
    "dropout(",
    "softmax",
    "log_softmax",
    "glu",
    "positional_encoding",
    "activation(|x|",
    "embedding(",
    "residual[",
    "sum[",
    "product[",
    "concat(",
    "repeat(",
    "heads {",
    "last",
    "Part",
];

const ACTIVATIONS: &[&str] =
    &["relu", "tanh", "sigmoid", "gelu", "silu", "softplus", "elu", "activation(|x| x / (1.0 + x * x))"];

struct Generator<'a> {
    random: &'a mut Random,
    name: String,
    /// A network that it has as a layer, as code.
    part: Option<String>,
}

impl Generator<'_> {
    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.random.below(high + 1 - low)
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.random.below(one_in) == 0
    }

    /// A layer that remembers, to a number of features.
    fn remembering(&mut self, from: usize, to: usize) -> String {
        let bias = if self.chance(3) { ", bias = false" } else { "" };
        let stacked = if self.chance(3) { ", layers = 2" } else { "" };
        match self.random.below(7) {
            0 => format!("rnn({to}{bias}{stacked})"),
            1 => format!("rnn({to}, activation = relu{bias})"),
            2 => format!("gru({to}{bias}{stacked})"),
            3 => format!("lstm({to}{bias}{stacked})"),
            4 => format!("lstm({}, projection = {to}{bias}{stacked})", to + 2),
            _ => {
                let (kernel, dilation) = (self.between(1, 4), self.between(1, 5));
                let groups = (1..=from)
                    .rev()
                    .find(|groups| from.is_multiple_of(*groups) && to.is_multiple_of(*groups));
                let groups = groups.filter(|groups| *groups > 1 && self.chance(2));
                let groups = groups.map_or_else(String::new, |groups| format!(", groups = {groups}"));
                format!(
                    "conv1d({to}, kernel = {kernel}, dilation = {dilation}, padding = causal{groups}{bias})"
                )
            }
        }
    }

    /// A layer to a number of features.
    fn to(&mut self, from: usize, to: usize) -> String {
        if self.chance(3) { format!("dense({to})") } else { self.remembering(from, to) }
    }

    /// A layer that keeps the number of features.
    fn keeping(&mut self, width: usize) -> String {
        // A norm over one number is refused.
        let kind = if width > 1 { self.random.below(12) } else { 3 + self.random.below(9) };
        match kind {
            0 => "layer_norm".to_owned(),
            1 => "rms_norm".to_owned(),
            2 if width > 2 && width.is_multiple_of(2) => format!("group_norm({})", width / 2),
            3 => "batch_norm".to_owned(),
            4 => "scale".to_owned(),
            5 => "prelu".to_owned(),
            6 => "dropout(0.3)".to_owned(),
            7 if width > 1 => "softmax".to_owned(),
            8 if width > 1 => "log_softmax".to_owned(),
            9 => "positional_encoding".to_owned(),
            _ => (*self.random.of(ACTIVATIONS)).to_owned(),
        }
    }

    /// Several layers to a number of features.
    fn branch(&mut self, from: usize, to: usize) -> String {
        let layer = self.to(from, to);
        if self.chance(2) { format!("[{layer}]") } else { format!("[{layer}, {}]", self.keeping(to)) }
    }

    /// Branches that join; gives the layer and the features behind it.
    fn group(&mut self, width: usize) -> (String, usize) {
        let [first, second] = [0; 2].map(|_| self.branch(width, width));
        match self.random.below(6) {
            0 => (format!("residual{first}"), width),
            1 => (format!("sum[{first}, [], {second}]"), width),
            2 => (format!("product[{first}, {second}]"), width),
            3 => (format!("repeat(2){first}"), width),
            4 if self.part.is_none() => {
                let (name, to) = (format!("{}Part", self.name), self.between(2, 5));
                let layers = self.branch(width, to);
                self.part = Some(format!(
                    "#[network(input = [{TIME}, {width}], layers = {layers})]\nstruct {name};\n"
                ));
                // A network's output is flat.
                (format!("{name}, reshape([{TIME}, {to}])"), to)
            }
            _ => {
                let to = self.between(1, 4);
                let more = self.branch(width, to);
                (format!("concat(axis = 1)[{first}, {more}]"), width + to)
            }
        }
    }

    /// The code of a whole network, and of its test.
    fn network(mut self) -> String {
        let indices = self.chance(8);
        let features = self.between(1, 4);
        let (mut layers, mut width) = (Vec::new(), features);
        if indices {
            width = self.between(2, 5);
            layers.push(format!("embedding(11, {width})"));
        }
        for _ in 0..self.between(1, 4) {
            match self.random.below(4) {
                0 => layers.push(self.keeping(width)),
                1 => {
                    let (group, after) = self.group(width);
                    layers.push(group);
                    width = after;
                }
                2 if width.is_multiple_of(2) && self.chance(2) => {
                    layers.push("glu".to_owned());
                    width /= 2;
                }
                _ => {
                    let after = self.between(2, 6);
                    layers.push(self.to(width, after));
                    width = after;
                }
            }
        }
        let after = self.between(2, 20);
        layers.push(self.remembering(width, after));
        let outputs = match self.random.below(6) {
            0 => {
                layers.push("last, dense(3)".to_owned());
                "&[Head { width: 3, has_time: false }]".to_owned()
            }
            1 => {
                layers.push("heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }".to_owned());
                format!(
                    "&[Head {{ width: 2, has_time: true }}, Head {{ width: 1, has_time: true }}, \
                     Head {{ width: {after}, has_time: false }}]"
                )
            }
            _ => format!("&[Head {{ width: {after}, has_time: true }}]"),
        };
        let (name, test) = (&self.name, self.name.to_lowercase());
        let (input, check) = match indices {
            true => (format!("{TIME}"), format!("check_indices::<{name}>({outputs})")),
            false => (
                format!("[{TIME}, {features}]"),
                format!("check::<{name}, {features}, {}>({outputs})", TIME * features),
            ),
        };
        format!(
            "{}#[network(input = {input}, layers = [{}])]\nstruct {name};\n#[test]\nfn {test}() {{\n    {check};\n}}\n",
            self.part.unwrap_or_default(),
            layers.join(", ")
        )
    }
}

#[test]
fn streams() {
    let mut random = Random(SEED);
    let networks: Vec<String> = (1..=NETWORKS)
        .map(|number| Generator { random: &mut random, name: format!("Net{number}"), part: None }.network())
        .collect();
    let missing: Vec<_> =
        WORDS.iter().filter(|word| !networks.iter().any(|network| network.contains(**word))).collect();
    assert!(missing.is_empty(), "no network has {missing:?}: try another seed");
    let head = "//! Random causal networks, written by `bp-macros/src/random/streams.rs`.\n\n\
                use super::{Head, check, check_indices};\nuse backprop::prelude::*;\n";
    golden("tests/streaming/random/networks.rs", &format!("{head}\n{}", networks.join("\n")));
}
