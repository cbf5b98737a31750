//! The panel loops behind the layers: what runs nearly all of the time.
//!
//! [`reference`] holds the plain loops that define each result; the other files compute the same faster, on
//! vectors. [`Kernels`] is their face: functions that are generic over nothing, so that they are compiled
//! once, in this crate, for each instruction set, whatever networks call them.

pub(crate) mod axis;
mod block;
#[cfg(test)]
pub(crate) mod check;
mod dense;
mod dense_one;
pub(crate) mod reference;
mod transpose;

use crate::dispatch;
use crate::layers::Dense;

/// Declares the trait, and its implementation for both scalar types.
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) = $kernel:path;)*) => {
        /// The kernels of a scalar type: layers over a tile of samples, `[feature][sample]`.
        ///
        /// `tile` is a multiple of the lanes of a vector, unless a kernel is for one sample.
        pub trait Kernels: Sized {
            $($(#[$doc])* fn $name($($argument: $type),*);)*
        }
        kernels!(@impl f32 $($name($($argument: $type),*) = $kernel;)*);
        kernels!(@impl f64 $($name($($argument: $type),*) = $kernel;)*);
    };
    (@impl $scalar:ty, $($rest:tt)*) => {};
    (@impl $scalar:ident $($name:ident($($argument:ident: $type:ty),*) = $kernel:path;)*) => {
        impl Kernels for $scalar {
            $(#[inline(never)]
            fn $name($($argument: $type),*) {
                dispatch!(v => $kernel(v, $($argument),*));
            })*
        }
    };
}

kernels! {
    /// `y = Wᵀx + b`
    fn dense_forward(layer: &Dense, tile: usize, parameters: &[Self], x: &[Self], y: &mut [Self]) = dense::forward;
    /// `dx = W dy`
    fn dense_input_gradient(
        layer: &Dense, tile: usize, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = dense::input_gradient;
    /// `dW += x dyᵀ`, `db += Σ dy`
    fn dense_weight_gradient(
        layer: &Dense, tile: usize, x: &[Self], dy: &[Self], gradient: &mut [Self], scratch: &mut [Self]
    ) = dense::weight_gradient;
    /// `y = Wᵀx + b` for one sample
    fn dense_forward_one(layer: &Dense, parameters: &[Self], x: &[Self], y: &mut [Self]) = dense_one::forward;
    /// `dx = W dy` for one sample
    fn dense_input_gradient_one(
        layer: &Dense, parameters: &[Self], dy: &[Self], dx: &mut [Self]
    ) = dense_one::input_gradient;
    /// `dW += x dyᵀ`, `db += dy` for one sample
    fn dense_weight_gradient_one(
        layer: &Dense, x: &[Self], dy: &[Self], gradient: &mut [Self]
    ) = dense_one::weight_gradient;
    /// Rows become columns: `from` has rows of `columns` numbers, `to` has rows of `tile`.
    fn transpose(from: &[Self], columns: usize, to: &mut [Self], tile: usize) = transpose::transpose;
}
