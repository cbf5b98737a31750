//! `pixel_shuffle` and `pixel_unshuffle`: channels become positions, and positions channels.

use crate::parts::does_not_fit;
use crate::{Backward, Forward, Layer, Scalar};

/// Each group of `factor²` channels becomes one channel that is `factor` times as high and wide (PyTorch's `PixelShuffle`; Shi et
/// al., [arXiv:1609.05158](https://arxiv.org/abs/1609.05158)), or, [inverted](Self::inverse), the other way round
/// (`PixelUnshuffle`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels factor², height, width]` |
/// | y | `[channels, factor height, factor width]` |
///
/// `y[c, factor h + i, factor w + j] = x[factor² c + factor i + j, h, w]`; inverted, x and y change places. The numbers are copied,
/// in backward to where they came from.
///
/// ```
/// use backprop_runtime::{layers::PixelShuffle, Forward, Layer, Pass};
/// let layer = PixelShuffle::new([4, 1, 2], 2);
/// let x = [[1.0_f32], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0]];
/// let (mut y, mut back) = ([[0.0]; 8], [[0.0]; 8]);
/// layer.forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y.as_flattened(), [1.0, 3.0, 2.0, 4.0, 5.0, 7.0, 6.0, 8.0]);
/// PixelShuffle::inverse([1, 2, 4], 2).forward(Forward { x: &y, y: &mut back, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(back, x);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelShuffle {
    /// Channels of the larger image.
    pub channels: usize,
    /// Rows and columns of the smaller image.
    pub small: [usize; 2],
    /// How many times as high and wide the larger one is.
    pub factor: usize,
    /// Whether the input is the larger image.
    pub is_inverse: bool,
}

impl PixelShuffle {
    /// From `[channels factor², height, width]` to a larger image.
    pub const fn new(input: [usize; 3], factor: usize) -> Self {
        let [channels, height, width] = input;
        assert!(factor > 0, "the factor of a pixel shuffle is at least 1");
        assert!(
            channels.is_multiple_of(factor * factor),
            "pixel_shuffle: the channels are a multiple of the factor's square"
        );
        Self { channels: channels / (factor * factor), small: [height, width], factor, is_inverse: false }
    }

    /// From `[channels, factor height, factor width]` to a smaller image.
    pub const fn inverse(input: [usize; 3], factor: usize) -> Self {
        let [channels, height, width] = input;
        assert!(factor > 0, "the factor of a pixel shuffle is at least 1");
        assert!(
            height.is_multiple_of(factor) && width.is_multiple_of(factor),
            "pixel_unshuffle: height and width are multiples of the factor"
        );
        Self { channels, small: [height / factor, width / factor], factor, is_inverse: true }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.channels * self.small[0] * self.small[1] * self.factor * self.factor
    }

    /// Output features: as many.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    /// `[channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        let ([height, width], factor) = (self.small, self.factor);
        if self.is_inverse {
            [self.channels * factor * factor, height, width]
        } else {
            [self.channels, factor * height, factor * width]
        }
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

    /// Calls `f` with the feature of each number in the larger image, in their order, and that in the smaller one.
    #[inline(always)]
    fn places(&self, mut f: impl FnMut(usize, usize)) {
        let ([height, width], factor) = (self.small, self.factor);
        let mut large = 0;
        for channel in 0..self.channels {
            for row in 0..height {
                for i in 0..factor {
                    for column in 0..width {
                        for j in 0..factor {
                            let plane = (channel * factor + i) * factor + j;
                            f(large, (plane * height + row) * width + column);
                            large += 1;
                        }
                    }
                }
            }
        }
    }

    /// Copies one image to the other.
    #[inline(always)]
    fn copy<S: Scalar, const T: usize>(&self, from: &[[S; T]], to: &mut [[S; T]], to_large: bool) {
        self.places(|large, small| {
            let (to_place, from_place) = if to_large { (large, small) } else { (small, large) };
            match (to.get_mut(to_place), from.get(from_place)) {
                (Some(to), Some(from)) => *to = *from,
                _ => does_not_fit(),
            }
        });
    }
}

impl<S: Scalar> Layer<S> for PixelShuffle {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        self.copy(io.x, io.y, !self.is_inverse);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        if !io.dx.is_empty() {
            self.copy(io.dy, io.dx, self.is_inverse);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PixelShuffle;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(PixelShuffle::new([8, 2, 3], 2), PixelShuffle::inverse([2, 6, 3], 3));
    }
}
