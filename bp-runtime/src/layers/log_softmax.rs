//! `log_softmax`: scores become logarithms of probabilities.

use super::elementwise::copy;
use super::softmax::{Exp, add_features, subtract_largest};
use crate::math::{Float, Function, map_with};
use crate::parts::Parts as _;
use crate::{Backward, Forward, InPlace, Layer, Pass, Scalar, dispatch};

/// `y = x − ln Σ eˣ` over the features of each row (PyTorch's `LogSoftmax` over the last axis).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, features]` |
///
/// The largest score is subtracted first, so that nothing overflows. A row with a NaN becomes NaN.
///
/// Backward: `dx = dy − eʸ Σ dy`. Works in place: needs `y`.
///
/// ```
/// use backprop_runtime::{layers::LogSoftmax, InPlace, Pass};
/// let mut y = [[1000.0_f64], [1000.0], [0.0]];
/// LogSoftmax::new(1, 3).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[-2.0_f64.ln()], [-2.0_f64.ln()], [-1000.0 - 2.0_f64.ln()]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSoftmax {
    /// How many rows there are, each with probabilities of its own.
    pub rows: usize,
    /// How many features a row has.
    pub features: usize,
}

impl LogSoftmax {
    /// Over each of `rows` rows of `features` features.
    pub const fn new(rows: usize, features: usize) -> Self {
        assert!(rows > 0 && features > 0, "a log_softmax layer has at least one row and one feature");
        Self { rows, features }
    }

    /// The same over another number of rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }
}

/// How many features' exponentials are computed at a time, beside the row: a vector's worth of one sample.
const BLOCK: usize = 16;

/// Kernels of one scalar type, compiled in this crate. `lane` holds one number for each sample, `block` those of
/// [`BLOCK`] features; `row` is the length of a row, all samples.
macro_rules! log_softmax {
    ($scalar:ident) => {
        impl InPlace<$scalar> for LogSoftmax {
            fn forward_in_place<const T: usize>(&self, _: &Pass, y: &mut [[$scalar; T]]) {
                $crate::simd::kernel! {
                    fn kernel(row: usize, y: &mut [$scalar], lane: &mut [$scalar], block: &mut [$scalar]) {
                        let tile = lane.len().max(1);
                        dispatch!($scalar: v => for y in y.pieces_mut(row) {
                            subtract_largest(y, lane);
                            lane.fill(0.0);
                            for y in y.runs(block.len()) {
                                let exponentials = copied(block, y);
                                map_with(v, &Exp, exponentials);
                                add_features(exponentials, lane);
                            }
                            map_with(v, &Ln, lane);
                            if let [logarithm] = *lane {
                                y.iter_mut().for_each(|y| *y -= logarithm);
                                continue;
                            }
                            for y in y.pieces_mut(tile) {
                                for (y, logarithm) in y.iter_mut().zip(&*lane) {
                                    *y -= *logarithm;
                                }
                            }
                        });
                    }
                }
                let block = &mut [[0.0; T]; BLOCK];
                kernel(self.features * T, y.as_flattened_mut(), &mut [0.0; T], block.as_flattened_mut());
            }

            fn backward_in_place<const T: usize>(
                &self,
                _: &Pass,
                y: &[[$scalar; T]],
                d: &mut [[$scalar; T]],
            ) {
                $crate::simd::kernel! {
                    fn kernel(
                        row: usize,
                        y: &[$scalar],
                        d: &mut [$scalar],
                        lane: &mut [$scalar],
                        block: &mut [$scalar],
                    ) {
                        let (row, tile, length) = (row.max(1), lane.len().max(1), block.len().max(1));
                        dispatch!($scalar: v => for (y, d) in y.pieces(row).zip(d.pieces_mut(row)) {
                            lane.fill(0.0);
                            add_features(d, lane);
                            for (y, d) in y.runs(length).zip(d.runs_mut(length)) {
                                let probabilities = copied(block, y);
                                map_with(v, &Exp, probabilities);
                                if let [sum] = *lane {
                                    for (p, d) in probabilities.iter().zip(d) {
                                        *d -= *p * sum;
                                    }
                                    continue;
                                }
                                for (p, d) in probabilities.pieces(tile).zip(d.pieces_mut(tile)) {
                                    for ((p, d), sum) in p.iter().zip(d).zip(&*lane) {
                                        *d -= *p * *sum;
                                    }
                                }
                            }
                        });
                    }
                }
                let block = &mut [[0.0; T]; BLOCK];
                let (y, d) = (y.as_flattened(), d.as_flattened_mut());
                kernel(self.features * T, y, d, &mut [0.0; T], block.as_flattened_mut());
            }
        }
    };
}
log_softmax!(f32);
log_softmax!(f64);

/// The part of the block that the numbers take, with the numbers in it.
#[inline(always)]
fn copied<'a, S: Scalar>(block: &'a mut [S], numbers: &[S]) -> &'a mut [S] {
    let part = block.part_mut(..numbers.len());
    for (place, number) in part.iter_mut().zip(numbers) {
        *place = *number;
    }
    part
}

/// ln x, for kernels.
struct Ln;

impl<S: Scalar> Function<S> for Ln {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.ln()
    }
}

impl<S: Scalar> Layer<S> for LogSoftmax
where
    Self: InPlace<S>,
{
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        copy(io.x.as_flattened(), io.y.as_flattened_mut());
        self.forward_in_place(io.pass, io.y);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        copy(io.dy.as_flattened(), io.dx.as_flattened_mut());
        self.backward_in_place(io.pass, io.y, io.dx);
    }
}
