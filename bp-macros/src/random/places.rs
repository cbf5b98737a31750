//! Random layers that move numbers about, or work along other axes than the last.

use super::layers::LARGEST;
use super::{Generator, Piece, piece};

/// What stands in padding, as `pad` and convolutions have it.
const MODES: &[&str] = &["reflect", "replicate", "circular"];

impl Generator<'_> {
    pub(super) fn padding_mode(&mut self) -> &'static str {
        self.random.of::<&str>(MODES)
    }

    /// A layer along any axis that gives the shape that it takes.
    pub(super) fn over_axis(&mut self, shape: &[usize]) -> Piece {
        let several: Vec<usize> = (0..shape.len()).filter(|axis| shape[*axis] > 1).collect();
        if several.is_empty() {
            return self.activation();
        }
        let axis = *self.random.of(&several);
        let over = |axes: &[usize], layer: &str, settings: &str, tree: &str| {
            piece(format!("{layer}({settings})"), format!("Over(vec!{axes:?}, Box::new({tree}))"))
        };
        let one = [axis];
        match self.random.below(5) {
            0 => over(&one, "softmax", &format!("axis = {axis}"), "Softmax"),
            1 => over(&one, "log_softmax", &format!("axis = {axis}"), "LogSoftmax"),
            2 => over(&one, "rms_norm", &format!("axes = {axis}"), "RmsNorm"),
            3 if shape.len() == 2 && shape[0] > 1 => {
                piece("instance_norm", "Over(vec![0], Box::new(InstanceNorm))")
            }
            _ => {
                // One axis, or all from it on.
                let axes: Vec<usize> =
                    if self.chance(2) { vec![axis] } else { (axis..shape.len()).collect() };
                let tree = "LayerNorm { affine: true, bias: true }";
                over(&axes, "layer_norm", &format!("axes = {axes:?}"), tree)
            }
        }
    }

    /// Half of an axis gates the other half.
    pub(super) fn glu_over(&mut self, shape: &mut [usize]) -> Piece {
        let even: Vec<usize> = (0..shape.len()).filter(|axis| shape[*axis].is_multiple_of(2)).collect();
        if even.is_empty() {
            return self.over_axis(shape);
        }
        let axis = *self.random.of(&even);
        shape[axis] /= 2;
        piece(format!("glu(axis = {axis})"), format!("Over(vec![{axis}], Box::new(Glu))"))
    }

    /// Padding, pooling to a given size, and pixels that become channels.
    pub(super) fn moved(&mut self, shape: &mut Vec<usize>) -> Piece {
        match self.random.below(4) {
            0 | 1 => self.pad(shape),
            2 if shape.len() == 3 => self.pixels(shape),
            _ => self.adaptive(shape),
        }
    }

    fn pad(&mut self, shape: &mut [usize]) -> Piece {
        if shape.iter().product::<usize>() * 2 > LARGEST {
            return self.activation();
        }
        let first = shape.len() - 2;
        let mut sides = [[0; 2]; 2];
        // A sequence has nothing but its steps.
        let padded = if shape.len() == 3 { 2 } else { 1 };
        for (axis, sides) in sides.iter_mut().enumerate().take(padded) {
            let most = (shape[shape.len() - 2 + axis] - 1).min(2);
            *sides = [self.between(0, most), self.between(0, most)];
        }
        for (axis, [before, after]) in sides.into_iter().enumerate() {
            shape[first + axis] += before + after;
        }
        let given = &sides[..padded];
        let (setting, mode) = if self.chance(4) {
            (", value = 0.5".to_owned(), "constant")
        } else {
            let mode = self.padding_mode();
            (format!(", mode = {mode}"), mode)
        };
        piece(format!("pad({given:?}{setting})"), format!("Pad {{ sides: {sides:?}, mode: {mode:?} }}"))
    }

    fn pixels(&mut self, shape: &mut Vec<usize>) -> Piece {
        match shape[..] {
            [channels, height, width] if channels.is_multiple_of(4) => {
                *shape = vec![channels / 4, 2 * height, 2 * width];
                piece("pixel_shuffle(2)", "Shuffle(2)")
            }
            [channels, height, width] if height.is_multiple_of(2) && width.is_multiple_of(2) => {
                *shape = vec![4 * channels, height / 2, width / 2];
                piece("pixel_unshuffle(2)", "Unshuffle(2)")
            }
            _ => self.adaptive(shape),
        }
    }

    fn adaptive(&mut self, shape: &mut [usize]) -> Piece {
        let (largest, kind) = if self.chance(2) { (true, "max") } else { (false, "avg") };
        if let [_, height, width] = shape {
            (*height, *width) = (self.between(1, 4), self.between(1, 4));
            return piece(
                format!("adaptive_{kind}_pool2d([{height}, {width}])"),
                format!("Adaptive {{ sizes: [{height}, {width}], largest: {largest} }}"),
            );
        }
        let features = shape[1];
        shape[0] = self.between(2, 5);
        piece(
            format!("adaptive_{kind}_pool1d({})", shape[0]),
            format!("Adaptive {{ sizes: [{}, {features}], largest: {largest} }}", shape[0]),
        )
    }
}
