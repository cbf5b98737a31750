//! `scale` and `bias`: one factor or summand for each feature or channel.

use crate::initializers::{Fans, Initializer};
use crate::kernels::{Kernels as _, total};
use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Scalar, Tensor, dispatch, flat::flat_parameters};
use rand_core::Rng;

/// The factors of a scale layer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleParameters<S, const N: usize> {
    /// One factor for each feature of the last axis or each channel, at first 1.
    pub weight: [S; N],
}

flat_parameters!([S: Scalar, const N: usize] ScaleParameters<S, N>: S { weight: [S; N] });

impl<S: Scalar, const N: usize> ScaleParameters<S, N> {
    /// All zero.
    pub const ZERO: Self = Self { weight: [S::ZERO; N] };
}

/// The summands of a bias layer.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BiasParameters<S, const N: usize> {
    /// One summand for each feature of the last axis or each channel, at first 0.
    pub bias: [S; N],
}

flat_parameters!([S: Scalar, const N: usize] BiasParameters<S, N>: S { bias: [S; N] });

impl<S: Scalar, const N: usize> BiasParameters<S, N> {
    /// All zero.
    pub const ZERO: Self = Self { bias: [S::ZERO; N] };
}

/// `y = w x` with a learned factor for each feature of the last axis, or for each channel of an image.
///
/// | | Shape |
/// |---|---|
/// | x, y | `[…, channels, inner]` |
/// | parameters | weight `[channels]`, at first 1 |
///
/// An image `[C, H, W]` is `Scale::new(C, H * W)`; features, or a sequence `[T, F]`, are `Scale::new(F, 1)`. PyTorch has
/// no such module; a network there multiplies by a `Parameter`, as *CaiT*'s LayerScale does (Touvron et al., 2021).
///
/// Backward: `dx = w dy`, `dw = Σ x dy`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Scale, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 4];
/// Scale::new(2, 2).forward(Forward {
///     parameters: &[2.0, 10.0],
///     x: &[[1.0], [2.0], [3.0], [4.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[2.0], [4.0], [30.0], [40.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// How many factors there are.
    pub channels: usize,
    /// How many features in a row share a factor.
    pub inner: usize,
}

/// `y = x + b` with a learned summand for each feature of the last axis, or for each channel of an image.
///
/// | | Shape |
/// |---|---|
/// | x, y | `[…, channels, inner]` |
/// | parameters | bias `[channels]`, at first 0 |
///
/// Sizes are as in [`Scale`]. PyTorch has no such module; it is the bias of its `Linear` and `Conv2d`, alone.
///
/// Backward: `dx = dy`, `db = Σ dy`. Needs nothing.
///
/// ```
/// use backprop_runtime::{layers::Bias, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 4];
/// Bias::new(2, 1).forward(Forward {
///     parameters: &[0.5, 10.0],
///     x: &[[1.0], [2.0], [3.0], [4.0]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[1.5], [12.0], [3.5], [14.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bias {
    /// How many summands there are.
    pub channels: usize,
    /// How many features in a row share a summand.
    pub inner: usize,
}

/// What both descriptions have.
macro_rules! description {
    ($kind:ident, $tensor:literal, $initial:literal, $many:literal) => {
        impl $kind {
            #[doc = concat!("One of ", $many, " for each of `channels` runs of `inner` features; repeated over what")]
            /// the slices hold.
            pub const fn new(channels: usize, inner: usize) -> Self {
                assert!(channels > 0 && inner > 0, "scale and bias have at least one channel and one feature");
                Self { channels, inner }
            }

            /// Number of parameters.
            pub const fn parameters(&self) -> usize {
                self.channels
            }

            #[doc = concat!("What is stored: the ", $many, ".")]
            pub const fn tensors(&self) -> [Tensor; 1] {
                [Tensor::new($tensor, &[self.channels])]
            }

            #[doc = concat!("Sets the ", $many, ": ", $initial, " unless the declaration says otherwise.")]
            pub fn initialize<S: Scalar, R: Rng + ?Sized>(
                &self,
                parameters: &mut [S],
                initial: &impl Initializer,
                rng: &mut R,
            ) {
                initial.fill(Fans { fan_in: 1, fan_out: 1 }, parameters, rng);
            }
        }
    };
}
description!(Scale, "weight", "ones", "factors");
description!(Bias, "bias", "zeros", "summands");

/// `to = from · weight + bias` run by run, where a parameter that is not there is 1 or 0.
#[inline(always)]
fn apply<S: Scalar>(run: usize, channels: usize, [weights, biases]: [&[S]; 2], from: &[S], to: &mut [S]) {
    let round = (run * channels).max(1);
    for (from, to) in from.runs(round).zip(to.runs_mut(round)) {
        for (channel, (from, to)) in from.runs(run).zip(to.runs_mut(run)).enumerate() {
            let weight = weights.get(channel).copied().unwrap_or(S::ONE);
            let bias = biases.get(channel).copied().unwrap_or(S::ZERO);
            for (from, to) in from.iter().zip(to) {
                *to = weight * *from + bias;
            }
        }
    }
}

/// Adds `Σ x dy` of each channel.
#[inline(always)]
fn accumulate<S: Scalar>(run: usize, x: &[S], dy: &[S], gradient: &mut [S]) {
    let round = (run * gradient.len()).max(1);
    for (x, dy) in x.runs(round).zip(dy.runs(round)) {
        for ((x, dy), gradient) in x.runs(run).zip(dy.runs(run)).zip(&mut *gradient) {
            let mut sums = [S::ZERO; 8];
            for (x, dy) in x.chunks(8).zip(dy.chunks(8)) {
                for ((sum, x), dy) in sums.iter_mut().zip(x).zip(dy) {
                    *sum += *x * *dy;
                }
            }
            *gradient += total(&sums);
        }
    }
}

/// Kernels of one scalar type, compiled in this crate; `run` is the length of what shares a parameter, all samples.
macro_rules! layers {
    ($scalar:ident) => {
        const _: () = {
            fn forward(
                run: usize,
                channels: usize,
                parameters: [&[$scalar]; 2],
                x: &[$scalar],
                y: &mut [$scalar],
            ) {
        dispatch!($scalar: _v => apply(run, channels, parameters, x, y));
            }

            fn gradients(run: usize, x: &[$scalar], dy: &[$scalar], gradient: &mut [$scalar]) {
        dispatch!($scalar: _v => accumulate(run, x, dy, gradient));
            }

            impl Layer<$scalar> for Scale {
                fn forward<const T: usize>(&self, io: Forward<'_, $scalar, T>) {
                    let run = (self.inner * T).max(1);
                    let parameters = [io.parameters, &[]];
                    forward(run, self.channels, parameters, io.x.as_flattened(), io.y.as_flattened_mut());
                }

                fn backward<const T: usize>(&self, io: Backward<'_, $scalar, T>) {
                    let (run, dy) = ((self.inner * T).max(1), io.dy.as_flattened());
                    forward(run, self.channels, [io.parameters, &[]], dy, io.dx.as_flattened_mut());
                    if !io.gradient.is_empty() {
                        gradients(run, io.x.as_flattened(), dy, io.gradient);
                    }
                }
            }

            impl Layer<$scalar> for Bias {
                fn forward<const T: usize>(&self, io: Forward<'_, $scalar, T>) {
                    let run = (self.inner * T).max(1);
                    let parameters = [&[], io.parameters];
                    forward(run, self.channels, parameters, io.x.as_flattened(), io.y.as_flattened_mut());
                }

                fn backward<const T: usize>(&self, io: Backward<'_, $scalar, T>) {
                    let (run, dy) = ((self.inner * T).max(1), io.dy.as_flattened());
                    super::elementwise::copy(dy, io.dx.as_flattened_mut());
                    if !io.gradient.is_empty() {
                        $scalar::bias_gradient(run, dy, io.gradient);
                    }
                }
            }
        };
    };
}
layers!(f32);
layers!(f64);

#[cfg(test)]
mod tests {
    use super::{Bias, Scale};
    use crate::layers::check::{self, Sizes};

    #[test]
    fn gradients_agree_with_finite_differences() {
        for (channels, inner, rows) in [(5, 1, 1), (3, 4, 1), (2, 1, 3), (1, 9, 1)] {
            let features = channels * inner * rows;
            let sizes =
                || Sizes { inputs: features, outputs: features, parameters: channels, saved: 0, scratch: 0 };
            check::gradients::<1>(&Scale::new(channels, inner), sizes());
            check::gradients::<16>(&Scale::new(channels, inner), sizes());
            check::gradients::<1>(&Bias::new(channels, inner), sizes());
            check::gradients::<16>(&Bias::new(channels, inner), sizes());
        }
    }
}
