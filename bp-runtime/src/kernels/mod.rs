//! The panel loops behind the layers: what runs nearly all of the time.
//!
//! `reference` holds the plain loops that define each result; the other files compute the same faster, on vectors. [`Kernels`] is their face: functions that are generic over nothing, so that they are compiled
//! once, in this crate, for each instruction set, whatever networks call them. A kernel that has a second name is
//! [`plain`] on targets without vectors.
#![expect(
    clippy::needless_range_loop,
    clippy::collapsible_match,
    clippy::assign_op_pattern,
    reason = "loops counted to a constant are unrolled, zipped ones are not; `if const` is not compiled where a guard would be; vector elements have no `+=`"
)]

pub(crate) mod attention;
mod bias;
mod block;
mod by_channels;
mod conv1d;
pub(crate) mod conv2d;
mod conv2d_weight;
mod conv_one;
mod conv_one_columns;
mod conv_one_depthwise;
mod conv_one_images;
mod conv_one_planes;
mod conv_one_planes_weight;
mod conv_one_weight;
mod dense;
mod dense_narrow;
pub(crate) mod dense_one;
mod line;
mod plain;
mod pool;
mod pool_one;
pub(crate) mod recurrent;
#[cfg(test)]
pub(crate) mod reference;
mod scan;
mod transpose;

use crate::dispatch;
use crate::geometry::{Convolution1d, Convolution2d, ConvolutionOne, Heads, Matrix, Pooling};
use crate::simd::{FUSED, Lanes};
use attention::Rows;
pub(crate) use bias::{total, total_of};
use conv2d::Slide;
pub(crate) use scan::all_within;

/// Declares the trait, and its implementation for both scalar types: a kernel on vectors, and what replaces it where there
/// are none; or, if it is `fused`, wherever multiply-adds are not. All targets of either kind agree to the bit: what cores
/// without vectors compute in the order of plain loops, other targets of that kind do too.
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $kernel:path $(, $plain:path $(, $fused:ident)?)?;)*) => {
        /// The kernels of a scalar type: layers over a tile of samples, `[feature][sample]`.
        ///
        /// `tile` is a multiple of the lanes of a vector, unless a kernel is for one sample.
        pub trait Kernels: Lanes {
            $($(#[$doc])* fn $name($($argument: $type),*) $(-> $result)?;)*
        }
        kernels!(@impl f32 $($name($($argument: $type),*) $(-> $result)? = $kernel $(, $plain $(, $fused)?)?;)*);
        kernels!(@impl f64 $($name($($argument: $type),*) $(-> $result)? = $kernel $(, $plain $(, $fused)?)?;)*);
    };
    (@impl $scalar:ident $($name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? = $kernel:path $(, $plain:path $(, $fused:ident)?)?;)*) => {
        impl Kernels for $scalar {
            $(kernels!(@attributes [$($plain)?]
            fn $name($($argument: $type),*) $(-> $result)? {
                kernels!(@body ($($argument),*) $kernel $(, $plain $(, $fused)?)?)
            });)*
        }
    };
    (@attributes [] $($function:tt)*) => { $crate::simd::kernel! { $($function)* } };
    (@attributes [$plain:path] fn $($rest:tt)*) => {
        #[inline(never)]
        fn $($rest)*
    };
    (@body ($($argument:ident),*) $kernel:path) => { dispatch!(Self: v => $kernel(v, $($argument),*)) };
    (@body ($($argument:ident),*) $kernel:path, $plain:path, fused) => {
        if const { FUSED } {
            dispatch!(Self: v => $kernel(v, $($argument),*))
        } else {
            dispatch!(Self: v => $kernel(v, $($argument),*), else $plain($($argument),*))
        }
    };
    (@body ($($argument:ident),*) $kernel:path, $plain:path) => {
        dispatch!(Self: v => $kernel(v, $($argument),*), plain $plain($($argument),*))
    };
}

kernels! {
    /// `y = Wᵀx + b`
    fn dense_forward(matrix: &Matrix, tile: usize, parameters: &[Self], x: &[Self], y: &mut [Self]) = dense::forward;
    /// `dx = W dy`
    fn dense_input_gradient(
        matrix: &Matrix, tile: usize, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = dense::input_gradient;
    /// `dW += x dyᵀ`, `db += Σ dy`; or `dW = …` where the gradient is the first. Scratch becomes `dy`, transposed, unless
    /// it is that already
    fn dense_weight_gradient(
        matrix: &Matrix, tile: usize, x: &[Self], dy: &[Self], gradient_and_first: (&mut [Self], bool),
        scratch_and_done: (&mut [Self], bool)
    ) = dense::weight_gradient;
    /// `db += Σ dy`: `run` numbers in a row share a bias
    fn bias_gradient(run: usize, dy: &[Self], gradient: &mut [Self]) = bias::gradient;
    /// `y = Wᵀx + b` for one sample
    fn dense_forward_one(matrix: &Matrix, parameters: &[Self], x: &[Self], y: &mut [Self]) = dense_one::forward_apart, plain::dense::forward;
    /// One place of a convolution of a sequence, for one sample: inputs are those of all taps, tap after tap
    fn conv_place_one(matrix: &Matrix, parameters: &[Self], x: &[Self], y: &mut [Self]) = dense_one::place_apart;
    /// `dx = W dy` for one sample
    fn dense_input_gradient_one(
        matrix: &Matrix, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = dense_one::input_gradient, plain::dense::input_gradient;
    /// `dW += x dyᵀ`, `db += dy` for one sample; or `dW = …` where the gradient is the first
    fn dense_weight_gradient_one(
        matrix: &Matrix, x: &[Self], dy: &[Self], gradient_and_first: (&mut [Self], bool)
    ) = dense_one::weight_gradient, plain::dense::weight_gradient;
    /// One group of a convolution, in either direction
    fn conv2d_slide(slide: &Slide<'_, Self>, tile: usize, out: &mut [Self]) = conv2d::slide;
    /// `dW += x ⋆ dy`, `db += Σ dy`
    fn conv2d_weight_gradient(
        convolution: &Convolution2d, tile: usize, x: &[Self], dy: &[Self], gradient: &mut [Self]
    ) = conv2d_weight::weight_gradient;
    /// `y[o] = Σᵢ w[i][·][·][o] ⋆ x[i] + b[o]` for one sample, of images or sequences
    fn conv_forward_one(
        convolution: &ConvolutionOne, parameters: &[Self], x: &[Self], y: &mut [Self]
    ) = conv_one::forward, plain::conv::forward;
    /// `dx`, the transposed convolution of `dy`, for one sample
    fn conv_input_gradient_one(
        convolution: &ConvolutionOne, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = conv_one::input_gradient, plain::conv::input_gradient, fused;
    /// `dW += x ⋆ dy`, `db += Σ dy`, for one sample
    fn conv_weight_gradient_one(
        convolution: &ConvolutionOne, x: &[Self], dy: &[Self], gradient: &mut [Self]
    ) = conv_one_weight::weight_gradient, plain::conv::weight_gradient, fused;
    /// `y[t][o] = b[o] + Σₖ Σᵢ w[k][i][o] x[t + k][i]`
    fn conv1d_forward(convolution: &Convolution1d, tile: usize, parameters: &[Self], x: &[Self], y: &mut [Self]) = conv1d::forward;
    /// `dx`, the transposed convolution of `dy`
    fn conv1d_input_gradient(
        convolution: &Convolution1d, tile: usize, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = conv1d::input_gradient;
    /// `dW[k][i][o] += Σₜ x[t + k][i] dy[t][o]`, `db += Σₜ dy[t]`
    fn conv1d_weight_gradient(
        convolution: &Convolution1d, tile: usize, x: &[Self], dy: &[Self], gradient: &mut [Self]
    ) = conv1d::weight_gradient;
    /// `out[h][t][u] = factor Σ a[t][h] · b[u][h]` with any tile, and a given number where `t` does not see `u`
    fn attention_dots(
        heads: &Heads, tile: usize, a: (&[Self], Rows), b: (&[Self], Rows), factor_and_beyond: [Self; 2],
        out: &mut [Self]
    ) = attention::dots;
    /// `to[t][h] += factor Σᵤ weights[h][t][u] from[u][h]` with any tile, or the same with the weights transposed
    fn attention_sums(
        heads: &Heads, tile: usize, weights: (&[Self], Self, bool), from: (&[Self], Rows),
        to: (&mut [Self], Rows)
    ) = attention::sums;
    /// The largest number of each window, and which it was, unless `saved` is empty
    fn max_pool2d_forward(
        pooling: &Pooling, tile: usize, x: &[Self], y: &mut [Self], saved: &mut [Self]
    ) = pool::max_forward;
    /// For one sample and windows of 2×2, without which it was
    fn max_pool2d_forward_pairs(pooling: &Pooling, x: &[Self], y: &mut [Self]) = pool::max_forward_pairs;
    /// The same for one sample
    fn max_pool2d_forward_one(
        pooling: &Pooling, x: &[Self], y: &mut [Self], saved: &mut [Self]
    ) = pool_one::max_forward, plain::pool::max_forward, fused;
    /// `dy` to where the largest number was, for one sample
    fn max_pool2d_backward_one(
        pooling: &Pooling, saved: &[Self], dy: &[Self], dx: &mut [Self]
    ) = pool_one::max_backward, plain::pool::max_backward, fused;
    /// The mean of each window, for one sample
    fn avg_pool2d_forward_one(pooling: &Pooling, x: &[Self], y: &mut [Self]) = pool_one::avg_forward, plain::pool::avg_forward, fused;
    /// `dy` spread over each window, for one sample
    fn avg_pool2d_backward_one(pooling: &Pooling, dy: &[Self], dx: &mut [Self]) = pool_one::avg_backward, plain::pool::avg_backward, fused;
    /// `dy` to where the largest number was
    fn max_pool2d_backward(
        pooling: &Pooling, tile: usize, saved: &[Self], dy: &[Self], dx: &mut [Self]
    ) = pool::max_backward;
    /// The mean of each window
    fn avg_pool2d_forward(pooling: &Pooling, tile: usize, x: &[Self], y: &mut [Self]) = pool::avg_forward;
    /// `dy` spread over each window
    fn avg_pool2d_backward(pooling: &Pooling, tile: usize, dy: &[Self], dx: &mut [Self]) = pool::avg_backward;
    /// A step of a plain recurrent cell: `relu` says whether it is that, or `tanh`; what is nearer to zero than `tail` becomes 0
    fn rnn_step(relu: bool, x: &[Self], u: &[Self], h: &mut [Self], tail: Self) = recurrent::rnn;
    /// Its gradient
    fn rnn_step_backward(relu: bool, h: &[Self], dh: &[Self], d: &mut [Self]) = recurrent::rnn_backward;
    /// A step of a gated recurrent unit
    fn gru_step(
        gates: &mut [Self], u: &[Self], before: &[Self], un_and_h: [&mut [Self]; 2], tail: Self
    ) = recurrent::gru;
    /// Its gradients
    fn gru_step_backward(
        gates: &[Self], before_un_dh: [&[Self]; 3], dx_du_dbefore: [&mut [Self]; 3]
    ) = recurrent::gru_backward;
    /// A step of a long short-term memory, whose c is that before the step and becomes that after it
    fn lstm_step(gates: &mut [Self], u: &[Self], c_tanh_h: [&mut [Self]; 3], tail: Self) = recurrent::lstm;
    /// Its gradients
    fn lstm_step_backward(
        gates: &[Self], before_tanh_dh: [&[Self]; 3], d_and_dc: [&mut [Self]; 2]
    ) = recurrent::lstm_backward;
    /// Rows become columns: `from` has rows of `columns` numbers, `to` has rows of `tile`.
    fn transpose(from: &[Self], columns: usize, to: &mut [Self], tile: usize) = transpose::transpose;
    /// Whether no number is larger than a limit, either way, or NaN.
    fn all_within(values: &[Self], limit: Self) -> bool = all_within, plain::all_within;
}
