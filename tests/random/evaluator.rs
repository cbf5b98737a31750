//! Networks as trees, and a walk through them that computes one sample.

use crate::arithmetic::{self, Array, Window};
use crate::tape::{Tape, Var};
use std::collections::BTreeMap;

mod groups;
mod norms;

/// A layer, or a group of layers.
#[derive(Debug)]
pub(crate) enum Module {
    Dense {
        outputs: usize,
        bias: bool,
    },
    Conv1d {
        channels: usize,
        window: Window,
        groups: usize,
        bias: bool,
    },
    Conv2d {
        channels: usize,
        window: Window,
        groups: usize,
        bias: bool,
    },
    ConvTranspose2d {
        channels: usize,
        window: Window,
        output_padding: [usize; 2],
        groups: usize,
        bias: bool,
    },
    ConvTranspose1d {
        channels: usize,
        window: Window,
        output_padding: usize,
        groups: usize,
        bias: bool,
    },
    Pad {
        sides: [[usize; 2]; 2],
        mode: &'static str,
    },
    Shuffle(usize),
    Unshuffle(usize),
    Adaptive {
        sizes: [usize; 2],
        largest: bool,
    },
    /// A layer along these axes instead of the last.
    Over(Vec<usize>, Box<Module>),
    MaxPool(Window),
    AvgPool(Window),
    GlobalMaxPool,
    GlobalAvgPool,
    Upsample(Vec<usize>),
    Reshape(Vec<usize>),
    Transpose(Vec<usize>),
    LayerNorm {
        affine: bool,
        bias: bool,
    },
    RmsNorm,
    GroupNorm {
        groups: usize,
    },
    InstanceNorm,
    Scale,
    Bias,
    Attention {
        heads: usize,
        causal: bool,
        bias: bool,
    },
    Activation(&'static str),
    Prelu,
    Softmax,
    LogSoftmax,
    Glu,
    Residual {
        body: Vec<Module>,
        shortcut: Vec<Module>,
    },
    Sum(Vec<Vec<Module>>),
    Product(Vec<Vec<Module>>),
    Concat {
        axis: usize,
        branches: Vec<Vec<Module>>,
    },
    Heads(Vec<Vec<Module>>),
    Repeat(usize, Vec<Module>),
    Frozen(Vec<Module>),
    Network(&'static str, Vec<Module>),
    FixedPoint(Vec<Module>),
}

/// A window that is padded otherwise before an axis than after it.
pub(crate) fn sides(
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [[usize; 2]; 2],
    dilation: [usize; 2],
) -> Window {
    Window { kernel, stride, padding, dilation }
}

/// A window in the form of a declaration: both ends of an axis are padded alike.
pub(crate) fn window(
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    dilation: [usize; 2],
) -> Window {
    sides(kernel, stride, padding.map(|padding| [padding; 2]), dilation)
}

/// A window over time, with so many zeros before and behind.
pub(crate) fn steps(kernel: usize, stride: usize, padding: [usize; 2], dilation: usize) -> Window {
    Window { kernel: [kernel, 1], stride: [stride, 1], padding: [padding, [0, 0]], dilation: [dilation, 1] }
}

/// A tensor of the network, in the shape that PyTorch gives it.
pub(crate) struct Parameter {
    pub(crate) path: String,
    pub(crate) numbers: Array,
}

/// What the walk finds out about a tensor.
pub(crate) struct Place {
    /// Number of the layer that it is in; what stands in a network within the network is in that.
    pub(crate) layer: usize,
    pub(crate) frozen: bool,
    pub(crate) is_bias: bool,
    /// Whether it is in a network within the network, which says itself what it trains.
    pub(crate) is_inner: bool,
}

/// `train` in a declaration.
pub(crate) enum Train {
    All,
    Last(usize),
    Biases,
}

/// A walk through a network. Meets the tensors in the order of declaration.
pub(crate) struct Evaluator<'a> {
    tape: &'a mut Tape,
    parameters: &'a [Parameter],
    pub(crate) places: Vec<Place>,
    layers: usize,
    /// How many layers of a kind there were, in each network by its path.
    numbers: BTreeMap<String, usize>,
    path: String,
    frozen: bool,
    is_inner: bool,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(tape: &'a mut Tape, parameters: &'a [Parameter]) -> Self {
        let (places, numbers) = (Vec::new(), BTreeMap::new());
        Self {
            tape,
            parameters,
            places,
            layers: 0,
            numbers,
            path: String::new(),
            frozen: false,
            is_inner: false,
        }
    }

    pub(crate) fn chain(&mut self, layers: &[Module], input: &Array) -> Array {
        layers.iter().fold(input.clone(), |x, layer| self.layer(layer, &x))
    }

    fn branches(&mut self, branches: &[Vec<Module>], x: &Array) -> Vec<Array> {
        branches.iter().map(|branch| self.chain(branch, x)).collect()
    }

    /// The next tensor, which must have this name and shape.
    fn take(&mut self, name: &str, shape: &[usize]) -> Array {
        let parameter = &self.parameters[self.places.len()];
        assert_eq!(parameter.path, format!("{}{name}", self.path));
        assert_eq!(parameter.numbers.shape, shape, "{}", parameter.path);
        let (is_bias, is_inner) = (name.ends_with("bias"), self.is_inner);
        self.places.push(Place { layer: self.layers, frozen: self.frozen, is_bias, is_inner });
        parameter.numbers.clone()
    }

    /// The tensors of the next layer of a kind, which is called after it.
    fn tensors<const N: usize>(&mut self, kind: &str, tensors: [(&str, &[usize]); N]) -> [Array; N] {
        let outer = self.enter(kind);
        let taken = tensors.map(|(name, shape)| self.take(name, shape));
        self.leave(outer);
        taken
    }

    /// Goes into the next layer of a kind; gives the path to return to.
    fn enter(&mut self, kind: &str) -> String {
        let count = self.numbers.entry(format!("{}{kind}", self.path)).or_default();
        *count += 1;
        let inner = format!("{}{kind}{count}.", self.path);
        std::mem::replace(&mut self.path, inner)
    }

    fn leave(&mut self, outer: String) {
        self.layers += usize::from(outer.is_empty());
        self.path = outer;
    }

    fn layer(&mut self, layer: &Module, x: &Array) -> Array {
        let shape = x.shape.as_slice();
        match layer {
            Module::MaxPool(window) => self.pool(x, window, true),
            Module::AvgPool(window) => self.pool(x, window, false),
            Module::GlobalMaxPool | Module::GlobalAvgPool => {
                let channels = if shape.len() == 2 { arithmetic::transpose(x, &[1, 0]) } else { x.clone() };
                let count = channels.shape[0];
                let positions = channels.reshaped(&[count, channels.numbers.len() / count]);
                let largest = matches!(layer, Module::GlobalMaxPool);
                let tape = &mut *self.tape;
                let one = |row: &[Var]| vec![if largest { tape.max(row) } else { tape.mean(row) }];
                positions.map_rows(one).reshaped(&[count])
            }
            Module::Pad { sides, mode } => {
                self.as_image(x, |tape, image| arithmetic::pad(tape, image, *sides, mode))
            }
            Module::Adaptive { sizes, largest } => {
                self.as_image(x, |tape, image| arithmetic::adaptive_pool(tape, image, *sizes, *largest))
            }
            Module::Shuffle(factor) => arithmetic::shuffle(x, *factor),
            Module::Unshuffle(factor) => arithmetic::unshuffle(x, *factor),
            Module::Over(axes, layer) => self.over(axes, layer, x),
            Module::Upsample(factors) => arithmetic::upsample(x, factors),
            Module::Reshape(shape) => x.reshaped(shape),
            Module::Transpose(order) => arithmetic::transpose(x, order),
            Module::Activation(name) => {
                let numbers = x.numbers.iter().map(|&x| arithmetic::activation(self.tape, name, x));
                Array::new(shape, numbers.collect())
            }
            Module::Softmax => x.map_rows(|row| arithmetic::softmax(self.tape, row)),
            Module::LogSoftmax => x.map_rows(|row| arithmetic::log_softmax(self.tape, row)),
            Module::Glu => x.map_rows(|row| arithmetic::glu(self.tape, row)),
            Module::Residual { .. }
            | Module::Sum(_)
            | Module::Product(_)
            | Module::Concat { .. }
            | Module::Heads(_)
            | Module::Repeat(..)
            | Module::Frozen(_)
            | Module::Network(..)
            | Module::FixedPoint(_) => self.group(layer, x),
            _ => self.learned(layer, x),
        }
    }

    fn pool(&mut self, x: &Array, window: &Window, largest: bool) -> Array {
        self.as_image(x, |tape, image| arithmetic::pool2d(tape, image, window, largest))
    }

    /// What is done to an image; a sequence is one of a single channel.
    fn as_image(&mut self, x: &Array, work: impl FnOnce(&mut Tape, &Array) -> Array) -> Array {
        let [time, features] = x.shape.as_slice() else { return work(self.tape, x) };
        let y = work(self.tape, &x.reshaped(&[1, *time, *features]));
        y.reshaped(&y.shape[1..])
    }

    /// A layer with parameters.
    fn learned(&mut self, layer: &Module, x: &Array) -> Array {
        let shape = x.shape.as_slice();
        let features = *shape.last().expect("at least one axis");
        // Of an image the first axis, otherwise the last.
        let channels = if shape.len() == 3 { shape[0] } else { features };
        let per_channel =
            |place: usize| if shape.len() == 3 { place / (shape[1] * shape[2]) } else { place % features };
        match layer {
            Module::Dense { outputs, bias } => {
                let (weight, bias) = ([*outputs, features], [if *bias { *outputs } else { 0 }]);
                let [weight, bias] = self.tensors("dense", [("weight", &weight), ("bias", &bias)]);
                arithmetic::dense(self.tape, x, &weight, &bias.numbers)
            }
            Module::Conv1d { channels, window, groups, bias } => {
                let (weight, bias) =
                    ([*channels, features / groups, window.kernel[0]], [if *bias { *channels } else { 0 }]);
                let [weight, bias] = self.tensors("conv1d", [("weight", &weight), ("bias", &bias)]);
                let weight = weight.reshaped(&[weight.shape.as_slice(), &[1]].concat());
                let image = arithmetic::transpose(x, &[1, 0]).reshaped(&[features, shape[0], 1]);
                let y = arithmetic::conv2d(self.tape, &image, &weight, &bias.numbers, window);
                arithmetic::transpose(&y.reshaped(&y.shape[..2]), &[1, 0])
            }
            Module::Conv2d { channels, window, groups, bias } => {
                let [rows, columns] = window.kernel;
                let weight = [*channels, shape[0] / groups, rows, columns];
                let bias = [if *bias { *channels } else { 0 }];
                let [weight, bias] = self.tensors("conv2d", [("weight", &weight), ("bias", &bias)]);
                arithmetic::conv2d(self.tape, x, &weight, &bias.numbers, window)
            }
            Module::ConvTranspose2d { channels, window, output_padding, groups, bias } => {
                let [rows, columns] = window.kernel;
                let weight = [shape[0], channels / groups, rows, columns];
                let bias = [if *bias { *channels } else { 0 }];
                let [weight, bias] = self.tensors("conv_transpose2d", [("weight", &weight), ("bias", &bias)]);
                let bias = &bias.numbers;
                arithmetic::conv_transpose2d(self.tape, x, &weight, bias, window, *output_padding, *groups)
            }
            Module::ConvTranspose1d { channels, window, output_padding, groups, bias } => {
                let weight = [features, channels / groups, window.kernel[0]];
                let bias = [if *bias { *channels } else { 0 }];
                let [weight, bias] = self.tensors("conv_transpose1d", [("weight", &weight), ("bias", &bias)]);
                let weight = weight.reshaped(&[weight.shape.as_slice(), &[1]].concat());
                let image = arithmetic::transpose(x, &[1, 0]).reshaped(&[features, shape[0], 1]);
                let (bias, more) = (&bias.numbers, [*output_padding, 0]);
                let y = arithmetic::conv_transpose2d(self.tape, &image, &weight, bias, window, more, *groups);
                arithmetic::transpose(&y.reshaped(&y.shape[..2]), &[1, 0])
            }
            Module::Scale => {
                let [weight] = self.tensors("scale", [("weight", &[channels])]);
                self.each(x, |tape, place, x| tape.product(x, weight.numbers[per_channel(place)]))
            }
            Module::Bias => {
                let [bias] = self.tensors("bias", [("bias", &[channels])]);
                self.each(x, |tape, place, x| tape.sum(&[x, bias.numbers[per_channel(place)]]))
            }
            Module::Prelu => {
                let [weight] = self.tensors("prelu", [("weight", &[1])]);
                self.each(
                    x,
                    |tape, _, x| {
                        if tape.value(x) > 0.0 { x } else { tape.product(x, weight.numbers[0]) }
                    },
                )
            }
            Module::Attention { heads, causal, bias } => self.attention(x, *heads, *causal, *bias),
            // The features of a step, or a whole image.
            _ => self.norm(layer, x, usize::from(shape.len() == 2)),
        }
    }

    fn each(&mut self, x: &Array, mut number: impl FnMut(&mut Tape, usize, Var) -> Var) -> Array {
        let numbers = x.numbers.iter().enumerate().map(|(place, &x)| number(self.tape, place, x));
        Array::new(&x.shape, numbers.collect())
    }

    fn attention(&mut self, x: &Array, heads: usize, causal: bool, bias: bool) -> Array {
        let features = x.shape[1];
        let bias = |n: usize| [if bias { n } else { 0 }];
        let tensors: [(&str, &[usize]); 4] = [
            ("in_proj_weight", &[3 * features, features]),
            ("in_proj_bias", &bias(3 * features)),
            ("out_proj.weight", &[features, features]),
            ("out_proj.bias", &bias(features)),
        ];
        let [in_weight, in_bias, out_weight, out_bias] = self.tensors("attention", tensors);
        let qkv = arithmetic::dense(self.tape, x, &in_weight, &in_bias.numbers);
        let means = arithmetic::attend(self.tape, &qkv, heads, causal);
        arithmetic::dense(self.tape, &means, &out_weight, &out_bias.numbers)
    }
}

/// Which tensors are trained. Of the last layers those count that are not frozen.
pub(crate) fn trained(places: &[Place], train: &Train) -> Vec<bool> {
    let mut layers: Vec<usize> =
        places.iter().filter(|place| !place.frozen).map(|place| place.layer).collect();
    layers.dedup();
    let is_trained = |place: &Place| match train {
        Train::All => true,
        Train::Last(last) => layers[layers.len() - last..].contains(&place.layer),
        Train::Biases => place.is_bias || place.is_inner,
    };
    places.iter().map(|place| !place.frozen && is_trained(place)).collect()
}
