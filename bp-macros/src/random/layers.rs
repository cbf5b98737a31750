//! Random layers of one input.

use super::{Generator, Piece, piece, wide};

const ACTIVATIONS: &[&str] = &[
    "relu",
    "leaky_relu",
    "elu",
    "sigmoid",
    "tanh",
    "sin",
    "softplus",
    "silu",
    "mish",
    "softsign",
    "hard_tanh",
    "hard_sigmoid",
    "hard_swish",
    "hard_shrink",
    "soft_shrink",
    "tanh_shrink",
    "log_sigmoid",
];
/// The most numbers between layers.
pub(super) const LARGEST: usize = 120;

/// A window over rows and columns, or over time and nothing.
struct Window {
    kernel: [usize; 2],
    stride: [usize; 2],
    /// Before and after each axis.
    padding: [[usize; 2]; 2],
    dilation: [usize; 2],
}

impl Window {
    fn reach(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }

    fn places(&self, axis: usize, size: usize) -> usize {
        (size + self.padding[axis].iter().sum::<usize>() - self.reach(axis)) / self.stride[axis] + 1
    }

    /// Padding that is the same before and after each axis.
    fn even(&self) -> Option<[usize; 2]> {
        let [[above, below], [left, right]] = self.padding;
        (above == below && left == right).then_some([above, left])
    }

    /// Settings in a declaration, without those that are as they are by default.
    fn text(&self) -> String {
        let setting = |name: &str, pair: [usize; 2], default: usize| {
            if pair == [default; 2] { String::new() } else { format!(", {name} = {pair:?}") }
        };
        let padding = match self.even() {
            Some(padding) => setting("padding", padding, 0),
            None => format!(", padding = {:?}", self.padding),
        };
        let (stride, dilation) = (setting("stride", self.stride, 1), setting("dilation", self.dilation, 1));
        format!("kernel = {:?}{stride}{padding}{dilation}", self.kernel)
    }

    fn tree(&self) -> String {
        match self.even() {
            Some(padding) => {
                format!("window({:?}, {:?}, {padding:?}, {:?})", self.kernel, self.stride, self.dilation)
            }
            None => format!(
                "sides({:?}, {:?}, {:?}, {:?})",
                self.kernel, self.stride, self.padding, self.dilation
            ),
        }
    }
}

impl Generator<'_> {
    pub(super) fn activation(&mut self) -> Piece {
        let name = *self.random.of(ACTIVATIONS);
        piece(name, format!("Activation({name:?})"))
    }

    pub(super) fn flattened(&mut self, shape: &mut Vec<usize>) -> Piece {
        *shape = vec![shape.iter().product()];
        piece("flatten", format!("Reshape(vec!{shape:?})"))
    }

    /// `, bias = false` or nothing, and the field of the tree.
    fn bias(&mut self) -> (&'static str, &'static str) {
        if self.chance(4) { (", bias = false", "bias: false") } else { ("", "bias: true") }
    }

    /// A trained dense layer.
    pub(super) fn linear(&mut self, shape: &mut [usize], outputs: usize) -> Piece {
        let (text, tree) = self.bias();
        shape[wide(shape)] = outputs;
        piece(format!("dense({outputs}{text})"), format!("Dense {{ outputs: {outputs}, {tree} }}"))
    }

    /// A layer that changes nothing of the shape but its features or channels; sometimes frozen.
    pub(super) fn widened(&mut self, shape: &mut [usize], width: usize) -> Piece {
        let layer = match *shape {
            [_, height, wide] => {
                let kernel = [height, wide].map(|size| if size > 2 && self.chance(2) { 3 } else { 1 });
                let window = Window {
                    kernel,
                    stride: [1; 2],
                    padding: kernel.map(|kernel| [kernel / 2; 2]),
                    dilation: [1; 2],
                };
                let (text, tree) = self.bias();
                shape[0] = width;
                piece(
                    format!("conv2d({width}, kernel = {kernel:?}, padding = same{text})"),
                    format!("Conv2d {{ channels: {width}, window: {}, groups: 1, {tree} }}", window.tree()),
                )
            }
            [..] if shape.len() == 2 && self.chance(2) => {
                let (text, padding, kernel) = match self.random.below(2) {
                    0 => ("same", "[1, 1]", 3),
                    _ => ("causal", "[1, 0]", 2),
                };
                shape[1] = width;
                piece(
                    format!("conv1d({width}, kernel = {kernel}, padding = {text})"),
                    format!(
                        "Conv1d {{ channels: {width}, window: steps({kernel}, 1, {padding}, 1), groups: 1, bias: true }}"
                    ),
                )
            }
            [..] => self.linear(shape, width),
        };
        if self.chance(6) {
            return piece(format!("frozen {}", layer.text), format!("Frozen(vec![{}])", layer.tree));
        }
        layer
    }

    /// A layer that gives the shape that it takes, and is no linear one.
    pub(super) fn keeping(&mut self, shape: &[usize]) -> Piece {
        let (width, rank) = (shape[wide(shape)], shape.len());
        // Of one number nothing is left by a norm.
        let several = if rank == 2 { width > 1 } else { shape.iter().product::<usize>() > 1 };
        match self.random.below(14) {
            0 | 1 if !several => self.activation(),
            12 | 13 if rank > 1 => self.over_axis(shape),
            0 => match self.random.below(3) {
                0 => piece("layer_norm", "LayerNorm { affine: true, bias: true }"),
                1 => piece("layer_norm(bias = false)", "LayerNorm { affine: true, bias: false }"),
                _ => piece("layer_norm(affine = false)", "LayerNorm { affine: false, bias: true }"),
            },
            1 => piece("rms_norm", "RmsNorm"),
            2 if width.is_multiple_of(2) => {
                piece(format!("group_norm({})", width / 2), format!("GroupNorm {{ groups: {} }}", width / 2))
            }
            3 if rank == 3 && shape[1] * shape[2] > 1 => piece("instance_norm", "InstanceNorm"),
            4 => piece("scale", "Scale"),
            5 => piece("bias", "Bias"),
            6 => piece("prelu", "Prelu"),
            7 if rank < 3 => piece("softmax", "Softmax"),
            8 if rank < 3 => piece("log_softmax", "LogSoftmax"),
            3 | 9 if rank == 2 => self.attention(width),
            3 | 10 if rank == 1 && width <= 5 => piece(
                format!("fixed_point(tolerance = 1e-13, max_iterations = 1000)[dense({width}), tanh]"),
                format!("FixedPoint(vec![Dense {{ outputs: {width}, bias: true }}, Activation(\"tanh\")])"),
            ),
            _ => self.activation(),
        }
    }

    fn attention(&mut self, features: usize) -> Piece {
        let heads = if features.is_multiple_of(2) { 2 } else { 1 };
        let (causal, is_causal) = if self.chance(2) { (", causal = true", true) } else { ("", false) };
        let (bias, tree) = self.bias();
        piece(
            format!("attention({heads}{causal}{bias})"),
            format!("Attention {{ heads: {heads}, causal: {is_causal}, {tree} }}"),
        )
    }

    /// A layer that may give another shape.
    pub(super) fn changing(&mut self, shape: &mut Vec<usize>) -> Piece {
        let is_small = shape.iter().product::<usize>() * 4 <= LARGEST;
        match (shape.len(), self.random.below(13)) {
            (2 | 3, 8 | 11 | 12) => self.moved(shape),
            (2 | 3, 9) => self.glu_over(shape),
            (2, 10) if is_small => self.conv_transpose1d(shape),
            (3, 10) => self.conv2d(shape),
            (1, 0) if shape[0].is_multiple_of(2) => {
                *shape = vec![shape[0] / 2, 2];
                piece(format!("reshape({shape:?})"), format!("Reshape(vec!{shape:?})"))
            }
            (1, 1) if shape[0].is_multiple_of(4) => {
                *shape = vec![shape[0] / 4, 2, 2];
                piece(format!("reshape({shape:?})"), format!("Reshape(vec!{shape:?})"))
            }
            (1 | 2, 2) if shape[wide(shape)].is_multiple_of(2) => {
                let place = wide(shape);
                shape[place] /= 2;
                piece("glu", "Glu")
            }
            (2, 0 | 1) if shape[0] > 1 => self.pool1d(shape),
            (2, 3) => {
                shape.reverse();
                piece("transpose", "Transpose(vec![1, 0])")
            }
            (2 | 3, 4) if self.chance(3) => {
                *shape = vec![shape[wide(shape)]];
                if self.chance(2) {
                    piece("global_avg_pool", "GlobalAvgPool")
                } else {
                    piece("global_max_pool", "GlobalMaxPool")
                }
            }
            (2, 5) if is_small => {
                shape[0] *= 2;
                piece("upsample(2)", "Upsample(vec![2, 1])")
            }
            (2, _) if shape[0] > 2 => self.conv1d(shape),
            (3, 0 | 1) if shape[1] > 1 && shape[2] > 1 => self.pool2d(shape),
            (3, 2) if is_small => {
                (shape[1], shape[2]) = (2 * shape[1], shape[2]);
                piece("upsample([2, 1])", "Upsample(vec![2, 1])")
            }
            (3, 3) => {
                *shape = vec![shape[2], shape[0], shape[1]];
                piece("transpose([2, 0, 1])", "Transpose(vec![2, 0, 1])")
            }
            (3, 5) if is_small => self.conv_transpose2d(shape),
            (3, 6 | 7) => self.conv2d(shape),
            _ => {
                let width = self.between(2, 6);
                self.widened(shape, width)
            }
        }
    }

    /// As many groups as divide both, mostly one.
    fn groups(&mut self, inputs: usize, outputs: usize) -> usize {
        let divides = |groups: &usize| inputs.is_multiple_of(*groups) && outputs.is_multiple_of(*groups);
        let most = (1..=inputs).rev().find(divides).unwrap_or(1);
        if self.chance(2) { most } else { 1 }
    }

    fn window(&mut self, sizes: [usize; 2]) -> Window {
        let mut window = Window { kernel: [1; 2], stride: [1; 2], padding: [[0; 2]; 2], dilation: [1; 2] };
        for (axis, size) in sizes.into_iter().enumerate() {
            window.kernel[axis] = self.between(1, size.min(3));
            window.stride[axis] = self.between(1, 2);
            let padding = self.between(0, window.kernel[axis] / 2);
            window.padding[axis] = [padding; 2];
            if self.chance(2) && 2 * (window.kernel[axis] - 1) < size + 2 * padding {
                window.dilation[axis] = 2;
            }
        }
        window
    }

    fn conv1d(&mut self, shape: &mut [usize]) -> Piece {
        let [time, features] = [shape[0], shape[1]];
        let window = self.window([time, 1]);
        let (channels, (text, tree)) = (self.between(2, 4), self.bias());
        let groups = self.groups(features, channels);
        let [kernel, stride, padding, dilation] =
            [window.kernel[0], window.stride[0], window.padding[0][0], window.dilation[0]];
        shape[0] = window.places(0, time);
        shape[1] = channels;
        piece(
            format!(
                "conv1d({channels}, kernel = {kernel}, stride = {stride}, padding = {padding}, \
                 dilation = {dilation}, groups = {groups}{text})"
            ),
            format!(
                "Conv1d {{ channels: {channels}, window: steps({kernel}, {stride}, [{padding}; 2], {dilation}), \
                 groups: {groups}, {tree} }}"
            ),
        )
    }

    fn conv2d(&mut self, shape: &mut Vec<usize>) -> Piece {
        let mut window = self.window([shape[1], shape[2]]);
        let (channels, (text, tree)) = (self.between(1, 4), self.bias());
        let more = |this: &mut Self| if this.chance(3) { this.between(0, 1) } else { 0 };
        let more = [more(self), more(self)];
        for (padding, (more, size)) in window.padding.iter_mut().zip(more.into_iter().zip(&shape[1..])) {
            padding[1] = (padding[1] + more).min(size - 1);
        }
        let groups = self.groups(shape[0], channels);
        let of_groups = if groups == 1 { String::new() } else { format!(", groups = {groups}") };
        *shape = vec![channels, window.places(0, shape[1]), window.places(1, shape[2])];
        let declared = window.text();
        // The mode is a layer before the convolution.
        let (mode, before) = if window.padding != [[0; 2]; 2] && self.chance(2) {
            let (mode, sides) = (self.padding_mode(), std::mem::take(&mut window.padding));
            (format!(", padding_mode = {mode}"), format!("Pad {{ sides: {sides:?}, mode: {mode:?} }}, "))
        } else {
            (String::new(), String::new())
        };
        let window = window.tree();
        piece(
            format!("conv2d({channels}, {declared}{mode}{of_groups}{text})"),
            format!("{before}Conv2d {{ channels: {channels}, window: {window}, groups: {groups}, {tree} }}"),
        )
    }

    fn conv_transpose2d(&mut self, shape: &mut Vec<usize>) -> Piece {
        let window = Window { dilation: [1; 2], padding: [[0; 2]; 2], ..self.window([3, 3]) };
        let more = window.stride.map(|stride| stride - 1);
        let (channels, (text, tree)) = (self.between(1, 3), self.bias());
        let groups = self.groups(shape[0], channels);
        let grown =
            |axis: usize, size: usize| (size - 1) * window.stride[axis] + window.kernel[axis] + more[axis];
        *shape = vec![channels, grown(0, shape[1]), grown(1, shape[2])];
        piece(
            format!(
                "conv_transpose2d({channels}, {}, output_padding = {more:?}, groups = {groups}{text})",
                window.text()
            ),
            format!(
                "ConvTranspose2d {{ channels: {channels}, window: {}, output_padding: {more:?}, groups: {groups}, {tree} }}",
                window.tree()
            ),
        )
    }

    fn conv_transpose1d(&mut self, shape: &mut [usize]) -> Piece {
        let window = self.window([3, 1]);
        let [kernel, stride, dilation] = [window.kernel[0], window.stride[0], window.dilation[0]];
        let (channels, (text, tree)) = (self.between(1, 3), self.bias());
        let (groups, more) = (self.groups(shape[1], channels), stride - 1);
        shape[0] = (shape[0] - 1) * stride + dilation * (kernel - 1) + more + 1;
        shape[1] = channels;
        piece(
            format!(
                "conv_transpose1d({channels}, kernel = {kernel}, stride = {stride}, dilation = {dilation}, \
                 output_padding = {more}, groups = {groups}{text})"
            ),
            format!(
                "ConvTranspose1d {{ channels: {channels}, window: steps({kernel}, {stride}, [0; 2], {dilation}), \
                 output_padding: {more}, groups: {groups}, {tree} }}"
            ),
        )
    }

    fn pool1d(&mut self, shape: &mut [usize]) -> Piece {
        let window = Window { dilation: [1; 2], ..self.window([shape[0], 1]) };
        let [kernel, stride, padding] = [window.kernel[0], window.stride[0], window.padding[0][0]];
        shape[0] = window.places(0, shape[0]);
        let (text, tree) = if self.chance(2) { ("max_pool1d", "MaxPool") } else { ("avg_pool1d", "AvgPool") };
        piece(
            format!("{text}({kernel}, stride = {stride}, padding = {padding})"),
            format!("{tree}(steps({kernel}, {stride}, [{padding}; 2], 1))"),
        )
    }

    fn pool2d(&mut self, shape: &mut [usize]) -> Piece {
        let window = Window { dilation: [1; 2], ..self.window([shape[1], shape[2]]) };
        shape[1] = window.places(0, shape[1]);
        shape[2] = window.places(1, shape[2]);
        let (text, tree) = if self.chance(2) { ("max_pool2d", "MaxPool") } else { ("avg_pool2d", "AvgPool") };
        let (stride, padding) = (window.stride, window.padding.map(|[before, _]| before));
        piece(
            format!("{text}({:?}, stride = {stride:?}, padding = {padding:?})", window.kernel),
            format!("{tree}({})", window.tree()),
        )
    }
}
