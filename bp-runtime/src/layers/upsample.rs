//! `upsample`: an image, or a sequence, grows by whole factors.

use crate::{Backward, Forward, Layer, Scalar};

/// How numbers between two neighbours are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The neighbour before, `x[⌊i / factor⌋]`: every number is repeated. The default.
    Nearest,
    /// A mean of the two by their distances, with corners that are not aligned.
    Linear,
    /// The same where the first and the last numbers of input and output coincide.
    LinearCorners,
}

/// An image that is `factors` times as high and as wide (PyTorch's `Upsample` with `scale_factor`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, factor height, factor width]` |
///
/// Nearest: `y[i] = x[⌊i / factor⌋]`. Linear (`bilinear`, `align_corners=False`): `y[i] = (1 − w) x[k] + w x[k + 1]` along each
/// axis, where `k + w = max((i + ½) / factor − ½, 0)` and the last number is repeated beyond the end; with
/// [`align_corners`](Self::align_corners), `k + w = i (n − 1) / (factor n − 1)` of an axis of `n`. A sequence
/// `[time, features]` is `new([1, time, features], [factor, 1])`. Backward sums the gradients of what each number went
/// into, with their weights.
///
/// ```
/// use backprop_runtime::{layers::Upsample, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 4];
/// let layer = Upsample::new([1, 1, 2], [1, 2]);
/// layer.forward(Forward { x: &[[1.0], [3.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[1.0], [1.0], [3.0], [3.0]]);
/// layer.linear().forward(Forward { x: &[[1.0], [3.0]], y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[1.0], [1.5], [2.5], [3.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upsample {
    /// Channels of input and output.
    pub channels: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// How many times as many rows and columns the output has.
    pub factors: [usize; 2],
    /// How numbers between two neighbours are made.
    pub interpolation: Interpolation,
}

/// Two neighbours along an axis, and the weight of the second.
#[derive(Clone, Copy)]
struct Between<S> {
    places: [usize; 2],
    weights: [S; 2],
}

impl<S: Scalar> Between<S> {
    /// At `position / of` along an axis.
    #[inline(always)]
    fn at(position: usize, of: usize, length: usize) -> Self {
        let place = position / of;
        let weight = S::from_usize(position % of) / S::from_usize(of);
        let next = (place + 1).min(length.saturating_sub(1));
        Self { places: [place, next], weights: [S::ONE - weight, weight] }
    }
}

impl Upsample {
    /// On `[channels, height, width]`, repeating rows and columns.
    pub const fn new(input: [usize; 3], factors: [usize; 2]) -> Self {
        let [channels, height, width] = input;
        assert!(channels > 0 && height > 0 && width > 0, "the input of an upsampling layer is not empty");
        assert!(factors[0] > 0 && factors[1] > 0, "the factor of an upsampling layer is at least 1");
        Self { channels, input: [height, width], factors, interpolation: Interpolation::Nearest }
    }

    /// The same with linear interpolation along both axes.
    pub const fn linear(self) -> Self {
        Self { interpolation: Interpolation::Linear, ..self }
    }

    /// Linear interpolation with corners of input and output that coincide (PyTorch's `align_corners=True`).
    pub const fn align_corners(self) -> Self {
        Self { interpolation: Interpolation::LinearCorners, ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.channels * self.input[0] * self.input[1]
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        self.inputs() * self.factors[0] * self.factors[1]
    }

    /// `[channels, height, width]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        [self.channels, self.input[0] * self.factors[0], self.input[1] * self.factors[1]]
    }

    /// Features that backward needs beside input and output: none.
    pub const fn saved(&self) -> usize {
        0
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Columns of the input and of the output, and all numbers of the output that come of a row of the input.
    fn lengths(&self) -> [usize; 3] {
        let [down, across] = self.factors;
        let width = self.input[1];
        [width, width * across, width * across * down].map(|length| length.max(1))
    }

    /// Nearest: each number of the input fills a rectangle of the output.
    fn repeat<X: Copy>(&self, x: &[X], y: &mut [X]) {
        let [width, row, rows] = self.lengths();
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(rows)) {
            for y in y.chunks_exact_mut(row) {
                for (x, y) in x.iter().zip(y.chunks_exact_mut(self.factors[1].max(1))) {
                    y.fill(*x);
                }
            }
        }
    }

    /// Its gradient: the sum over that rectangle, added to `dx`.
    fn sum<S: Scalar, const T: usize>(&self, dy: &[[S; T]], dx: &mut [[S; T]]) {
        let [width, row, rows] = self.lengths();
        for (dx, dy) in dx.chunks_exact_mut(width).zip(dy.chunks_exact(rows)) {
            for dy in dy.chunks_exact(row) {
                for (dx, dy) in dx.iter_mut().zip(dy.chunks_exact(self.factors[1].max(1))) {
                    for dy in dy {
                        for (dx, dy) in dx.iter_mut().zip(dy) {
                            *dx += *dy;
                        }
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn between<S: Scalar>(&self, output: usize, length: usize, factor: usize) -> Between<S> {
        match self.interpolation {
            Interpolation::Nearest => {
                let place = output / factor;
                Between { places: [place; 2], weights: [S::ONE, S::ZERO] }
            }
            // (output + ½) / factor − ½, over 2 factor.
            Interpolation::Linear => Between::at((2 * output + 1).saturating_sub(factor), 2 * factor, length),
            Interpolation::LinearCorners => {
                let last = length.saturating_sub(1);
                Between::at(output * last, (length * factor).saturating_sub(1).max(1), length)
            }
        }
    }

    /// Calls `f` with each output feature, an input feature that goes into it, and its weight.
    #[inline(always)]
    fn terms<S: Scalar>(&self, mut f: impl FnMut(usize, usize, S)) {
        let [_, rows, columns] = self.output_shape();
        let ([height, width], [down, across]) = (self.input, self.factors);
        let mut place = 0;
        for channel in 0..self.channels {
            for row in 0..rows {
                let vertical = self.between::<S>(row, height, down);
                for column in 0..columns {
                    let horizontal = self.between::<S>(column, width, across);
                    for (y, weight_y) in vertical.places.into_iter().zip(vertical.weights) {
                        for (x, weight_x) in horizontal.places.into_iter().zip(horizontal.weights) {
                            let weight = weight_y * weight_x;
                            // A weight of 0 must not carry infinity or NaN to its neighbours.
                            if weight != S::ZERO {
                                f(place, (channel * height + y) * width + x, weight);
                            }
                        }
                    }
                    place += 1;
                }
            }
        }
    }
}

impl<S: Scalar> Layer<S> for Upsample {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { x, y, .. } = io;
        if self.interpolation == Interpolation::Nearest {
            return self.repeat(x, y);
        }
        y.fill([S::ZERO; T]);
        self.terms(|to, from, weight: S| {
            let (Some(y), Some(x)) = (y.get_mut(to), x.get(from)) else { return };
            for (y, x) in y.iter_mut().zip(x) {
                *y += weight * *x;
            }
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { dy, dx, .. } = io;
        if dx.is_empty() {
            return;
        }
        dx.fill([S::ZERO; T]);
        if self.interpolation == Interpolation::Nearest {
            return self.sum(dy, dx);
        }
        self.terms(|to, from, weight: S| {
            let (Some(dy), Some(dx)) = (dy.get(to), dx.get_mut(from)) else { return };
            for (dx, dy) in dx.iter_mut().zip(dy) {
                *dx += weight * *dy;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Upsample;
    use crate::layers::check::{self, Sizes};

    #[test]
    fn gradients_agree_with_finite_differences() {
        for layer in [
            Upsample::new([2, 2, 3], [3, 2]),
            Upsample::new([2, 2, 3], [3, 2]).linear(),
            Upsample::new([1, 4, 3], [2, 1]).linear(),
            Upsample::new([2, 2, 3], [3, 2]).align_corners(),
            Upsample::new([1, 1, 1], [1, 4]).align_corners(),
        ] {
            let sizes = Sizes {
                inputs: layer.inputs(),
                outputs: layer.outputs(),
                parameters: 0,
                saved: 0,
                scratch: 0,
            };
            check::gradients::<1>(&layer, sizes);
        }
    }
}
