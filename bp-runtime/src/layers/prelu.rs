//! `prelu`: leaky relu with slopes that are learned.

use crate::initializers::{Fans, Initializer};
use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Real, Scalar, Tensor, dispatch, flat::flat_parameters};
use rand_core::Rng;

/// The slopes of a prelu layer: one for each channel, or a single one.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreluParameters<S, const N: usize> {
    /// The factor of negative numbers.
    pub weight: [S; N],
}

flat_parameters!([S: Scalar, const N: usize] PreluParameters<S, N>: S { weight: [S; N] });

impl<S: Scalar, const N: usize> PreluParameters<S, N> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [S::ZERO; N] };
}

/// `y = x` where `x > 0`, otherwise `w x` with a learned slope `w` (PyTorch's `PReLU`; He et al., *Delving deep
/// into rectifiers*, 2015).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[…, channels, inner]` |
/// | parameters | weight `[channels]`, at first [`Prelu::INITIAL`] |
///
/// An image `[C, H, W]` with a slope for each channel is `Prelu::new(C, H * W)`, a sequence `[T, F]` with one for
/// each feature `Prelu::new(F, 1)`, and anything with a single slope `Prelu::new(1, features)`.
///
/// Backward: `dx = dy` where `x > 0`, otherwise `w dy`; `dw = Σ x dy` over `x ≤ 0`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Prelu, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 4];
/// Prelu::new(2, 2).forward(Forward {
///     parameters: &[0.5, 0.25],
///     x: &[[-4.0], [1.0], [-4.0], [2.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[-2.0], [1.0], [-1.0], [2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prelu {
    /// How many slopes there are.
    pub channels: usize,
    /// How many features in a row share a slope.
    pub inner: usize,
}

impl Prelu {
    /// PyTorch's first value of every slope.
    pub const INITIAL: Real = Real::new(0.25);

    /// A slope for each of `channels` runs of `inner` features; repeated over what the slices hold.
    pub const fn new(channels: usize, inner: usize) -> Self {
        assert!(channels > 0 && inner > 0, "a prelu layer has at least one channel and one feature");
        Self { channels, inner }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.channels
    }

    /// What is stored: the slopes.
    pub const fn tensors(&self) -> [Tensor; 1] {
        [Tensor::new("weight", &[self.channels])]
    }

    /// Sets the slopes: `Constant(Prelu::INITIAL)` unless the declaration says otherwise.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        rng: &mut R,
    ) {
        weight.fill(Fans { fan_in: 1, fan_out: 1 }, parameters, rng);
    }
}

/// Kernels of one scalar type, compiled in this crate; `run` is the length of what shares a slope, all samples.
macro_rules! prelu {
    ($scalar:ident) => {
        impl Layer<$scalar> for Prelu {
            fn forward<const T: usize>(&self, io: Forward<'_, $scalar, T>) {
                fn kernel(run: usize, weight: &[$scalar], x: &[$scalar], y: &mut [$scalar]) {
                    dispatch!($scalar: _v => for ((x, y), w) in x.runs(run).zip(y.runs_mut(run)).zip(weight.iter().cycle()) {
                        for (x, y) in x.iter().zip(y) {
                            *y = if *x > 0.0 { *x } else { w * *x };
                        }
                    });
                }
                let run = (self.inner * T).max(1);
                kernel(run, io.parameters, io.x.as_flattened(), io.y.as_flattened_mut());
            }

            fn backward<const T: usize>(&self, io: Backward<'_, $scalar, T>) {
                fn input(run: usize, weight: &[$scalar], x: &[$scalar], dy: &[$scalar], dx: &mut [$scalar]) {
                    let runs = x.runs(run).zip(dy.runs(run)).zip(dx.runs_mut(run));
                    dispatch!($scalar: _v => for (((x, dy), dx), w) in runs.zip(weight.iter().cycle()) {
                        for ((x, dy), dx) in x.iter().zip(dy).zip(dx) {
                            *dx = if *x > 0.0 { *dy } else { w * *dy };
                        }
                    });
                }
                /// Frozen slopes have no room for a gradient: the inner zip ends at once.
                fn slopes(run: usize, round: usize, x: &[$scalar], dy: &[$scalar], gradient: &mut [$scalar]) {
                    for (x, dy) in x.runs(round).zip(dy.runs(round)) {
                        for ((x, dy), dw) in x.runs(run).zip(dy.runs(run)).zip(&mut *gradient) {
                            for (x, dy) in x.iter().zip(dy) {
                                *dw += if *x > 0.0 { 0.0 } else { x * dy };
                            }
                        }
                    }
                }
                let run = (self.inner * T).max(1);
                let (x, dy) = (io.x.as_flattened(), io.dy.as_flattened());
                input(run, io.parameters, x, dy, io.dx.as_flattened_mut());
                slopes(run, (run * self.channels).max(1), x, dy, io.gradient);
            }
        }
    };
}
prelu!(f32);
prelu!(f64);
