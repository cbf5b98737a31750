//! `pad`: rows and columns around an image, or steps around a sequence.

use crate::parts::does_not_fit;
use crate::{Backward, Forward, Layer, Real, Scalar};

/// What stands in the padding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Padding {
    /// One number everywhere.
    Constant(Real),
    /// The image mirrored at its edge, which is not repeated: `c b | a b c | b a`.
    Reflect,
    /// The number at the edge: `a a | a b c | c c`.
    Replicate,
    /// The other end: `b c | a b c | a b`.
    Circular,
}

/// An image with more rows and columns around it, as many at each side as are wanted (PyTorch's `ConstantPad2d`,
/// `ZeroPad2d`, `ReflectionPad2d`, `ReplicationPad2d`, `CircularPad2d`, and `nn.functional.pad`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, above + height + below, left + width + right]` |
///
/// `y[c, i, j] = x[c, i − above, j − left]` where that is within x. Beyond it is the padding, 0 by default: see [`Padding`]. Before a convolution without padding it gives that any padding, also one that
/// differs from side to side. A sequence `[time, features]` is `new([1, time, features], [[before, after], [0, 0]])`. Backward:
/// the gradient of each number is the sum of those of its copies.
///
/// ```
/// use backprop_runtime::{layers::{Pad, Padding}, Forward, Layer, Pass};
/// let layer = Pad::new([1, 1, 3], [[0, 0], [2, 1]]);
/// let mut y = [[0.0_f32]; 6];
/// let x = [[1.0], [2.0], [3.0]];
/// layer.mode(Padding::Reflect).forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y.as_flattened(), [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
/// layer.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y.as_flattened(), [0.0, 0.0, 1.0, 2.0, 3.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pad {
    /// Channels of input and output.
    pub channels: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows above and below, columns left and right.
    pub sides: [[usize; 2]; 2],
    /// What stands in the padding.
    pub mode: Padding,
}

impl Pad {
    /// Zeros around `[channels, height, width]`.
    pub const fn new(input: [usize; 3], sides: [[usize; 2]; 2]) -> Self {
        let [channels, height, width] = input;
        assert!(channels > 0 && height > 0 && width > 0, "the input of a padding is not empty");
        Self { channels, input: [height, width], sides, mode: Padding::Constant(Real::new(0.0)) }
    }

    /// The same with other numbers in the padding: a mirrored image is wider than the padding, one that is repeated at least as
    /// wide.
    pub const fn mode(self, mode: Padding) -> Self {
        let mut axis = 0;
        while axis < 2 {
            let [before, after] = self.sides[axis];
            let most = if before > after { before } else { after };
            match mode {
                Padding::Reflect => {
                    assert!(most < self.input[axis], "pad: a mirrored axis is longer than its padding");
                }
                Padding::Circular => {
                    assert!(
                        most <= self.input[axis],
                        "pad: a repeated axis is at least as long as its padding"
                    );
                }
                Padding::Constant(_) | Padding::Replicate => {}
            }
            axis += 1;
        }
        Self { mode, ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.channels * self.input[0] * self.input[1]
    }

    /// `[channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        let [[above, below], [left, right]] = self.sides;
        [self.channels, above + self.input[0] + below, left + self.input[1] + right]
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        let [channels, rows, columns] = self.output_shape();
        channels * rows * columns
    }

    /// Numbers that are learnt: none.
    pub const fn parameters(&self) -> usize {
        0
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// The row or column of the input that one of the output is a copy of.
    #[inline(always)]
    fn source(&self, axis: usize, place: usize) -> Option<usize> {
        let (Some([before, _]), Some(&length)) = (self.sides.get(axis), self.input.get(axis)) else {
            return None;
        };
        let last = length.saturating_sub(1);
        match (place.checked_sub(*before), self.mode) {
            (Some(inside), _) if inside < length => Some(inside),
            (_, Padding::Constant(_)) => None,
            (None, Padding::Replicate) => Some(0),
            (Some(_), Padding::Replicate) => Some(last),
            (None, Padding::Reflect) => Some(before - place),
            (Some(beyond), Padding::Reflect) => (2 * last).checked_sub(beyond),
            (None, Padding::Circular) => (place + length).checked_sub(*before),
            (Some(beyond), Padding::Circular) => beyond.checked_sub(length),
        }
    }

    /// Calls `f` with each output feature, in their order, and the input feature that it is a copy of.
    #[inline(always)]
    fn places(&self, mut f: impl FnMut(usize, Option<usize>)) {
        let ([height, width], [channels, rows, columns]) = (self.input, self.output_shape());
        let mut to = 0;
        for channel in 0..channels {
            for row in 0..rows {
                let down = self.source(0, row);
                for column in 0..columns {
                    let from = down.zip(self.source(1, column));
                    f(to, from.map(|(row, column)| (channel * height + row) * width + column));
                    to += 1;
                }
            }
        }
    }

    #[inline(always)]
    fn constant<S: Scalar>(&self) -> S {
        match self.mode {
            Padding::Constant(value) => S::real(value),
            _ => S::ZERO,
        }
    }
}

impl<S: Scalar> Layer<S> for Pad {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let constant = [self.constant(); T];
        self.places(|to, from| match (io.y.get_mut(to), from.map(|from| io.x.get(from))) {
            (Some(y), Some(Some(x))) => *y = *x,
            (Some(y), None) => *y = constant,
            _ => does_not_fit(),
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        if io.dx.is_empty() {
            return;
        }
        io.dx.fill([S::ZERO; T]);
        self.places(|to, from| {
            let Some(from) = from else { return };
            let (Some(dy), Some(dx)) = (io.dy.get(to), io.dx.get_mut(from)) else { return does_not_fit() };
            for (dx, dy) in dx.iter_mut().zip(dy) {
                *dx += *dy;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Pad, Padding};
    use crate::layers::check;
    use crate::{Forward, Layer, Pass, Real};

    #[test]
    fn gradients_agree_with_finite_differences() {
        let pad = Pad::new([2, 3, 4], [[1, 2], [0, 3]]);
        check::layers!(
            pad,
            pad.mode(Padding::Constant(Real::new(1.5))),
            pad.mode(Padding::Reflect),
            pad.mode(Padding::Replicate),
            pad.mode(Padding::Circular),
        );
    }

    fn padded(mode: Padding) -> [f64; 25] {
        let x: [[f64; 1]; 9] = core::array::from_fn(|i| [i as f64]);
        let mut y = [[f64::NAN]; 25];
        let layer = Pad::new([1, 3, 3], [[2, 0], [1, 1]]).mode(mode);
        layer.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
        y.map(|[y]| y)
    }

    /// The examples of `ReflectionPad2d`, `ReplicationPad2d`, `CircularPad2d` and `ConstantPad2d` in PyTorch's own documentation,
    /// with `padding=(1, 1, 2, 0)` and `arange(9)`.
    #[test]
    fn the_examples_of_pytorchs_documentation() {
        assert_eq!(
            padded(Padding::Reflect),
            [
                7., 6., 7., 8., 7., 4., 3., 4., 5., 4., 1., 0., 1., 2., 1., 4., 3., 4., 5., 4., 7., 6., 7.,
                8., 7.
            ]
        );
        assert_eq!(
            padded(Padding::Replicate),
            [
                0., 0., 1., 2., 2., 0., 0., 1., 2., 2., 0., 0., 1., 2., 2., 3., 3., 4., 5., 5., 6., 6., 7.,
                8., 8.
            ]
        );
        assert_eq!(
            padded(Padding::Circular),
            [
                5., 3., 4., 5., 3., 8., 6., 7., 8., 6., 2., 0., 1., 2., 0., 5., 3., 4., 5., 3., 8., 6., 7.,
                8., 6.
            ]
        );
        let constant = padded(Padding::Constant(Real::new(3.5)));
        assert_eq!(constant[..10], [3.5; 10]);
        assert_eq!(constant[10..15], [3.5, 0., 1., 2., 3.5]);
    }
}
