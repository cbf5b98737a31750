//! Elementary functions of our own, which vectorise and need no `libm`.
//!
//! Each is written once, without branches, over [`Float`]: one scalar or a vector of 64 bytes. An `f32`
//! function computes in `f32` only. [`map`] applies a formula to a slice.
//!
//! NaN gives NaN.

mod double;
mod float;
mod single;
mod slice;

pub use float::Float;
pub use slice::{Function, Function2, map, map_into, map_with, map2, map2_into};
#[cfg(test)]
mod tests;
