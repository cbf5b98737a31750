//! Weights that are matrices of a kind: orthogonal, or the identity.

use super::{Fans, Gain, Initializer, distributions};
use crate::Scalar;
use rand_core::Rng;

/// A random orthogonal matrix, times a gain. PyTorch's `orthogonal_`; Saxe, McClelland and Ganguli,
/// [arXiv:1312.6120](https://arxiv.org/abs/1312.6120).
///
/// Of a weight with `fan_in` rows and a column for each output, the columns are orthonormal, or the rows if
/// there are fewer of them. (For a convolution that is PyTorch's matrix, transposed.) All such matrices are
/// equally likely. Not for biases.
///
/// Works in place, by Gram and Schmidt's method done twice over normal numbers; takes
/// `2 × larger side × smaller side²` multiply-adds.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Orthogonal};
/// let mut w = [[0.0_f64; 2]; 3];
/// let fans = Fans { fan_in: 3, fan_out: 2 };
/// Orthogonal::new().fill(fans, w.as_flattened_mut(), &mut backprop_runtime::rng(1));
/// let dot = |a: usize, b: usize| w.iter().map(|row| row[a] * row[b]).sum::<f64>();
/// assert!(dot(0, 1).abs() < 1e-15 && (dot(0, 0) - 1.0).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orthogonal {
    gain: Gain,
}

impl Orthogonal {
    /// With gain 1.
    #[expect(clippy::new_without_default, reason = "the module's `Default` is an initializer")]
    pub const fn new() -> Self {
        Self { gain: Gain::LINEAR }
    }

    /// The length of rows or columns. Default 1.
    #[must_use]
    pub const fn gain(mut self, gain: Gain) -> Self {
        self.gain = gain;
        self
    }
}

impl Initializer for Orthogonal {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R) {
        distributions::normal(values, S::ZERO, S::ONE, rng);
        let rows = fans.fan_in.max(1);
        let columns = (values.len() / rows).max(1);
        if rows < columns {
            orthonormal_rows(values, columns);
        } else {
            orthonormal_columns(values, columns);
        }
        let gain = self.gain.value::<S>();
        for value in values {
            *value *= gain;
        }
    }
}

/// Once leaves an error that grows with the condition of the matrix; twice is enough.
const PASSES: usize = 2;

/// How many numbers are summed side by side.
const WIDTH: usize = 16;

fn orthonormal_rows<S: Scalar>(values: &mut [S], columns: usize) {
    for index in 0..values.len() / columns {
        let (done, rest) = values.split_at_mut(index * columns);
        let row = rest.get_mut(..columns).unwrap_or_default();
        for _ in 0..PASSES {
            for unit in done.chunks_exact(columns) {
                let overlap = dot(row, unit);
                for (value, unit) in row.iter_mut().zip(unit) {
                    *value -= overlap * *unit;
                }
            }
        }
        let scale = inverse_norm(dot(row, row));
        for value in row {
            *value *= scale;
        }
    }
}

fn orthonormal_columns<S: Scalar>(values: &mut [S], columns: usize) {
    for index in 0..columns {
        for _ in 0..PASSES {
            for start in (0..index).step_by(WIDTH) {
                let block = start..index.min(start + WIDTH);
                let mut overlaps = [S::ZERO; WIDTH];
                for (units, value) in values.chunks_exact(columns).filter_map(|row| split(row, index)) {
                    for (overlap, unit) in overlaps.iter_mut().zip(units.get(block.clone()).unwrap_or(&[])) {
                        *overlap += *unit * value;
                    }
                }
                for row in values.chunks_exact_mut(columns) {
                    let (units, rest) = row.split_at_mut(index);
                    let units = units.get(block.clone()).unwrap_or(&[]);
                    let part = overlaps.iter().zip(units).fold(S::ZERO, |sum, (c, unit)| sum + *c * *unit);
                    if let Some(value) = rest.first_mut() {
                        *value -= part;
                    }
                }
            }
        }
        let column = || values.iter().skip(index).step_by(columns);
        let scale = inverse_norm(column().fold(S::ZERO, |sum, value| sum + *value * *value));
        for value in values.iter_mut().skip(index).step_by(columns) {
            *value *= scale;
        }
    }
}

/// The numbers before place `index`, and the one there.
fn split<S: Scalar>(row: &[S], index: usize) -> Option<(&[S], S)> {
    let (before, rest) = row.split_at_checked(index)?;
    Some((before, *rest.first()?))
}

/// 1 / √square; 0 for a vector of zeros, which then stays what it is.
fn inverse_norm<S: Scalar>(square: S) -> S {
    if square > S::ZERO { S::ONE / square.sqrt() } else { S::ZERO }
}

fn dot<S: Scalar>(a: &[S], b: &[S]) -> S {
    let (a, a_rest) = a.as_chunks::<WIDTH>();
    let (b, b_rest) = b.as_chunks::<WIDTH>();
    let mut sums = [S::ZERO; WIDTH];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += *a * *b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(S::ZERO, |sum, (a, b)| sum + *a * *b);
    sums.iter().fold(rest, |sum, part| sum + *part)
}

/// The identity: output `i` is input `i`. PyTorch's `eye_`, and for convolutions `dirac_`.
///
/// Of a matrix that is not square, the inputs or outputs beyond are left out. A convolution passes on the
/// middle of its kernel, whose sides must be odd. Not for biases.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Identity, Initializer};
/// let mut w = [[0.5_f32; 3]; 2];
/// let fans = Fans { fan_in: 2, fan_out: 3 };
/// Identity.fill(fans, w.as_flattened_mut(), &mut backprop_runtime::rng(1));
/// assert_eq!(w, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity;

impl Initializer for Identity {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], _: &mut R) {
        values.fill(S::ZERO);
        let columns = (values.len() / fans.fan_in.max(1)).max(1);
        // A row for each place of the kernel.
        let taps = (fans.fan_out / columns).max(1);
        let inputs = values.chunks_exact_mut(columns).skip(taps / 2).step_by(taps);
        for (index, row) in inputs.enumerate() {
            if let Some(value) = row.get_mut(index) {
                *value = S::ONE;
            }
        }
    }
}
