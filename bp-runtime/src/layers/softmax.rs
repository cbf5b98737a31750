//! `softmax`: scores become probabilities.

use super::elementwise::copy;
use crate::kernels::total_of;
use crate::math::{Float, Function, map_with};
use crate::parts::Parts as _;
use crate::{Backward, Forward, InPlace, Layer, Pass, Scalar, dispatch};

/// `y = eˣ / Σ eˣ` over the features of each row (PyTorch's `Softmax` over the last axis).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, features]` |
///
/// The largest score is subtracted first, so that nothing overflows. A row with a NaN becomes NaN.
///
/// Backward: `dx = y (dy − Σ y dy)`, computed with `dy` less that of the largest `y`, because one of nearly 1 would cancel all
/// digits. Works in place: needs `y`. Before `cross_entropy` it is wrong: that loss takes
/// scores.
///
/// ```
/// use backprop_runtime::{layers::Softmax, InPlace, Pass};
/// let mut y = [[1000.0_f64], [1000.0], [0.0]];
/// Softmax::new(1, 3).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.5], [0.5], [0.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softmax {
    /// How many rows there are, each with probabilities of its own.
    pub rows: usize,
    /// How many features a row has.
    pub features: usize,
}

impl Softmax {
    /// Over each of `rows` rows of `features` features.
    pub const fn new(rows: usize, features: usize) -> Self {
        assert!(rows > 0 && features > 0, "a softmax layer has at least one row and one feature");
        Self { rows, features }
    }

    /// The same over another number of rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }
}

/// eˣ, for kernels.
pub(super) struct Exp;

impl<S: Scalar> Function<S> for Exp {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
        x.exp()
    }
}

/// Subtracts from each score of a row `[feature][sample]` the largest one of its sample.
#[inline(always)]
pub(super) fn subtract_largest<S: Scalar>(row: &mut [S], largest: &mut [S]) {
    if let [largest] = largest {
        // One sample: the number stays in a register from one score to the next.
        let most = row.iter().fold(-S::INFINITY, |most, &score| if score > most { score } else { most });
        row.iter_mut().for_each(|score| *score -= most);
        *largest = most;
        return;
    }
    largest.fill(-S::INFINITY);
    for scores in row.pieces(largest.len()) {
        for (largest, &score) in largest.iter_mut().zip(scores) {
            *largest = if score > *largest { score } else { *largest };
        }
    }
    for scores in row.pieces_mut(largest.len()) {
        for (largest, score) in largest.iter().zip(scores) {
            *score -= *largest;
        }
    }
}

/// Subtracts from the gradients of a row that of its largest probability, for each sample.
///
/// The sum of probabilities is 1, so that nothing changes in the result but its rounding: where one probability is
/// nearly 1, `dy − Σ y dy` would be a difference of almost equal numbers for it.
#[inline(always)]
fn subtract_that_of_largest<S: Scalar>(y: &[S], d: &mut [S], largest: &mut [S], base: &mut [S]) {
    let tile = base.len().max(1);
    largest.fill(-S::INFINITY);
    base.fill(S::ZERO);
    for (y, d) in y.pieces(tile).zip(d.pieces(tile)) {
        for (((largest, base), &y), &d) in largest.iter_mut().zip(&mut *base).zip(y).zip(d) {
            let larger = y > *largest;
            *largest = if larger { y } else { *largest };
            *base = if larger { d } else { *base };
        }
    }
    for d in d.pieces_mut(tile) {
        for (d, base) in d.iter_mut().zip(&*base) {
            *d -= *base;
        }
    }
}

/// The gradient of a row of one sample, features in the lanes.
#[inline(always)]
fn backward_one<S: Scalar>(y: &[S], d: &mut [S]) {
    let (mut largest, mut base) = (-S::INFINITY, S::ZERO);
    for (&y, &d) in y.iter().zip(&*d) {
        (largest, base) = if y > largest { (y, d) } else { (largest, base) };
    }
    d.iter_mut().for_each(|d| *d -= base);
    let sum = total_of([y, &*d], |[y, d]| y * d);
    for (d, y) in d.iter_mut().zip(y) {
        *d = *y * (*d - sum);
    }
}

/// Adds the numbers of a row `[feature][sample]` to the sums of its samples, feature by feature.
#[inline(always)]
pub(super) fn add_features<S: Scalar>(row: &[S], sums: &mut [S]) {
    if let [sum] = sums {
        *sum = row.iter().fold(*sum, |sum, &number| sum + number);
        return;
    }
    for numbers in row.pieces(sums.len()) {
        for (sum, &number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
}

/// Kernels of one scalar type, compiled in this crate. `lane` holds one number for each sample; `row` is the
/// length of a row, all samples.
macro_rules! softmax {
    ($scalar:ident) => {
        impl InPlace<$scalar> for Softmax {
            fn forward_in_place<const T: usize>(&self, _: &Pass, y: &mut [[$scalar; T]]) {
                $crate::simd::kernel! {
                    fn kernel(row: usize, y: &mut [$scalar], lane: &mut [$scalar]) {
                        let tile = lane.len().max(1);
                        dispatch!($scalar: v => for y in y.pieces_mut(row) {
                            subtract_largest(y, lane);
                            map_with(v, &Exp, y);
                            lane.fill(0.0);
                            add_features(y, lane);
                            if let [sum] = *lane {
                                y.iter_mut().for_each(|y| *y /= sum);
                                continue;
                            }
                            for y in y.pieces_mut(tile) {
                                for (y, sum) in y.iter_mut().zip(&*lane) {
                                    *y /= *sum;
                                }
                            }
                        });
                    }
                }
                kernel(self.features * T, y.as_flattened_mut(), &mut [0.0; T]);
            }

            fn backward_in_place<const T: usize>(
                &self,
                _: &Pass,
                y: &[[$scalar; T]],
                d: &mut [[$scalar; T]],
            ) {
                $crate::simd::kernel! {
                    fn kernel(row: usize, y: &[$scalar], d: &mut [$scalar], lanes: [&mut [$scalar]; 2]) {
                        let [sums, largest] = lanes;
                        let (row, tile) = (row.max(1), sums.len().max(1));
                        dispatch!($scalar: _v => for (y, d) in y.pieces(row).zip(d.pieces_mut(row)) {
                            if tile == 1 {
                                backward_one(y, d);
                                continue;
                            }
                            subtract_that_of_largest(y, d, largest, sums);
                            sums.fill(0.0);
                            for (y, d) in y.pieces(tile).zip(d.pieces(tile)) {
                                for ((sum, y), d) in sums.iter_mut().zip(y).zip(d) {
                                    *sum += *y * *d;
                                }
                            }
                            for (y, d) in y.pieces(tile).zip(d.pieces_mut(tile)) {
                                for ((sum, y), d) in sums.iter().zip(y).zip(d) {
                                    *d = *y * (*d - *sum);
                                }
                            }
                        });
                    }
                }
                let lanes = [&mut [0.0; T][..], &mut [0.0; T][..]];
                kernel(self.features * T, y.as_flattened(), d.as_flattened_mut(), lanes);
            }
        }
    };
}
softmax!(f32);
softmax!(f64);

impl<S: Scalar> Layer<S> for Softmax
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
