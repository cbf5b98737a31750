//! `adaptive_max_pool2d`: the largest number of each bin, of a given number of bins.

use super::AdaptiveAvgPool2d;
use crate::parts::does_not_fit;
use crate::{Backward, Forward, Layer, Scalar};

/// The largest number of each of `output` bins of an image, whatever its size (PyTorch's `AdaptiveMaxPool2d`).
///
/// | | Shape |
/// |---|---|
/// | x | `[channels, height, width]` |
/// | y | `[channels, rows, columns]` |
/// | saved | as y: which number of its channel won, so that backward needs neither x nor y |
///
/// `y[c, i, j] = max x[c, bin i, bin j]`. The bins are those of [`AdaptiveAvgPool2d`], which overlap where their number does not divide an axis: a number that wins in
/// several gets the sum of their gradients. A bin with a NaN gives NaN. Of equal numbers the first wins, and gets the whole
/// gradient. A sequence `[time, features]` pooled to `n` steps is `new([1, time, features], n, features)`. A channel has at most 2²⁴
/// positions, which `f32` can count.
///
/// ```
/// use backprop_runtime::{layers::AdaptiveMaxPool2d, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// let x = [[1.0], [2.0], [6.0]];
/// AdaptiveMaxPool2d::new([1, 1, 3], 1, 2).forward(Forward { x: &x, y: &mut y, ..Forward::of(&Pass::PREDICTION) });
/// assert_eq!(y, [[2.0], [6.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptiveMaxPool2d {
    /// The same with means.
    bins: AdaptiveAvgPool2d,
}

impl AdaptiveMaxPool2d {
    /// From `[channels, height, width]` to `rows` × `columns`.
    pub const fn new(input: [usize; 3], rows: usize, columns: usize) -> Self {
        let [_, height, width] = input;
        assert!(height * width <= 1 << 24, "adaptive_max_pool2d: a channel has at most 2²⁴ positions");
        Self { bins: AdaptiveAvgPool2d::new(input, rows, columns) }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.bins.inputs()
    }

    /// Output features.
    pub const fn outputs(&self) -> usize {
        self.bins.outputs()
    }

    /// `[channels, rows, columns]` of the output.
    pub const fn output_shape(&self) -> [usize; 3] {
        self.bins.output_shape()
    }

    /// Numbers that are learnt: none.
    pub const fn parameters(&self) -> usize {
        0
    }

    /// Features that backward needs beside input and output: which number won.
    pub const fn saved(&self) -> usize {
        self.outputs()
    }

    /// Features of scratch that backward wants: none.
    pub const fn scratch(&self) -> usize {
        0
    }

    /// Where the channel of an output feature begins in the input.
    fn channel_of(&self, output: usize) -> usize {
        let ([height, width], [rows, columns]) = (self.bins.input, self.bins.output);
        output / (rows * columns).max(1) * height * width
    }
}

/// The only number that is not equal to itself.
pub(super) fn is_nan<S: Scalar>(x: S) -> bool {
    x.partial_cmp(&x).is_none()
}

impl<S: Scalar> Layer<S> for AdaptiveMaxPool2d {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { x, y, saved, .. } = io;
        y.fill([-S::INFINITY; T]);
        let mut output = usize::MAX;
        self.bins.bins(|place, row, _: S| {
            let (Some(y), Some(x)) = (y.get_mut(place), x.get(row.clone())) else { return does_not_fit() };
            let mut winners = saved.get_mut(place);
            let channel = self.channel_of(place);
            // The first of a bin wins against nothing, also where it is as small as can be.
            let mut is_first = output != place;
            output = place;
            for (from, x) in row.zip(x) {
                for (lane, (y, x)) in y.iter_mut().zip(x).enumerate() {
                    if is_first || *x > *y || (is_nan(*x) && !is_nan(*y)) {
                        *y = *x;
                        if let Some(winner) = winners.as_mut().and_then(|winners| winners.get_mut(lane)) {
                            *winner = S::from_usize(from - channel);
                        }
                    }
                }
                is_first = false;
            }
        });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { saved, dy, dx, .. } = io;
        if dx.is_empty() {
            return;
        }
        dx.fill([S::ZERO; T]);
        for (output, (winners, dy)) in saved.iter().zip(dy.iter()).enumerate() {
            let channel = self.channel_of(output);
            for (lane, (winner, dy)) in winners.iter().zip(dy).enumerate() {
                match dx.get_mut(channel + winner.to_usize()).and_then(|dx| dx.get_mut(lane)) {
                    Some(dx) => *dx += *dy,
                    None => does_not_fit(),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AdaptiveMaxPool2d;
    use crate::layers::check;
    use crate::{Backward, Forward, Layer, Pass};

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            AdaptiveMaxPool2d::new([2, 5, 7], 3, 2),
            AdaptiveMaxPool2d::new([1, 3, 2], 5, 4),
            AdaptiveMaxPool2d::new([1, 7, 3], 2, 3),
        );
    }

    /// One that wins in two bins has the gradients of both; the first of equals wins; NaN wins against all.
    #[test]
    fn ties_overlaps_infinities_and_nan() {
        let pooled = |x: [f32; 3]| {
            let pool = AdaptiveMaxPool2d::new([1, 1, 3], 1, 2);
            let (mut y, mut saved, mut dx) = ([[0.0]; 2], [[0.0]; 2], [[f32::NAN]; 3]);
            let x = x.map(|x| [x]);
            pool.forward(Forward { x: &x, y: &mut y, saved: &mut saved, ..Forward::of(&Pass::PREDICTION) });
            let dy = &mut [[1.0], [2.0]];
            pool.backward(Backward { saved: &saved, dy, dx: &mut dx, ..Backward::of(&Pass::PREDICTION) });
            (y.map(|[y]| y), dx.map(|[dx]| dx))
        };
        assert_eq!(pooled([1.0, 5.0, 2.0]), ([5.0, 5.0], [0.0, 3.0, 0.0]));
        assert_eq!(pooled([4.0, 4.0, 4.0]), ([4.0, 4.0], [1.0, 2.0, 0.0]));
        assert_eq!(pooled([f32::NEG_INFINITY; 3]), ([f32::NEG_INFINITY; 2], [1.0, 2.0, 0.0]));
        let (y, dx) = pooled([1.0, 2.0, f32::NAN]);
        assert!(y[0] == 2.0 && y[1].is_nan());
        assert_eq!(dx, [0.0, 1.0, 2.0]);
    }
}
